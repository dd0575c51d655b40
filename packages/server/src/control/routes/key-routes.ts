import {
  keyParams,
  keysAnswer,
  keyShape,
  madeKeyAnswer,
  newKeyBody,
  rotateKeyBody,
  rotatedKeyAnswer,
} from '@selfsame/contract'
import { z } from 'zod'
import { endKey, listKeys, makeApiKey, makeWriteKey, rotateKey, type ListedKey } from '../keys.ts'
import { callerInSpace, instantOrNull, type ControlApp, type ControlRouteContext } from './route-context.ts'

export function keyRoutes(app: ControlApp, context: ControlRouteContext): void {
  app.get(
    '/keys',
    {
      config: { access: 'identity.admin' },
      schema: { summary: 'The keys that open or feed the space', tags: ['keys'], response: { 200: keysAnswer } },
    },
    async (request) => {
      const { reach, spaceId } = callerInSpace(request)
      return {
        keys: (await listKeys(context.database, reach, spaceId)).map((listed) => shown(listed, spaceId, reach.spaceId)),
      }
    },
  )

  app.post(
    '/keys',
    {
      config: { access: 'identity.admin' },
      schema: {
        summary: 'Make a key; it is shown in this answer and never again',
        tags: ['keys'],
        body: newKeyBody,
        response: { 201: madeKeyAnswer },
      },
    },
    async (request, reply) => {
      const { actor, reach, spaceId } = callerInSpace(request)
      const { expiresAt, ...given } = request.body
      const ends = expiresAt === undefined ? null : Date.parse(expiresAt)
      const made =
        given.kind === 'write'
          ? await makeWriteKey(context, actor, reach, spaceId, { ...given, expiresAt: ends })
          : await makeApiKey(context, actor, reach.workspaceId, spaceId, { ...given, expiresAt: ends })
      context.access.keyRing.forget()
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ text: made.text, key: shown(made, spaceId, reach.spaceId) })
    },
  )

  app.post(
    '/keys/:keyId/rotate',
    {
      config: { access: 'identity.admin' },
      schema: {
        summary: 'Make a second key with the same rights; the older one ends after the overlap',
        tags: ['keys'],
        params: keyParams,
        body: rotateKeyBody,
        response: { 201: rotatedKeyAnswer },
      },
    },
    async (request, reply) => {
      const { actor, reach, spaceId } = callerInSpace(request)
      const { overlapSeconds } = request.body
      const overlapMs = overlapSeconds === undefined ? undefined : overlapSeconds * 1000
      const made = await rotateKey(context, actor, reach, spaceId, request.params.keyId, overlapMs)
      context.access.keyRing.forget()
      const olderEndsAt = new Date(made.olderEndsAt).toISOString()
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ text: made.text, key: shown(made, spaceId, reach.spaceId), olderEndsAt })
    },
  )

  app.delete(
    '/keys/:keyId',
    {
      config: { access: 'identity.admin' },
      schema: {
        summary: 'Revoke a key: within a second no server takes it',
        tags: ['keys'],
        params: keyParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { actor, reach, spaceId } = callerInSpace(request)
      await endKey(context, actor, reach, spaceId, request.params.keyId)
      context.access.keyRing.forget()
      return reply.code(204).send(null)
    },
  )
}

/** Spaces that the caller has no rights in are not named. */
function shown({ key, spaceIds }: ListedKey, spaceId: string, only: string | null): z.infer<typeof keyShape> {
  return {
    id: key.key_id,
    kind: key.kind,
    class: key.class,
    source: key.source,
    mayView: key.kind === 'write' && key.role === 'viewer',
    role: key.kind === 'api' ? key.role : null,
    spaces: [...(only === null ? spaceIds : spaceIds.filter((id) => id === spaceId))],
    last4: key.last4,
    label: key.label,
    createdAt: new Date(key.created_at).toISOString(),
    createdBy: key.created_by,
    expiresAt: instantOrNull(key.expires_at),
    revokedAt: instantOrNull(key.revoked_at),
    replacedBy: key.replaced_by,
    lastUsedAt: instantOrNull(key.last_used_at),
  }
}
