import { createHash } from 'node:crypto'
import type { Sql } from '../sql/sql.ts'

export interface AuditEntry {
  /** Milliseconds. */
  readonly at: number
  /** `user:<id>`, `key:<id>`, `command-line`, `system`. */
  readonly actor: string
  /** What was done or refused, dotted: `key.revoke`, `write.refused`. */
  readonly action: string
  /** Id of what it was done to. */
  readonly object: string
  /** Ids, names of sources, roles, codes and counts. Never a value of a record. */
  readonly details: Readonly<Record<string, AuditDetail>>
}
export type AuditDetail = string | number | boolean | null | readonly string[]

export interface StoredAuditEntry {
  readonly seq: number
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly object: string
  /** JSON text. */
  readonly details: string
  readonly previous_hash: string
  readonly hash: string
}

export type AuditVerdict =
  | { readonly ok: true; readonly entries: number; readonly hash: string }
  | { readonly ok: false; readonly seq: number; readonly because: 'changed' | 'missing' }

/** What the first entry of a chain follows. */
export const auditBeginning = '0'.repeat(64)

/**
 * Appends an entry to the chain of a space, or of the workspace for what belongs to no single space, in the transaction of
 * the change itself. Each entry carries the hash of the one before it. The number of the entry.
 */
export async function appendAudit(sql: Sql, chain: string, entry: AuditEntry): Promise<number> {
  await lockChain(sql, chain)
  const [last] = await sql.all<{ seq: number; hash: string }>(
    'SELECT seq, hash FROM audit WHERE space_id = ? ORDER BY seq DESC LIMIT 1',
    [chain],
  )
  const seq = (last?.seq ?? 0) + 1
  const previous = last?.hash ?? auditBeginning
  const { at, actor, action, object } = entry
  const details = JSON.stringify(entry.details)
  const hash = hashOfEntry(chain, { seq, at, actor, action, object, details, previous_hash: previous })
  await sql.run(
    'INSERT INTO audit (space_id, seq, at, actor, action, object, details, previous_hash, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
    [chain, seq, at, actor, action, object, details, previous, hash],
  )
  return seq
}

/** Entries of a chain, newest first, below `beforeSeq`. */
export async function auditEntries(
  sql: Sql,
  chain: string,
  beforeSeq: number,
  limit: number,
): Promise<readonly StoredAuditEntry[]> {
  return sql.all<StoredAuditEntry>(
    `SELECT seq, at, actor, action, object, details, previous_hash, hash FROM audit
     WHERE space_id = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
    [chain, beforeSeq, limit],
  )
}

/** How far a chain had come. Kept somewhere else, it tells later whether the chain still goes through it. */
export interface AuditCheckpoint {
  readonly seq: number
  readonly hash: string
}

export async function auditCheckpoint(sql: Sql, chain: string): Promise<AuditCheckpoint> {
  const [last] = await sql.all<AuditCheckpoint>(
    'SELECT seq, hash FROM audit WHERE space_id = ? ORDER BY seq DESC LIMIT 1',
    [chain],
  )
  return last ?? { seq: 0, hash: auditBeginning }
}

/**
 * Walks a chain from its beginning: any entry that was changed, removed, added or moved is found. Whoever can write the
 * table could write the whole chain anew, or cut its end: against that, checkpoints that were kept elsewhere are compared.
 */
export async function verifyAudit(
  sql: Sql,
  chain: string,
  checkpoints: readonly AuditCheckpoint[] = [],
): Promise<AuditVerdict> {
  const hashAt = new Map(checkpoints.map(({ seq, hash }) => [seq, hash]))
  const furthest = Math.max(0, ...hashAt.keys())
  let seq = 0
  let previous = auditBeginning
  for (;;) {
    const page = await sql.all<StoredAuditEntry>(
      `SELECT seq, at, actor, action, object, details, previous_hash, hash FROM audit
       WHERE space_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
      [chain, seq, entriesPerPage],
    )
    for (const entry of page) {
      if (entry.seq !== seq + 1) return { ok: false, seq: seq + 1, because: 'missing' }
      if (entry.previous_hash !== previous || entry.hash !== hashOfEntry(chain, entry)) {
        return { ok: false, seq: entry.seq, because: 'changed' }
      }
      if ((hashAt.get(entry.seq) ?? entry.hash) !== entry.hash) return { ok: false, seq: entry.seq, because: 'changed' }
      seq = entry.seq
      previous = entry.hash
    }
    if (page.length < entriesPerPage) {
      if (seq < furthest) return { ok: false, seq: seq + 1, because: 'missing' }
      return { ok: true, entries: seq, hash: previous }
    }
  }
}

const entriesPerPage = 1000

/** Two processes that append to one chain on PostgreSQL come one after the other. */
async function lockChain(sql: Sql, chain: string): Promise<void> {
  if (sql.dialect !== 'postgres') return
  const spaces = await sql.all('SELECT space_id FROM spaces WHERE space_id = ? FOR UPDATE', [chain])
  if (spaces.length > 0) return
  await sql.all('SELECT workspace_id FROM workspaces WHERE workspace_id = ? FOR UPDATE', [chain])
}

function hashOfEntry(chain: string, entry: Omit<StoredAuditEntry, 'hash'>): string {
  const { seq, at, actor, action, object, details, previous_hash } = entry
  const text = JSON.stringify([chain, seq, at, actor, action, object, details, previous_hash])
  return createHash('sha256').update(text).digest('hex')
}
