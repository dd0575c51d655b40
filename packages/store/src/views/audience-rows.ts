import { asRows, rowsOf, type Sql } from '../sql/sql.ts'

/** What an audience asks of a profile. */
export interface AudienceProfileRow {
  readonly profile_id: string
  readonly shown_name: string | null
  readonly record_count: number
  readonly last_seen: number | null
  readonly golden: string
}

const columns = 'p.profile_id, p.shown_name, p.record_count, p.last_seen, p.golden'

/** Active profiles by id, after one. */
export async function profilesAfter(
  sql: Sql,
  spaceId: string,
  profileId: string,
  limit: number,
): Promise<readonly AudienceProfileRow[]> {
  return sql.all<AudienceProfileRow>(
    `SELECT ${columns} FROM profiles p WHERE p.space_id = ? AND p.profile_id > ? AND p.status = 'active'
     ORDER BY p.profile_id LIMIT ?`,
    [spaceId, profileId, limit],
  )
}

export async function audienceProfile(
  sql: Sql,
  spaceId: string,
  profileId: string,
): Promise<AudienceProfileRow | null> {
  const [row] = await sql.all<AudienceProfileRow>(
    `SELECT ${columns} FROM profiles p WHERE p.space_id = ? AND p.profile_id = ? AND p.status = 'active'`,
    [spaceId, profileId],
  )
  return row ?? null
}

/** How often some profiles did every event since an instant; names as they were sent. */
export async function timesDone(
  sql: Sql,
  spaceId: string,
  profileIds: readonly string[],
  sinceMs: number,
): Promise<readonly { readonly profile_id: string; readonly event: string; readonly times: number }[]> {
  if (profileIds.length === 0) return []
  return sql.all<{ profile_id: string; event: string; times: number }>(
    `SELECT t.profile_id, r.event, count(*) AS times FROM ${rowsOf(sql, { value: 'text' }, 'given')}
     CROSS JOIN traces t CROSS JOIN records r
     WHERE t.space_id = ? AND t.profile_id = given.value
       AND r.space_id = ? AND r.trace_id = t.trace_id AND r.effective_at >= ? AND r.event IS NOT NULL
     GROUP BY t.profile_id, r.event ORDER BY t.profile_id, r.event`,
    [asRows(profileIds.map((value) => ({ value }))), spaceId, spaceId, sinceMs],
  )
}
