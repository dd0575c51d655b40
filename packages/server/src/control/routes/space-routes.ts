import { deleteSpaceQuery, newSpaceBody, spaceParams, spaceShape, spacesAnswer } from '@selfsame/contract'
import { membershipsOf, spacesOf, type StoredSpace } from '@selfsame/store'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Role } from '../../access/principal.ts'
import { makeSpace, removeSpace } from '../spaces.ts'
import { callerOf, type ControlApp, type ControlRouteContext } from './route-context.ts'

export function spaceRoutes(app: ControlApp, context: ControlRouteContext): void {
  const { workspaceId, database } = context

  app.get(
    '/spaces',
    {
      config: { access: 'authenticated' },
      schema: { summary: 'The spaces that you may look at', tags: ['spaces'], response: { 200: spacesAnswer } },
    },
    async (request) => {
      const roles = await rolesBySpace(request, context)
      const spaces = await spacesOf(database, workspaceId)
      return { spaces: spaces.flatMap((space) => shown(space, roles(space.space_id))) }
    },
  )

  app.post(
    '/spaces',
    {
      config: { access: 'workspace.admin' },
      schema: {
        summary: 'Make a space, in which the default ruleset is active',
        tags: ['spaces'],
        body: newSpaceBody,
        response: { 201: spaceShape },
      },
    },
    async (request, reply) => {
      const space = await makeSpace(context, callerOf(request).actor, workspaceId, request.body.name)
      return reply.code(201).send(inSight(space, 'admin'))
    },
  )

  app.delete(
    '/spaces/:spaceId',
    {
      config: { access: 'workspace.admin' },
      schema: {
        summary: 'Delete a space with everything in it',
        tags: ['spaces'],
        params: spaceParams,
        querystring: deleteSpaceQuery,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { actor } = callerOf(request)
      await removeSpace(context, actor, workspaceId, request.params.spaceId, request.query.confirm)
      context.access.keyRing.forget()
      return reply.code(204).send(null)
    },
  )
}

/** Role of the caller in a space; null: it is none of theirs. */
export async function rolesBySpace(
  request: FastifyRequest,
  { database }: Pick<ControlRouteContext, 'database'>,
): Promise<(spaceId: string) => Role | null> {
  const { principal } = callerOf(request)
  if (principal.kind === 'write_key') return () => null
  if (principal.kind === 'api_key') return (spaceId) => (spaceId === principal.spaceId ? principal.role : null)
  if (principal.workspaceAdmin) return () => 'admin'
  const memberships = await membershipsOf(database, principal.userId)
  return (spaceId) => memberships.find(({ space_id }) => space_id === spaceId)?.role ?? null
}

function shown(space: StoredSpace, role: Role | null): readonly z.infer<typeof spaceShape>[] {
  return role === null ? [] : [inSight(space, role)]
}

function inSight({ space_id, name, ruleset_version, created_at }: StoredSpace, role: Role) {
  return { id: space_id, name, rulesetVersion: ruleset_version, createdAt: new Date(created_at).toISOString(), role }
}
