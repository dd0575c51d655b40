import {
  changeUserBody,
  linkAnswer,
  madeUserAnswer,
  newUserBody,
  userParams,
  usersAnswer,
  userShape,
} from '@selfsame/contract'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { linkLastsMs } from '../sign-in.ts'
import { changeUser, linkUser, listUsers, makeUser, type UserWithSpaces } from '../users.ts'
import { callerOf, instantOrNull, type ControlApp, type ControlRouteContext } from './route-context.ts'

export function userRoutes(app: ControlApp, context: ControlRouteContext): void {
  const { workspaceId, database, now } = context
  const linkFor = (request: FastifyRequest, token: string) => ({
    url: signInUrl(context.access.publicUrl ?? `${request.protocol}://${request.host}`, token),
    expiresAt: new Date(now() + linkLastsMs).toISOString(),
  })

  app.get(
    '/users',
    {
      config: { access: 'workspace.admin' },
      schema: { summary: 'The users of the workspace', tags: ['users'], response: { 200: usersAnswer } },
    },
    async () => ({ users: (await listUsers(database, workspaceId)).map(shown) }),
  )

  app.post(
    '/users',
    {
      config: { access: 'workspace.admin' },
      schema: {
        summary: 'Make a user; the answer holds a link that signs in once',
        tags: ['users'],
        body: newUserBody,
        response: { 201: madeUserAnswer },
      },
    },
    async (request, reply) => {
      const { name, administrator = false, memberships = [] } = request.body
      const made = await makeUser(context, callerOf(request).actor, workspaceId, {
        name,
        administrator,
        memberships: memberships.map(({ space, role }) => ({ space_id: space, role })),
      })
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ user: shown(made), link: linkFor(request, made.signInToken) })
    },
  )

  app.patch(
    '/users/:userId',
    {
      config: { access: 'workspace.admin' },
      schema: {
        summary: 'Change what a user may do; whatever they are signed in with ends',
        tags: ['users'],
        params: userParams,
        body: changeUserBody,
        response: { 200: userShape },
      },
    },
    async (request) => {
      const { administrator, memberships, disabled } = request.body
      const changed = await changeUser(context, callerOf(request).actor, workspaceId, request.params.userId, {
        administrator,
        disabled,
        memberships: memberships?.map(({ space, role }) => ({ space_id: space, role })),
      })
      return shown(changed)
    },
  )

  app.delete(
    '/users/:userId',
    {
      config: { access: 'workspace.admin' },
      schema: {
        summary: 'Shut a user out; the name stays, so that the audit log can show it',
        tags: ['users'],
        params: userParams,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await changeUser(context, callerOf(request).actor, workspaceId, request.params.userId, {
        disabled: true,
        memberships: [],
      })
      return reply.code(204).send(null)
    },
  )

  app.post(
    '/users/:userId/link',
    {
      config: { access: 'workspace.admin' },
      schema: {
        summary: 'Make a link that signs a user in once',
        tags: ['users'],
        params: userParams,
        response: { 201: linkAnswer },
      },
    },
    async (request, reply) => {
      const token = await linkUser(context, callerOf(request).actor, workspaceId, request.params.userId)
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ link: linkFor(request, token) })
    },
  )
}

/** The token stands behind the #, which browsers keep to themselves: it reaches no access log. */
export function signInUrl(base: string, token: string): string {
  return `${base}/admin/sign-in#${token}`
}

function shown({ user, memberships }: UserWithSpaces): z.infer<typeof userShape> {
  return {
    id: user.user_id,
    name: user.name,
    administrator: user.role === 'admin',
    memberships: memberships.map(({ space_id, role }) => ({ space: space_id, role })),
    hasPassword: user.password_hash !== null,
    disabledAt: instantOrNull(user.disabled_at),
    createdAt: new Date(user.created_at).toISOString(),
  }
}
