import {
  recordsNamedBy,
  recordText,
  resolveNeighbourhood,
  splitSides,
  type Decision,
  type JsonObject,
  type LocatedRecord,
  type ResolvedNeighbourhood,
  parseJson,
} from '@selfsame/core'
import type { LoadedNeighbourhood, StoredAlias, StoredProfile, StoredRecord, StoredTrace } from '@selfsame/store'
import { decisionOfAlias, suggestionOfAlias } from '../alias-decision.ts'
import { aliasOf, evidenceOf, TraceCutter } from '../gather-group.ts'
import { profileIdMaker } from '../ids.ts'
import { forEachAtEase, givingWay } from '../pace.ts'
import { profileRow } from '../profile-row.ts'
import type { SpaceRules } from '../space-rules.ts'
import type { StoredState } from './stored-state.ts'

/** A record with the trace it is in now, and the one it would be in. null: none. */
export interface PlacedRecord {
  readonly source: string
  readonly record_key: string
  readonly kind: 'event' | 'row'
  readonly from: string | null
  readonly to: string | null
  /** The row was deleted at its source. */
  readonly isWithdrawn: boolean
}

/** What a ruleset makes of everything stored: what publishing it writes, and what a simulation tells. */
export interface RulesetPlan {
  readonly rules: SpaceRules
  readonly state: StoredState
  readonly placed: readonly PlacedRecord[]
  /** Every trace as it would be, by id. A trace keeps its id where its first-stored record stays the same. */
  readonly drafts: ReadonlyMap<string, StoredTrace>
  readonly aliases: readonly StoredAlias[]
  readonly neighbourhood: LoadedNeighbourhood
  readonly resolved: ResolvedNeighbourhood
  /** The profiles as they would be stored, by id. */
  readonly rows: ReadonlyMap<string, StoredProfile>
  /** Where the records of a trace would be. */
  readonly successorsOf: (traceId: string) => readonly string[]
}

/**
 * Reads all evidence anew from the payloads, cuts the traces anew and resolves them, without touching anything. `onRecords`
 * is told how many records were read.
 */
export async function planRuleset(
  state: StoredState,
  rules: SpaceRules,
  records: AsyncIterable<readonly StoredRecord[]>,
  onRecords: (count: number) => Promise<void> = async () => undefined,
): Promise<RulesetPlan> {
  const pace = givingWay()
  const cutter = new TraceCutter([], rules)
  const sideOf = splitSides(state.decisions)
  const aliases: StoredAlias[] = []
  const cut: { readonly record: Omit<StoredRecord, 'payload'>; readonly traceId: string | null }[] = []
  for await (const page of records) {
    for (const { payload, ...record } of page) {
      if (record.withdrawn === 1) {
        cut.push({ record, traceId: null })
        continue
      }
      const evidence = evidenceOf({ ...record, payload }, parseJson(payload) as JsonObject, [], rules)
      cut.push({ record, traceId: cutter.put(evidence, record.seq, sideOf(record.source, record.record_key)) })
      aliases.push(...aliasOf(evidence, rules.ruleset))
    }
    await onRecords(cut.length)
    await pace()
  }

  const keptIds = new Map(state.traces.map(({ firstSeq, id }) => [firstSeq, id]))
  const newId = new Map([...cutter.drafts.values()].map(({ id, firstSeq }) => [id, keptIds.get(firstSeq) ?? id]))
  const nameOf = (traceId: string | null) => {
    const now = cutter.currentId(traceId)
    return now === null ? null : (newId.get(now) ?? now)
  }
  const drafts = new Map(
    [...cutter.drafts].map(([id, draft]): [string, StoredTrace] => {
      const name = newId.get(id) ?? id
      return [name, { ...draft, id: name }]
    }),
  )
  const traces = [...drafts.values()]
  const wanted = namesOfInterest(state.decisions, traces)
  const located = new Map<string, LocatedRecord>()
  const successors = new Map<string, Set<string>>()
  const placed = cut.map(({ record, traceId }): PlacedRecord => {
    const { source, record_key, kind, trace_id: from, first_effective_at: effectiveAt } = record
    const to = nameOf(traceId)
    const name = recordText({ source, key: record_key })
    if (to !== null && wanted.has(name)) located.set(name, { traceId: to, effectiveAt })
    if (from !== null && to !== null) successors.set(from, (successors.get(from) ?? new Set()).add(to))
    return { source, record_key, kind, from, to, isWithdrawn: record.withdrawn === 1 }
  })

  const decisions: readonly Decision[] = [
    ...state.decisions,
    ...aliases.flatMap((alias) => decisionOfAlias(alias, traces, rules.ruleset) ?? []),
  ]
  const neighbourhood = {
    traces,
    stored: new Map(state.traces.map((trace) => [trace.id, trace])),
    decisions,
    suggestions: aliases.flatMap((alias) => suggestionOfAlias(alias, traces, rules.ruleset) ?? []),
    located,
    shared: state.knownShared,
    aliases,
    sharedBefore: state.shared,
  }
  const resolved = await resolveNeighbourhood(neighbourhood, rules.ruleset, profileIdMaker(state.space.secret), pace)
  const known = new Map(state.answers.profiles.map((row) => [row.profile_id, row]))
  const shared = new Set(resolved.shared.map(({ type, value }) => JSON.stringify([type, value])))
  const rows = new Map<string, StoredProfile>()
  await forEachAtEase(resolved.profiles, pace, (profile) => {
    const before = known.get(profile.id)
    rows.set(profile.id, profileRow(profile, before, before?.updated_at ?? 0, rules, shared))
  })
  return {
    rules,
    state,
    placed,
    drafts,
    aliases,
    neighbourhood,
    resolved,
    rows,
    successorsOf: (traceId) => [...(successors.get(traceId) ?? [])],
  }
}

/** Records that decisions name, or that stand for their traces. */
function namesOfInterest(decisions: readonly Decision[], traces: readonly StoredTrace[]): ReadonlySet<string> {
  return new Set([
    ...decisions.flatMap((decision) => recordsNamedBy(decision).map(recordText)),
    ...traces.map(({ source, seniorKey }) => recordText({ source, key: seniorKey })),
  ])
}
