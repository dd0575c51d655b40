import type { Database } from '@selfsame/store'
import type { RulesCache } from '../space-rules.ts'
import { applyDecision, type DecideOptions } from './apply-decision.ts'
import { DecisionFault, type DecisionOutcome, type DecisionRequest } from './decision-request.ts'

/** What became of one of several decisions. */
export type DecisionResult =
  | { readonly ok: true; readonly outcome: DecisionOutcome }
  | { readonly ok: false; readonly fault: DecisionFault }

/**
 * Makes decisions one after the other, in one transaction: what cannot be decided is skipped, and said. `preview`: nothing is
 * stored; it is done, looked at and undone, so that a preview never differs from what would happen.
 */
export async function decide(
  database: Database,
  spaceId: string,
  requests: readonly DecisionRequest[],
  options: Omit<DecideOptions, 'listSince'> & { readonly preview: boolean },
  cache: RulesCache,
): Promise<readonly DecisionResult[]> {
  const { preview } = options
  try {
    return await database.transaction(async (sql) => {
      const results: DecisionResult[] = []
      for (const request of requests) {
        try {
          const outcome = await applyDecision(sql, spaceId, request, { ...options, listSince: preview }, cache)
          results.push({ ok: true, outcome })
        } catch (error) {
          if (!(error instanceof DecisionFault)) throw error
          results.push({ ok: false, fault: error })
        }
      }
      if (preview) throw new OnlyTried(results)
      return results
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
