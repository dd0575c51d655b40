import {
  appendAudit,
  connectionsOf,
  findKey,
  keysOf,
  lockSpace,
  newControlId,
  replaceKey,
  revokeKey,
  saveKey,
  type Sql,
  type StoredKey,
} from '@selfsame/store'
import { hashOfToken, makeKeyText } from '../access/key-text.ts'
import type { KeyClass, Role } from '../access/principal.ts'
import type { ControlContext } from './control-context.ts'
import { ControlFault } from './control-fault.ts'
import { checkSourceName } from './names.ts'
import { connectIn, feedsOthers, type Reach } from './sources.ts'

export interface NewWriteKey {
  readonly source: string
  /** Chosen by whoever makes the key, never assumed. */
  readonly class: KeyClass
  readonly trust?: 'trusted' | 'untrusted' | undefined
  /** Answers may name the profile. Default false; a public key cannot have it. */
  readonly mayView?: boolean | undefined
  readonly label?: string | null | undefined
  /** Milliseconds; null: never. */
  readonly expiresAt?: number | null | undefined
}

export interface NewApiKey {
  readonly role: Role
  readonly label?: string | null | undefined
  readonly expiresAt?: number | null | undefined
}

export interface MadeKey {
  /** The key itself: shown now, and never again. */
  readonly text: string
  readonly key: StoredKey
  /** Spaces that a write key feeds, by id; the space of an API key. */
  readonly spaceIds: readonly string[]
}

/** How long the older of two keys goes on after a rotation, unless told otherwise. */
export const rotationOverlapMs = 24 * 3_600_000

/** Makes a write key of a source, and connects the source to the space where it is not. */
export async function makeWriteKey(
  context: ControlContext,
  actor: string,
  reach: Reach,
  spaceId: string,
  given: NewWriteKey,
): Promise<MadeKey> {
  checkSourceName(given.source)
  if (given.class === 'public' && given.mayView === true) {
    throw new ControlFault(
      'key.public_sees_nothing',
      'a public key writes and sees nothing: its answers name no profile',
    )
  }
  checkExpiry(given.expiresAt, context.now())
  return context.database.transaction(async (sql) => {
    const at = context.now()
    const { isNew } = await connectIn(sql, at, actor, reach, spaceId, given.source, given)
    const spaceIds = await spacesFedBy(sql, reach, given.source)
    const draft = {
      kind: 'write',
      class: given.class,
      role: given.mayView === true ? 'viewer' : null,
      source: given.source,
      space_id: null,
      label: given.label ?? null,
      expires_at: given.expiresAt ?? null,
    } as const
    const made = await storeKey(sql, at, actor, reach.workspaceId, draft, spaceIds)
    const entry = keyEntry('key.create', made.key)
    await appendAudit(sql, spaceId, { at, actor, ...entry, details: { ...entry.details, connects: isNew } })
    return made
  })
}

/** Makes an API key of one space. */
export async function makeApiKey(
  { database, now }: ControlContext,
  actor: string,
  workspaceId: string,
  spaceId: string,
  given: NewApiKey,
): Promise<MadeKey> {
  checkExpiry(given.expiresAt, now())
  return database.transaction(async (sql) => {
    if (!(await lockSpace(sql, spaceId))) throw new ControlFault('space.unknown', 'there is no such space')
    const at = now()
    const draft = {
      kind: 'api',
      class: null,
      role: given.role,
      source: null,
      space_id: spaceId,
      label: given.label ?? null,
      expires_at: given.expiresAt ?? null,
    } as const
    const made = await storeKey(sql, at, actor, workspaceId, draft, [spaceId])
    await appendAudit(sql, spaceId, { at, actor, ...keyEntry('key.create', made.key) })
    return made
  })
}

/** Makes a second key beside one (of the space given, or of any), with the same rights; the older one ends after the overlap. A key is replaced once. */
export async function rotateKey(
  { database, now }: ControlContext,
  actor: string,
  reach: Reach,
  spaceId: string | null,
  keyId: string,
  overlapMs: number = rotationOverlapMs,
): Promise<MadeKey & { readonly olderEndsAt: number }> {
  return database.transaction(async (sql) => {
    const at = now()
    const { key, spaceIds } = await manageableKey(sql, reach, spaceId, keyId)
    if (!isLive(key, at)) throw new ControlFault('key.ended', 'this key is revoked or expired: make a new one')
    const made = await storeKey(sql, at, actor, reach.workspaceId, { ...key, expires_at: null }, spaceIds)
    if (!(await replaceKey(sql, keyId, made.key.key_id, at + overlapMs))) {
      throw new ControlFault('key.replaced', 'another key has taken the place of this one: rotate that one')
    }
    const entry = keyEntry('key.rotate', key)
    await appendAudit(sql, chainOf(key, spaceIds, reach), {
      at,
      actor,
      ...entry,
      details: { ...entry.details, replacedBy: made.key.key_id },
    })
    const olderEndsAt = Math.min(key.expires_at ?? Number.POSITIVE_INFINITY, at + overlapMs)
    return { ...made, olderEndsAt }
  })
}

/** Ends a key: within a second no process takes it. */
export async function endKey(
  { database, now }: ControlContext,
  actor: string,
  reach: Reach,
  spaceId: string | null,
  keyId: string,
): Promise<void> {
  await database.transaction(async (sql) => {
    const at = now()
    const { key, spaceIds } = await manageableKey(sql, reach, spaceId, keyId)
    if (!(await revokeKey(sql, keyId, at))) throw new ControlFault('key.ended', 'this key was revoked before')
    await appendAudit(sql, chainOf(key, spaceIds, reach), { at, actor, ...keyEntry('key.revoke', key) })
  })
}

export interface ListedKey {
  readonly key: StoredKey
  readonly spaceIds: readonly string[]
}

/** Keys that open or feed the space; all of the workspace for who reaches all. Oldest first. */
export async function listKeys(sql: Sql, reach: Reach, spaceId: string | null): Promise<readonly ListedKey[]> {
  const keys = await keysOf(sql, reach.workspaceId)
  const fed = new Map<string, readonly string[]>()
  const listed: ListedKey[] = []
  for (const key of keys) {
    const spaceIds = await spacesOfKey(sql, reach.workspaceId, key, fed)
    if (spaceId === null ? reach.spaceId === null : spaceIds.includes(spaceId)) listed.push({ key, spaceIds })
  }
  return listed
}

export function isLive(key: Pick<StoredKey, 'revoked_at' | 'expires_at'>, nowMs: number): boolean {
  return key.revoked_at === null && (key.expires_at === null || key.expires_at > nowMs)
}

/** A key of another space is unknown; one that reaches beyond the caller's rights is somebody else's to change. */
async function manageableKey(sql: Sql, reach: Reach, spaceId: string | null, keyId: string): Promise<ListedKey> {
  const key = await findKey(sql, reach.workspaceId, keyId)
  const spaceIds = key ? await spacesOfKey(sql, reach.workspaceId, key, new Map()) : []
  const within = reach.spaceId ?? spaceId
  if (!key || (within !== null && !spaceIds.includes(within))) {
    throw new ControlFault('key.unknown', 'there is no such key')
  }
  if (reach.spaceId !== null && spaceIds.length > 1) throw feedsOthers()
  return { key, spaceIds }
}

async function spacesOfKey(
  sql: Sql,
  workspaceId: string,
  key: StoredKey,
  fed: Map<string, readonly string[]>,
): Promise<readonly string[]> {
  if (key.space_id !== null) return [key.space_id]
  if (key.source === null) return []
  const known = fed.get(key.source)
  if (known) return known
  const spaceIds = (await connectionsOf(sql, workspaceId, key.source)).map(({ space_id }) => space_id)
  fed.set(key.source, spaceIds)
  return spaceIds
}

/** A new key writes into every space of its source, so that whoever makes it must reach them all. */
async function spacesFedBy(sql: Sql, reach: Reach, source: string): Promise<readonly string[]> {
  const spaceIds = (await connectionsOf(sql, reach.workspaceId, source)).map(({ space_id }) => space_id)
  if (reach.spaceId !== null && spaceIds.length > 1) throw feedsOthers()
  return spaceIds
}

async function storeKey(
  sql: Sql,
  at: number,
  actor: string,
  workspaceId: string,
  draft: Pick<StoredKey, 'kind' | 'class' | 'role' | 'source' | 'space_id' | 'label' | 'expires_at'>,
  spaceIds: readonly string[],
): Promise<MadeKey> {
  const text = makeKeyText(draft.class ?? 'api')
  const key = {
    ...draft,
    key_id: newControlId('k'),
    workspace_id: workspaceId,
    last4: text.slice(-4),
    created_at: at,
    created_by: actor,
  }
  await saveKey(sql, hashOfToken(text), key)
  return { text, spaceIds, key: { ...key, revoked_at: null, replaced_by: null, last_used_at: null } }
}

/** The chain of the one space it concerns, else that of the workspace. */
function chainOf(key: StoredKey, spaceIds: readonly string[], { workspaceId }: Reach): string {
  return key.space_id ?? (spaceIds.length === 1 ? (spaceIds[0] ?? workspaceId) : workspaceId)
}

function keyEntry(action: string, key: StoredKey) {
  const { kind, class: keyClass, role, source } = key
  return { action, object: key.key_id, details: { kind, class: keyClass, role, source } }
}

function checkExpiry(expiresAt: number | null | undefined, nowMs: number): void {
  if (expiresAt != null && expiresAt <= nowMs) {
    throw new ControlFault('key.expires_in_the_past', 'a key expires at some instant to come')
  }
}
