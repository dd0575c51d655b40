import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import {
  BIGINT,
  DOUBLE,
  DuckDBDataChunk,
  DuckDBInstance,
  INTEGER,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
} from '@duckdb/node-api'

/** One column of integers or floats to append, or of texts. */
export type Column =
  | { readonly type: 'integer'; readonly values: Int32Array }
  | { readonly type: 'double'; readonly values: Float64Array }
  | { readonly type: 'bigint'; readonly values: BigInt64Array }
  | { readonly type: 'text'; readonly values: readonly (string | null)[] }

const duckTypes: Readonly<Record<Column['type'], DuckDBType>> = {
  integer: INTEGER,
  double: DOUBLE,
  bigint: BIGINT,
  text: VARCHAR,
}
const chunkRows = 2048

/** Where tables are kept: in memory, from which they spill to a folder, or in a file of that folder, which large ones bear better. */
export type Keeping = 'memory' | 'file'

/** A DuckDB of one run, with only what the batch engine needs of it. */
export class Database {
  private readonly instance: DuckDBInstance
  private readonly connection: DuckDBConnection
  readonly keeping: Keeping

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection, keeping: Keeping) {
    this.instance = instance
    this.connection = connection
    this.keeping = keeping
  }

  static async open(
    spillFolder: string,
    memoryBytes: number | null,
    threads: number | null = null,
    keeping: Keeping = 'memory',
  ): Promise<Database> {
    const instance = await DuckDBInstance.create(keeping === 'memory' ? ':memory:' : join(spillFolder, 'run.duckdb'), {
      threads: String(threads ?? availableParallelism()),
      temp_directory: spillFolder,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      ...(memoryBytes === null ? {} : { memory_limit: megabytes(memoryBytes) }),
    })
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    // The file ends with the run: compressing it or bringing it up to date would be for nobody.
    if (keeping === 'file') {
      await connection.run(
        "SET force_compression = 'uncompressed'; SET checkpoint_threshold = '1TB'; PRAGMA disable_checkpoint_on_shutdown",
      )
    }
    return new Database(instance, connection, keeping)
  }

  /** Data that does not fit is put aside in the spill folder. */
  async limitMemory(bytes: number): Promise<void> {
    await this.connection.run(`SET memory_limit = '${megabytes(bytes)}'`)
  }

  /** A second connection, so that a query and other work can go on side by side. One connection runs one statement at a time. */
  async beside<T>(work: (db: Database) => Promise<T>): Promise<T> {
    const connection = await this.instance.connect()
    try {
      await connection.run("SET TimeZone = 'UTC'")
      return await work(new Database(this.instance, connection, this.keeping))
    } finally {
      connection.closeSync()
    }
  }

  async run(sql: string): Promise<void> {
    await this.connection.run(sql)
  }

  /** Small results, as rows of JavaScript values; big integers become numbers. */
  async rows(sql: string): Promise<readonly (readonly unknown[])[]> {
    const reader = await this.connection.runAndReadAll(sql)
    return reader.getRows().map((row) => row.map((value) => (typeof value === 'bigint' ? Number(value) : value)))
  }

  async number(sql: string): Promise<number> {
    return Number((await this.rows(sql))[0]?.[0] ?? 0)
  }

  async texts(sql: string): Promise<readonly string[]> {
    const reader = await this.connection.runAndReadAll(sql)
    return reader.getRows().map((row) => String(row[0]))
  }

  /**
   * Streams integer or double columns that hold no nulls into typed arrays. `count` is the number of rows to come. The query
   * should read a table that is there: a heavy query streams at the speed of one core.
   */
  async numbers<const T extends readonly ('int' | 'double')[]>(
    sql: string,
    types: T,
    count: number,
  ): Promise<{ readonly [K in keyof T]: T[K] extends 'int' ? Int32Array : Float64Array }> {
    const columns = types.map((type) => (type === 'int' ? new Int32Array(count) : new Float64Array(count)))
    const result = await this.connection.stream(sql)
    let filled = 0
    for (;;) {
      const chunk = await result.fetchChunk()
      if (!chunk || chunk.rowCount === 0) break
      columns.forEach((column, index) => {
        const vector = chunk.getColumnVector(index)
        if (!('items' in vector)) throw new Error(`column ${index} of a numbers query is not numeric`)
        const items = vector.items as Int32Array | Float64Array
        column.set(items.subarray(0, chunk.rowCount), filled)
      })
      filled += chunk.rowCount
    }
    if (filled !== count) throw new Error(`a numbers query gave ${filled} rows where ${count} were counted`)
    return columns as unknown as { readonly [K in keyof T]: T[K] extends 'int' ? Int32Array : Float64Array }
  }

  /** Streams rows of texts, some thousand at a time. */
  async *textRows(sql: string): AsyncGenerator<readonly (readonly (string | null)[])[]> {
    const result = await this.connection.stream(sql)
    for (;;) {
      const chunk = await result.fetchChunk()
      if (!chunk || chunk.rowCount === 0) return
      yield chunk.getRows() as (string | null)[][]
    }
  }

  /** Appends columns of equal length to a table. */
  async append(table: string, columns: readonly Column[]): Promise<void> {
    const rows = columns[0]?.values.length ?? 0
    if (rows === 0) return
    const appender = await this.connection.createAppender(table)
    const chunk = DuckDBDataChunk.create(
      columns.map((column) => duckTypes[column.type]),
      chunkRows,
    )
    for (let start = 0; start < rows; start += chunkRows) {
      const end = Math.min(rows, start + chunkRows)
      if (columns.some((column) => column.type === 'text')) chunk.reset()
      chunk.rowCount = end - start
      columns.forEach((column, index) => {
        if (column.type === 'text') {
          chunk.setColumnValues(index, column.values.slice(start, end))
          return
        }
        const vector = chunk.getColumnVector(index) as unknown as {
          items: Int32Array | Float64Array | BigInt64Array
          flush(): void
        }
        vector.items.set(column.values.subarray(start, end) as never)
        vector.flush()
      })
      appender.appendDataChunk(chunk)
    }
    appender.flushSync()
    appender.closeSync()
  }

  close(): void {
    this.connection.closeSync()
    this.instance.closeSync()
  }
}

function megabytes(bytes: number): string {
  return `${Math.max(128, Math.floor(bytes / 1_000_000))}MB`
}

/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replace(/'/g, "''")}'`
}

/** A name as an SQL identifier. */
export function quoted(name: string): string {
  return `"${name.replace(/"/g, '""')}"`
}

/** The numbers from 0 to count − 1. */
export function sequence(count: number): Int32Array {
  const numbers = new Int32Array(count)
  for (let i = 0; i < count; i++) numbers[i] = i
  return numbers
}
