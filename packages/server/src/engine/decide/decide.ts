import type { Database, Sql } from '@selfsame/store'
import type { RulesCache } from '../space-rules.ts'
import { applyDecision, type DecideOptions } from './apply-decision.ts'
import { DecisionFault, type DecisionOutcome, type DecisionRequest } from './decision-request.ts'

/** What became of one of several decisions. */
export type DecisionResult =
  | { readonly ok: true; readonly outcome: DecisionOutcome }
  | { readonly ok: false; readonly fault: DecisionFault }

/** Decisions of one transaction: many more, and whoever sends records would wait for them. */
const mostAtOnce = 25

/**
 * Makes decisions one after the other: what cannot be decided is skipped, and said. `preview`: nothing is stored; it is done,
 * looked at and undone, so that a preview never differs from what would happen.
 */
export async function decide(
  database: Database,
  spaceId: string,
  requests: readonly DecisionRequest[],
  { preview, ...options }: Omit<DecideOptions, 'listSince'> & { readonly preview: boolean },
  cache: RulesCache,
): Promise<readonly DecisionResult[]> {
  if (preview)
    return tryAll(database, (sql) => decideAll(sql, spaceId, requests, { ...options, listSince: true }, cache))
  const results: DecisionResult[] = []
  for (let from = 0; from < requests.length; from += mostAtOnce) {
    const some = requests.slice(from, from + mostAtOnce)
    results.push(
      ...(await database.transaction((sql) => decideAll(sql, spaceId, some, { ...options, listSince: false }, cache))),
    )
  }
  return results
}

async function decideAll(
  sql: Sql,
  spaceId: string,
  requests: readonly DecisionRequest[],
  options: DecideOptions,
  cache: RulesCache,
): Promise<readonly DecisionResult[]> {
  const results: DecisionResult[] = []
  for (const request of requests) {
    try {
      results.push({ ok: true, outcome: await applyDecision(sql, spaceId, request, options, cache) })
    } catch (error) {
      if (!(error instanceof DecisionFault)) throw error
      results.push({ ok: false, fault: error })
    }
  }
  return results
}

async function tryAll(
  database: Database,
  work: (sql: Sql) => Promise<readonly DecisionResult[]>,
): Promise<readonly DecisionResult[]> {
  try {
    return await database.transaction(async (sql) => {
      throw new OnlyTried(await work(sql))
    })
  } catch (error) {
    if (error instanceof OnlyTried) return error.results
    throw error
  }
}

/** Ends the transaction of a preview. */
class OnlyTried extends Error {
  readonly results: readonly DecisionResult[]
  constructor(results: readonly DecisionResult[]) {
    super('a preview stores nothing')
    this.results = results
  }
}
