import type { Sql } from '../sql/sql.ts'
import type { StoredErasure } from '../graph/suppressions.ts'
import { beyond, pageOf, type Page, type PageRequest } from './page.ts'

/** The latest first. */
export async function erasureRows(
  sql: Sql,
  spaceId: string,
  { limit, after }: PageRequest,
): Promise<Page<StoredErasure>> {
  const { text, values } = beyond('at, erasure_id', 'descending', after)
  const rows = await sql.all<StoredErasure>(
    `SELECT erasure_id, at, actor, profile_ids, record_count, hash_count, lifted_at, lifted_by FROM erasures
     WHERE space_id = ?${text} ORDER BY at DESC, erasure_id DESC LIMIT ?`,
    [spaceId, ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.at, row.erasure_id])
}
