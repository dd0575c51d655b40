import { asRows, rowsOf, type Sql } from '../sql/sql.ts'
import { upsertRows, type TableShape } from '../sql/upsert.ts'

/** An `alias` call: the holders of both ids are one person. */
export interface StoredAlias {
  readonly source: string
  readonly record_key: string
  /** Effective time, milliseconds. */
  readonly at: number
  /** Standardized. */
  readonly user_id: string
  readonly previous_id: string
}

const aliasTable: TableShape = {
  table: 'aliases',
  columns: { source: 'text', record_key: 'text', at: 'int', user_id: 'text', previous_id: 'text' },
  key: ['source', 'record_key'],
  update: {},
}

export async function saveAliases(sql: Sql, spaceId: string, aliases: readonly StoredAlias[]): Promise<void> {
  await upsertRows(sql, aliasTable, spaceId, aliases)
}

/** The aliases that name one of the ids, on either side. */
export async function aliasesTouching(
  sql: Sql,
  spaceId: string,
  ids: readonly { readonly type: string; readonly value: string }[],
): Promise<readonly StoredAlias[]> {
  if (ids.length === 0) return []
  const [any] = await sql.all('SELECT 1 AS found FROM aliases WHERE space_id = ? LIMIT 1', [spaceId])
  if (!any) return []
  const values = asRows([...new Set(ids.map(({ value }) => value))].map((value) => ({ value })))
  const given = rowsOf(sql, { value: 'text' }, 'given')
  return sql.all<StoredAlias>(
    `SELECT a.source, a.record_key, a.at, a.user_id, a.previous_id FROM ${given}
       CROSS JOIN aliases a WHERE a.space_id = ? AND a.user_id = given.value
     UNION
     SELECT a.source, a.record_key, a.at, a.user_id, a.previous_id FROM ${given}
       CROSS JOIN aliases a WHERE a.space_id = ? AND a.previous_id = given.value`,
    [values, spaceId, values, spaceId],
  )
}

/** All aliases of a space become those given. */
export async function replaceAliases(sql: Sql, spaceId: string, aliases: readonly StoredAlias[]): Promise<void> {
  await sql.run('DELETE FROM aliases WHERE space_id = ?', [spaceId])
  await saveAliases(sql, spaceId, aliases)
}

export async function allAliases(sql: Sql, spaceId: string): Promise<readonly StoredAlias[]> {
  return sql.all<StoredAlias>(
    'SELECT source, record_key, at, user_id, previous_id FROM aliases WHERE space_id = ? ORDER BY source, record_key',
    [spaceId],
  )
}
