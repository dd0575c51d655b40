import { simulateBody, simulation } from '@selfsame/contract'
import { parseRuleset } from '@selfsame/core'
import { findRun, type Sql } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { LaneClosed } from '../engine/engine.ts'
import type { ReadingContext } from './reading.ts'
import { stopped } from './ruleset-publish-routes.ts'
import { draftOrProblem, publishedText, readGiven, withoutFaults } from './ruleset-answers.ts'
import { runOf } from './run-answers.ts'
import { addWritingRoute } from './writing.ts'

/** Trying a ruleset on what is stored. */
export function simulateRoutes(app: FastifyInstance, context: ReadingContext): void {
  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/rulesets/draft/simulate',
      summary: 'Try the draft, or another ruleset, on everything stored or on a sample: nothing changes',
      tag: 'publishing',
      body: simulateBody,
      answer: simulation,
    },
    async ({ database, spaceId, actor, body: { ruleset, sample, wait } }) => {
      const text = await textAsked(database, spaceId, ruleset)
      withoutFaults({ result: parseRuleset(text) })
      const subject = typeof ruleset === 'string' ? ruleset : 'given'
      const { runId, done } = await context.engine.startSimulation(spaceId, text, actor, subject, sample)
      if (!wait) {
        // The run tells how it ended.
        done.catch(() => undefined)
        return { runId, run: null }
      }
      await done.catch((error: unknown) => {
        throw error instanceof LaneClosed ? stopped(error) : error
      })
      const found = await findRun(database, spaceId, runId)
      return { runId, run: found && (await runOf(database, spaceId, found, context.now())) }
    },
  )
}

type Asked = z.output<typeof simulateBody>['ruleset']

async function textAsked(sql: Sql, spaceId: string, ruleset: Asked): Promise<string> {
  if (typeof ruleset === 'object') return readGiven(ruleset).text
  return ruleset === 'draft' ? (await draftOrProblem(sql, spaceId)).body : (await publishedText(sql, spaceId)).body
}
