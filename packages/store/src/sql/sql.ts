export type SqlValue = string | number | null | Uint8Array
export type SqlRow = Readonly<Record<string, SqlValue>>
export type Dialect = 'sqlite' | 'postgres'

/**
 * What both databases understand: one text with `?` for every value. Text order is by code point, integers are safe
 * JavaScript integers, and nothing but values ever goes into a statement.
 */
export interface Sql {
  readonly dialect: Dialect
  all<Row extends object = SqlRow>(text: string, values?: readonly SqlValue[]): Promise<readonly Row[]>
  /** Rows changed. */
  run(text: string, values?: readonly SqlValue[]): Promise<number>
  /** Runs one statement for many lists of values. Best where a database has no round trips; see `upsertRows`. */
  runEach(text: string, lists: readonly (readonly SqlValue[])[]): Promise<void>
}

/** A database that several may read while one writes. */
export interface Database extends Sql {
  /**
   * Runs work as one transaction: all of it is durable when the promise resolves, and nothing of it where it rejects.
   * Transactions of one process on SQLite come one after the other.
   */
  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  /** Runs work that only reads: all its statements see the space at one instant, and nobody who writes waits for it. */
  snapshot<T>(work: (sql: Sql) => Promise<T>): Promise<T>
  /** Statements run outside a DDL-aware transaction: migrations and maintenance. */
  script(text: string): Promise<void>
  /** Commits that were made durable since the database was opened. */
  readonly commits: number
  close(): Promise<void>
}

export type ColumnKind = 'text' | 'int' | 'real'

/**
 * A list of objects as a table of the given columns, to stand in a FROM clause; its one value is `asRows(list)`.
 * `FROM ${rowsOf(sql, { type: 'text' }, 'given')}`.
 */
export function rowsOf(sql: Pick<Sql, 'dialect'>, columns: Readonly<Record<string, ColumnKind>>, name: string): string {
  const names = Object.keys(columns)
  if (sql.dialect === 'sqlite') {
    const picked = names.map((column) => `value ->> '${column}' AS ${column}`)
    return `(SELECT ${picked.join(', ')} FROM json_each(?)) AS ${name}`
  }
  const types = { text: 'text', int: 'bigint', real: 'double precision' } as const
  const typed = names.map((column) => `${column} ${types[columns[column] as ColumnKind]}`)
  return `jsonb_to_recordset(?::text::jsonb) AS ${name}(${typed.join(', ')})`
}

export function asRows(list: readonly object[]): string {
  return JSON.stringify(list)
}
