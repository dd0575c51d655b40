import { pageQuery, rulesetAnswer, rulesetParams, rulesetsAnswer, runsAnswer } from '@selfsame/contract'
import { parseRuleset, ruleInEnglish } from '@selfsame/core'
import { findRuleset, rulesetRows, runRows } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../http/problem.ts'
import { instantOrNull, instantText } from './answers.ts'
import { addReadingRoute, type ReadingContext } from './reading.ts'

/** Versions of the ruleset, and runs. */
export function rulesetRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/rulesets',
      summary: 'The published versions of the ruleset, the latest first',
      tag: 'rulesets',
      query: pageQuery,
      answer: rulesetsAnswer,
    },
    async ({ database, spaceId, query, after, next }) => {
      const page = await rulesetRows(database, spaceId, { limit: query.limit, after: await after() })
      const { version } = await context.engine.ruleset(spaceId)
      const items = page.rows.map((row) => ({
        version: row.version,
        published: row.version === version,
        note: row.note,
        actor: row.actor,
        createdAt: instantText(row.created_at),
      }))
      return { items, next: await next(page.next) }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/rulesets/:version',
      summary: 'A version of the ruleset, as YAML and in English',
      tag: 'rulesets',
      params: rulesetParams,
      answer: rulesetAnswer,
    },
    async ({ database, spaceId, params }) => {
      const row = await findRuleset(database, spaceId, params.version)
      if (!row) throw new Problem('ruleset.unknown_version', 'there is no such version of the ruleset')
      const { version } = await context.engine.ruleset(spaceId)
      const parsed = parseRuleset(row.body)
      return {
        version: row.version,
        published: row.version === version,
        note: row.note,
        actor: row.actor,
        createdAt: instantText(row.created_at),
        yaml: row.body,
        english: parsed.ok
          ? parsed.ruleset.rules.map((rule) => ({
              name: rule.name,
              enabled: rule.enabled,
              sentence: ruleInEnglish(rule, parsed.ruleset),
            }))
          : [],
      }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/runs',
      summary: 'Imports, publications and simulations, the latest first',
      tag: 'runs',
      query: pageQuery,
      answer: runsAnswer,
    },
    async ({ database, spaceId, query, after, next }) => {
      const page = await runRows(database, spaceId, { limit: query.limit, after: await after() })
      const items = page.rows.map((row) => ({
        runId: row.run_id,
        kind: row.kind,
        state: row.state,
        actor: row.actor,
        startedAt: instantText(row.started_at),
        finishedAt: instantOrNull(row.finished_at),
        progress: JSON.parse(row.progress) as unknown,
        summary: row.summary === null ? null : (JSON.parse(row.summary) as unknown),
      }))
      return { items, next: await next(page.next) }
    },
  )
}
