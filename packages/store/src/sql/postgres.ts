import pg from 'pg'
import type { Database, Sql, SqlValue } from './sql.ts'
import { asUnavailable } from './store-unavailable.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  /** Connections at most. Default 10. */
  readonly poolSize?: number
}

/**
 * A database or role may be set to acknowledge before it syncs; we do not. Every question begins at an index, whose pages are
 * in memory more often than not: at the usual price of a page out of order whole tables would be read until they are large.
 */
const settings = `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
  SET random_page_cost = 1.1; SET jit = off`

/** PostgreSQL 15 and newer. Several processes may work on one database. */
export function openPostgres({ url, poolSize = 10 }: PostgresOptions): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    types: { getTypeParser },
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    onConnect: async (client) => {
      await client.query(settings)
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

/** Statements that are prepared once per connection: texts that come again, so many at most. */
const mostPrepared = 500
const statements = new Map<string, { readonly text: string; readonly name: string; uses: number }>()

/** `?` becomes `$1`, `$2` …; a text that was asked before is prepared under a name, so that it is read once per connection. */
function named(text: string, values: readonly SqlValue[]): pg.QueryConfig {
  const known = statements.get(text)
  if (known) {
    known.uses++
    return { text: known.text, values: values as SqlValue[], name: known.name }
  }
  let count = 0
  const numbered = text.replaceAll('?', () => `$${++count}`)
  if (statements.size < mostPrepared) statements.set(text, { text: numbered, name: `s${statements.size}`, uses: 1 })
  return { text: numbered, values: values as SqlValue[] }
}
