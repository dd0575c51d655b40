import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunInput } from '@selfsame/batch'
import { copyQuery, QueryFault, StoreUnavailable } from '@selfsame/store'
import { UsageFault } from './exit-code.ts'

/** Whether an input is a database rather than a file. */
export function isPostgres(path: string): boolean {
  return /^postgres(ql)?:\/\//.test(path)
}

/** Throws `UsageFault` unless one PostgreSQL goes with one query. */
export function checkQuery(inputs: readonly RunInput[], query: string | undefined): void {
  const count = inputs.filter(({ path }) => isPostgres(path)).length
  if (count === 0 && query === undefined) return
  if (count !== 1 || query === undefined)
    throw new UsageFault('usage.option', '--query goes with one input that is postgres://…')
}

/**
 * Does work on the rows of a query as on a CSV file, which is gone afterwards. Nothing is changed in the database. What it will
 * not run is a `UsageFault`; the address, which may hold a password, is never repeated.
 */
export async function withQueriedRows<T>(
  url: string,
  query: string,
  signal: AbortSignal,
  work: (file: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'selfsame-query-'))
  try {
    const file = join(folder, 'query.csv')
    await copyQuery(url, query, file, signal)
    return await work(file)
  } catch (error) {
    if (error instanceof QueryFault)
      throw new UsageFault('usage.option', `PostgreSQL will not run the query: ${error.message}`)
    if (error instanceof StoreUnavailable)
      throw new UsageFault('database.unreachable', `the PostgreSQL cannot be read now (${error.reason})`)
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
