import { isMap, isPair, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml'
import { checkRuleset, type CheckedRuleset } from './check-ruleset.ts'
import { Checker, type LocateInText, type Path, type RulesetIssue } from './checker.ts'
import type { Ruleset } from './ruleset.ts'

export type RulesetResult =
  | {
      readonly ok: true
      readonly ruleset: Ruleset
      readonly warnings: readonly RulesetIssue[]
      readonly locate: LocateInText
    }
  | { readonly ok: false; readonly issues: readonly RulesetIssue[]; readonly warnings: readonly RulesetIssue[] }

/** Largest ruleset text that is read, in UTF-16 code units. */
const longestText = 1_000_000

/** Reads a ruleset from YAML or JSON and checks it whole: all faults at once, in the order of the text. */
export function parseRuleset(text: string): RulesetResult {
  const nowhere = { line: 1, column: 1 }
  if (text.length > longestText) {
    const message = `the ruleset has ${text.length} characters; at most ${longestText} are read`
    return { ok: false, issues: [{ code: 'ruleset.too_long', path: '/', ...nowhere, message }], warnings: [] }
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  const locate = locator(document, lines)
  const syntax = document.errors.map((error): RulesetIssue => {
    const { line, col } = lines.linePos(error.pos[0])
    return {
      code: 'ruleset.syntax',
      path: '/',
      line,
      column: col,
      message: `is not YAML here: ${firstSentence(error.message)}`,
    }
  })
  if (syntax.length > 0) return { ok: false, issues: syntax, warnings: [] }
  let aliases = 0
  visit(document, { Alias: () => void aliases++ })
  const checker = new Checker(locate)
  if (aliases > 100) checker.fault('ruleset.aliases', [], `found ${aliases} aliases; at most 100 are read`)
  const value: unknown = aliases > 100 ? {} : document.toJS({ maxAliasCount: 100 })
  return resultOf(checkRuleset(value ?? {}, checker), checker, locate)
}

/** Checks a ruleset that is already an object, such as one from an API. Lines are 0. */
export function parseRulesetObject(value: unknown): RulesetResult {
  const locate: LocateInText = () => ({ line: 0, column: 0 })
  const checker = new Checker(locate)
  return resultOf(checkRuleset(value, checker), checker, locate)
}

function resultOf(ruleset: CheckedRuleset, checker: Checker, locate: LocateInText): RulesetResult {
  const inOrder = (issues: readonly RulesetIssue[]) =>
    [...issues].sort((a, b) => a.line - b.line || a.column - b.column)
  const warnings = inOrder(checker.warnings)
  if (checker.issues.length > 0) return { ok: false, issues: inOrder(checker.issues), warnings }
  return { ok: true, ruleset, warnings, locate }
}

/** Where a path stands in the text; for a path that is not there, where the nearest thing around it stands. */
function locator(document: Document, lines: LineCounter): LocateInText {
  return (path) => {
    for (let length = path.length; length >= 0; length--) {
      const offset = offsetOf(document, path.slice(0, length))
      if (offset === null) continue
      const { line, col } = lines.linePos(offset)
      return { line, column: col }
    }
    return { line: 1, column: 1 }
  }
}

function offsetOf(document: Document, path: Path): number | null {
  if (path.length === 0) return document.contents?.range?.[0] ?? 0
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
  const last = path[path.length - 1]
  if (isMap(parent)) {
    const pair = parent.items.find(
      (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(last),
    )
    return pair && isScalar(pair.key) ? (pair.key.range?.[0] ?? null) : null
  }
  const node: unknown = document.getIn(path, true)
  const range =
    typeof node === 'object' && node !== null && 'range' in node ? (node.range as readonly number[] | null) : null
  return range?.[0] ?? null
}

function firstSentence(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? ''
}

/** `path:line` of an issue for people. */
export function formatIssue(issue: RulesetIssue, file: string): string {
  return `${file}:${issue.line}:${issue.column} ${issue.path}: ${issue.message}`
}
