import type { Sql } from '../../sql/sql.ts'
import { beyond, pageOf, type Page, type PageRequest } from '../page.ts'

export interface GoldenRow {
  readonly profile_id: string
  readonly golden: string
  readonly demoted: string
  readonly inactive: string
  readonly record_count: number
  readonly source_count: number
  readonly first_seen: number | null
  readonly last_seen: number | null
}

/** Active profiles by id. Those that were merged are read and left out here: no index has to be kept for it. */
export async function goldenPage(sql: Sql, spaceId: string, { limit, after }: PageRequest): Promise<Page<GoldenRow>> {
  const { text, values } = beyond('profile_id', 'ascending', after)
  const rows = await sql.all<GoldenRow & { readonly status: string }>(
    `SELECT profile_id, status, golden, demoted, inactive, record_count, source_count, first_seen, last_seen FROM profiles
     WHERE space_id = ?${text} ORDER BY profile_id LIMIT ?`,
    [spaceId, ...values, limit + 1],
  )
  const page = pageOf(rows, limit, (row) => [row.profile_id])
  return { rows: page.rows.filter(({ status }) => status === 'active'), next: page.next }
}

/** Profiles of groups that were refused whole. */
export async function refusedGroups(sql: Sql, spaceId: string): Promise<ReadonlySet<string>> {
  const rows = await sql.all<{ profile_id: string }>(
    `SELECT t.profile_id AS profile_id FROM traces t WHERE t.space_id = ? AND t.unresolved_reason IS NOT NULL AND t.profile_id IN (
       SELECT cluster_profile FROM held_links WHERE space_id = ? AND is_group = 1
       UNION SELECT refused_by_profile FROM held_links WHERE space_id = ? AND is_group = 1)`,
    [spaceId, spaceId, spaceId],
  )
  return new Set(rows.map(({ profile_id }) => profile_id))
}

export interface LookupRow {
  readonly seq: number
  readonly source: string
  readonly record_key: string
  readonly first_effective_at: number
  readonly profile_id: string | null
}

/** Records that stand, in the order in which they were stored, and their profiles. */
export async function lookupPage(sql: Sql, spaceId: string, { limit, after }: PageRequest): Promise<Page<LookupRow>> {
  const { text, values } = beyond('r.seq', 'ascending', after)
  const rows = await sql.all<LookupRow>(
    `SELECT r.seq, r.source, r.record_key, r.first_effective_at, t.profile_id AS profile_id FROM (
       SELECT r.seq, r.source, r.record_key, r.first_effective_at, r.trace_id FROM records r
       WHERE r.space_id = ? AND r.withdrawn = 0${text} ORDER BY r.seq LIMIT ?
     ) AS r LEFT JOIN traces t ON t.space_id = ? AND t.trace_id = r.trace_id ORDER BY r.seq`,
    [spaceId, ...values, limit + 1, spaceId],
  )
  return pageOf(rows, limit, (row) => [row.seq])
}

export interface LetterRow {
  readonly letter_id: string
  readonly source: string
  readonly received_at: number
  readonly code: string
  readonly payload: string
}

/** What could not be read and was not replayed since. */
export async function lettersPage(sql: Sql, spaceId: string, { limit, after }: PageRequest): Promise<Page<LetterRow>> {
  const { text, values } = beyond('received_at, letter_id', 'ascending', after)
  const rows = await sql.all<LetterRow>(
    `SELECT letter_id, source, received_at, code, payload FROM dead_letters
     WHERE space_id = ? AND replayed_at IS NULL${text} ORDER BY received_at, letter_id LIMIT ?`,
    [spaceId, ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.received_at, row.letter_id])
}
