import { asRows, rowsOf, type Sql } from '../sql/sql.ts'
import { upsertRows, type TableShape } from '../sql/upsert.ts'

/** An erasure: who was forgotten is in it by id alone. Instants are milliseconds. */
export interface StoredErasure {
  readonly erasure_id: string
  readonly at: number
  readonly actor: string
  /** JSON list of the erased profile ids, former ones included. */
  readonly profile_ids: string
  readonly record_count: number
  /** Keyed hashes that keep out what comes later. */
  readonly hash_count: number
  /** null: it stands. */
  readonly lifted_at: number | null
  readonly lifted_by: string | null
}

const columns = {
  erasure_id: 'text',
  at: 'int',
  actor: 'text',
  profile_ids: 'text',
  record_count: 'int',
  hash_count: 'int',
  lifted_at: 'int',
  lifted_by: 'text',
} as const
const erasureTable: TableShape = { table: 'erasures', columns, key: ['erasure_id'] }
const suppressionTable: TableShape = {
  table: 'suppressions',
  columns: { hash: 'text', erasure_id: 'text' },
  key: ['hash', 'erasure_id'],
  update: {},
}

export async function saveErasure(sql: Sql, spaceId: string, erasure: StoredErasure): Promise<void> {
  await upsertRows(sql, erasureTable, spaceId, [erasure])
}

export async function findErasure(sql: Sql, spaceId: string, erasureId: string): Promise<StoredErasure | null> {
  const [row] = await sql.all<StoredErasure>(
    `SELECT ${Object.keys(columns).join(', ')} FROM erasures WHERE space_id = ? AND erasure_id = ?`,
    [spaceId, erasureId],
  )
  return row ?? null
}

export async function saveSuppressions(
  sql: Sql,
  spaceId: string,
  erasureId: string,
  hashes: readonly string[],
): Promise<void> {
  await upsertRows(
    sql,
    suppressionTable,
    spaceId,
    hashes.map((hash) => ({ hash, erasure_id: erasureId })),
  )
}

/** What an erasure kept out may come again. */
export async function dropSuppressions(sql: Sql, spaceId: string, erasureId: string): Promise<void> {
  await sql.run('DELETE FROM suppressions WHERE space_id = ? AND erasure_id = ?', [spaceId, erasureId])
}

export async function hasSuppressions(sql: Sql, spaceId: string): Promise<boolean> {
  return (await sql.all('SELECT 1 AS found FROM suppressions WHERE space_id = ? LIMIT 1', [spaceId])).length > 0
}

/** Which of some hashes are suppressed. */
export async function suppressedAmong(
  sql: Sql,
  spaceId: string,
  hashes: readonly string[],
): Promise<ReadonlySet<string>> {
  if (hashes.length === 0) return new Set()
  const rows = await sql.all<{ hash: string }>(
    `SELECT DISTINCT s.hash FROM ${rowsOf(sql, { hash: 'text' }, 'given')}
     CROSS JOIN suppressions s WHERE s.space_id = ? AND s.hash = given.hash`,
    [asRows([...new Set(hashes)].map((hash) => ({ hash }))), spaceId],
  )
  return new Set(rows.map(({ hash }) => hash))
}
