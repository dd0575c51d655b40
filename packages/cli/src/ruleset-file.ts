import { defaultRuleset, parseRuleset, type Ruleset, type RulesetResult } from '@selfsame/core'
import { readFileSync } from 'node:fs'
import { UsageFault } from './exit-code.ts'
import { plainText, type Terminal } from './terminal/terminal.ts'

type Issue = RulesetResult['warnings'][number]

export interface LoadedRuleset {
  readonly ruleset: Ruleset
  readonly file: string | null
  readonly text: string | null
  readonly warnings: readonly Issue[]
}

/** The ruleset of a file, or the default one. Every fault is shown at once, with path and line; then it throws. */
export function loadRuleset(file: string | null, terminal: Terminal): LoadedRuleset {
  if (file === null) return { ruleset: defaultRuleset(), file: null, text: null, warnings: [] }
  const text = readRulesetText(file)
  const result = parseRuleset(text)
  if (!result.ok) {
    showFaults(file, result.issues, terminal)
    throw new UsageFault(
      'ruleset.faulty',
      `${file} has ${result.issues.length === 1 ? 'a fault' : `${result.issues.length} faults`}`,
      true,
    )
  }
  return { ruleset: result.ruleset, file, text, warnings: result.warnings }
}

export function readRulesetText(file: string): string {
  const bytes = readBytes(file)
  if (bytes.includes(0))
    throw new UsageFault('ruleset.unreadable', `${file} is not text; a ruleset is a YAML or JSON file`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageFault('ruleset.unreadable', `${file} is not UTF-8; save the ruleset as UTF-8`)
  }
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new UsageFault('ruleset.unreadable', `cannot read the ruleset ${file}: ${whyUnreadable(error)}`)
  }
}

/** A file system error in words. */
export function whyUnreadable(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  const words: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a part of its path is not a folder',
    ELOOP: 'its links go in a circle',
    ENAMETOOLONG: 'the name is too long',
  }
  return words[code] ?? (code || 'it could not be opened')
}

/** One line per fault: `rules.yaml:12:9 /rules/2/match: …`. */
export function showFaults(file: string, issues: readonly Issue[], terminal: Terminal): void {
  for (const issue of issues) terminal.note(`${terminal.noteColors.red('fault')} ${issueLine(file, issue)}\n`)
}

export function showRulesetWarnings(file: string, warnings: readonly Issue[], terminal: Terminal): void {
  for (const issue of warnings) terminal.note(`${terminal.noteColors.yellow('warning')} ${issueLine(file, issue)}\n`)
}

export function issueLine(file: string, issue: Issue): string {
  const place = issue.line > 0 ? `${file}:${issue.line}:${issue.column}` : file
  return plainText(`${place} ${issue.path}: ${issue.message}`)
}
