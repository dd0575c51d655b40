import {
  changePasswordBody,
  meAnswer,
  signedInAnswer,
  signInWithLinkBody,
  signInWithPasswordBody,
} from '@selfsame/contract'
import { spacesOf } from '@selfsame/store'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import {
  accessRequestOf,
  AccessRefused,
  cookieNameFor,
  isOwnOrigin,
  sessionCookie,
  sessionTokenOf,
  type Access,
  type AccessRequest,
} from '../../access/index.ts'
import { ControlFault } from '../control-fault.ts'
import {
  changePassword,
  sessionLastsMs,
  signInWithLink,
  signInWithPassword,
  signOut,
  type StartedSession,
} from '../sign-in.ts'
import { callerOf, type ControlApp, type ControlRouteContext } from './route-context.ts'
import { rolesBySpace } from './space-routes.ts'

export function signInRoutes(app: ControlApp, context: ControlRouteContext): void {
  const { workspaceId, database, access } = context

  app.post(
    '/sign-in/link',
    {
      config: { access: 'anyone' },
      schema: {
        summary: 'Sign in with a one-time link, and choose a password',
        tags: ['sign-in'],
        body: signInWithLinkBody,
        response: { 200: signedInAnswer },
      },
    },
    async (request, reply) => {
      const former = formerToken(access.asReached(accessRequestOf(request)))
      return answer(access, request, reply, await signInWithLink(context, workspaceId, request.body, former))
    },
  )

  app.post(
    '/sign-in/password',
    {
      config: { access: 'anyone' },
      schema: {
        summary: 'Sign in with name and password: five attempts a minute, then ever longer waits',
        tags: ['sign-in'],
        body: signInWithPasswordBody,
        response: { 200: signedInAnswer },
      },
    },
    async (request, reply) => {
      const former = formerToken(access.asReached(accessRequestOf(request)))
      const given = { ...request.body, address: addressOf(request, access) }
      return answer(access, request, reply, await signInWithPassword(context, workspaceId, given, former))
    },
  )

  app.post(
    '/sign-out',
    {
      config: { access: 'signed_in' },
      schema: { summary: 'End the session', tags: ['sign-in'], response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { principal } = callerOf(request)
      const found = access.asReached(accessRequestOf(request))
      const token = sessionTokenOf(found)
      const name = cookieNameFor(found)
      if (principal.kind !== 'person' || token === null || name === null) throw notSignedIn()
      await signOut(context, workspaceId, principal.userId, token)
      return reply
        .code(204)
        .header('set-cookie', sessionCookie(name, '', 0))
        .send(null)
    },
  )

  app.get(
    '/me',
    {
      config: { access: 'authenticated' },
      schema: { summary: 'Who you are, and what you may do where', tags: ['sign-in'], response: { 200: meAnswer } },
    },
    async (request, reply) => {
      const { principal } = callerOf(request)
      reply.header('cache-control', 'no-store')
      if (principal.kind === 'api_key') {
        return { kind: principal.kind, id: principal.keyId, space: principal.spaceId, role: principal.role }
      }
      if (principal.kind === 'write_key') {
        const spaces = principal.feeds.map(({ spaceId }) => spaceId)
        const { kind, keyId, source } = principal
        return { kind, id: keyId, source, class: principal.class, spaces }
      }
      const roles = await rolesBySpace(request, context)
      const spaces = (await spacesOf(database, workspaceId)).flatMap(({ space_id, name }) => {
        const role = roles(space_id)
        return role === null ? [] : [{ id: space_id, name, role }]
      })
      const { kind, userId, name, workspaceAdmin, csrfToken } = principal
      return { kind, id: userId, name, administrator: workspaceAdmin, csrfToken, spaces }
    },
  )

  app.post(
    '/me/password',
    {
      config: { access: 'signed_in' },
      schema: {
        summary: 'Change your password; every other session of yours ends',
        tags: ['sign-in'],
        body: changePasswordBody,
        response: { 200: signedInAnswer },
      },
    },
    async (request, reply) => {
      const { principal } = callerOf(request)
      if (principal.kind !== 'person') throw notSignedIn()
      return answer(access, request, reply, await changePassword(context, workspaceId, principal.userId, request.body))
    },
  )
}

/** A page of another site signs nobody in; over plain http to another machine nobody can. */
function formerToken(found: AccessRequest): string | null {
  if (cookieNameFor(found) === null) {
    throw new ControlFault(
      'sign_in.plain_http',
      'over plain http everybody on the way could read the session: sign in over https, or on the machine itself at http://127.0.0.1',
    )
  }
  if (found.headers.origin !== undefined && !isOwnOrigin(found)) {
    throw new AccessRefused({ code: 'access.bad_origin', status: 403, message: 'sign in on a page of this server' })
  }
  return sessionTokenOf(found)
}

/** Behind a proxy the address is the one that the proxy adds, which stands last. */
function addressOf(request: FastifyRequest, { publicUrl }: Access): string {
  const forwarded = publicUrl === null ? undefined : String(request.headers['x-forwarded-for'] ?? '')
  return forwarded?.split(',').at(-1)?.trim() || request.ip
}

function answer(access: Access, request: FastifyRequest, reply: FastifyReply, session: StartedSession) {
  const name = cookieNameFor(access.asReached(accessRequestOf(request)))
  if (name !== null) reply.header('set-cookie', sessionCookie(name, session.token, sessionLastsMs / 1000))
  reply.header('cache-control', 'no-store')
  const { user_id, name: userName, role, password_hash } = session.user
  return {
    user: { id: user_id, name: userName, administrator: role === 'admin', hasPassword: password_hash !== null },
    csrfToken: session.csrfToken,
    expiresAt: new Date(session.expiresAt).toISOString(),
  }
}

function notSignedIn(): AccessRefused {
  return new AccessRefused({ code: 'access.forbidden', status: 403, message: 'this is for people who signed in' })
}
