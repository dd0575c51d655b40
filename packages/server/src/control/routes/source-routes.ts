import {
  changeSourceBody,
  newSourceBody,
  proofSecretAnswer,
  sourceParams,
  sourceShape,
  sourcesAnswer,
} from '@selfsame/contract'
import { connectedSources, findSource, type ConnectedSource } from '@selfsame/store'
import { z } from 'zod'
import { changeSource, connectSource, disconnect, unknownSource } from '../sources.ts'
import { callerInSpace, instantOrNull, type ControlApp, type ControlRouteContext } from './route-context.ts'

export function sourceRoutes(app: ControlApp, context: ControlRouteContext): void {
  const { database } = context

  app.get(
    '/sources',
    {
      config: { access: 'identity.view' },
      schema: { summary: 'The sources of the space', tags: ['sources'], response: { 200: sourcesAnswer } },
    },
    async (request) => {
      const { spaceId } = callerInSpace(request)
      return { sources: (await connectedSources(database, spaceId)).map(shown) }
    },
  )

  app.post(
    '/sources',
    {
      config: { access: 'identity.admin' },
      schema: {
        summary: 'Connect a source to the space',
        description:
          'A source that another space of the workspace has is connected by an administrator of the workspace.',
        tags: ['sources'],
        body: newSourceBody,
        response: { 201: sourceShape },
      },
    },
    async (request, reply) => {
      const { actor, reach, spaceId } = callerInSpace(request)
      const { source, ...settings } = request.body
      const connected = await connectSource(context, actor, reach, spaceId, source, settings)
      context.access.keyRing.forget()
      return reply.code(201).send(shown(connected))
    },
  )

  app.patch(
    '/sources/:source',
    {
      config: { access: 'identity.admin' },
      schema: {
        summary: 'Change class or trust of a source, in every space it feeds, for its past as well',
        tags: ['sources'],
        params: sourceParams,
        body: changeSourceBody,
        response: { 200: sourceShape },
      },
    },
    async (request) => {
      const { actor, reach, spaceId } = callerInSpace(request)
      const changed = await changeSource(context, actor, reach, spaceId, request.params.source, request.body)
      context.access.keyRing.forget()
      return shown(changed)
    },
  )

  app.delete(
    '/sources/:source',
    {
      config: { access: 'identity.admin' },
      schema: {
        summary: 'Disconnect a source from the space; its records stay',
        tags: ['sources'],
        params: sourceParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { actor, spaceId } = callerInSpace(request)
      await disconnect(context, actor, spaceId, request.params.source)
      context.access.keyRing.forget()
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/sources/:source/proof-secret',
    {
      config: { access: 'identity.admin' },
      schema: {
        summary: 'The secret with which your servers prove the ids of your visitors',
        tags: ['sources'],
        params: sourceParams,
        response: { 200: proofSecretAnswer },
      },
    },
    async (request, reply) => {
      const { spaceId } = callerInSpace(request)
      const source = await findSource(database, spaceId, request.params.source)
      if (!source) throw unknownSource()
      return reply.header('cache-control', 'no-store').send({ source: source.source, proofSecret: source.proof_secret })
    },
  )
}

function shown(source: ConnectedSource): z.infer<typeof sourceShape> {
  return {
    source: source.source,
    class: source.class,
    trust: source.trust,
    createdAt: new Date(source.created_at).toISOString(),
    lastRecordAt: instantOrNull(source.last_record_at),
    browserSeenAt: instantOrNull(source.browser_seen_at),
    advice: adviceFor(source),
  }
}

function adviceFor({ class: sourceClass, browser_seen_at }: ConnectedSource): string | null {
  if (sourceClass === 'public' || browser_seen_at === null) return null
  return 'A server key of this source is in use in browsers, where anybody can read it: make the source public.'
}
