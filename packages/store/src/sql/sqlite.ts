import { closeSync, existsSync, openSync } from 'node:fs'
import BetterSqlite from 'better-sqlite3'
import type { Database, Sql, SqlValue } from './sql.ts'
import { asUnavailable, StoreUnavailable } from './store-unavailable.ts'
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
  let { writer, reader } = connectBoth(path, busyTimeoutMs)
  const turns = new TurnTaker()
  let commits = 0
  let asserted = false
  let broken = false

  const writing: Sql = {
    dialect: 'sqlite',
    all: async (text, values = []) => writer.all(text, values) as never,
    run: async (text, values = []) => writer.run(text, values),
    runEach: async (text, lists) => writer.runEach(text, lists),
  }
  /**
   * After a failed sync the page cache no longer tells what is on the disk. The connection that saw it fail still knows the
   * last commit that was synced: it writes all of that into the file anew, syncs, and empties the log with what was in doubt.
   * Only then, and on new connections, anything is acknowledged again. Reads go on meanwhile.
   */
  const mend = () => {
    const [state] = writer.all('PRAGMA wal_checkpoint(TRUNCATE)', []) as { busy: number }[]
    if (state?.busy !== 0) throw new StoreUnavailable('SQLITE_BUSY', undefined)
    reader.base.close()
    writer.base.close()
    ;({ writer, reader } = connectBoth(path, busyTimeoutMs))
    asserted = false
    broken = false
  }
  const rollBack = () => {
    try {
      if (writer.base.inTransaction) writer.run('ROLLBACK', [])
    } catch {
      broken = true
    }
  }
  const transaction = <T>(work: (sql: Sql) => Promise<T>): Promise<T> =>
    turns.take(async () => {
      try {
        if (broken) mend()
        writer.run('BEGIN IMMEDIATE', [])
        const result = await work(writing)
        writer.run('COMMIT', [])
        commits++
        if (!asserted) assertDurable(writer.base)
        asserted = true
        return result
      } catch (error) {
        if (isIoFailure(error)) broken = true
        rollBack()
        throw asUnavailable(error)
      }
    })

  return {
    dialect: 'sqlite',
    all: async (text, values = []) => {
      try {
        return reader.all(text, values) as never
      } catch (error) {
        throw asUnavailable(error)
      }
    },
    run: (text, values = []) => transaction((sql) => sql.run(text, values)),
    runEach: (text, lists) => transaction((sql) => sql.runEach(text, lists)),
    transaction,
    snapshot: async (work) => {
      const one = connect(path, busyTimeoutMs)
      try {
        one.base.pragma('query_only = ON')
        one.run('BEGIN', [])
        return await work({
          dialect: 'sqlite',
          all: async (text, values = []) => one.all(text, values) as never,
          run: async (text, values = []) => one.run(text, values),
          runEach: async (text, lists) => one.runEach(text, lists),
        })
      } finally {
        one.base.close()
      }
    },
    script: (text) =>
      turns.take(async () => {
        try {
          if (broken) mend()
          writer.base.exec(text)
        } catch (error) {
          if (isIoFailure(error)) broken = true
          throw asUnavailable(error)
        }
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

function connectBoth(
  path: string,
  busyTimeoutMs: number,
): { readonly writer: Connection; readonly reader: Connection } {
  const writer = connect(path, busyTimeoutMs)
  try {
    writer.base.pragma('journal_mode = WAL')
    // Should a process have ended after a failed sync, its log may be whole in memory alone: what it holds goes into the file.
    writer.base.pragma('wal_checkpoint(PASSIVE)')
    const reader = connect(path, busyTimeoutMs)
    reader.base.pragma('query_only = ON')
    return { writer, reader }
  } catch (error) {
    writer.base.close()
    throw error
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
