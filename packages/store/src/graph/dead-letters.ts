import type { Sql } from '../sql/sql.ts'
import { upsertRows, type TableShape } from '../sql/upsert.ts'

/** A record that could not be taken, kept as it came. */
export interface DeadLetter {
  readonly letter_id: string
  readonly source: string
  readonly received_at: number
  readonly kind: 'event' | 'row'
  /** The call that its route named; null: none. */
  readonly call: string | null
  /** The client's clock when it sent, milliseconds; null: it did not say. */
  readonly sent_at: number | null
  /** See `letterCodes`. */
  readonly code: string
  readonly message_id: string | null
  readonly payload: string
  readonly replayed_at: number | null
}

const letterTable: TableShape = {
  table: 'dead_letters',
  columns: {
    letter_id: 'text',
    source: 'text',
    received_at: 'int',
    kind: 'text',
    call: 'text',
    sent_at: 'int',
    code: 'text',
    message_id: 'text',
    payload: 'text',
    replayed_at: 'int',
  },
  key: ['letter_id'],
}

const columns = 'letter_id, source, received_at, kind, call, sent_at, code, message_id, payload, replayed_at'

export async function saveDeadLetters(sql: Sql, spaceId: string, letters: readonly DeadLetter[]): Promise<void> {
  await upsertRows(sql, letterTable, spaceId, letters)
}

/** Newest first; of one source, or of all (null). `before` is the last one of the page before. */
export async function deadLetters(
  sql: Sql,
  spaceId: string,
  limit: number,
  before: { readonly received_at: number; readonly letter_id: string } | null,
  source: string | null = null,
): Promise<readonly DeadLetter[]> {
  const beyond = before ?? { received_at: Number.MAX_SAFE_INTEGER, letter_id: '' }
  const ofSource = source === null ? '' : ' AND source = ?'
  return sql.all<DeadLetter>(
    `SELECT ${columns} FROM dead_letters
     WHERE space_id = ? AND (received_at < ? OR (received_at = ? AND letter_id < ?))${ofSource}
     ORDER BY received_at DESC, letter_id DESC LIMIT ?`,
    [spaceId, beyond.received_at, beyond.received_at, beyond.letter_id, ...(source === null ? [] : [source]), limit],
  )
}

export async function findDeadLetter(sql: Sql, spaceId: string, letterId: string): Promise<DeadLetter | null> {
  const [letter] = await sql.all<DeadLetter>(
    `SELECT ${columns} FROM dead_letters WHERE space_id = ? AND letter_id = ?`,
    [spaceId, letterId],
  )
  return letter ?? null
}

export async function noteReplay(sql: Sql, spaceId: string, letterId: string, atMs: number): Promise<void> {
  await sql.run('UPDATE dead_letters SET replayed_at = ? WHERE space_id = ? AND letter_id = ?', [
    atMs,
    spaceId,
    letterId,
  ])
}
