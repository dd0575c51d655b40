import type { RecordRef } from '@selfsame/core'
import type { Sql } from '../sql/sql.ts'

/** Where an id leads. */
export interface ProfileLead {
  /** The profile that holds the id's record now; null: its records were deleted at their source, or erased. */
  readonly current: string | null
  readonly erased: boolean
}

/**
 * Follows an id, however old: id → its first-stored record → the profile that holds it now; where that record is gone, the
 * profile that took over. null: never given out here.
 */
export async function whichProfile(sql: Sql, spaceId: string, profileId: string): Promise<ProfileLead | null> {
  let id = profileId
  for (let hops = 0; hops < mostHops; hops++) {
    const [row] = await sql.all<{ status: string; merged_into: string | null; current: string | null }>(
      `SELECT p.status AS status, p.merged_into AS merged_into, t.profile_id AS current FROM profiles p
         LEFT JOIN records r ON r.space_id = p.space_id AND r.source = p.record_source AND r.record_key = p.record_key
         LEFT JOIN traces t ON t.space_id = p.space_id AND t.trace_id = r.trace_id
       WHERE p.space_id = ? AND p.profile_id = ?`,
      [spaceId, id],
    )
    if (!row) return null
    if (row.status === 'active') return { current: id, erased: false }
    if (row.status === 'erased') return { current: null, erased: true }
    if (row.current !== null || row.merged_into === null) return { current: row.current, erased: false }
    id = row.merged_into
  }
  return { current: null, erased: false }
}

/** Takeovers that are followed; each stands for one deleted record. */
const mostHops = 1_000

/** The profile that holds a record now. null: there is no such record; `profileId` null: it belongs to no profile. */
export async function profileOfRecord(
  sql: Sql,
  spaceId: string,
  { source, key }: RecordRef,
): Promise<{ readonly profileId: string | null } | null> {
  const [row] = await sql.all<{ profile_id: string | null }>(
    `SELECT t.profile_id AS profile_id FROM records r
       LEFT JOIN traces t ON t.space_id = r.space_id AND t.trace_id = r.trace_id
     WHERE r.space_id = ? AND r.source = ? AND r.record_key = ?`,
    [spaceId, source, key],
  )
  return row ? { profileId: row.profile_id } : null
}
