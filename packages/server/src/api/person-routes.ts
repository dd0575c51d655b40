import { Readable } from 'node:stream'
import {
  erasureAnswer,
  erasureBody,
  erasureParams,
  erasuresAnswer,
  liftAnswer,
  pageQuery,
  previewQuery,
  profileParams,
} from '@selfsame/contract'
import { standardizeValue } from '@selfsame/core'
import { erasureRows, holdersOf, type StoredErasure } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { DecisionFault, ErasureFault } from '../engine/index.ts'
import { Problem } from '../http/problem.ts'
import { instantText } from './answers.ts'
import { personText } from './person-export.ts'
import { addReadingRoute, answered, type ReadingContext } from './reading.ts'
import { addWritingRoute } from './writing.ts'

const tag = 'people'
/** Profiles that one erasure by an identifier takes at most. */
const mostProfiles = 20

/** What the law lets a person ask for: everything that is held about them, and that it be forgotten. */
export function personRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/profiles/:id/export',
      summary: 'Everything that is held about a person, as JSON lines',
      tag,
      params: profileParams,
      answer: z.string(),
      produces: ['application/x-ndjson'],
    },
    async ({ spaceId, params, reply }) => {
      const text = await personText(context, spaceId, params.id)
      void reply
        .header('content-type', 'application/x-ndjson; charset=utf-8')
        .header('content-disposition', 'attachment; filename="person.jsonl"')
        .serializer((body: unknown) => body as string)
      await reply.send(Readable.from(text))
      return answered
    },
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/erasures',
      summary: 'Forget a person, and keep out what comes later',
      tag,
      access: 'identity.admin',
      query: previewQuery,
      body: erasureBody,
      answer: erasureAnswer,
    },
    async ({ spaceId, actor, query, body }) => {
      const preview = query.preview === 'true'
      const { profileId, identifier } = body
      const profileIds =
        profileId !== undefined ? [profileId] : identifier ? await holdersToErase(context, spaceId, identifier) : []
      const report = await context.engine.erase(spaceId, profileIds, { actor, preview }).catch(asProblem)
      return { ...report, profileIds: [...report.profileIds], at: instantText(report.at), preview }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/erasures',
      summary: 'Who was forgotten, by id alone, the latest first',
      tag,
      query: pageQuery,
      answer: erasuresAnswer,
    },
    async ({ database, spaceId, query, after, next }) => {
      const page = await erasureRows(database, spaceId, { limit: query.limit, after: await after() })
      return { items: page.rows.map(erasureRowOf), next: await next(page.next) }
    },
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/erasures/:id/lift',
      summary: 'Let in again what an erasure keeps out: whoever comes then begins anew',
      tag,
      access: 'identity.admin',
      params: erasureParams,
      answer: liftAnswer,
    },
    async ({ spaceId, actor, params }) => {
      await context.engine.liftErasure(spaceId, params.id, actor).catch(asProblem)
      return { erasureId: params.id, lifted: true as const }
    },
  )
}

function erasureRowOf(row: StoredErasure) {
  return {
    erasureId: row.erasure_id,
    at: instantText(row.at),
    actor: row.actor,
    profileIds: JSON.parse(row.profile_ids) as string[],
    recordCount: row.record_count,
    lifted: row.lifted_at === null ? null : { at: instantText(row.lifted_at), actor: row.lifted_by ?? '' },
  }
}

/** Everybody who holds a value verified; where nobody does, everybody who holds it. */
async function holdersToErase(
  context: ReadingContext,
  spaceId: string,
  { type: name, value }: { readonly type: string; readonly value: string },
): Promise<readonly string[]> {
  const { ruleset } = await context.engine.ruleset(spaceId)
  const type = ruleset.identifiers.find((one) => one.name === name && one.kind !== 'attribute')
  if (!type) throw new Problem('identifier.unknown', 'the ruleset has no anchor or claim of that name')
  const standard = standardizeValue(value, type.standardize, ruleset)
  const found = standard.ok ? await holdersOf(context.database, spaceId, name, standard.value, mostProfiles + 1) : null
  const holders = found?.holders ?? []
  if (holders.length === 0) throw new Problem('erasure.nobody', 'no profile holds the identifier')
  const verified = holders.filter((holder) => holder.verified === 1)
  const wanted = verified.length > 0 ? verified : holders
  if (found?.shared || wanted.length > mostProfiles) {
    throw new Problem('erasure.shared_value', 'so many people hold the identifier that it names nobody')
  }
  return wanted.map(({ profile_id }) => profile_id)
}

function asProblem(error: unknown): never {
  if (error instanceof DecisionFault) throw new Problem(error.code, error.message, { more: error.facts })
  if (error instanceof ErasureFault) throw new Problem(error.code, error.message)
  throw error
}
