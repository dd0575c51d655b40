import { findSpace, findUser, roleIn, sessionOfHash, type Database, type StoredUser } from '@selfsame/store'
import { isOwnOrigin, keyOfRequest, sessionTokenOf, type AccessRequest } from './credentials.ts'
import { equalInConstantTime, hashOfToken } from './key-text.ts'
import { KeyRing } from './key-ring.ts'
import { actorOf, isFault, mayDo, type AccessFault, type Permission, type Person, type Principal } from './principal.ts'

export interface Access {
  readonly keyRing: KeyRing
  readonly workspaceId: string
  /** Address that people reach the server at, such as `https://id.example.com`; null: the one it listens on. */
  readonly publicUrl: string | null
  /** A request as it came to the public address, where there is one. */
  asReached(request: AccessRequest): AccessRequest
  /** Who asks. A write by a signed-in person carries its page's origin and the session's token, or it is refused. */
  authenticate(request: AccessRequest): Promise<Principal | AccessFault>
  /** Who asks, provided that the permission is held. */
  authorize(request: AccessRequest, permission: Permission): Promise<Principal | AccessFault>
  /** Writes what is still to be written: when keys were last used. */
  close(): Promise<void>
}

export interface AccessOptions {
  readonly database: Database
  readonly workspaceId: string
  /** Default null. */
  readonly publicUrl?: string | null
  /** Milliseconds. */
  readonly now: () => number
  readonly steadyNow?: () => number
}

/** Knows everybody who may ask something of this server. */
export function createAccess({ database, workspaceId, now, publicUrl = null, ...clocks }: AccessOptions): Access {
  const keyRing = new KeyRing({ database, now, ...clocks })
  const reached = publicUrl === null ? null : new URL(publicUrl)
  const asReached = (request: AccessRequest): AccessRequest =>
    reached ? { ...request, protocol: reached.protocol.replace(':', ''), host: reached.host } : request
  const authenticate = async (given: AccessRequest): Promise<Principal | AccessFault> => {
    const request = asReached(given)
    const text = keyOfRequest(request)
    if (text !== null) {
      const principal = await keyRing.find(text)
      if (!principal || principal.workspaceId !== workspaceId) return unauthenticated
      if (principal.kind === 'write_key' && request.headers.origin !== undefined) keyRing.noteBrowser(principal)
      return principal
    }
    const token = sessionTokenOf(request)
    return token === null ? unauthenticated : personOf(database, workspaceId, request, token, now())
  }
  return {
    keyRing,
    workspaceId,
    publicUrl: reached?.origin ?? null,
    asReached,
    authenticate,
    authorize: async (request, permission) => {
      const principal = await authenticate(request)
      return isFault(principal) ? principal : (refusalOf(principal, permission) ?? principal)
    },
    close: () => keyRing.close(),
  }
}

/** Why the principal may not; null: it may. */
export function refusalOf(principal: Principal, permission: Permission): AccessFault | null {
  if (mayDo(principal, permission)) return null
  const isOfSpace = permission !== 'records.write' && permission !== 'workspace.admin'
  const actor = actorOf(principal)
  if (isOfSpace && principal.kind === 'person' && principal.spaceId === null) return { ...spaceNotNamed, actor }
  return { code: 'access.forbidden', status: 403, message: `this asks for ${permission}, which you do not have`, actor }
}

async function personOf(
  database: Database,
  workspaceId: string,
  request: AccessRequest,
  token: string,
  nowMs: number,
): Promise<Person | AccessFault> {
  const session = await sessionOfHash(database, hashOfToken(token), nowMs)
  const user = session && (await findUser(database, workspaceId, session.user_id))
  if (!user || user.disabled_at !== null) return unauthenticated
  const actor = `user:${user.user_id}`
  if (!isReading(request.method)) {
    if (!isOwnOrigin(request)) return { ...badOrigin, actor }
    if (!equalInConstantTime(headerText(request, 'x-selfsame-csrf') ?? '', session.csrf_token)) {
      return { ...badCsrfToken, actor }
    }
  }
  const named = headerText(request, 'x-selfsame-space')
  const base = {
    kind: 'person',
    workspaceId,
    userId: user.user_id,
    name: user.name,
    workspaceAdmin: user.role === 'admin',
    csrfToken: session.csrf_token,
  } as const
  if (named === null) return { ...base, spaceId: null, role: null }
  const membership = await membershipIn(database, user, named)
  return membership === null ? { ...unknownSpace, actor } : { ...base, ...membership }
}

async function membershipIn(
  database: Database,
  user: StoredUser,
  named: string,
): Promise<Pick<Person, 'spaceId' | 'role'> | null> {
  const space = await findSpace(database, user.workspace_id, named)
  const role = await roleIn(database, space?.space_id ?? '', user.user_id)
  if (!space) return null
  if (user.role === 'admin') return { spaceId: space.space_id, role: 'admin' }
  return role === null ? null : { spaceId: space.space_id, role }
}

function headerText({ headers }: AccessRequest, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : null
}

/** Whether a method changes nothing. */
export function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}

export const unauthenticated: AccessFault = {
  code: 'access.unauthenticated',
  status: 401,
  message: 'no key, or one that does not open this; keys go in Authorization: Bearer, or Basic as the user name',
}
const unknownSpace: AccessFault = { code: 'space.unknown', status: 404, message: 'there is no such space' }
const spaceNotNamed: AccessFault = {
  code: 'space.not_named',
  status: 400,
  message: 'name the space in X-Selfsame-Space',
}
const badOrigin: AccessFault = {
  code: 'access.bad_origin',
  status: 403,
  message: 'a write comes from a page of this server, and its browser says so in Origin',
}
const badCsrfToken: AccessFault = {
  code: 'access.bad_csrf_token',
  status: 403,
  message: "a write carries the session's token in X-Selfsame-CSRF",
}
