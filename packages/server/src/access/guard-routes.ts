import { appendAudit, type Database } from '@selfsame/store'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isReading, refusalOf, type Access } from './access.ts'
import { keyOfRequest, type AccessRequest } from './credentials.ts'
import { actorOf, isFault, spaceOf, type AccessFault, type Permission, type Principal } from './principal.ts'

/**
 * What a route asks of who calls it. `anyone`: nothing; `authenticated`: a key or a session, whatever it may do; `signed_in`:
 * a session. A key may also
 * come as `writeKey` in the body of a route for `records.write`, which that route looks at itself (`principalOf`).
 */
export type RouteAccess = Permission | 'anyone' | 'authenticated' | 'signed_in'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess
  }
  interface FastifyRequest {
    /** Who asks; null: nobody known. */
    principal: Principal | null
  }
}

/** A request that goes no further. */
export class AccessRefused extends Error {
  readonly code: AccessFault['code']
  readonly statusCode: number
  readonly fault: AccessFault
  constructor(fault: AccessFault) {
    super(fault.message)
    this.name = 'AccessRefused'
    this.code = fault.code
    this.statusCode = fault.status
    this.fault = fault
  }
}

/**
 * Guards every route that is registered afterwards: one that does not say what it asks for cannot be registered, and nothing
 * of a request is read before its caller is known to be allowed. Every write that somebody known is refused is put into the
 * audit log.
 */
export function guardRoutes(
  app: FastifyInstance,
  { access, database, now }: { readonly access: Access; readonly database: Database; readonly now: () => number },
): void {
  app.decorateRequest('principal', null)
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined)
      throw new Error(`${String(route.method)} ${route.url} does not say what it asks for`)
  })
  app.addHook('onRequest', async (request) => {
    const asked = request.routeOptions.config.access
    if (request.is404 || asked === 'anyone') return
    if (asked === undefined) throw new AccessRefused({ code: 'access.forbidden', status: 403, message: 'not allowed' })
    const found = accessRequestOf(request)
    if (asked === 'records.write' && keyOfRequest(found) === null) return
    const outcome = await access.authenticate(found)
    if (isFault(outcome)) throw refuse(request, outcome)
    request.principal = outcome
    const refusal = routeRefusal(outcome, asked)
    if (refusal) throw new AccessRefused(refusal)
  })

  const lastByKey = new Map<string, number>()
  app.addHook('onSend', async (request, reply, payload) => {
    if (reply.statusCode < 400 || reply.statusCode >= 500 || isReading(request.method) || request.is404) return
    const { principal } = request
    const asked = request.routeOptions.config.access
    // A look-up is a POST that only reads.
    if (asked === 'identity.view') return
    const isIngest = asked === 'records.write'
    if (isIngest && reply.statusCode !== 403) return
    const actor = principal ? actorOf(principal) : refusedActors.get(request)
    if (actor === undefined) return
    const code = codeIn(payload)
    if (principal?.kind === 'write_key') {
      const at = now()
      const id = JSON.stringify([actor, code])
      if (at - (lastByKey.get(id) ?? Number.NEGATIVE_INFINITY) < writeKeyEntriesEveryMs) return
      if (lastByKey.size >= mostRemembered) lastByKey.clear()
      lastByKey.set(id, at)
    }
    const chain = (principal && spaceOf(principal)) ?? access.workspaceId
    const object = `${request.method} ${request.routeOptions.url ?? ''}`
    const details = { status: reply.statusCode, code }
    await database.transaction((sql) =>
      appendAudit(sql, chain, { at: now(), actor, action: 'write.refused', object, details }),
    )
  })
}

/** Anybody may hold a public key: what it is refused is written once a minute per reason. */
const writeKeyEntriesEveryMs = 60_000
const mostRemembered = 10_000

/** People who were refused before a principal was made of them. */
const refusedActors = new WeakMap<FastifyRequest, string>()

function routeRefusal(principal: Principal, asked: Exclude<RouteAccess, 'anyone'>): AccessFault | null {
  if (asked === 'authenticated') return null
  if (asked !== 'signed_in') return refusalOf(principal, asked)
  if (principal.kind === 'person') return null
  return { code: 'access.forbidden', status: 403, message: 'this is for people who signed in' }
}

function refuse(request: FastifyRequest, fault: AccessFault): AccessRefused {
  if (fault.actor !== undefined) refusedActors.set(request, fault.actor)
  return new AccessRefused(fault)
}

/** What of a request tells who asks; `writeKey` where its body was read. */
export function accessRequestOf(request: FastifyRequest, writeKey: string | null = null): AccessRequest {
  const { method, headers, protocol, host } = request
  return { method, headers, protocol, host, writeKey }
}

/** Who asks, with the `writeKey` of the body. Throws `AccessRefused`. */
export async function principalOf(
  access: Access,
  request: FastifyRequest,
  permission: Permission,
  writeKey: string | null,
): Promise<Principal> {
  if (request.principal) return request.principal
  const outcome = await access.authenticate(accessRequestOf(request, writeKey))
  if (isFault(outcome)) throw refuse(request, outcome)
  request.principal = outcome
  const refusal = refusalOf(outcome, permission)
  if (refusal) throw new AccessRefused(refusal)
  return outcome
}

function codeIn(payload: unknown): string | null {
  if (typeof payload !== 'string' || payload.length > 100_000) return null
  try {
    const body: unknown = JSON.parse(payload)
    return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string'
      ? body.code
      : null
  } catch {
    return null
  }
}
