import { closeSync, existsSync, openSync } from 'node:fs'
import BetterSqlite from 'better-sqlite3'
import type { Database, Sql, SqlValue } from './sql.ts'
import { TurnTaker } from './turn-taker.ts'

export interface SqliteOptions {
  /** File of the database. `:memory:` is not offered: readers have a connection of their own. */
  readonly path: string
  /** Milliseconds to wait for another process that writes. Default 5000. */
  readonly busyTimeoutMs?: number
}

/**
 * SQLite in one file: write-ahead log, every commit synced before it is acknowledged, deleted bytes overwritten. One
 * connection writes, in turns; another reads what is committed.
 */
export function openSqlite({ path, busyTimeoutMs = 5000 }: SqliteOptions): Database {
  makePrivate(path)
  const writer = connect(path, busyTimeoutMs)
  let reader: Connection
  try {
    writer.base.pragma('journal_mode = WAL')
    reader = connect(path, busyTimeoutMs)
    reader.base.pragma('query_only = ON')
  } catch (error) {
    writer.base.close()
    throw error
  }
  const turns = new TurnTaker()
  let commits = 0
  let asserted = false
  let broken: Error | null = null

  const writing: Sql = {
    dialect: 'sqlite',
    all: async (text, values = []) => writer.all(text, values) as never,
    run: async (text, values = []) => writer.run(text, values),
    runEach: async (text, lists) => writer.runEach(text, lists),
  }
  /** After a failed sync nothing may be acknowledged: the page cache no longer tells what is on the disk. */
  const refuseWhenBroken = () => {
    if (broken) throw new Error('the database is closed after a failed write; reopen it', { cause: broken })
  }
  const transaction = <T>(work: (sql: Sql) => Promise<T>): Promise<T> =>
    turns.take(async () => {
      refuseWhenBroken()
      writer.run('BEGIN IMMEDIATE', [])
      let result: T
      try {
        result = await work(writing)
      } catch (error) {
        if (writer.base.inTransaction) writer.run('ROLLBACK', [])
        throw error
      }
      try {
        writer.run('COMMIT', [])
      } catch (error) {
        if (isIoFailure(error)) broken = error as Error
        if (writer.base.inTransaction) writer.run('ROLLBACK', [])
        throw error
      }
      commits++
      if (!asserted) {
        assertDurable(writer.base)
        asserted = true
      }
      return result
    })

  return {
    dialect: 'sqlite',
    all: async (text, values = []) => reader.all(text, values) as never,
    run: (text, values = []) => transaction((sql) => sql.run(text, values)),
    runEach: (text, lists) => transaction((sql) => sql.runEach(text, lists)),
    transaction,
    script: (text) =>
      turns.take(async () => {
        refuseWhenBroken()
        writer.base.exec(text)
      }),
    get commits() {
      return commits
    },
    close: () =>
      turns.take(async () => {
        reader.base.close()
        writer.base.close()
      }),
  }
}

/** A new file is for its owner alone, and so are the log and the index that SQLite puts beside it. */
function makePrivate(path: string): void {
  if (existsSync(path)) return
  try {
    closeSync(openSync(path, 'a', 0o600))
  } catch {
    // SQLite says in its own words why the file cannot be made.
  }
}

interface Connection {
  readonly base: BetterSqlite.Database
  all(text: string, values: readonly SqlValue[]): unknown[]
  run(text: string, values: readonly SqlValue[]): number
  runEach(text: string, lists: readonly (readonly SqlValue[])[]): void
}

const rememberedStatements = 500

function connect(path: string, busyTimeoutMs: number): Connection {
  const base = new BetterSqlite(path, { timeout: busyTimeoutMs })
  // The driver falls back to NORMAL in WAL mode after the first transaction unless it is told, and told here means checked below.
  base.pragma('synchronous = FULL')
  base.pragma('secure_delete = ON')
  base.pragma('foreign_keys = OFF')
  base.pragma('temp_store = MEMORY')
  base.pragma('cache_size = -65536')
  // Every checkpoint is synced twice: fewer of them, at the price of 64 MB of log.
  base.pragma('wal_autocheckpoint = 16384')
  base.pragma('mmap_size = 268435456')
  const statements = new Map<string, BetterSqlite.Statement>()
  const prepare = (text: string): BetterSqlite.Statement => {
    const known = statements.get(text)
    if (known) return known
    if (statements.size >= rememberedStatements) statements.clear()
    const statement = base.prepare(text)
    statements.set(text, statement)
    return statement
  }
  return {
    base,
    all: (text, values) => prepare(text).all(...values),
    run: (text, values) => {
      const statement = prepare(text)
      if (!statement.reader) return statement.run(...values).changes
      return statement.all(...values).length
    },
    runEach: (text, lists) => {
      const statement = prepare(text)
      for (const values of lists) statement.run(values)
    },
  }
}

function assertDurable(base: BetterSqlite.Database): void {
  const synchronous = base.pragma('synchronous', { simple: true })
  const journal = base.pragma('journal_mode', { simple: true })
  if (synchronous !== 2 || journal !== 'wal') {
    throw new Error(
      `SQLite would not keep what it acknowledges (synchronous ${String(synchronous)}, journal ${String(journal)})`,
    )
  }
}

function isIoFailure(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_IOERR')
}
