import { randomUUID } from 'node:crypto'
import type { Decision, NamingRecord, RecordRef } from '@selfsame/core'
import {
  appendAudit,
  blankProfiles,
  blankRunsNaming,
  countMetrics,
  decisionsNaming,
  deleteLettersHolding,
  deleteRecords,
  deleteUnheldValues,
  findDecision,
  findProfiles,
  lockSpace,
  recordsOfTraces,
  saveChanges,
  saveDecision,
  saveErasure,
  saveSpace,
  saveSuppressions,
  sharedAmong,
  takenOverBy,
  tracesByProfile,
  tracesByValue,
  valueText,
  type Sql,
  type StoredTrace,
} from '@selfsame/store'
import { applyResolution, graphSteps } from '../apply-resolution.ts'
import { sideOf } from '../decide/sides.ts'
import { candidateIdMaker, profileIdMaker } from '../ids.ts'
import { UnknownSpace } from '../ingest-group.ts'
import { resolveAround } from '../resolve-around.ts'
import type { RulesCache, SpaceRules } from '../space-rules.ts'
import { withoutRecords } from './forget-in-decision.ts'
import { suppressionHasher } from './suppression.ts'

export interface ErasureRequest {
  /** Profiles by any id they ever had. */
  readonly profileIds: readonly string[]
  readonly actor: string
  readonly nowMs: number
}

/** What an erasure took away. */
export interface ErasureReport {
  readonly erasureId: string
  /** Milliseconds. */
  readonly at: number
  /** Former ids included. */
  readonly profileIds: readonly string[]
  readonly recordCount: number
  /** Identifier values that keep out what comes later. */
  readonly suppressedValues: number
  readonly deadLetters: number
  /** Decisions from which the person was taken. */
  readonly decisions: number
}

type Value = { readonly type: string; readonly value: string }

/**
 * Forgets a person within one transaction: every record, trace, value, link and question of the profiles, and what decisions,
 * runs and dead letters say of them. What is left are ids, counts, and keyed hashes that keep out what comes later. Everybody
 * else is resolved as if the person had never been there.
 */
export async function erasePerson(
  sql: Sql,
  spaceId: string,
  { profileIds, actor, nowMs }: ErasureRequest,
  cache: RulesCache,
): Promise<ErasureReport> {
  const space = await lockSpace(sql, spaceId)
  if (!space) throw new UnknownSpace('there is no such space')
  const rules = await cache.load(sql, spaceId, space.rulesetVersion)
  const at = Math.max(nowMs, space.clock)
  const erasureId = `e_${randomUUID().replaceAll('-', '')}`
  const active = new Set<string>()
  for (const id of profileIds) active.add((await sideOf(sql, spaceId, id)).profileId)
  const traces = await tracesByProfile(sql, spaceId, [...active])
  const traceIds = traces.map(({ id }) => id)
  const named = await recordsOfTraces(sql, spaceId, traceIds, Number.MAX_SAFE_INTEGER)
  const refs = named.map(({ source, key }): RecordRef => ({ source, key }))
  const hidden = await valuesToSuppress(sql, spaceId, traces, rules)
  const decisions = await forgetInDecisions(sql, spaceId, traceIds, refs)

  await deleteRecords(sql, spaceId, refs)
  const idOf = profileIdMaker(space.secret)
  const disturbance = { drafts: new Map(), removed: new Set(traceIds), before: traces, aliases: [] }
  const { neighbourhood, resolved: resolution } = await resolveAround(sql, space, disturbance, rules)
  const applied = await applyResolution(sql, neighbourhood, new Map(), new Set(traceIds), resolution, {
    spaceId,
    at,
    cause: `erasure:${erasureId}`,
    changeSeq: space.changeSeq,
    rules,
    candidateId: candidateIdMaker(space.secret),
    successorsOf: () => [],
  })

  const gone = await idsOfPerson(sql, spaceId, [...active], named, idOf)
  await blankProfiles(sql, spaceId, gone, at)
  await deleteUnheldValues(
    sql,
    spaceId,
    traces.flatMap(({ sightings }) => sightings),
  )
  const texts = textsOf(hidden, refs, gone)
  const deadLetters = await deleteLettersHolding(sql, spaceId, texts)
  await blankRunsNaming(sql, spaceId, texts)
  const hasher = suppressionHasher(space.secret)
  const hashes = [...hidden.map(({ type, value }) => hasher.ofValue(type, value)), ...refs.map(hasher.ofRecord)]
  await saveSuppressions(sql, spaceId, erasureId, hashes)
  await saveErasure(sql, spaceId, {
    erasure_id: erasureId,
    at,
    actor,
    profile_ids: JSON.stringify(gone),
    record_count: refs.length,
    hash_count: hashes.length,
    lifted_at: null,
    lifted_by: null,
  })
  const erased = [...active].sort()
  await saveChanges(
    sql,
    spaceId,
    erased.map((profile_id, index) => ({
      seq: applied.changeSeq + index + 1,
      at,
      kind: 'erased',
      profile_id,
      others: JSON.stringify(gone.filter((id) => !active.has(id))),
      cause: `erasure:${erasureId}`,
    })),
  )
  await appendAudit(sql, spaceId, {
    at,
    actor,
    action: 'person.erase',
    object: erasureId,
    details: { profiles: gone, records: refs.length, decisions, deadLetters },
  })
  await countMetrics(sql, spaceId, at, [
    { name: 'records_erased', label: '', value: refs.length },
    { name: 'profiles_erased', label: '', value: erased.length },
    { name: 'merges_automatic', label: '', value: applied.merges },
    ...graphSteps(applied),
  ])
  await saveSpace(sql, { ...space, clock: at, changeSeq: applied.changeSeq + erased.length })
  return {
    erasureId,
    at,
    profileIds: gone,
    recordCount: refs.length,
    suppressedValues: hidden.length,
    deadLetters,
    decisions,
  }
}

/**
 * Identifier values that keep out what comes later: verified ones that nobody else holds verified, and unverified ones that
 * nobody else holds. What is shared, or somebody else's, keeps nobody out.
 */
async function valuesToSuppress(
  sql: Sql,
  spaceId: string,
  traces: readonly StoredTrace[],
  rules: SpaceRules,
): Promise<readonly Value[]> {
  const own = new Set(traces.map(({ id }) => id))
  const held = new Map<string, Value & { readonly verified: boolean }>()
  for (const { type, value, verified } of traces.flatMap(({ sightings }) => sightings)) {
    if (!rules.keyTypes.has(type)) continue
    const text = valueText({ type, value })
    held.set(text, { type, value, verified: verified || held.get(text)?.verified === true })
  }
  const shared = await sharedAmong(sql, spaceId, [...held.values()])
  const wanted = [...held.values()].filter((value) => !shared.has(valueText(value)))
  const others = (
    await tracesByValue(
      sql,
      spaceId,
      wanted.map(({ type, value, verified }) => ({ type, value, verified_only: verified ? 1 : 0 })),
    )
  ).filter(({ id }) => !own.has(id))
  const elsewhere = (sought: (typeof wanted)[number]) =>
    others.some((trace) =>
      trace.sightings.some(
        ({ type, value, verified }) => type === sought.type && value === sought.value && (verified || !sought.verified),
      ),
    )
  return wanted.filter((value) => !elsewhere(value)).map(({ type, value }) => ({ type, value }))
}

/** Takes the person out of every decision, reverted ones too. How many there were. */
async function forgetInDecisions(
  sql: Sql,
  spaceId: string,
  traceIds: readonly string[],
  refs: readonly RecordRef[],
): Promise<number> {
  const standing = await decisionsNaming(sql, spaceId, traceIds, [], { reverted: true })
  for (const decision of standing) {
    const stored = await findDecision(sql, spaceId, decision.id)
    if (!stored) continue
    const body: Decision = withoutRecords(decision, refs)
    await saveDecision(sql, spaceId, { ...stored, reason: null, revert_reason: null, body: JSON.stringify(body) })
  }
  return standing.length
}

/** Every id that ever led to the person. */
async function idsOfPerson(
  sql: Sql,
  spaceId: string,
  active: readonly string[],
  records: readonly NamingRecord[],
  idOf: (record: NamingRecord) => string,
): Promise<readonly string[]> {
  const known = (await findProfiles(sql, spaceId, records.map(idOf))).map(({ profile_id }) => profile_id)
  const own = [...new Set([...active, ...known])]
  return [...new Set([...own, ...(await takenOverBy(sql, spaceId, own))])].sort()
}

/** What may name the person in texts that others wrote: identifier values, keys of records, ids of profiles. */
function textsOf(
  values: readonly Value[],
  refs: readonly RecordRef[],
  profileIds: readonly string[],
): readonly string[] {
  const keys = refs.map(({ key }) => key)
  // A short number says nothing about whom it means, and stands in many texts.
  return [...new Set([...values.map(({ value }) => value), ...keys])]
    .filter((text) => text.length >= 6)
    .concat(profileIds)
}
