import { goldenRecord, type LiveTrace, type NamingRecord } from '@selfsame/core'
import {
  aliasesTouching,
  changeSightings,
  findValues,
  saveChanges,
  saveProfiles,
  saveTraces,
  type SpaceRow,
  type Sql,
  type StoredAlias,
  type StoredProfile,
  type StoredTrace,
} from '@selfsame/store'
import { profileIdMaker } from './ids.ts'
import { profileRow } from './profile-row.ts'
import type { SpaceRules } from './space-rules.ts'

type Value = { readonly type: string; readonly value: string }

/**
 * The drafts that meet nobody: traces of records stored from `firstSeq` on, all of whose values are new to the space and held by
 * no other draft. No rule, guard, alias or decision can have a say in them: each is a profile of its own.
 */
export async function tracesAlone(
  sql: Sql,
  spaceId: string,
  drafts: ReadonlyMap<string, StoredTrace>,
  firstSeq: number,
  aliases: readonly StoredAlias[],
  rules: Pick<SpaceRules, 'reach' | 'indexed'>,
): Promise<ReadonlyMap<string, StoredTrace>> {
  const holders = new Map<string, number>()
  const valuesOf = new Map<string, ReadonlyMap<string, Value>>()
  for (const [id, draft] of drafts) {
    const values = valuesAround(draft, rules)
    valuesOf.set(id, values)
    for (const text of values.keys()) holders.set(text, (holders.get(text) ?? 0) + 1)
  }
  const isNew = (id: string, draft: StoredTrace) =>
    draft.firstSeq >= firstSeq &&
    hasOneValueOfEachType(draft) &&
    [...(valuesOf.get(id)?.keys() ?? [])].every((text) => holders.get(text) === 1)
  const fresh = [...drafts].filter(([id, draft]) => isNew(id, draft))
  const known = new Set<string>()
  for (const value of await findValues(
    sql,
    spaceId,
    fresh.flatMap(([id]) => [...(valuesOf.get(id)?.values() ?? [])]),
  )) {
    const { verified_traces, unverified_traces, shared_because } = value
    if (verified_traces + unverified_traces > 0 || shared_because !== null) known.add(valueText(value))
  }
  const ids = fresh.flatMap(([, { sightings }]) => sightings.filter(({ type }) => aliasedTypes.has(type)))
  const called = new Set(
    [...aliases, ...(await aliasesTouching(sql, spaceId, ids))].flatMap((alias) => [alias.user_id, alias.previous_id]),
  )
  const isAlone = (id: string, { sightings }: StoredTrace) =>
    [...(valuesOf.get(id)?.keys() ?? [])].every((text) => !known.has(text)) &&
    !sightings.some(({ type, value }) => aliasedTypes.has(type) && called.has(value))
  return new Map(fresh.filter(([id, draft]) => isAlone(id, draft)))
}

export interface AppliedAlone {
  /** Of the traces that are profiles. */
  readonly profileOf: ReadonlyMap<string, string>
  /** Number of the last change. */
  readonly changeSeq: number
}

/** Writes traces that meet nobody. One with nothing to be known by is no profile. */
export async function applyAlone(
  sql: Sql,
  { spaceId, secret, changeSeq }: Pick<SpaceRow, 'spaceId' | 'secret' | 'changeSeq'>,
  alone: ReadonlyMap<string, StoredTrace>,
  rules: SpaceRules,
  at: number,
): Promise<AppliedAlone> {
  const idOf = profileIdMaker(secret)
  const profiles: StoredProfile[] = []
  const profileOf = new Map<string, string>()
  const traces = [...alone.values()].map((trace) => {
    if (!trace.formsProfile) return trace
    const profile = profileOfAlone(trace, idOf, at, rules)
    profiles.push(profile)
    profileOf.set(trace.id, profile.profile_id)
    return { ...trace, profileId: profile.profile_id }
  })
  await saveTraces(sql, spaceId, traces, at, nothingStored)
  await changeSightings(
    sql,
    spaceId,
    traces.map(({ id, sightings }) => ({
      traceId: id,
      before: [],
      after: sightings.filter(({ type }) => rules.indexed.has(type)),
    })),
  )
  await saveProfiles(sql, spaceId, profiles, nothingStored)
  await saveChanges(
    sql,
    spaceId,
    profiles.map(({ profile_id }, index) => ({
      seq: changeSeq + index + 1,
      at,
      kind: 'created',
      profile_id,
      others: '[]',
      cause: 'ingest',
    })),
  )
  return { profileOf, changeSeq: changeSeq + profiles.length }
}

function profileOfAlone(
  trace: StoredTrace,
  idOf: (record: NamingRecord) => string,
  at: number,
  rules: SpaceRules,
): StoredProfile {
  const record = { source: trace.source, key: trace.firstKey }
  const profile = {
    id: idOf({ ...record, seq: trace.firstSeq }),
    record,
    traces: [trace],
    golden: goldenRecord(trace.members, rules.ruleset),
    recordCount: trace.recordCount,
    demoted: [],
    inactive: [],
    plain: true,
  }
  return profileRow(profile, undefined, at, rules, nothingShared)
}

const nothingStored: ReadonlyMap<string, never> = new Map<string, never>()
const nothingShared: ReadonlySet<string> = new Set()
const aliasedTypes: ReadonlySet<string> = new Set(['user_id', 'anonymous_id'])

/** Of several values of one type a guard may have something to say, even within one trace. */
function hasOneValueOfEachType({ sightings }: LiveTrace): boolean {
  return new Set(sightings.map(({ type }) => type)).size === sightings.length
}

/** The values of a trace, and those by which others could meet it, by text. */
function valuesAround(
  { sightings }: LiveTrace,
  { reach, indexed }: Pick<SpaceRules, 'reach' | 'indexed'>,
): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>()
  for (const { type, value } of sightings) {
    if (indexed.has(type)) values.set(valueText({ type, value }), { type, value })
    for (const name of reach.get(type)?.types ?? []) values.set(valueText({ type: name, value }), { type: name, value })
  }
  return values
}

/** No type and no value holds NUL. */
function valueText({ type, value }: Value): string {
  return `${type}\u0000${value}`
}
