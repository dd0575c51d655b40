import pg from 'pg'
import type { Database, Sql, SqlValue } from './sql.ts'

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string
  /** Connections at most. Default 10. */
  readonly poolSize?: number
}

/** PostgreSQL 15 and newer. Several processes may work on one database. */
export function openPostgres({ url, poolSize = 10 }: PostgresOptions): Database {
  const pool = new pg.Pool({ connectionString: url, max: poolSize, types: { getTypeParser } })
  // An idle connection that breaks is replaced when the next one is asked for; the fault shows there.
  pool.on('error', () => undefined)
  let commits = 0
  const on = (client: Pick<pg.Pool, 'query'>): Sql => ({
    dialect: 'postgres',
    all: async (text, values = []) => (await client.query(named(text, values))).rows as never,
    run: async (text, values = []) => (await client.query(named(text, values))).rowCount ?? 0,
    runEach: async (text, lists) => {
      for (const values of lists) await client.query(named(text, values))
    },
  })
  const outside = on(pool)
  return {
    ...outside,
    transaction: async (work) => {
      const client = await pool.connect()
      let failed: Error | undefined
      const onError = (error: Error) => {
        failed = error
      }
      client.on('error', onError)
      try {
        await client.query('BEGIN')
        const result = await work(on(client as unknown as pg.Pool))
        await client.query('COMMIT')
        commits++
        return result
      } catch (error) {
        await client.query('ROLLBACK').catch((reason: Error) => {
          failed = reason
        })
        throw error
      } finally {
        client.off('error', onError)
        client.release(failed)
      }
    },
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
