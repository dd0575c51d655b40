import { isFutureTime } from '@selfsame/core'
import {
  countMetrics,
  followNamedRecords,
  findProfiles,
  findRecords,
  lockSpace,
  moveNamedRecords,
  moveRecords,
  saveAliases,
  saveRecords,
  saveSpace,
  tracesById,
  type MetricStep,
  type SpaceRow,
  type Sql,
  type StoredTrace,
} from '@selfsame/store'
import { applyResolution, graphSteps, type AppliedResolution } from './apply-resolution.ts'
import { noteOverruled } from './decide/overruled-dismissals.ts'
import type { IncomingRecord, IngestOutcome } from './engine.ts'
import { gatherGroup, type GatheredGroup } from './gather-group.ts'
import { growProfiles } from './grow-profiles.ts'
import { candidateIdMaker } from './ids.ts'
import { resolveAround } from './resolve-around.ts'
import type { RulesCache, SpaceRules } from './space-rules.ts'
import { applyAlone, tracesAlone } from './traces-alone.ts'
import { noteUnprovedIds } from './unproved-ids.ts'

/** There is no space of that id. */
export class UnknownSpace extends Error {
  readonly code = 'space.unknown'
}

/**
 * Stores and resolves a group of records within one transaction. `receivedAt` is the clock of the machine, but never earlier
 * than what the space has already given out.
 */
export async function ingestGroup(
  sql: Sql,
  spaceId: string,
  incoming: readonly IncomingRecord[],
  nowMs: number,
  cache: RulesCache,
): Promise<readonly IngestOutcome[]> {
  const space = await lockSpace(sql, spaceId)
  if (!space) throw new UnknownSpace('there is no such space')
  const rules = await cache.load(sql, spaceId, space.rulesetVersion)
  const receivedAt = Math.max(nowMs, space.clock)
  const group = await gatherGroup(sql, space, incoming, rules, receivedAt, space.recordSeq + 1)
  await saveRecords(sql, spaceId, group.records)
  await moveRecords(sql, spaceId, group.moves)
  await moveNamedRecords(sql, spaceId, group.moves)
  await followNamedRecords(sql, spaceId, group.retraced)
  await saveAliases(sql, spaceId, group.aliases)

  const firstSeq = space.recordSeq + 1
  const resolved = await resolveGroup(sql, space, { ...group, firstSeq }, rules, receivedAt)
  await countMetrics(sql, spaceId, receivedAt, [
    ...metricsOf(incoming, group, receivedAt),
    ...(await noteUnprovedIds(sql, spaceId, receivedAt, group.unproved)),
    ...attributedOf(group, resolved.profileOf),
    { name: 'records_unmatched', label: '', value: resolved.created },
    { name: 'merges_automatic', label: '', value: resolved.merges },
    ...graphSteps(resolved),
  ])
  await saveSpace(sql, { ...space, clock: receivedAt, recordSeq: group.lastSeq, changeSeq: resolved.changeSeq })
  return outcomesOf(sql, spaceId, incoming, group, resolved.profileOf)
}

/** What of a group disturbs the graph. */
export type DisturbingGroup = Pick<
  GatheredGroup,
  'drafts' | 'grown' | 'removed' | 'before' | 'moves' | 'currentId' | 'aliases'
> & {
  readonly unanswered?: ReadonlySet<string>
  /** Records from this number on are new to the space. Default: none is known to be. */
  readonly firstSeq?: number
}

export interface ResolvedGroup extends Omit<AppliedResolution, 'changes'> {
  /** Of the traces that were touched. */
  readonly profileOf: ReadonlyMap<string, string>
}

/**
 * Most records only add to a trace of a profile that nothing else concerns, or are the first that is heard of somebody; the
 * others are resolved with all around them.
 */
export async function resolveGroup(
  sql: Sql,
  space: SpaceRow,
  group: DisturbingGroup,
  rules: SpaceRules,
  receivedAt: number,
  cause = 'ingest',
  indexedBefore = (_traceId: string): ReadonlySet<string> => rules.indexed,
): Promise<ResolvedGroup> {
  const { spaceId } = space
  const ids = new Set([...group.grown.values()].flatMap(({ profileId }) => profileId ?? []))
  const plain = new Map(
    (await findProfiles(sql, spaceId, [...ids]))
      .filter((profile) => profile.plain === 1 && profile.status === 'active')
      .map((profile) => [profile.profile_id, profile]),
  )
  const isPlain = ({ profileId }: StoredTrace) => plain.has(profileId ?? '')
  const { drafts: changed, aliases, firstSeq = Infinity } = group
  const alone = await tracesAlone(sql, spaceId, changed, firstSeq, aliases, rules)
  const drafts = new Map(
    [...changed, ...[...group.grown].filter(([, trace]) => !isPlain(trace))].filter(([id]) => !alone.has(id)),
  )
  const grown = new Map([...group.grown].filter(([, trace]) => isPlain(trace)))
  let outcome: ResolvedGroup = { ...nothingApplied, profileOf: new Map(), changeSeq: space.changeSeq }
  if (drafts.size > 0 || group.removed.size > 0 || group.aliases.length > 0) {
    const { neighbourhood, resolved } = await resolveAround(sql, space, { ...group, drafts, grown }, rules)
    const met = new Map([...grown].filter(([id]) => neighbourhood.stored.has(id)))
    for (const id of met.keys()) grown.delete(id)
    const applied = await applyResolution(sql, neighbourhood, new Map([...drafts, ...met]), group.removed, resolved, {
      spaceId,
      at: receivedAt,
      cause,
      changeSeq: space.changeSeq,
      rules,
      candidateId: candidateIdMaker(space.secret),
      successorsOf: (traceId) => group.moves.flatMap(({ from, to }) => (from === traceId ? [group.currentId(to)] : [])),
      indexedBefore,
    })
    await noteOverruled(sql, spaceId, receivedAt, neighbourhood, resolved)
    outcome = { ...applied, profileOf: resolved.profileOf }
  }
  const begun = await applyAlone(sql, { ...space, changeSeq: outcome.changeSeq }, alone, rules, receivedAt)
  const rest = new Set([...grown.values()].flatMap(({ profileId }) => profileId ?? []))
  const changeSeq = await growProfiles(
    sql,
    spaceId,
    [...rest].flatMap((id) => plain.get(id) ?? []),
    grown,
    rules,
    receivedAt,
    begun.changeSeq,
  )
  const profileOf = new Map([
    ...begun.profileOf,
    ...[...grown].flatMap(([id, { profileId }]) => (profileId === null ? [] : [[id, profileId] as const])),
    ...outcome.profileOf,
  ])
  return { ...outcome, created: outcome.created + begun.profileOf.size, profileOf, changeSeq }
}

export const nothingApplied = {
  created: 0,
  ended: 0,
  merges: 0,
  splits: 0,
  candidates: { added: 0, removed: 0 },
} as const

function metricsOf(
  incoming: readonly IncomingRecord[],
  group: GatheredGroup,
  receivedAt: number,
): readonly MetricStep[] {
  return incoming.flatMap(({ source, observedAt }, index) => {
    const outcome = group.outcomes[index]
    if (outcome?.status === 'suppressed') return [{ name: 'records_suppressed', label: source, value: 1 }]
    if (outcome?.status !== 'stored') {
      return [{ name: outcome?.otherBody ? 'duplicates_other_body' : 'duplicates', label: source, value: 1 }]
    }
    const stored = { name: 'records_stored', label: source, value: 1 }
    return isFutureTime(observedAt, receivedAt) ? [stored, { name: 'future_times', label: source, value: 1 }] : [stored]
  })
}

/** Records that belong to a profile: all of them but what nobody can be known by. */
function attributedOf(group: GatheredGroup, profileOf: ReadonlyMap<string, string>): readonly MetricStep[] {
  return group.records
    .filter(({ trace_id }) => trace_id !== null && profileOf.has(trace_id))
    .map(({ source }) => ({ name: 'records_attributed', label: source, value: 1 }))
}

async function outcomesOf(
  sql: Sql,
  spaceId: string,
  incoming: readonly IncomingRecord[],
  group: GatheredGroup,
  profileOf: ReadonlyMap<string, string>,
): Promise<readonly IngestOutcome[]> {
  const traceOf = new Map(
    group.records.map(({ source, record_key, trace_id }) => [`${source}\u0000${record_key}`, trace_id]),
  )
  const unknown = incoming.filter(({ source, key }) => !traceOf.has(`${source}\u0000${key}`))
  const found = new Map<string, string | null>()
  if (unknown.length > 0) {
    const records = await findRecords(sql, spaceId, unknown)
    const ids = [...new Set(records.flatMap(({ trace_id }) => (trace_id === null ? [] : [trace_id])))]
    const profiles = new Map((await tracesById(sql, spaceId, ids)).map((trace) => [trace.id, trace.profileId]))
    for (const { source, record_key, trace_id } of records) {
      found.set(`${source}\u0000${record_key}`, trace_id === null ? null : (profiles.get(trace_id) ?? null))
    }
  }
  return incoming.map(({ source, key }, index) => {
    const id = `${source}\u0000${key}`
    const trace = traceOf.get(id)
    const profileId = trace == null ? (found.get(id) ?? null) : (profileOf.get(trace) ?? null)
    const outcome = group.outcomes[index]
    return { status: outcome?.status ?? 'stored', otherBody: outcome?.otherBody ?? false, profileId }
  })
}
