import { asRows, rowsOf, type Sql } from '../sql/sql.ts'
import { beyond, pageOf, type Page, type PageRequest } from './page.ts'

/** A profile as lists show it. Instants are milliseconds. */
export interface ProfileRow {
  readonly profile_id: string
  readonly shown_name: string | null
  readonly record_count: number
  readonly source_count: number
  readonly key_count: number
  readonly first_seen: number | null
  readonly last_seen: number | null
  readonly created_at: number
  readonly updated_at: number
}

/** A profile with everything that its own page shows. */
export interface ProfileDetailRow extends ProfileRow {
  readonly record_source: string
  readonly record_key: string
  readonly trace_count: number
  /** See `StoredProfile.golden`, `demoted` and `inactive`. */
  readonly golden: string
  readonly demoted: string
  readonly inactive: string
  readonly candidates: number
  readonly held_links: number
  readonly unresolved: number
}

const columns = `p.profile_id, p.shown_name, p.record_count, p.source_count, p.key_count, p.first_seen, p.last_seen,
  p.created_at, p.updated_at`

export async function profileRows(
  sql: Sql,
  spaceId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ProfileRow>> {
  if (ids.length === 0) return new Map()
  const rows = await sql.all<ProfileRow>(
    `SELECT ${columns} FROM ${rowsOf(sql, { value: 'text' }, 'given')}
     CROSS JOIN profiles p WHERE p.space_id = ? AND p.profile_id = given.value`,
    [asRows([...new Set(ids)].map((value) => ({ value }))), spaceId],
  )
  return new Map(rows.map((row) => [row.profile_id, row]))
}

export async function profileDetail(sql: Sql, spaceId: string, profileId: string): Promise<ProfileDetailRow | null> {
  const [row] = await sql.all<ProfileDetailRow>(
    `SELECT ${columns}, p.record_source, p.record_key, p.trace_count, p.golden, p.demoted, p.inactive,
       (SELECT count(*) FROM candidates c WHERE c.space_id = ? AND c.survivor_profile = p.profile_id)
         + (SELECT count(*) FROM candidates c WHERE c.space_id = ? AND c.session_profile = p.profile_id) AS candidates,
       (SELECT count(*) FROM held_links h WHERE h.space_id = ? AND h.cluster_profile = p.profile_id)
         + (SELECT count(*) FROM held_links h WHERE h.space_id = ? AND h.refused_by_profile = p.profile_id) AS held_links,
       (SELECT count(*) FROM traces t WHERE t.space_id = ? AND t.profile_id = p.profile_id
          AND t.unresolved_reason IS NOT NULL) AS unresolved
     FROM profiles p WHERE p.space_id = ? AND p.profile_id = ? AND p.status = 'active'`,
    [spaceId, spaceId, spaceId, spaceId, spaceId, spaceId, profileId],
  )
  return row ?? null
}

/** Active profiles, the one that changed last first. */
export async function latestProfiles(
  sql: Sql,
  spaceId: string,
  { limit, after }: PageRequest,
): Promise<Page<ProfileRow>> {
  const { text, values } = beyond('p.updated_at, p.profile_id', 'descending', after)
  const rows = await sql.all<ProfileRow>(
    `SELECT ${columns} FROM profiles p WHERE p.space_id = ? AND p.status = 'active'${text}
     ORDER BY p.updated_at DESC, p.profile_id DESC LIMIT ?`,
    [spaceId, ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.updated_at, row.profile_id])
}

/** Active profiles whose shown name begins so, by name. Capital letters of ASCII are small ones here. */
export async function profilesByName(
  sql: Sql,
  spaceId: string,
  beginning: string,
  { limit, after }: PageRequest,
): Promise<Page<ProfileRow>> {
  const from = asciiLower(beginning)
  const { text, values } = beyond('lower(p.shown_name), p.profile_id', 'ascending', after)
  const rows = await sql.all<ProfileRow & { readonly folded: string }>(
    `SELECT ${columns}, lower(p.shown_name) AS folded FROM profiles p
     WHERE p.space_id = ? AND p.status = 'active' AND p.shown_name IS NOT NULL
       AND lower(p.shown_name) >= ? AND lower(p.shown_name) < ?${text}
     ORDER BY lower(p.shown_name), p.profile_id LIMIT ?`,
    [spaceId, from, `${from}\u{10ffff}`, ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.folded, row.profile_id])
}

function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (capitals) => capitals.toLowerCase())
}
