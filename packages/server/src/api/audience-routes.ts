import {
  audience,
  audienceBody,
  audienceCountAnswer,
  audienceMembersAnswer,
  audienceParams,
  audiencesAnswer,
  droppedAnswer,
  newAudienceBody,
  pageQuery,
  profileAudiencesAnswer,
  profileParams,
  tryAudienceBody,
  type AudienceRuleGiven,
} from '@selfsame/contract'
import {
  appendAudit,
  audienceProfile,
  audiencesOf,
  deleteAudience,
  findAudience,
  lockSpace,
  saveAudience,
  whichProfile,
  type Sql,
  type StoredAudience,
} from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { randomUUID } from 'node:crypto'
import { Problem } from '../http/problem.ts'
import { instantOrNull, instantText } from './answers.ts'
import { countMembers, membersAfter, membersAmong, ruleOf } from './audience-members.ts'
import { addReadingRoute, type ReadingContext } from './reading.ts'
import { addWritingRoute } from './writing.ts'

const tag = 'audiences'
const changes = 'changing audiences'

/** Saved filters over profiles, evaluated when they are asked. */
export function audienceRoutes(app: FastifyInstance, context: ReadingContext): void {
  readingRoutes(app, context)
  changingRoutes(app, context)
}

function readingRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    { method: 'GET', url: '/audiences', summary: 'The audiences, by name', tag, answer: audiencesAnswer },
    async ({ database, spaceId }) => ({ items: (await audiencesOf(database, spaceId)).map(shown) }),
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/audiences/:audienceId/count',
      summary: 'How many profiles belong to an audience now; each person counts once',
      tag,
      params: audienceParams,
      answer: audienceCountAnswer,
    },
    async ({ database, spaceId, params }) => {
      const found = await audienceOrProblem(database, spaceId, params.audienceId)
      const at = context.now()
      return { ...(await countMembers(database, spaceId, ruleOf(shown(found).rule), at)), at: instantText(at) }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/audiences/try',
      summary: 'How many profiles a rule would hold that is not saved',
      tag,
      body: tryAudienceBody,
      answer: audienceCountAnswer,
    },
    async ({ database, spaceId, body }) => {
      const at = context.now()
      return { ...(await countMembers(database, spaceId, ruleOf(body.rule), at)), at: instantText(at) }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/audiences/:audienceId/members',
      summary: 'The profiles that belong to an audience now, by id',
      tag,
      params: audienceParams,
      query: pageQuery,
      answer: audienceMembersAnswer,
    },
    async ({ database, spaceId, params, query, after, next }) => {
      const found = await audienceOrProblem(database, spaceId, params.audienceId)
      const [last = ''] = (await after()) ?? []
      const rule = ruleOf(shown(found).rule)
      const page = await membersAfter(database, spaceId, rule, String(last), query.limit, context.now())
      return {
        items: page.members.map(({ profile_id, shown_name, record_count, last_seen }) => ({
          profileId: profile_id,
          name: shown_name,
          recordCount: record_count,
          lastSeen: instantOrNull(last_seen),
        })),
        next: await next(page.next === null ? null : [page.next]),
      }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/profiles/:id/audiences',
      summary: 'The audiences, and whether a profile belongs to each of them now',
      tag,
      params: profileParams,
      answer: profileAudiencesAnswer,
    },
    async ({ database, spaceId, params }) => {
      const lead = await whichProfile(database, spaceId, params.id)
      if (!lead) throw new Problem('profile.unknown', 'there is no such profile')
      const profile = lead.current === null ? null : await audienceProfile(database, spaceId, lead.current)
      if (!profile) throw new Problem('profile.gone', 'the profile holds no record any more')
      const items = []
      for (const found of await audiencesOf(database, spaceId)) {
        const members = await membersAmong(database, spaceId, ruleOf(shown(found).rule), [profile], context.now())
        items.push({ audienceId: found.audience_id, name: found.name, member: members.length > 0 })
      }
      return { items }
    },
  )
}

function changingRoutes(app: FastifyInstance, context: ReadingContext): void {
  const save = async (
    spaceId: string,
    actor: string,
    action: string,
    make: (sql: Sql, at: number) => Promise<StoredAudience>,
  ) => {
    const saved = await context.database.transaction(async (sql) => {
      await lockSpace(sql, spaceId)
      const at = context.now()
      const made = await make(sql, at)
      const others = await audiencesOf(sql, spaceId)
      if (others.some(({ audience_id, name }) => name === made.name && audience_id !== made.audience_id)) {
        throw new Problem('audience.name_taken', 'there is an audience of that name already')
      }
      await saveAudience(sql, spaceId, made)
      const details = { revision: made.revision }
      await appendAudit(sql, spaceId, { at, actor, action, object: made.audience_id, details })
      return made
    })
    return shown(saved)
  }

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/audiences',
      summary: 'Save an audience',
      tag: changes,
      body: newAudienceBody,
      answer: audience,
    },
    async ({ spaceId, actor, body }) =>
      save(spaceId, actor, 'audience.create', async (_sql, at) => ({
        audience_id: `a_${randomUUID()}`,
        name: body.name,
        rule: JSON.stringify(body.rule),
        revision: 1,
        created_at: at,
        created_by: actor,
        updated_at: at,
        updated_by: actor,
      })),
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'PUT',
      url: '/audiences/:audienceId',
      summary: 'Change an audience as it was read',
      tag: changes,
      params: audienceParams,
      body: audienceBody,
      answer: audience,
    },
    async ({ spaceId, actor, params, body }) =>
      save(spaceId, actor, 'audience.change', async (sql, at) => {
        const known = await audienceOrProblem(sql, spaceId, params.audienceId)
        if (known.revision !== body.expectedRevision) {
          throw new Problem('audience.conflict', 'the audience is another one than the one that was read', {
            more: { revision: known.revision },
          })
        }
        const rule = JSON.stringify(body.rule)
        return { ...known, name: body.name, rule, revision: known.revision + 1, updated_at: at, updated_by: actor }
      }),
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'DELETE',
      url: '/audiences/:audienceId',
      summary: 'Drop an audience; nobody who belonged to it changes',
      tag: changes,
      params: audienceParams,
      answer: droppedAnswer,
    },
    async ({ database, spaceId, actor, params: { audienceId } }) => {
      await database.transaction(async (sql) => {
        await lockSpace(sql, spaceId)
        await audienceOrProblem(sql, spaceId, audienceId)
        await deleteAudience(sql, spaceId, audienceId)
        const entry = { at: context.now(), actor, action: 'audience.drop', object: audienceId, details: {} }
        await appendAudit(sql, spaceId, entry)
      })
      return { audienceId }
    },
  )
}

async function audienceOrProblem(sql: Sql, spaceId: string, audienceId: string): Promise<StoredAudience> {
  const found = await findAudience(sql, spaceId, audienceId)
  if (!found) throw new Problem('audience.unknown', 'there is no such audience')
  return found
}

function shown(row: StoredAudience) {
  return {
    audienceId: row.audience_id,
    name: row.name,
    rule: JSON.parse(row.rule) as AudienceRuleGiven,
    revision: row.revision,
    createdAt: instantText(row.created_at),
    createdBy: row.created_by,
    updatedAt: instantText(row.updated_at),
    updatedBy: row.updated_by,
  }
}
