import { pipeline } from 'node:stream/promises'
import { createWriteStream } from 'node:fs'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { asUnavailable } from './store-unavailable.ts'

/** What PostgreSQL says of a query that it will not run: its own words, which may name tables and columns. */
export class QueryFault extends Error {
  readonly code = 'query.refused'
}

/**
 * Writes the rows of a query into a CSV file with a header, as they stream, in a transaction that can change nothing. Throws
 * `QueryFault` and `StoreUnavailable`; neither holds the address.
 */
export async function copyQuery(url: string, query: string, file: string, signal?: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.query('BEGIN TRANSACTION READ ONLY')
    const text = `COPY (${query.replace(/[;\s]+$/, '')}\n) TO STDOUT WITH (FORMAT csv, HEADER true, ENCODING 'UTF8')`
    await pipeline(client.query(copyTo(text)), createWriteStream(file, { mode: 0o600 }), { signal })
    await client.query('COMMIT')
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const known = asUnavailable(error)
    // 25006: the query would change something.
    if (error instanceof Error && (code === '25006' || (known === error && /^[0-9A-Z]{5}$/.test(code)))) {
      throw new QueryFault(error.message)
    }
    throw known
  } finally {
    await client.end().catch(() => undefined)
  }
}
