import { asRows, rowsOf, type ColumnKind, type Sql, type SqlValue } from './sql.ts'

export interface KeyedRows {
  readonly table: string
  /** What is picked of a row. */
  readonly columns: readonly string[]
  /** Columns beside `space_id` by which rows are found; the last is the one that differs most. */
  readonly key: Readonly<Record<string, ColumnKind>>
}

/** On SQLite so many keys are asked for one by one; a list has a price of its own. */
const askedOneByOne = 12

/** The rows of one space that have one of the keys, in no stated order. `keys`: objects with the columns of the key. */
export async function rowsOfKeys<Row extends object>(
  sql: Sql,
  { columns, table, key }: KeyedRows,
  spaceId: string,
  keys: readonly Readonly<Record<string, unknown>>[],
): Promise<readonly Row[]> {
  if (keys.length === 0) return []
  const names = Object.keys(key)
  const picked = columns.map((name) => `${table}.${name}`).join(', ')
  if (sql.dialect === 'postgres') {
    const equal = names.map((name) => `${table}.${name} = given.${name}`)
    return sql.all<Row>(
      `SELECT ${picked} FROM ${rowsOf(sql, key, 'given')}
       CROSS JOIN ${table} WHERE ${table}.space_id = ? AND ${equal.join(' AND ')}`,
      [asRows(keys), spaceId],
    )
  }
  const equal = names.map((name) => ` AND ${table}.${name} = ?`)
  const found: Row[] = []
  if (keys.length <= askedOneByOne) {
    const text = `SELECT ${picked} FROM ${table} WHERE ${table}.space_id = ?${equal.join('')}`
    for (const one of keys) {
      const rows = await sql.all<Row>(text, [spaceId, ...names.map((name) => one[name] as SqlValue)])
      for (const row of rows) found.push(row)
    }
    return found
  }
  // What the keys have in common is said once: taking an object of JSON apart costs SQLite more than finding its row.
  const last = names.at(-1) as string
  const common = names.slice(0, -1)
  const text = `SELECT ${picked} FROM json_each(?) AS given
    CROSS JOIN ${table} WHERE ${table}.space_id = ?${equal.slice(0, -1).join('')} AND ${table}.${last} = given.value`
  const groups = Map.groupBy(keys, (one) => common.map((name) => String(one[name])).join('\u0000'))
  for (const group of groups.values()) {
    const [first = {}] = group
    const values = common.map((name) => first[name] as SqlValue)
    const rows = await sql.all<Row>(text, [JSON.stringify(group.map((one) => one[last])), spaceId, ...values])
    for (const row of rows) found.push(row)
  }
  return found
}
