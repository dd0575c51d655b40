import { goldenRecord } from '@selfsame/core'
import {
  saveChanges,
  saveProfiles,
  saveTraces,
  tracesByProfile,
  type Sql,
  type StoredProfile,
  type StoredTrace,
} from '@selfsame/store'
import { differs, profileRow } from './profile-row.ts'
import type { SpaceRules } from './space-rules.ts'

/**
 * Writes traces that only got more records, in profiles that nothing but their own records concerns: who is who cannot
 * change, what is known of them can. The number of the last change.
 */
export async function growProfiles(
  sql: Sql,
  spaceId: string,
  profiles: readonly StoredProfile[],
  grown: ReadonlyMap<string, StoredTrace>,
  rules: SpaceRules,
  at: number,
  changeSeq: number,
): Promise<number> {
  if (profiles.length === 0) return changeSeq
  const traces = await tracesByProfile(
    sql,
    spaceId,
    profiles.map(({ profile_id }) => profile_id),
  )
  const byProfile = Map.groupBy(
    traces.map((trace) => grown.get(trace.id) ?? trace),
    ({ profileId }) => profileId,
  )
  const written = profiles.flatMap((known): StoredProfile[] => {
    const members = byProfile.get(known.profile_id) ?? []
    const golden = goldenRecord(
      members.flatMap((trace) => trace.members),
      rules.ruleset,
    )
    const row = profileRow(
      {
        id: known.profile_id,
        record: { source: known.record_source, key: known.record_key },
        traces: members,
        golden,
        recordCount: members.reduce((sum, trace) => sum + trace.recordCount, 0),
        demoted: [],
        inactive: [],
        plain: true,
      },
      known,
      at,
      rules,
      new Set(),
    )
    return differs(row, known) ? [row] : []
  })
  const storedTraces = new Map(traces.map((trace) => [trace.id, trace]))
  await saveTraces(sql, spaceId, [...grown.values()], at, storedTraces)
  const storedProfiles = new Map(profiles.map((profile) => [profile.profile_id, profile]))
  await saveProfiles(sql, spaceId, written, storedProfiles)
  await saveChanges(
    sql,
    spaceId,
    written.map(({ profile_id }, index) => ({
      seq: changeSeq + index + 1,
      at,
      kind: 'updated',
      profile_id,
      others: '[]',
      cause: 'ingest',
    })),
  )
  return changeSeq + written.length
}
