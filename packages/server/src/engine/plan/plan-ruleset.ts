import {
  recordsNamedBy,
  recordText,
  resolveNeighbourhood,
  type Decision,
  type GoldenRecord,
  type LiveTrace,
  type LocatedRecord,
  type ResolvedNeighbourhood,
} from '@selfsame/core'
import type { LoadedNeighbourhood, StoredProfile, StoredTrace } from '@selfsame/store'
import { decisionOfAlias, suggestionOfAlias } from '../alias-decision.ts'
import { profileIdMaker } from '../ids.ts'
import { forEachAtEase, type Pace } from '../pace.ts'
import { profileRow } from '../profile-row.ts'
import type { SpaceRules } from '../space-rules.ts'
import type { CutRecords } from './cut-records.ts'
import type { StoredState } from './stored-state.ts'

/** What a ruleset makes of everything stored: what publishing it writes, and what a simulation tells. */
export interface RulesetPlan extends CutRecords {
  readonly rules: SpaceRules
  readonly state: StoredState
  readonly neighbourhood: LoadedNeighbourhood
  readonly resolved: ResolvedNeighbourhood
  /** The profiles as they would be stored, by id. */
  readonly rows: ReadonlyMap<string, StoredProfile>
  /** Where the records of a trace would be. */
  readonly successorsOf: (traceId: string) => readonly string[]
}

/** Resolves traces cut for a ruleset, without touching anything. */
export async function planRuleset(
  state: StoredState,
  rules: SpaceRules,
  cut: CutRecords,
  pace: Pace,
): Promise<RulesetPlan> {
  const { drafts, placed, aliases } = cut
  const traces = [...drafts.values()]
  const wanted = namesOfInterest(state.decisions, traces)
  const located = new Map<string, LocatedRecord>()
  const successors = new Map<string, Set<string>>()
  await forEachAtEase(placed, pace, ({ source, record_key, from, to, effectiveAt }) => {
    const name = recordText({ source, key: record_key })
    if (to !== null && wanted.has(name)) located.set(name, { traceId: to, effectiveAt })
    if (from !== null && to !== null) successors.set(from, (successors.get(from) ?? new Set()).add(to))
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
  const known = new Map(state.answers.profiles.map((row) => [row.profile_id, row]))
  const kept = keptProfiles(state, known)
  const reused = new Set<string>()
  const resolved = await resolveNeighbourhood(neighbourhood, rules.ruleset, profileIdMaker(state.space.secret), {
    pace,
    knownGolden: (id, members) => {
      if (!cut.goldenStands || !kept(id, members)) return null
      reused.add(id)
      return takenOver
    },
  })
  const shared = new Set(resolved.shared.map(({ type, value }) => JSON.stringify([type, value])))
  const rows = new Map<string, StoredProfile>()
  await forEachAtEase(resolved.profiles, pace, (profile) => {
    const before = known.get(profile.id)
    const isReused = before !== undefined && reused.has(profile.id)
    rows.set(profile.id, isReused ? before : profileRow(profile, before, before?.updated_at ?? 0, rules, shared))
  })
  return {
    ...cut,
    rules,
    state,
    neighbourhood,
    resolved,
    rows,
    successorsOf: (traceId) => [...(successors.get(traceId) ?? [])],
  }
}

/** Stands for the golden record of a profile whose row is taken over as it is. */
const takenOver: GoldenRecord = { fields: new Map(), recordCount: 0, sourceCount: 0, firstSeen: null, lastSeen: null }

/** Whether a profile has the traces it had, and nothing but its records ever concerned it. */
function keptProfiles(
  { traces }: StoredState,
  known: ReadonlyMap<string, StoredProfile>,
): (profileId: string, members: readonly LiveTrace[]) => boolean {
  const profileOf = new Map(traces.map(({ id, profileId }) => [id, profileId]))
  const sizes = new Map<string, number>()
  for (const { profileId } of traces) {
    if (profileId !== null) sizes.set(profileId, (sizes.get(profileId) ?? 0) + 1)
  }
  return (profileId, members) =>
    known.get(profileId)?.plain === 1 &&
    sizes.get(profileId) === members.length &&
    members.every(({ id }) => profileOf.get(id) === profileId)
}

/** Records that decisions name, or that stand for their traces. */
function namesOfInterest(decisions: readonly Decision[], traces: readonly StoredTrace[]): ReadonlySet<string> {
  return new Set([
    ...decisions.flatMap((decision) => recordsNamedBy(decision).map(recordText)),
    ...traces.map(({ source, seniorKey }) => recordText({ source, key: seniorKey })),
  ])
}
