import {
  appendAudit,
  endSession,
  endSessionsOf,
  findUser,
  saveSession,
  saveSignInLink,
  setPasswordHash,
  sweepSignIns,
  useSignInLink,
  userOfName,
  type Sql,
  type StoredUser,
} from '@selfsame/store'
import { hashOfToken, makeToken } from '../access/key-text.ts'
import { hashPassword, isPassword, longestPassword, passwordFault, shortestPassword } from '../access/passwords.ts'
import { countAttempt, forgiveName } from '../access/sign-in-limits.ts'
import type { ControlContext } from './control-context.ts'
import { ControlFault } from './control-fault.ts'

export interface StartedSession {
  /** What the cookie holds. */
  readonly token: string
  /** Goes with every write, in `X-Selfsame-CSRF`. */
  readonly csrfToken: string
  readonly expiresAt: number
  readonly user: StoredUser
}

export const linkLastsMs = 24 * 3_600_000
export const sessionLastsMs = 12 * 3_600_000
/** Sessions, links and attempts that have ended are forgotten after this. */
const rememberedForMs = 30 * 86_400_000

/** A one-time link's token; only its hash is kept. */
export async function makeSignInLink(sql: Sql, userId: string, nowMs: number): Promise<string> {
  const token = makeToken()
  await saveSignInLink(sql, hashOfToken(token), userId, nowMs, nowMs + linkLastsMs)
  return token
}

/** Signs in with a one-time link, and sets a password where one is given. The session that was there ends. */
export async function signInWithLink(
  { database, now }: ControlContext,
  workspaceId: string,
  given: { readonly token: string; readonly password?: string | undefined },
  formerToken: string | null,
): Promise<StartedSession> {
  if (given.password !== undefined) checkPassword(given.password)
  const passwordHash = given.password === undefined ? null : await hashPassword(given.password)
  return database.transaction(async (sql) => {
    const at = now()
    const userId = await useSignInLink(sql, hashOfToken(given.token), at)
    const user = userId === null ? null : await findUser(sql, workspaceId, userId)
    if (!user || user.disabled_at !== null) {
      throw new ControlFault('sign_in.refused', 'this link was used before, or has expired: ask for another one')
    }
    if (passwordHash !== null) {
      await setPasswordHash(sql, user.user_id, passwordHash)
      await endSessionsOf(sql, user.user_id, at)
    }
    const details = { by: 'link', passwordSet: passwordHash !== null }
    await appendAudit(sql, workspaceId, { at, actor: actorOf(user), action: 'sign_in', object: user.user_id, details })
    return startSession(sql, { ...user, password_hash: passwordHash ?? user.password_hash }, at, formerToken)
  })
}

/** Signs in with name and password. Wrong names and wrong passwords take the same time and get the same answer. */
export async function signInWithPassword(
  { database, now }: ControlContext,
  workspaceId: string,
  given: { readonly name: string; readonly password: string; readonly address: string },
  formerToken: string | null,
): Promise<StartedSession> {
  const subject = { workspaceId, name: given.name, address: given.address }
  const wait = await countAttempt(database, subject, now())
  if (wait !== null) {
    throw new ControlFault('sign_in.too_many_attempts', `too many attempts: try again in ${wait} seconds`, wait)
  }
  const user = await userOfName(database, workspaceId, given.name)
  const isRight = await isPassword(user?.password_hash ?? null, given.password)
  if (!user || !isRight || user.disabled_at !== null) {
    await noteRefusal({ database, now }, workspaceId, user)
    throw new ControlFault('sign_in.refused', 'name or password is wrong')
  }
  await forgiveName(database, subject)
  return database.transaction(async (sql) => {
    const at = now()
    const details = { by: 'password' }
    await appendAudit(sql, workspaceId, { at, actor: actorOf(user), action: 'sign_in', object: user.user_id, details })
    return startSession(sql, user, at, formerToken)
  })
}

export async function signOut(
  { database, now }: ControlContext,
  workspaceId: string,
  userId: string,
  token: string,
): Promise<void> {
  await database.transaction(async (sql) => {
    const at = now()
    await endSession(sql, hashOfToken(token), at)
    await appendAudit(sql, workspaceId, {
      at,
      actor: `user:${userId}`,
      action: 'sign_out',
      object: userId,
      details: {},
    })
  })
}

/** Sets a password. Every session of the user ends; the one it was set from goes on under a new id. */
export async function changePassword(
  { database, now }: ControlContext,
  workspaceId: string,
  userId: string,
  given: { readonly current?: string | undefined; readonly next: string },
): Promise<StartedSession> {
  checkPassword(given.next)
  const user = await findUser(database, workspaceId, userId)
  if (!user) throw new ControlFault('user.unknown', 'there is no such user')
  if (user.password_hash !== null) {
    const wait = await countAttempt(database, { workspaceId, name: user.name, address: `user:${userId}` }, now())
    if (wait !== null) {
      throw new ControlFault('sign_in.too_many_attempts', `too many attempts: try again in ${wait} seconds`, wait)
    }
    if (!(await isPassword(user.password_hash, given.current ?? ''))) {
      await noteRefusal({ database, now }, workspaceId, user)
      throw new ControlFault('user.wrong_password', 'the current password is wrong')
    }
  }
  const passwordHash = await hashPassword(given.next)
  return database.transaction(async (sql) => {
    const at = now()
    await setPasswordHash(sql, userId, passwordHash)
    await endSessionsOf(sql, userId, at)
    const entry = { at, actor: actorOf(user), action: 'user.password', object: userId, details: {} }
    await appendAudit(sql, workspaceId, entry)
    return startSession(sql, { ...user, password_hash: passwordHash }, at, null)
  })
}

/** Always a new id: one that somebody planted before is worth nothing. */
async function startSession(
  sql: Sql,
  user: StoredUser,
  at: number,
  formerToken: string | null,
): Promise<StartedSession> {
  if (formerToken !== null) await endSession(sql, hashOfToken(formerToken), at)
  await sweepSignIns(sql, at - rememberedForMs)
  const token = makeToken()
  const csrfToken = makeToken()
  const expiresAt = at + sessionLastsMs
  await saveSession(sql, hashOfToken(token), {
    user_id: user.user_id,
    csrf_token: csrfToken,
    created_at: at,
    expires_at: expiresAt,
  })
  return { token, csrfToken, expiresAt, user }
}

/** What was typed as a name is not kept: somebody may have typed a password there. */
async function noteRefusal(
  { database, now }: ControlContext,
  workspaceId: string,
  user: StoredUser | null,
): Promise<void> {
  const object = user?.user_id ?? 'unknown'
  await database.transaction((sql) =>
    appendAudit(sql, workspaceId, { at: now(), actor: 'nobody', action: 'sign_in.refused', object, details: {} }),
  )
}

function checkPassword(password: string): void {
  const code = passwordFault(password)
  if (code === 'user.password_too_short') {
    throw new ControlFault(code, `a password has ${shortestPassword} characters at least`)
  }
  if (code === 'user.password_too_long') {
    throw new ControlFault(code, `a password has ${longestPassword} bytes at most`)
  }
}

function actorOf(user: StoredUser): string {
  return `user:${user.user_id}`
}
