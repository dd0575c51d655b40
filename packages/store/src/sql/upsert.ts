import { asRows, rowsOf, type ColumnKind, type Sql, type SqlValue } from './sql.ts'

export interface TableShape {
  readonly table: string
  /** Columns beside `space_id`, in any order. */
  readonly columns: Readonly<Record<string, ColumnKind>>
  /** Primary key beside `space_id`. */
  readonly key: readonly string[]
  /** What an existing row takes over: column → expression over `excluded` and the table. Default: all columns. Empty: nothing. */
  readonly update?: Readonly<Record<string, string>>
}

/** What an existing row takes over: these columns as they are given. */
export function excluded(columns: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(columns.map((name) => [name, `excluded.${name}`]))
}

const rowsPerStatement = 2000

/** Inserts rows of one space, or updates those that are there, set by set. */
export async function upsertRows(sql: Sql, shape: TableShape, spaceId: string, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return
  const text = upsertText(sql, shape)
  if (sql.dialect === 'sqlite') {
    const names = Object.keys(shape.columns)
    const lists = rows.map((row) => {
      const list: SqlValue[] = [spaceId]
      for (const name of names) list.push((row as Readonly<Record<string, SqlValue>>)[name] ?? null)
      return list
    })
    return await sql.runEach(text, lists)
  }
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    await sql.run(text, [spaceId, asRows(rows.slice(from, from + rowsPerStatement))])
  }
}

const textByShape = new WeakMap<TableShape, Map<string, string>>()

function upsertText(sql: Sql, shape: TableShape): string {
  const known = textByShape.get(shape) ?? new Map<string, string>()
  textByShape.set(shape, known)
  const remembered = known.get(sql.dialect)
  if (remembered !== undefined) return remembered
  const names = Object.keys(shape.columns)
  const updated =
    shape.update ??
    Object.fromEntries(names.filter((name) => !shape.key.includes(name)).map((name) => [name, `excluded.${name}`]))
  const assignments = Object.entries(updated).map(([name, expression]) => `${name} = ${expression}`)
  // Without round trips row by row costs least; with them all rows go at once.
  const source =
    sql.dialect === 'sqlite'
      ? `VALUES (?${', ?'.repeat(names.length)})`
      : `SELECT ?, ${names.map((name) => `given.${name}`).join(', ')} FROM ${rowsOf(sql, shape.columns, 'given')} WHERE true`
  const text = `INSERT INTO ${shape.table} (space_id, ${names.join(', ')}) ${source}
    ON CONFLICT (space_id, ${shape.key.join(', ')}) DO ${assignments.length === 0 ? 'NOTHING' : `UPDATE SET ${assignments.join(', ')}`}`
  known.set(sql.dialect, text)
  return text
}

/** Deletes the rows of one space whose column is one of the values. */
export async function deleteWhereIn(
  sql: Sql,
  table: string,
  column: string,
  spaceId: string,
  values: readonly string[],
): Promise<void> {
  for (let from = 0; from < values.length; from += rowsPerStatement) {
    const list = values.slice(from, from + rowsPerStatement).map((value) => ({ value }))
    await sql.run(
      `DELETE FROM ${table} WHERE space_id = ? AND ${column} IN (SELECT value FROM ${rowsOf(sql, { value: 'text' }, 'given')})`,
      [spaceId, asRows(list)],
    )
  }
}
