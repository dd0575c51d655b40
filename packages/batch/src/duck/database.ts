import { type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, INTEGER, type JS } from '@duckdb/node-api'

export interface DatabaseSettings {
  /** File of the database; null: in memory. */
  readonly file: string | null
  readonly memoryBytes: number
  readonly threads: number
  /** Where what does not fit into memory is written. */
  readonly spillFolder: string
}

/** Integer columns of one chunk: entries 0 … count - 1 count, nulls are 0. Valid until the next chunk. */
export type IntegerChunk = (columns: readonly (Int32Array | Float64Array)[], count: number) => void

/** Rows a chunk holds at most. */
const chunkRows = 2048

/** One connection to a DuckDB of our own, that never reaches for the network. */
export class Database {
  private readonly instance: DuckDBInstance
  readonly connection: DuckDBConnection

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.instance = instance
    this.connection = connection
  }

  static async open(settings: DatabaseSettings): Promise<Database> {
    const instance = await DuckDBInstance.create(settings.file ?? ':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      memory_limit: `${Math.max(1, Math.floor(settings.memoryBytes / 1024))}KiB`,
      threads: String(settings.threads),
      temp_directory: settings.spillFolder,
    })
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    return new Database(instance, connection)
  }

  async run(sql: string): Promise<void> {
    await this.connection.run(sql)
  }

  /** Rows of a small result; BIGINT comes as bigint. */
  async rows(sql: string, values?: readonly string[]): Promise<readonly Record<string, JS>[]> {
    const result = await this.connection.run(sql, values ? [...values] : undefined)
    return result.getRowObjectsJS()
  }

  /** The only number of a result. */
  async number(sql: string): Promise<number> {
    const [row] = await this.rows(sql)
    return Number(row ? Object.values(row)[0] : 0)
  }

  /** Texts of a result whose first column is VARCHAR, in its order; null as ''. */
  async eachText(sql: string, take: (text: string, index: number) => void): Promise<void> {
    const result = await this.connection.run(sql)
    let index = 0
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const vector = chunk.getColumnVector(0)
      for (let i = 0; i < chunk.rowCount; i++) take((vector.getItem(i) as string | null) ?? '', index++)
    }
  }

  /**
   * INTEGER, USMALLINT, UTINYINT, BOOLEAN-as-INTEGER and DOUBLE columns as they lie in memory. The query is finished before
   * its rows are handed out: a streamed one runs on one core.
   */
  async eachIntegers(sql: string, take: IntegerChunk): Promise<void> {
    const result = await this.connection.run(sql)
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      const columns: (Int32Array | Float64Array)[] = []
      for (let column = 0; column < chunk.columnCount; column++) {
        const { items } = chunk.getColumnVector(column) as unknown as { readonly items: Int32Array | Float64Array }
        columns.push(items)
      }
      take(columns, chunk.rowCount)
    }
  }

  /** Appends columns of integers of one length to a table of INTEGER columns. */
  async appendIntegers(table: string, columns: readonly Int32Array[]): Promise<void> {
    const appender = await this.connection.createAppender(table)
    const length = columns[0]?.length ?? 0
    const types = columns.map(() => INTEGER)
    for (let start = 0; start < length; start += chunkRows) {
      const count = Math.min(chunkRows, length - start)
      const chunk = DuckDBDataChunk.create(types, count)
      columns.forEach((column, index) => {
        const vector = chunk.getColumnVector(index) as unknown as { readonly items: Int32Array; flush(): void }
        vector.items.set(column.subarray(start, start + count))
        vector.flush()
      })
      appender.appendDataChunk(chunk)
    }
    appender.closeSync()
  }

  /** Runs one statement with an appender open; rows are flushed at its end. */
  async append(table: string, fill: (row: RowAppender) => void | Promise<void>): Promise<void> {
    const appender = await this.connection.createAppender(table)
    await fill({
      text: (value) => (value === null ? appender.appendNull() : appender.appendVarchar(value)),
      integer: (value) => (value === null ? appender.appendNull() : appender.appendInteger(value)),
      double: (value) => (value === null ? appender.appendNull() : appender.appendDouble(value)),
      end: () => appender.endRow(),
    })
    appender.closeSync()
  }

  interrupt(): void {
    this.connection.interrupt()
  }

  close(): void {
    this.connection.closeSync()
    this.instance.closeSync()
  }
}

/** Appends to a table column by column, in their order. */
export interface RowAppender {
  text(value: string | null): void
  integer(value: number | null): void
  double(value: number | null): void
  end(): void
}
