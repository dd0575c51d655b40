import type { Sql } from '../sql/sql.ts'
import { newControlId } from './ids.ts'

export type MemberRole = 'viewer' | 'manager' | 'admin'

export interface StoredUser {
  readonly user_id: string
  readonly workspace_id: string
  readonly name: string
  /** `admin`: administrator of the workspace, and of every space in it; `member`: what the memberships say. */
  readonly role: 'admin' | 'member'
  readonly password_hash: string | null
  readonly disabled_at: number | null
  readonly created_at: number
}

export interface Membership {
  readonly space_id: string
  readonly role: MemberRole
}

const columns = 'user_id, workspace_id, name, role, password_hash, disabled_at, created_at'

export async function createUser(
  sql: Sql,
  workspaceId: string,
  name: string,
  role: StoredUser['role'],
  nowMs: number,
): Promise<string> {
  const id = newControlId('u')
  await sql.run('INSERT INTO users (user_id, workspace_id, name, role, created_at) VALUES (?, ?, ?, ?, ?)', [
    id,
    workspaceId,
    name,
    role,
    nowMs,
  ])
  return id
}

/** By name. */
export async function usersOf(sql: Sql, workspaceId: string): Promise<readonly StoredUser[]> {
  return sql.all<StoredUser>(`SELECT ${columns} FROM users WHERE workspace_id = ? ORDER BY name, user_id`, [
    workspaceId,
  ])
}

export async function findUser(sql: Sql, workspaceId: string, userId: string): Promise<StoredUser | null> {
  const [row] = await sql.all<StoredUser>(`SELECT ${columns} FROM users WHERE user_id = ? AND workspace_id = ?`, [
    userId,
    workspaceId,
  ])
  return row ?? null
}

export async function userOfName(sql: Sql, workspaceId: string, name: string): Promise<StoredUser | null> {
  const [row] = await sql.all<StoredUser>(`SELECT ${columns} FROM users WHERE workspace_id = ? AND name = ?`, [
    workspaceId,
    name,
  ])
  return row ?? null
}

export async function setUserRole(sql: Sql, userId: string, role: StoredUser['role']): Promise<void> {
  await sql.run('UPDATE users SET role = ? WHERE user_id = ?', [role, userId])
}

export async function setPasswordHash(sql: Sql, userId: string, hash: string): Promise<void> {
  await sql.run('UPDATE users SET password_hash = ? WHERE user_id = ?', [hash, userId])
}

/** The account stays, so that audit entries keep a name to show; it opens nothing any more. null: it does again. */
export async function setUserDisabled(sql: Sql, userId: string, disabledAt: number | null): Promise<void> {
  await sql.run('UPDATE users SET disabled_at = ? WHERE user_id = ?', [disabledAt, userId])
}

/** By space id. */
export async function membershipsOf(sql: Sql, userId: string): Promise<readonly Membership[]> {
  return sql.all<Membership & object>('SELECT space_id, role FROM members WHERE user_id = ? ORDER BY space_id', [
    userId,
  ])
}

export async function roleIn(sql: Sql, spaceId: string, userId: string): Promise<MemberRole | null> {
  const [row] = await sql.all<{ role: MemberRole }>('SELECT role FROM members WHERE space_id = ? AND user_id = ?', [
    spaceId,
    userId,
  ])
  return row?.role ?? null
}

/** Replaces all memberships of a user. */
export async function setMemberships(
  sql: Sql,
  userId: string,
  memberships: readonly Membership[],
  nowMs: number,
): Promise<void> {
  await sql.run('DELETE FROM members WHERE user_id = ?', [userId])
  for (const { space_id, role } of memberships) {
    await sql.run('INSERT INTO members (space_id, user_id, role, created_at) VALUES (?, ?, ?, ?)', [
      space_id,
      userId,
      role,
      nowMs,
    ])
  }
}
