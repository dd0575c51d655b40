import type { RecordRef } from '@selfsame/core'
import { asRows, rowsOf, type Sql } from '../sql/sql.ts'
import { upsertRows, type TableShape } from '../sql/upsert.ts'

/** A record as it is stored. Instants are milliseconds. */
export interface StoredRecord {
  readonly source: string
  readonly record_key: string
  /** Order of first storing within the space. */
  readonly seq: number
  readonly kind: 'event' | 'row'
  readonly event: string | null
  /** null: it carries no usable identifier and is no row, and belongs to no trace. */
  readonly trace_id: string | null
  readonly observed_at: number | null
  /** Of this version; a row keeps the seniority of its first one, `first_effective_at`. */
  readonly effective_at: number
  readonly received_at: number
  readonly first_effective_at: number
  /** JSON text as it was sent. */
  readonly payload: string
  /** JSON list of the anchor types that carried a proof; null: none. */
  readonly proven: string | null
  /** 1: the row was deleted at its source. */
  readonly withdrawn: number
}

const recordTable: TableShape = {
  table: 'records',
  columns: {
    source: 'text',
    record_key: 'text',
    seq: 'int',
    kind: 'text',
    event: 'text',
    trace_id: 'text',
    observed_at: 'int',
    effective_at: 'int',
    received_at: 'int',
    first_effective_at: 'int',
    payload: 'text',
    proven: 'text',
    withdrawn: 'int',
  },
  key: ['source', 'record_key'],
}

export async function findRecords(
  sql: Sql,
  spaceId: string,
  refs: readonly RecordRef[],
): Promise<readonly StoredRecord[]> {
  if (refs.length === 0) return []
  return sql.all<StoredRecord>(
    `SELECT r.source, r.record_key, r.seq, r.kind, r.event, r.trace_id, r.observed_at, r.effective_at, r.received_at,
       r.first_effective_at, r.payload, r.proven, r.withdrawn
     FROM ${rowsOf(sql, { source: 'text', key: 'text' }, 'given')}
     CROSS JOIN records r WHERE r.space_id = ? AND r.source = given.source AND r.record_key = given.key`,
    [asRows(refs), spaceId],
  )
}

export async function saveRecords(sql: Sql, spaceId: string, records: readonly StoredRecord[]): Promise<void> {
  await upsertRows(sql, recordTable, spaceId, records)
}

/** All records in the order in which they were first stored, from after `seq`; a page at a time. */
export async function recordsAfter(
  sql: Sql,
  spaceId: string,
  seq: number,
  limit: number,
): Promise<readonly StoredRecord[]> {
  return sql.all<StoredRecord>(
    `SELECT source, record_key, seq, kind, event, trace_id, observed_at, effective_at, received_at, first_effective_at,
       payload, proven, withdrawn
     FROM records WHERE space_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
    [spaceId, seq, limit],
  )
}

/** Points the records of some traces at others: where traces of one signature grow together. */
export async function moveRecords(
  sql: Sql,
  spaceId: string,
  moves: readonly { readonly from: string; readonly to: string }[],
): Promise<void> {
  for (const { from, to } of moves) {
    await sql.run('UPDATE records SET trace_id = ? WHERE space_id = ? AND trace_id = ?', [to, spaceId, from])
  }
}
