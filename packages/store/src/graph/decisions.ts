import type { Decision, RecordRef } from '@selfsame/core'
import { asRows, rowsOf, type Sql } from '../sql/sql.ts'

/** The standing decisions that name a record of some traces, or one of the records themselves. */
export async function decisionsNaming(
  sql: Sql,
  spaceId: string,
  traceIds: readonly string[],
  records: readonly RecordRef[],
): Promise<readonly Decision[]> {
  const [any] = await sql.all('SELECT 1 AS found FROM decisions WHERE space_id = ? LIMIT 1', [spaceId])
  if (!any) return []
  const rows = await sql.all<{ body: string }>(
    `SELECT d.decision_id, d.body FROM decisions d WHERE d.space_id = ? AND d.reverted_at IS NULL AND d.decision_id IN (
       SELECT n.decision_id FROM ${rowsOf(sql, { trace_id: 'text' }, 'given')}
         CROSS JOIN records r CROSS JOIN decision_records n
         WHERE r.space_id = ? AND r.trace_id = given.trace_id
           AND n.space_id = ? AND n.source = r.source AND n.record_key = r.record_key
       UNION
       SELECT n.decision_id FROM ${rowsOf(sql, { source: 'text', key: 'text' }, 'named')}
         CROSS JOIN decision_records n
         WHERE n.space_id = ? AND n.source = named.source AND n.record_key = named.key
     ) ORDER BY d.decision_id`,
    [spaceId, asRows(traceIds.map((trace_id) => ({ trace_id }))), spaceId, spaceId, asRows(records), spaceId],
  )
  return rows.map(({ body }) => JSON.parse(body) as Decision)
}
