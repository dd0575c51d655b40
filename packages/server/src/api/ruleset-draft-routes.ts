import { copyRulesetBody, draftAnswer, dropDraftQuery, saveDraftBody } from '@selfsame/contract'
import { appendAudit, dropDraft, findDraft, findSpace, lockSpace, roleIn, saveDraft, type Sql } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import type { Principal } from '../access/principal.ts'
import { Problem } from '../http/problem.ts'
import type { ReadingContext } from './reading.ts'
import { changesBetween, draftAnswerOf, draftOrProblem, publishedText, readGiven } from './ruleset-answers.ts'
import { addWritingRoute } from './writing.ts'

const tag = 'ruleset draft'

/** The one draft of a space: saved over the revision that was read, dropped, or begun from the ruleset of another space. */
export function rulesetDraftRoutes(app: FastifyInstance, context: ReadingContext): void {
  const put = async (spaceId: string, actor: string, text: string, expectedRevision: number, action: string) => {
    await context.database.transaction(async (sql) => {
      await lockSpace(sql, spaceId)
      const at = context.now()
      const { version } = await publishedText(sql, spaceId)
      const known = await findDraft(sql, spaceId)
      const based_on = known?.based_on ?? version
      const saved = await saveDraft(sql, spaceId, expectedRevision, { body: text, based_on, actor, updated_at: at })
      if (!saved) throw conflict(known, text)
      const details = { revision: (await findDraft(sql, spaceId))?.revision ?? 0 }
      await appendAudit(sql, spaceId, { at, actor, action, object: 'ruleset:draft', details })
    })
    return draftAnswerOf(context.database, spaceId)
  }

  addWritingRoute(
    app,
    context,
    {
      method: 'PUT',
      url: '/rulesets/draft',
      summary: 'Save the draft over the revision that was read; it may still have faults',
      tag,
      body: saveDraftBody,
      answer: draftAnswer,
    },
    async ({ spaceId, actor, body }) =>
      put(spaceId, actor, readGiven(body).text, body.expectedRevision, 'ruleset.draft_save'),
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'DELETE',
      url: '/rulesets/draft',
      summary: 'Drop the draft',
      tag,
      query: dropDraftQuery,
      answer: draftAnswer,
    },
    async ({ database, spaceId, actor, query }) => {
      await database.transaction(async (sql) => {
        await lockSpace(sql, spaceId)
        const known = await draftOrProblem(sql, spaceId)
        if (known.revision !== query.expectedRevision) throw conflict(known, null)
        await dropDraft(sql, spaceId)
        const details = { revision: known.revision }
        await appendAudit(sql, spaceId, {
          at: context.now(),
          actor,
          action: 'ruleset.draft_drop',
          object: 'ruleset:draft',
          details,
        })
      })
      return draftAnswerOf(database, spaceId)
    },
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/rulesets/copy',
      summary: 'Begin a draft with the published ruleset of another space, to be looked at before it counts',
      tag,
      body: copyRulesetBody,
      answer: draftAnswer,
    },
    async ({ database, spaceId, principal, actor, body }) => {
      const from = await spaceInSight(database, principal, body.fromSpace)
      const { body: text } = await publishedText(database, from)
      return put(spaceId, actor, text, body.expectedRevision, 'ruleset.copy')
    },
  )
}

/** Id of a space that the caller may look at; one that it may not is answered like one that never was. */
async function spaceInSight(sql: Sql, principal: Principal, idOrName: string): Promise<string> {
  const space = await findSpace(sql, principal.workspaceId, idOrName)
  const role =
    space === null
      ? null
      : principal.kind === 'person'
        ? principal.workspaceAdmin
          ? 'admin'
          : await roleIn(sql, space.space_id, principal.userId)
        : principal.kind === 'api_key' && principal.spaceId === space.space_id
          ? principal.role
          : null
  if (space === null || role === null) throw new Problem('space.unknown', 'there is no such space')
  return space.space_id
}

function conflict(known: Awaited<ReturnType<typeof findDraft>>, text: string | null): Problem {
  return new Problem('ruleset.draft_conflict', 'the draft is another one than the one that was read', {
    more: {
      revision: known?.revision ?? 0,
      actor: known?.actor ?? null,
      changes: known && text !== null ? changesBetween(known.body, text) : [],
    },
  })
}
