import { pageQuery, run, runParams, runsAnswer } from '@selfsame/contract'
import { findRun, runRows } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../http/problem.ts'
import { addReadingRoute, type ReadingContext } from './reading.ts'
import { runOf, runSummaryOf } from './run-answers.ts'

const tag = 'runs'

export function runRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/runs',
      summary: 'Imports, publications and simulations, the latest first',
      tag,
      query: pageQuery,
      answer: runsAnswer,
    },
    async ({ database, spaceId, query, after, next }) => {
      const page = await runRows(database, spaceId, { limit: query.limit, after: await after() })
      return { items: page.rows.map((row) => runSummaryOf(row, context.now())), next: await next(page.next) }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/runs/:runId',
      summary: 'How far a run is, and what came out of it',
      tag,
      params: runParams,
      answer: run,
    },
    async ({ database, spaceId, params }) => {
      const found = await findRun(database, spaceId, params.runId)
      if (!found) throw new Problem('run.unknown', 'there is no such run')
      return runOf(database, spaceId, found, context.now())
    },
  )
}
