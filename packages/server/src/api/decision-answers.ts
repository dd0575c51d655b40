import type { DecisionAnswer, DecisionRow } from '@selfsame/contract'
import type { ResolvedProfile } from '@selfsame/core'
import { canonicalText, compareText } from '@selfsame/core'
import type { DecisionListRow } from '@selfsame/store'
import type { DecisionFault, DecisionOutcome, DecisionResult } from '../engine/index.ts'
import { Problem } from '../http/problem.ts'
import { goldenFieldOf, instantText } from './answers.ts'

/** Golden fields of a profile by name, as they were before. */
export type FieldsBefore = ReadonlyMap<string, unknown>

export function decisionAnswerOf(
  outcome: DecisionOutcome,
  preview: boolean,
  keyTypes: ReadonlySet<string>,
  [survivor, session]: readonly (FieldsBefore | undefined)[] = [],
): DecisionAnswer {
  return {
    decisionId: outcome.decisionId,
    kind: outcome.kind,
    at: instantText(outcome.at),
    preview,
    before: [...outcome.before],
    after: [...outcome.after],
    changes: outcome.changes.map(({ kind, profileId, others }) => ({ kind, profileId, others: [...others] })),
    profiles: outcome.profiles.map((profile) => profileAfterOf(profile, keyTypes)),
    conflicts: survivor && session ? conflictsOf(survivor, session, outcome.profiles) : [],
    since: outcome.since.map(({ source, key, profileId }) => ({ source, key, profileId })),
    later: [...outcome.later],
  }
}

function profileAfterOf(
  { id, recordCount, golden, traces, demoted, inactive }: ResolvedProfile,
  keyTypes: ReadonlySet<string>,
) {
  const text = ({ type, value }: { readonly type: string; readonly value: string }) => JSON.stringify([type, value])
  const quiet = new Map([
    ...inactive.map((value) => [text(value), 'inactive'] as const),
    ...demoted.map((value) => [text(value), 'demoted'] as const),
  ])
  const held = new Map(
    traces.flatMap(({ sightings }) =>
      sightings
        .filter(({ type }) => keyTypes.has(type))
        .map(({ type, value }) => [text({ type, value }), { type, value }]),
    ),
  )
  const places = [...keyTypes]
  return {
    profileId: id,
    recordCount,
    fields: [...golden.fields].map(([field, surviving]) => goldenFieldOf(field, surviving)),
    identifiers: [...held.values()]
      .sort((a, b) => places.indexOf(a.type) - places.indexOf(b.type) || compareText(a.value, b.value))
      .map((value) => ({ ...value, state: quiet.get(text(value)) ?? ('active' as const) })),
  }
}

/** Fields in which both sides have a value, and not the same. */
function conflictsOf(survivor: FieldsBefore, session: FieldsBefore, after: readonly ResolvedProfile[]) {
  const [only] = after
  return [...survivor].flatMap(([field, value]) => {
    const other = session.get(field)
    if (isBlank(value) || isBlank(other) || canonicalText(value as never) === canonicalText(other as never)) return []
    const outcome = after.length === 1 ? (only?.golden.fields.get(field)?.value ?? null) : null
    return [{ field, survivor: value, session: other, outcome }]
  })
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

export function decisionRowOf(row: DecisionListRow): DecisionRow {
  const outcome = JSON.parse(row.outcome) as { readonly before?: string[]; readonly after?: string[] }
  return {
    decisionId: row.decision_id,
    kind: row.kind,
    at: instantText(row.decided_at),
    actor: row.actor,
    reason: row.reason,
    candidateId: row.candidate_id,
    before: outcome.before ?? [],
    after: outcome.after ?? [],
    reverted:
      row.reverted_at === null
        ? null
        : { at: instantText(row.reverted_at), actor: row.reverted_by ?? '', reason: row.revert_reason },
  }
}

export function outcomeOrProblem(result: DecisionResult | undefined): DecisionOutcome {
  if (!result) throw new Error('a decision has a result')
  if (result.ok) return result.outcome
  throw problemOf(result.fault)
}

function problemOf({ code, message, facts }: DecisionFault): Problem {
  return new Problem(code, message, { more: facts })
}
