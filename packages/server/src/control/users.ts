import {
  appendAudit,
  createUser,
  endSessionsOf,
  findUser,
  membershipsOf,
  setMemberships,
  setUserDisabled,
  setUserRole,
  spacesOf,
  userOfName,
  usersOf,
  type Membership,
  type Sql,
  type StoredUser,
} from '@selfsame/store'
import type { ControlContext } from './control-context.ts'
import { ControlFault } from './control-fault.ts'
import { checkUserName } from './names.ts'
import { makeSignInLink } from './sign-in.ts'

export interface UserWithSpaces {
  readonly user: StoredUser
  readonly memberships: readonly Membership[]
}

export interface UserChange {
  readonly administrator?: boolean | undefined
  /** Replaces all memberships. */
  readonly memberships?: readonly Membership[] | undefined
  readonly disabled?: boolean | undefined
}

/** Makes a user who signs in by link and then chooses a password. The token of the link is shown once. */
export async function makeUser(
  { database, now }: ControlContext,
  actor: string,
  workspaceId: string,
  given: { readonly name: string; readonly administrator: boolean; readonly memberships: readonly Membership[] },
): Promise<UserWithSpaces & { readonly signInToken: string }> {
  checkUserName(given.name)
  return database.transaction(async (sql) => {
    const at = now()
    if (await userOfName(sql, workspaceId, given.name)) {
      throw new ControlFault('user.name_taken', 'there is a user of that name already')
    }
    await checkSpaces(sql, workspaceId, given.memberships)
    const userId = await createUser(sql, workspaceId, given.name, given.administrator ? 'admin' : 'member', at)
    await setMemberships(sql, userId, given.memberships, at)
    const signInToken = await makeSignInLink(sql, userId, at)
    await appendAudit(sql, workspaceId, {
      at,
      actor,
      action: 'user.create',
      object: userId,
      details: { administrator: given.administrator, memberships: inWords(given.memberships) },
    })
    return { ...(await knownUser(sql, workspaceId, userId)), signInToken }
  })
}

/** Changes what a user may do, and ends what the user is signed in with. One administrator stays. */
export async function changeUser(
  { database, now }: ControlContext,
  actor: string,
  workspaceId: string,
  userId: string,
  change: UserChange,
): Promise<UserWithSpaces> {
  return database.transaction(async (sql) => {
    if (sql.dialect === 'postgres') await sql.run('LOCK TABLE users IN EXCLUSIVE MODE')
    const at = now()
    const { user } = await knownUser(sql, workspaceId, userId)
    const losesAdministration = change.administrator === false || change.disabled === true
    if (losesAdministration && isActiveAdministrator(user)) {
      const others = (await usersOf(sql, workspaceId)).filter((other) => other.user_id !== userId)
      if (!others.some(isActiveAdministrator)) {
        throw new ControlFault('user.last_administrator', 'the last administrator of a workspace stays one')
      }
    }
    if (change.administrator !== undefined) await setUserRole(sql, userId, change.administrator ? 'admin' : 'member')
    if (change.memberships) {
      await checkSpaces(sql, workspaceId, change.memberships)
      await setMemberships(sql, userId, change.memberships, at)
    }
    if (change.disabled !== undefined) await setUserDisabled(sql, userId, change.disabled ? at : null)
    await endSessionsOf(sql, userId, at)
    await appendAudit(sql, workspaceId, {
      at,
      actor,
      action: 'user.change',
      object: userId,
      details: {
        administrator: change.administrator ?? null,
        disabled: change.disabled ?? null,
        memberships: change.memberships ? inWords(change.memberships) : null,
      },
    })
    return knownUser(sql, workspaceId, userId)
  })
}

/** A new one-time link for a user. */
export async function linkUser(
  { database, now }: ControlContext,
  actor: string,
  workspaceId: string,
  userId: string,
): Promise<string> {
  return database.transaction(async (sql) => {
    const at = now()
    const { user } = await knownUser(sql, workspaceId, userId)
    if (user.disabled_at !== null) throw unknownUser()
    const token = await makeSignInLink(sql, userId, at)
    await appendAudit(sql, workspaceId, { at, actor, action: 'user.link', object: userId, details: {} })
    return token
  })
}

export async function listUsers(sql: Sql, workspaceId: string): Promise<readonly UserWithSpaces[]> {
  const users = await usersOf(sql, workspaceId)
  return Promise.all(users.map(async (user) => ({ user, memberships: await membershipsOf(sql, user.user_id) })))
}

async function knownUser(sql: Sql, workspaceId: string, userId: string): Promise<UserWithSpaces> {
  const user = await findUser(sql, workspaceId, userId)
  if (!user) throw unknownUser()
  return { user, memberships: await membershipsOf(sql, userId) }
}

function unknownUser(): ControlFault {
  return new ControlFault('user.unknown', 'there is no such user')
}

async function checkSpaces(sql: Sql, workspaceId: string, memberships: readonly Membership[]): Promise<void> {
  const known = new Set((await spacesOf(sql, workspaceId)).map(({ space_id }) => space_id))
  if (memberships.every(({ space_id }) => known.has(space_id))) return
  throw new ControlFault('space.unknown', 'there is no such space')
}

function isActiveAdministrator(user: StoredUser): boolean {
  return user.role === 'admin' && user.disabled_at === null
}

function inWords(memberships: readonly Membership[]): readonly string[] {
  return memberships.map(({ space_id, role }) => `${space_id}:${role}`)
}
