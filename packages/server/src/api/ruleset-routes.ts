import {
  draftAnswer,
  givenRuleset,
  pageQuery,
  rulesetAnswer,
  rulesetCheck,
  rulesetDiff,
  rulesetDiffBody,
  rulesetParams,
  rulesetsAnswer,
} from '@selfsame/contract'
import { diffRulesets, parseRuleset } from '@selfsame/core'
import { findRuleset, rulesetRows, sourcesOf, type Sql } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { rulesetOfSpace } from '../engine/space-rules.ts'
import { Problem } from '../http/problem.ts'
import { instantText } from './answers.ts'
import { addReadingRoute, type ReadingContext } from './reading.ts'
import {
  checkAnswer,
  documentOfText,
  draftAnswerOf,
  draftOrProblem,
  identityRulesOf,
  publishedText,
  readGiven,
  sentencesOf,
  textOfVersion,
  withoutFaults,
} from './ruleset-answers.ts'

const tag = 'rulesets'

/** Versions of the ruleset and its draft, as they are read. */
export function rulesetRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/rulesets',
      summary: 'The published versions of the ruleset, the latest first',
      tag,
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
      summary: 'A version of the ruleset, as YAML, as a document and in English',
      tag,
      params: rulesetParams,
      answer: rulesetAnswer,
    },
    async ({ database, spaceId, params }) => {
      const { version } = await publishedText(database, spaceId)
      const row = await findRuleset(database, spaceId, params.version === 'published' ? version : params.version)
      if (!row) throw new Problem('ruleset.unknown_version', 'there is no such version of the ruleset')
      const parsed = parseRuleset(row.body)
      if (!parsed.ok) throw new Error(`version ${row.version} of the ruleset has faults`)
      return {
        version: row.version,
        published: row.version === version,
        note: row.note,
        actor: row.actor,
        createdAt: instantText(row.created_at),
        yaml: row.body,
        document: documentOfText(row.body),
        english: sentencesOf(parsed.ruleset),
        identityRules: identityRulesOf(rulesetOfSpace(parsed.ruleset, await sourcesOf(database, spaceId))),
      }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/rulesets/draft',
      summary: 'The draft of the ruleset, with what it changes',
      tag,
      answer: draftAnswer,
    },
    async ({ database, spaceId }) => draftAnswerOf(database, spaceId),
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/rulesets/check',
      summary: 'Check a ruleset whole: every fault and warning with its path and line, and what it says in English',
      tag,
      body: givenRuleset,
      answer: rulesetCheck,
    },
    async ({ database, spaceId, body }) => checkAnswer(database, spaceId, readGiven(body).result),
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/rulesets/diff',
      summary: 'What differs between two rulesets, in words',
      tag,
      body: rulesetDiffBody,
      answer: rulesetDiff,
    },
    async ({ database, spaceId, body }) => {
      const [older, newer] = [await sideOf(database, spaceId, body.from), await sideOf(database, spaceId, body.to)]
      return { changes: [...diffRulesets(older, newer)] }
    },
  )
}

type DiffSide = z.output<typeof rulesetDiffBody>['to']

async function sideOf(sql: Sql, spaceId: string, side: DiffSide) {
  if (typeof side === 'object') return withoutFaults(readGiven(side))
  const text =
    side === 'draft'
      ? (await draftOrProblem(sql, spaceId)).body
      : side === 'published'
        ? (await publishedText(sql, spaceId)).body
        : await textOfVersion(sql, spaceId, side)
  return withoutFaults({ result: parseRuleset(text) })
}
