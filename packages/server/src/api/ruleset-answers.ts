import type { GivenRuleset, IdentityRule } from '@selfsame/contract'
import {
  defaultSourceSettings,
  diffRulesets,
  parseRuleset,
  parseRulesetObject,
  ruleInEnglish,
  rulesetToDocument,
  rulesetToYaml,
  type JsonObject,
  type Mapping,
  type Ruleset,
  type RulesetIssue,
  type RulesetResult,
} from '@selfsame/core'
import { findDraft, rulesetBody, sourcesOf, type Sql, type StoredDraft } from '@selfsame/store'
import { rulesetOfSpace } from '../engine/space-rules.ts'
import { Problem } from '../http/problem.ts'
import { instantText } from './answers.ts'

/** A ruleset that a request brought. */
export interface ReadRuleset {
  /** What is stored of it: the text as it came; a document without faults as YAML, one with faults as JSON. */
  readonly text: string
  readonly result: RulesetResult
}

export function readGiven({ yaml, document }: Pick<GivenRuleset, 'yaml' | 'document'>): ReadRuleset {
  if (yaml !== undefined) return { text: yaml, result: parseRuleset(yaml) }
  const result = parseRulesetObject(document)
  return { text: result.ok ? rulesetToYaml(result.ruleset) : JSON.stringify(document, null, 2), result }
}

/** The ruleset, or the problem that names all its faults. */
export function withoutFaults({ result }: Pick<ReadRuleset, 'result'>): Ruleset {
  if (result.ok) return result.ruleset
  throw new Problem('ruleset.invalid', 'the ruleset has faults; nothing was changed', {
    more: { issues: result.issues.map(issueOf) },
  })
}

/** What the check says. Mappings are shown with the trust that their sources have in the space. */
export async function checkAnswer(sql: Sql, spaceId: string, result: RulesetResult) {
  const warnings = result.warnings.map(issueOf)
  if (!result.ok) {
    const issues = result.issues.map(issueOf)
    return { valid: false, issues, warnings, english: [], yaml: null, document: null, identityRules: null }
  }
  const { ruleset } = result
  return {
    valid: true,
    issues: [],
    warnings,
    english: sentencesOf(ruleset),
    yaml: rulesetToYaml(ruleset),
    document: rulesetToDocument(ruleset),
    identityRules: identityRulesOf(rulesetOfSpace(ruleset, await sourcesOf(sql, spaceId))),
  }
}

export function sentencesOf(ruleset: Ruleset) {
  return ruleset.rules.map((rule) => ({
    name: rule.name,
    enabled: rule.enabled,
    sentence: ruleInEnglish(rule, ruleset),
  }))
}

/** Sentences about what differs between two texts; empty where one of them has faults. */
export function changesBetween(from: string, to: string): readonly string[] {
  const [older, newer] = [parseRuleset(from), parseRuleset(to)]
  return older.ok && newer.ok ? diffRulesets(older.ruleset, newer.ruleset) : []
}

export async function publishedText(sql: Sql, spaceId: string): Promise<{ version: number; body: string }> {
  const [row] = await sql.all<{ ruleset_version: number }>('SELECT ruleset_version FROM spaces WHERE space_id = ?', [
    spaceId,
  ])
  const version = row?.ruleset_version ?? 0
  return { version, body: await textOfVersion(sql, spaceId, version) }
}

export async function textOfVersion(sql: Sql, spaceId: string, version: number): Promise<string> {
  const body = await rulesetBody(sql, spaceId, version)
  if (body === null) throw new Problem('ruleset.unknown_version', 'there is no such version of the ruleset')
  return body
}

export async function draftOrProblem(sql: Sql, spaceId: string): Promise<StoredDraft> {
  const draft = await findDraft(sql, spaceId)
  if (!draft) throw new Problem('ruleset.no_draft', 'there is no draft')
  return draft
}

export async function draftAnswerOf(sql: Sql, spaceId: string) {
  const published = await publishedText(sql, spaceId)
  const draft = await findDraft(sql, spaceId)
  if (!draft) return { published: published.version, draft: null }
  return {
    published: published.version,
    draft: {
      revision: draft.revision,
      basedOn: draft.based_on,
      actor: draft.actor,
      updatedAt: instantText(draft.updated_at),
      text: draft.body,
      changes: [...changesBetween(published.body, draft.body)],
      check: await checkAnswer(sql, spaceId, parseRuleset(draft.body)),
    },
  }
}

/** The written mappings of all sources, as the page of identity rules shows them. */
export function identityRulesOf(ruleset: Ruleset) {
  const kinds = new Map(ruleset.identifiers.map(({ name, kind }) => [name, kind]))
  const items = [...ruleset.sources].flatMap(([source, { mappings }]) =>
    (mappings ?? []).map((mapping, place): IdentityRule => {
      const kind = kindOf(mapping, kinds)
      return {
        id: `${source}:${place}`,
        source,
        place,
        when: mapping.when,
        read: mapping.read,
        to: mapping.to,
        key: mapping.key,
        kind,
        trust: trustOf(mapping, kind, source, ruleset),
        verified: mapping.verified,
        precedence: mapping.precedence,
        enabled: mapping.enabled,
      }
    }),
  )
  items.sort((a, b) => a.precedence - b.precedence || compareIds(a, b))
  const active = items.filter(({ enabled }) => enabled)
  const count = (kind: IdentityRule['kind']) => active.filter((one) => one.kind === kind).length
  return {
    items,
    strip: {
      active: active.length,
      total: items.length,
      anchors: count('anchor'),
      claims: count('claim'),
      traits: count('trait'),
    },
  }
}

const nameTargets: ReadonlySet<string> = new Set(['first_name', 'last_name', 'display_name'])

function kindOf({ to }: Mapping, kinds: ReadonlyMap<string, 'anchor' | 'claim' | 'attribute'>): IdentityRule['kind'] {
  if (to === 'trait') return 'trait'
  return nameTargets.has(to) ? 'name' : (kinds.get(to) ?? 'attribute')
}

function trustOf(
  { to, verified }: Mapping,
  kind: IdentityRule['kind'],
  source: string,
  ruleset: Ruleset,
): IdentityRule['trust'] {
  if (kind === 'trait') return 'none'
  if (kind === 'name') return 'name_hint'
  const settings = ruleset.sources.get(source) ?? defaultSourceSettings
  if (kind === 'anchor') {
    const isSession = ruleset.identifiers.some(({ name, session }) => name === to && session)
    return settings.class === 'public' && !isSession ? 'unverified' : 'verified'
  }
  const isTrusted = kind === 'claim' ? (verified ?? settings.trust === 'trusted') : settings.trust === 'trusted'
  return isTrusted ? 'verified' : 'unverified'
}

function compareIds(a: IdentityRule, b: IdentityRule): number {
  return a.source < b.source ? -1 : a.source > b.source ? 1 : a.place - b.place
}

export function issueOf({ code, path, line, column, message }: RulesetIssue) {
  return { code, path, line, column, message }
}

/** A text without faults as a document; null: it has faults. */
export function documentOfText(body: string): JsonObject | null {
  const parsed = parseRuleset(body)
  return parsed.ok ? rulesetToDocument(parsed.ruleset) : null
}
