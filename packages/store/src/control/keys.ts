import type { Sql } from '../sql/sql.ts'

/** A key as it is stored: never its text. */
export interface StoredKey {
  readonly key_id: string
  readonly workspace_id: string
  readonly kind: 'write' | 'api'
  /** Of a write key; null: an API key. */
  readonly class: 'public' | 'server' | null
  /** Role of an API key. `viewer` on a write key: its answers may name the profile. */
  readonly role: 'viewer' | 'manager' | 'admin' | null
  /** Of a write key. */
  readonly source: string | null
  /** Of an API key. */
  readonly space_id: string | null
  readonly last4: string
  readonly label: string | null
  readonly created_at: number
  readonly created_by: string
  readonly expires_at: number | null
  readonly revoked_at: number | null
  /** Key that was made to take its place; null: none yet. */
  readonly replaced_by: string | null
  readonly last_used_at: number | null
}

const columns = `key_id, workspace_id, kind, class, role, source, space_id, last4, label, created_at, created_by,
  expires_at, revoked_at, replaced_by, last_used_at`

export async function saveKey(
  sql: Sql,
  hash: string,
  key: Omit<StoredKey, 'revoked_at' | 'replaced_by' | 'last_used_at'>,
): Promise<void> {
  await sql.run(
    `INSERT INTO keys (key_hash, key_id, workspace_id, kind, class, role, source, space_id, last4, label, created_at,
       created_by, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      hash,
      key.key_id,
      key.workspace_id,
      key.kind,
      key.class,
      key.role,
      key.source,
      key.space_id,
      key.last4,
      key.label,
      key.created_at,
      key.created_by,
      key.expires_at,
    ],
  )
}

/** The key of a hash, whatever became of it, with the hash as it is stored; null: there is none. */
export async function keyOfHash(sql: Sql, hash: string): Promise<(StoredKey & { readonly key_hash: string }) | null> {
  const [row] = await sql.all<StoredKey & { readonly key_hash: string }>(
    `SELECT key_hash, ${columns} FROM keys WHERE key_hash = ?`,
    [hash],
  )
  return row ?? null
}

export async function findKey(sql: Sql, workspaceId: string, keyId: string): Promise<StoredKey | null> {
  const [row] = await sql.all<StoredKey>(`SELECT ${columns} FROM keys WHERE key_id = ? AND workspace_id = ?`, [
    keyId,
    workspaceId,
  ])
  return row ?? null
}

/** Oldest first, revoked and expired ones included. */
export async function keysOf(sql: Sql, workspaceId: string): Promise<readonly StoredKey[]> {
  return sql.all<StoredKey>(`SELECT ${columns} FROM keys WHERE workspace_id = ? ORDER BY created_at, key_id`, [
    workspaceId,
  ])
}

/** Ends a key for good. false: it was revoked before. */
export async function revokeKey(sql: Sql, keyId: string, nowMs: number): Promise<boolean> {
  return (await sql.run('UPDATE keys SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL', [nowMs, keyId])) > 0
}

/** The key goes on until `endsAt` at most, beside the one that takes its place. false: another one took it before. */
export async function replaceKey(sql: Sql, keyId: string, replacedBy: string, endsAt: number): Promise<boolean> {
  const changed = await sql.run(
    `UPDATE keys SET replaced_by = ?, expires_at = CASE WHEN coalesce(expires_at, ?) < ? THEN expires_at ELSE ? END
     WHERE key_id = ? AND replaced_by IS NULL AND revoked_at IS NULL`,
    [replacedBy, endsAt, endsAt, endsAt, keyId],
  )
  return changed > 0
}

export async function noteKeyUse(sql: Sql, keyId: string, usedAt: number): Promise<void> {
  await sql.run('UPDATE keys SET last_used_at = ? WHERE key_id = ? AND coalesce(last_used_at, 0) < ?', [
    usedAt,
    keyId,
    usedAt,
  ])
}
