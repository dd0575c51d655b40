import pg from 'pg'
import type { Database, Sql, SqlValue } from './sql.ts'
import { asUnavailable } from './store-unavailable.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  /** Connections at most. Default 10. */
  readonly poolSize?: number
}

/** PostgreSQL 15 and newer. Several processes may work on one database. */
export function openPostgres({ url, poolSize = 10 }: PostgresOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    types: { getTypeParser },
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    // A database or role may be set to acknowledge before it syncs; we do not.
    onConnect: async (client) => {
      await client.query(
        `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`,
      )
    },
  })
  // An idle connection that breaks is replaced when the next one is asked for; the fault shows there.
  pool.on('error', () => undefined)
  let commits = 0
  const on = (client: Pick<pg.Pool, 'query'>): Sql => {
    const ask = (text: string, values: readonly SqlValue[]): Promise<pg.QueryResult> =>
      client.query(named(text, values)).catch((error: unknown) => {
        throw asUnavailable(error)
      })
    return {
      dialect: 'postgres',
      all: async (text, values = []) => (await ask(text, values)).rows as never,
      run: async (text, values = []) => (await ask(text, values)).rowCount ?? 0,
      runEach: async (text, lists) => {
        for (const values of lists) await ask(text, values)
      },
    }
  }
  const outside = on(pool)
  const within = async <T>(begin: string, work: (sql: Sql) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw asUnavailable(error)
    })
    let failed: Error | undefined
    const onError = (error: Error) => {
      failed = error
    }
    client.on('error', onError)
    try {
      await client.query(begin)
      const result = await work(on(client as unknown as pg.Pool))
      await client.query('COMMIT')
      return result
    } catch (error) {
      await client.query('ROLLBACK').catch((reason: Error) => {
        failed = reason
      })
      throw asUnavailable(error)
    } finally {
      client.off('error', onError)
      client.release(failed)
    }
  }
  return {
    ...outside,
    transaction: async (work) => {
      const result = await within('BEGIN', work)
      commits++
      return result
    },
    snapshot: (work) => within('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', work),
    script: async (text) => {
      await pool.query(text)
    },
    get commits() {
      return commits
    },
    close: () => pool.end(),
  }
}

/** Integers of 64 bits arrive as text; ours are all safe integers. */
function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === 20 || oid === 1700) return Number
  return pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown
}

const numberedByText = new Map<string, string>()

/** `?` becomes `$1`, `$2` …; a statement of fixed text is prepared once per connection. */
function named(text: string, values: readonly SqlValue[]): pg.QueryConfig {
  let numbered = numberedByText.get(text)
  if (numbered === undefined) {
    let count = 0
    numbered = text.replaceAll('?', () => `$${++count}`)
    if (numberedByText.size > 2000) numberedByText.clear()
    numberedByText.set(text, numbered)
  }
  return { text: numbered, values: values as SqlValue[] }
}
