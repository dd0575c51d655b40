import type { Sql } from '../sql/sql.ts'

/** The row of a space that its lane locks: what is numbered and timed within the space. */
export interface SpaceRow {
  readonly spaceId: string
  /** Makes ids unguessable; never leaves the server. */
  readonly secret: string
  /** Latest `receivedAt` given out, milliseconds. */
  readonly clock: number
  readonly recordSeq: number
  readonly changeSeq: number
  readonly rulesetVersion: number
}

/** Takes the lane of a space until the transaction ends; null: there is no such space. */
export async function lockSpace(sql: Sql, spaceId: string): Promise<SpaceRow | null> {
  return spaceRow(sql, spaceId, sql.dialect === 'postgres' ? ' FOR UPDATE' : '')
}

/** The same without taking the lane. */
export async function findSpaceRow(sql: Sql, spaceId: string): Promise<SpaceRow | null> {
  return spaceRow(sql, spaceId, '')
}

async function spaceRow(sql: Sql, spaceId: string, lock: '' | ' FOR UPDATE'): Promise<SpaceRow | null> {
  const [row] = await sql.all<{
    secret: string
    clock: number
    record_seq: number
    change_seq: number
    ruleset_version: number
  }>(`SELECT secret, clock, record_seq, change_seq, ruleset_version FROM spaces WHERE space_id = ?${lock}`, [spaceId])
  if (!row) return null
  return {
    spaceId,
    secret: row.secret,
    clock: row.clock,
    recordSeq: row.record_seq,
    changeSeq: row.change_seq,
    rulesetVersion: row.ruleset_version,
  }
}

export async function saveSpace(
  sql: Sql,
  { spaceId, clock, recordSeq, changeSeq, rulesetVersion }: Omit<SpaceRow, 'secret'>,
): Promise<void> {
  await sql.run('UPDATE spaces SET clock = ?, record_seq = ?, change_seq = ?, ruleset_version = ? WHERE space_id = ?', [
    clock,
    recordSeq,
    changeSeq,
    rulesetVersion,
    spaceId,
  ])
}

/** What the table of sources says of a source; it goes beside the ruleset, the stricter one counts. */
export interface StoredSource {
  readonly source: string
  readonly class: 'server' | 'public'
  readonly trust: 'trusted' | 'untrusted'
}

export async function sourcesOf(sql: Sql, spaceId: string): Promise<readonly StoredSource[]> {
  return sql.all<StoredSource & object>('SELECT source, class, trust FROM sources WHERE space_id = ? ORDER BY source', [
    spaceId,
  ])
}

export async function rulesetBody(sql: Sql, spaceId: string, version: number): Promise<string | null> {
  const [row] = await sql.all<{ body: string }>('SELECT body FROM rulesets WHERE space_id = ? AND version = ?', [
    spaceId,
    version,
  ])
  return row?.body ?? null
}

/** Stores the next version of a space's ruleset; its number. */
export async function saveRuleset(
  sql: Sql,
  spaceId: string,
  ruleset: {
    readonly body: string
    readonly actor: string
    readonly note: string | null
    readonly created_at: number
  },
): Promise<number> {
  const [last] = await sql.all<{ version: number | null }>(
    'SELECT max(version) AS version FROM rulesets WHERE space_id = ?',
    [spaceId],
  )
  const version = (last?.version ?? 0) + 1
  await sql.run('INSERT INTO rulesets (space_id, version, body, note, actor, created_at) VALUES (?, ?, ?, ?, ?, ?)', [
    spaceId,
    version,
    ruleset.body,
    ruleset.note,
    ruleset.actor,
    ruleset.created_at,
  ])
  return version
}
