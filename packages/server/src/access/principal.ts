/** What somebody may do in a space. Each contains the ones before it. */
export const roles = ['viewer', 'manager', 'admin'] as const
export type Role = (typeof roles)[number]

/**
 * What a route asks for. `records.write` is what write keys do, and all that they do; the others are steps of a role in
 * one space. `workspace.admin` is asked where a route reaches beyond one space (spaces, users) and is held by signed-in
 * administrators of the workspace alone.
 */
export const permissions = [
  'records.write',
  'identity.view',
  'identity.manage',
  'identity.admin',
  'workspace.admin',
] as const
export type Permission = (typeof permissions)[number]

export type KeyClass = 'public' | 'server'

/** Who asks, and for which space. Nothing but the key or the session decides it. */
export type Principal = WriteKey | ApiKey | Person

/** Writes records of one source into the spaces that the source is connected to; reads nothing. */
export interface WriteKey {
  readonly kind: 'write_key'
  readonly workspaceId: string
  readonly keyId: string
  readonly class: KeyClass
  readonly source: string
  /** Its answers may name the profile (`?wait=true`). Chosen when the key is made; never of a public key. */
  readonly mayView: boolean
  /** Ordered by space id. Empty: the source is connected to no space any more. */
  readonly feeds: readonly SourceConnection[]
}

/** A source as one space knows it. */
export interface SourceConnection {
  readonly spaceId: string
  readonly class: KeyClass
  readonly trust: 'trusted' | 'untrusted'
  /** Secret of the proofs that a backend gives its visitors; see `provenAnchors`. */
  readonly proofSecret: string
}

/** A program that reads and decides in one space. */
export interface ApiKey {
  readonly kind: 'api_key'
  readonly workspaceId: string
  readonly keyId: string
  readonly spaceId: string
  readonly role: Role
}

/** Somebody signed in. */
export interface Person {
  readonly kind: 'person'
  readonly workspaceId: string
  readonly userId: string
  readonly name: string
  /** Administrator of the workspace: of every space, of users and of spaces themselves. */
  readonly workspaceAdmin: boolean
  /** The space named in `X-Selfsame-Space`, of which the person is a member; null: none was named. */
  readonly spaceId: string | null
  /** Role in that space; null where none was named. */
  readonly role: Role | null
  /** Goes with every write of this session, in `X-Selfsame-CSRF`. */
  readonly csrfToken: string
}

/** Why a request goes no further. The words are for the caller and tell nothing about what exists. */
export interface AccessFault {
  readonly code:
    | 'access.unauthenticated'
    | 'access.forbidden'
    | 'access.bad_origin'
    | 'access.bad_csrf_token'
    | 'space.not_named'
    | 'space.unknown'
  readonly status: 400 | 401 | 403 | 404
  readonly message: string
  /** Who it was, for the audit log, where that is known. */
  readonly actor?: string
}

export function isFault(outcome: Principal | AccessFault): outcome is AccessFault {
  return 'code' in outcome
}

/** The space a principal acts in; null: several, or none yet. */
export function spaceOf(principal: Principal): string | null {
  if (principal.kind !== 'write_key') return principal.spaceId
  return principal.feeds.length === 1 ? (principal.feeds[0]?.spaceId ?? null) : null
}

/** Whether the principal holds the permission, in the space it asks for. Who is not listed here may not. */
export function mayDo(principal: Principal, permission: Permission): boolean {
  switch (permission) {
    case 'records.write':
      return principal.kind === 'write_key'
    case 'identity.view':
      return holdsRole(principal, 'viewer')
    case 'identity.manage':
      return holdsRole(principal, 'manager')
    case 'identity.admin':
      return holdsRole(principal, 'admin')
    case 'workspace.admin':
      return principal.kind === 'person' && principal.workspaceAdmin
  }
}

/** Name of the principal in audit entries: an id, never a key. */
export function actorOf(principal: Principal): string {
  return principal.kind === 'person' ? `user:${principal.userId}` : `key:${principal.keyId}`
}

function holdsRole(principal: Principal, least: Role): boolean {
  if (principal.kind === 'write_key' || principal.role === null) return false
  return roles.indexOf(principal.role) >= roles.indexOf(least)
}
