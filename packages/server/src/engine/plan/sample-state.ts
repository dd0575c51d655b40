import type { SharedValue } from '@selfsame/core'
import {
  findSpaceRow,
  findValues,
  loadStanding,
  sampleOfProfiles,
  answersOf,
  sourcesOf,
  storedRecordsOfTraces,
  tracesByProfile,
  tracesByValue,
  type Sql,
  type StoredRecord,
  type StoredTrace,
} from '@selfsame/store'
import type { SpaceRules } from '../space-rules.ts'
import type { StoredState } from './stored-state.ts'

/** A part of a space, closed under shared values as far as it goes. */
export interface Sample {
  readonly state: StoredState
  readonly records: readonly StoredRecord[]
  /** Profiles of it. */
  readonly profiles: number
}

const mostTraces = 50_000
/** A value with more holders than this draws nobody into the sample. */
const mostHolders = 200

/** Some profiles, with everybody whom a value in common could bring together with them. null: there is no such space. */
export async function loadSample(
  sql: Sql,
  spaceId: string,
  rules: SpaceRules,
  profiles: number,
): Promise<Sample | null> {
  const space = await findSpaceRow(sql, spaceId)
  if (!space) return null
  const traces = new Map<string, StoredTrace>()
  const asked = new Set<string>()
  const known = new Map<string, SharedValue>()
  let ids = await sampleOfProfiles(sql, spaceId, profiles)
  const inSample = new Set(ids)
  while (ids.length > 0 && traces.size < mostTraces) {
    const members = await tracesByProfile(sql, spaceId, ids)
    for (const trace of members) traces.set(trace.id, trace)
    const values = new Map(
      members
        .flatMap(({ sightings }) => sightings)
        .filter(({ type }) => rules.reach.has(type))
        .map(({ type, value }) => [JSON.stringify([type, value]), { type, value }]),
    )
    const fresh = [...values].filter(([text]) => !asked.has(text))
    for (const [text] of fresh) asked.add(text)
    const followed: { type: string; value: string; verified_only: number }[] = []
    for (const found of await findValues(
      sql,
      spaceId,
      fresh.map(([, value]) => value),
    )) {
      const { type, value, shared_because, shared_count, shared_limit, verified_traces, unverified_traces } = found
      const isCommon = verified_traces + unverified_traces > mostHolders
      if (!isCommon) followed.push({ type, value, verified_only: 0 })
      else if (shared_because !== null)
        known.set(JSON.stringify([type, value]), {
          type,
          value,
          because: shared_because,
          count: shared_count ?? 0,
          limit: shared_limit ?? 0,
        })
    }
    const met = await tracesByValue(sql, spaceId, followed)
    ids = [...new Set(met.flatMap(({ profileId }) => profileId ?? []))].filter((id) => !inSample.has(id))
    for (const id of ids) inSample.add(id)
  }
  const standing = await loadStanding(sql, spaceId)
  const held = new Set(
    [...traces.values()].flatMap(({ sightings }) => sightings.map(({ type, value }) => JSON.stringify([type, value]))),
  )
  return {
    profiles: inSample.size,
    records: await storedRecordsOfTraces(sql, spaceId, [...traces.keys()]),
    state: {
      space,
      sources: await sourcesOf(sql, spaceId),
      traces: [...traces.values()],
      decisions: standing.decisions,
      shared: standing.shared.filter(({ type, value }) => held.has(JSON.stringify([type, value]))),
      answers: await answersOf(sql, spaceId, [...inSample], [...traces.keys()]),
      knownShared: [...known.values()],
    },
  }
}
