import { compareSeniority, type RecordRef } from '../evidence/record.ts'
import { choicesByProfile } from '../golden/golden-choices.ts'
import { goldenRecord, type GoldenRecord } from '../golden/golden-record.ts'
import { describeLinks, resolveBulk } from '../resolve/bulk.ts'
import { decidedValues, nothingDecided } from '../resolve/decided-values.ts'
import type { Decision, PositiveDecision } from '../resolve/decision.ts'
import { populationOf } from '../resolve/population-of.ts'
import type { Candidate, GuardName, SharedValue, UnresolvedTrace } from '../resolve/resolution.ts'
import type { RuleFigures } from '../resolve/rule-figures.ts'
import { stagesOf } from '../resolve/stages.ts'
import type { Suggestion } from '../resolve/suggestion.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'
import type { LiveTrace } from './live-trace.ts'
import { seniorityOf } from './trace-of-record.ts'

/**
 * Everything some records could possibly touch: closed under `reachOf`, under the decisions that name its records, and under
 * the profiles that its traces belonged to. Values known as shared are not followed, and named instead.
 */
export interface Neighbourhood {
  readonly traces: readonly LiveTrace[]
  /** The standing decisions that name a record of it. */
  readonly decisions: readonly Decision[]
  readonly suggestions: readonly Suggestion[]
  /** Records that decisions name, by `recordText`. */
  readonly located: ReadonlyMap<string, LocatedRecord>
  /** Shared values whose holders are not all here. */
  readonly shared: readonly SharedValue[]
  /** Values that a crowd carries unverified, not all of which is here. */
  readonly crowded?: readonly { readonly type: string; readonly value: string }[]
}

/** The record that a profile's id is made of. */
export interface NamingRecord extends RecordRef {
  /** Number of its first storing. */
  readonly seq: number
}

/** Where a record is. */
export interface LocatedRecord {
  readonly traceId: string
  /** Of the record itself, milliseconds; its trace may be more senior. */
  readonly effectiveAt: number
}

export interface ResolvedNeighbourhood {
  readonly profiles: readonly ResolvedProfile[]
  /** Trace id → profile id; traces without a profile are absent. */
  readonly profileOf: ReadonlyMap<string, string>
  readonly links: readonly ResolvedLink[]
  readonly held: readonly ResolvedHeldLink[]
  readonly candidates: readonly ResolvedCandidate[]
  readonly shared: readonly SharedValue[]
  readonly unresolved: ReadonlyMap<string, UnresolvedTrace>
  /** Per stage, in the order of the stages. */
  readonly figures: readonly StageFigures[]
}

export interface StageFigures extends RuleFigures {
  readonly rule: string
  readonly stage: number
}

export interface ResolvedProfile {
  readonly id: string
  /** First-stored record, from which the id is made. */
  readonly record: RecordRef
  readonly traces: readonly LiveTrace[]
  readonly golden: GoldenRecord
  readonly recordCount: number
  readonly demoted: readonly { readonly type: string; readonly value: string }[]
  /** Values that a split took away. */
  readonly inactive: readonly { readonly type: string; readonly value: string }[]
  /** false: a decision, held link, candidate, demotion or shared value concerns it. */
  readonly plain: boolean
}

export interface ResolvedLink {
  readonly left: string
  readonly right: string
  readonly rule: string
  readonly stage: number
  readonly decision: string | null
  readonly type: string
  readonly value: string
}

export interface ResolvedHeldLink {
  readonly cluster: string
  readonly refusedBy: string
  readonly rule: string
  readonly stage: number
  readonly type: string
  readonly value: string
  readonly guard: GuardName
  readonly reasons: readonly string[]
  readonly group: boolean
}

export type ResolvedCandidate = Omit<Candidate, 'survivor' | 'session'> & {
  readonly survivor: string
  readonly session: string
  readonly rule: string
}

const profilesPerPace = 200

export interface ResolveOptions {
  /** Awaited now and then: whoever calls may let other work in. */
  readonly pace?: () => Promise<void>
  /** Of a plain profile, what stands for its golden record where that is known; null: it is not. */
  readonly knownGolden?: (profileId: string, traces: readonly LiveTrace[]) => GoldenRecord | null
}

/** Key of `Neighbourhood.located`. */
export function recordText({ source, key }: RecordRef): string {
  return JSON.stringify([source, key])
}

/**
 * Resolves a neighbourhood: what `resolve` says of the whole population, restricted to it. `idOf` makes the unguessable id of
 * a record; the same record always gets the same.
 */
export async function resolveNeighbourhood(
  neighbourhood: Neighbourhood,
  ruleset: Ruleset,
  idOf: (record: NamingRecord) => string,
  { pace = async () => undefined, knownGolden = () => null }: ResolveOptions = {},
): Promise<ResolvedNeighbourhood> {
  const traces = [...neighbourhood.traces].sort((a, b) => compareSeniority(seniorityOf(a), seniorityOf(b)))
  const placeOfTrace = new Map(traces.map((trace, place) => [trace.id, place]))
  const traceOf = (source: string, key: string) => {
    const found = neighbourhood.located.get(recordText({ source, key }))
    return found === undefined ? undefined : placeOfTrace.get(found.traceId)
  }
  const population = populationOf(traces, ruleset, traceOf, neighbourhood.shared, neighbourhood.crowded)
  const resolution = await resolveBulk(population, ruleset, neighbourhood.decisions, neighbourhood.suggestions)
  const links = await describeLinks(resolution.links, population, ruleset)
  const stages = stagesOf(ruleset)
  const ruleName = (stage: number) => stages[stage]?.rule.name ?? (stage < 0 ? '' : 'alias call')

  const membersOf = new Map<number, LiveTrace[]>()
  resolution.clusterOf.forEach((cluster, place) => {
    const trace = traces[place] as LiveTrace
    if (!trace.formsProfile) return
    const known = membersOf.get(cluster)
    if (known) known.push(trace)
    else membersOf.set(cluster, [trace])
  })
  const clusterOfRecord = (record: RecordRef) => {
    const place = traceOf(record.source, record.key)
    return place === undefined ? undefined : (resolution.clusterOf[place] as number)
  }
  const choices = choicesByProfile(neighbourhood.decisions, (record) => {
    const place = traceOf(record.source, record.key)
    const effectiveAt = neighbourhood.located.get(recordText(record))?.effectiveAt
    if (place === undefined || effectiveAt === undefined) return undefined
    return { profile: resolution.clusterOf[place] as number, effectiveAt }
  })
  const decided = decidedValues(neighbourhood.decisions, traces, resolution.clusterOf, traceOf)
  const namedBy = namingDecisions(neighbourhood.decisions, clusterOfRecord)
  const demotedOf = Map.groupBy(resolution.demoted, ({ cluster }) => cluster)
  const isShared = new Set(resolution.shared.map(({ type, value }) => JSON.stringify([type, value])))
  const concerned = new Set([
    ...resolution.held.flatMap(({ cluster, refusedBy }) => [cluster, refusedBy]),
    ...resolution.candidates.flatMap(({ survivor, session }) => [survivor, session]),
    ...resolution.demoted.map(({ cluster }) => cluster),
    ...neighbourhood.decisions.flatMap((decision) =>
      recordsNamedBy(decision).flatMap((ref) => clusterOfRecord(ref) ?? []),
    ),
  ])
  const holdsShared = (trace: LiveTrace) =>
    trace.sightings.some((sighting) => isShared.has(JSON.stringify([sighting.type, sighting.value])))

  const idOfCluster = new Map<number, string>()
  const profiles: ResolvedProfile[] = []
  for (const [cluster, members] of membersOf) {
    const record = firstStored(members, namedBy.get(cluster) ?? [], (ref) =>
      clusterOfRecord(ref) === cluster ? neighbourhood.located.get(recordText(ref))?.traceId : undefined,
    )
    const id = idOf(record)
    idOfCluster.set(cluster, id)
    const demoted = (demotedOf.get(cluster) ?? []).map(({ type, value }) => ({ type, value }))
    const isDemoted = new Set(demoted.map(({ type, value }) => JSON.stringify([type, value])))
    const { confirmed, inactive } = decided.get(cluster) ?? nothingDecided
    const { primarySide = [], pins = [] } = choices.get(cluster) ?? {}
    const primaryTraces = new Set(primarySide.map((ref) => neighbourhood.located.get(recordText(ref))?.traceId))
    const plain = !concerned.has(cluster) && !members.some(holdsShared)
    const computeGolden = () =>
      goldenRecord(
        members.flatMap((trace) => trace.members),
        ruleset,
        {
          pins,
          primarySide: members.flatMap((trace) => (primaryTraces.has(trace.id) ? trace.members : [])),
          isActive: (type, value) => {
            const key = JSON.stringify([type, value])
            return !isDemoted.has(key) && !isShared.has(key) && !inactive.has(key)
          },
          isConfirmed: (type, value) => confirmed.has(JSON.stringify([type, value])),
        },
      )
    const golden = (plain ? knownGolden(id, members) : null) ?? computeGolden()
    const recordCount = members.reduce((sum, trace) => sum + trace.recordCount, 0)
    const taken = [...inactive].map((text): { type: string; value: string } => {
      const [type = '', value = ''] = JSON.parse(text) as string[]
      return { type, value }
    })
    profiles.push({ id, record, traces: members, golden, recordCount, demoted, inactive: taken, plain })
    if (profiles.length % profilesPerPace === 0) await pace()
  }
  const profileOf = new Map(profiles.flatMap(({ id, traces: members }) => members.map((trace) => [trace.id, id])))
  const named = (cluster: number) => idOfCluster.get(cluster)
  return {
    profiles,
    profileOf,
    links: links.map(({ left, right, stage, decision, type, value }) => ({
      left: (traces[left] as LiveTrace).id,
      right: (traces[right] as LiveTrace).id,
      rule: ruleName(stage),
      stage,
      decision,
      type,
      value,
    })),
    held: resolution.held.flatMap((link) => {
      const cluster = named(link.cluster)
      const refusedBy = named(link.refusedBy)
      return cluster === undefined || refusedBy === undefined
        ? []
        : [{ ...link, cluster, refusedBy, rule: ruleName(link.stage) }]
    }),
    candidates: resolution.candidates.flatMap((candidate) => {
      const survivor = named(candidate.survivor)
      const session = named(candidate.session)
      return survivor === undefined || session === undefined
        ? []
        : [{ ...candidate, survivor, session, rule: ruleName(candidate.stage) }]
    }),
    shared: resolution.shared,
    figures: resolution.figures.map((figures, stage) => ({ rule: ruleName(stage), stage, ...figures })),
    unresolved: new Map(resolution.unresolved.map((entry) => [(traces[entry.trace] as LiveTrace).id, entry])),
  }
}

/** The records that a decision names, on either side. */
export function recordsNamedBy(decision: Decision): readonly RecordRef[] {
  switch (decision.kind) {
    case 'merge':
    case 'confirm':
      return [...decision.survivor, ...decision.session]
    case 'dismiss':
      return [...decision.left, ...decision.right]
    case 'split':
      return [...decision.stay, ...decision.leave]
    case 'pin':
    case 'primary':
      return decision.records
  }
}

/** Positive decisions that hold within a cluster, latest first. */
function namingDecisions(
  decisions: readonly Decision[],
  clusterOf: (record: RecordRef) => number | undefined,
): ReadonlyMap<number, readonly PositiveDecision[]> {
  const naming = new Map<number, PositiveDecision[]>()
  const latestFirst = [...decisions].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
  for (const decision of latestFirst) {
    const records =
      decision.kind === 'merge' || decision.kind === 'confirm' ? [...decision.survivor, ...decision.session] : []
    for (const cluster of new Set(records.map(clusterOf))) {
      if (cluster === undefined || (decision.kind !== 'merge' && decision.kind !== 'confirm')) continue
      const known = naming.get(cluster)
      if (known) known.push(decision)
      else naming.set(cluster, [decision])
    }
  }
  return naming
}

/** The record that names a profile: the first stored of the survivor side of the latest decision inside it, else of all. */
function firstStored(
  traces: readonly LiveTrace[],
  decisions: readonly PositiveDecision[],
  traceInside: (record: RecordRef) => string | undefined,
): NamingRecord {
  const isInside = (record: RecordRef) => traceInside(record) !== undefined
  const joined = decisions.find(({ survivor, session }) => survivor.some(isInside) && session.some(isInside))
  const named = new Set((joined?.survivor ?? []).map(traceInside))
  const survivors = traces.filter(({ id }) => named.has(id))
  const first = (survivors.length > 0 ? survivors : traces).reduce((a, b) => (b.firstSeq < a.firstSeq ? b : a))
  return { source: first.source, key: first.firstKey, seq: first.firstSeq }
}
