import type { Sql } from '../sql/sql.ts'
import { beyond, pageOf, type Page, type PageRequest } from './page.ts'

/** A stored record. Instants are milliseconds. */
export interface RecordRow {
  readonly source: string
  readonly record_key: string
  readonly kind: 'event' | 'row'
  readonly event: string | null
  readonly observed_at: number | null
  readonly effective_at: number
  readonly received_at: number
  /** JSON text as it was sent. */
  readonly payload: string
}

const columns = 'r.source, r.record_key, r.kind, r.event, r.observed_at, r.effective_at, r.received_at, r.payload'
const newestFirst = 'ORDER BY r.effective_at DESC, r.source DESC, r.record_key DESC'

/**
 * The records of a profile, the latest first. Of every trace no more than a page is read, so that the first page of a profile
 * costs the same however long its history is.
 */
export async function profileEvents(
  sql: Sql,
  spaceId: string,
  profileId: string,
  { limit, after }: PageRequest,
): Promise<Page<RecordRow>> {
  const { text, values } = beyond('x.effective_at, x.source, x.record_key', 'descending', after)
  const ofTrace = `SELECT x.source, x.record_key FROM records x
    WHERE x.space_id = ? AND x.trace_id = t.trace_id${text}
    ORDER BY x.effective_at DESC, x.source DESC, x.record_key DESC LIMIT ?`
  const joined =
    sql.dialect === 'sqlite'
      ? `CROSS JOIN records r WHERE r.space_id = ? AND (r.source, r.record_key) IN (${ofTrace}) AND`
      : `JOIN LATERAL (${ofTrace}) AS latest ON true
         JOIN records r ON r.source = latest.source AND r.record_key = latest.record_key AND r.space_id = ? WHERE`
  const inner = [spaceId, ...values, limit + 1]
  const rows = await sql.all<RecordRow>(
    `SELECT ${columns} FROM traces t ${joined} t.space_id = ? AND t.profile_id = ? ${newestFirst} LIMIT ?`,
    [...(sql.dialect === 'sqlite' ? [spaceId, ...inner] : [...inner, spaceId]), spaceId, profileId, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.effective_at, row.source, row.record_key])
}

/** The records of a space, the last stored first, with the profile each belongs to now. */
export async function latestRecords(
  sql: Sql,
  spaceId: string,
  { limit, after }: PageRequest,
): Promise<Page<RecordRow & { readonly seq: number; readonly profile_id: string | null }>> {
  const { text, values } = beyond('r.seq', 'descending', after)
  const rows = await sql.all<RecordRow & { readonly seq: number; readonly profile_id: string | null }>(
    `SELECT ${columns}, r.seq, t.profile_id AS profile_id FROM (
       SELECT * FROM records r WHERE r.space_id = ?${text} ORDER BY r.seq DESC LIMIT ?
     ) AS r LEFT JOIN traces t ON t.space_id = ? AND t.trace_id = r.trace_id ORDER BY r.seq DESC`,
    [spaceId, ...values, limit + 1, spaceId],
  )
  return pageOf(rows, limit, (row) => [row.seq])
}
