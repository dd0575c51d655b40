import type { RecordRef } from '@selfsame/core'
import { asRows, rowsOf, type Sql } from '../sql/sql.ts'
import { rowsOfKeys, type KeyedRows } from '../sql/rows-of-keys.ts'
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
  return rowsOfKeys<StoredRecord>(
    sql,
    recordsByName,
    spaceId,
    refs.map(({ source, key }) => ({ source, record_key: key })),
  )
}

const recordsByName: KeyedRows = {
  table: 'records',
  columns: Object.keys(recordTable.columns),
  key: { source: 'text', record_key: 'text' },
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

/** Names of the records of some traces, senior first; at most `limit`. */
export async function recordsOfTraces(
  sql: Sql,
  spaceId: string,
  traceIds: readonly string[],
  limit: number,
): Promise<readonly (RecordRef & { readonly traceId: string; readonly seq: number })[]> {
  if (traceIds.length === 0) return []
  return sql.all<RecordRef & { readonly traceId: string; readonly seq: number }>(
    `SELECT r.source AS source, r.record_key AS key, r.trace_id AS "traceId", r.seq AS seq
     FROM ${rowsOf(sql, { trace_id: 'text' }, 'given')}
     CROSS JOIN records r WHERE r.space_id = ? AND r.trace_id = given.trace_id
     ORDER BY r.first_effective_at, r.source, r.record_key LIMIT ?`,
    [asRows(traceIds.map((trace_id) => ({ trace_id }))), spaceId, limit],
  )
}

/** The records of some traces, whole, in the order in which they were first stored. */
export async function storedRecordsOfTraces(
  sql: Sql,
  spaceId: string,
  traceIds: readonly string[],
): Promise<readonly StoredRecord[]> {
  if (traceIds.length === 0) return []
  return sql.all<StoredRecord>(
    `SELECT r.source, r.record_key, r.seq, r.kind, r.event, r.trace_id, r.observed_at, r.effective_at, r.received_at,
       r.first_effective_at, r.payload, r.proven, r.withdrawn
     FROM ${rowsOf(sql, { trace_id: 'text' }, 'given')}
     CROSS JOIN records r WHERE r.space_id = ? AND r.trace_id = given.trace_id ORDER BY r.seq`,
    [asRows(traceIds.map((trace_id) => ({ trace_id }))), spaceId],
  )
}

/** Points records at other traces. */
export async function retraceRecords(
  sql: Sql,
  spaceId: string,
  records: readonly { readonly source: string; readonly record_key: string; readonly trace_id: string | null }[],
): Promise<void> {
  if (sql.dialect === 'sqlite') {
    await sql.runEach(
      'UPDATE records SET trace_id = ? WHERE space_id = ? AND source = ? AND record_key = ?',
      records.map(({ source, record_key, trace_id }) => [trace_id, spaceId, source, record_key]),
    )
    return
  }
  const given = rowsOf(sql, { source: 'text', record_key: 'text', trace_id: 'text' }, 'given')
  for (let from = 0; from < records.length; from += recordsPerStatement) {
    await sql.run(
      `UPDATE records SET trace_id = given.trace_id FROM ${given}
       WHERE records.space_id = ? AND records.source = given.source AND records.record_key = given.record_key`,
      [asRows(records.slice(from, from + recordsPerStatement)), spaceId],
    )
  }
}

const recordsPerStatement = 2_000

/** How many records were stored up to a number. */
export async function countRecordsUpTo(sql: Sql, spaceId: string, seq: number): Promise<number> {
  const [row] = await sql.all<{ count: number }>(
    'SELECT count(*) AS count FROM records WHERE space_id = ? AND seq <= ?',
    [spaceId, seq],
  )
  return row?.count ?? 0
}

/** Records stored after another, with the profiles they belong to; looks at no more than `scanned` of them. */
export async function recordsSince(
  sql: Sql,
  spaceId: string,
  seq: number,
  profileIds: readonly string[],
  limit: number,
  scanned: number,
): Promise<readonly (RecordRef & { readonly profileId: string })[]> {
  if (profileIds.length === 0) return []
  return sql.all<RecordRef & { readonly profileId: string }>(
    `SELECT r.source AS source, r.record_key AS key, t.profile_id AS "profileId"
     FROM (SELECT source, record_key, trace_id, seq FROM records WHERE space_id = ? AND seq > ? ORDER BY seq LIMIT ?) AS r
     JOIN traces t ON t.space_id = ? AND t.trace_id = r.trace_id
     WHERE t.profile_id IN (SELECT value FROM ${rowsOf(sql, { value: 'text' }, 'given')})
     ORDER BY r.seq LIMIT ?`,
    [spaceId, seq, scanned, spaceId, asRows(profileIds.map((value) => ({ value }))), limit],
  )
}

/** The traces that records are in; those without one are left out. */
export async function traceIdsOf(
  sql: Sql,
  spaceId: string,
  refs: readonly RecordRef[],
): Promise<readonly (RecordRef & { readonly traceId: string })[]> {
  if (refs.length === 0) return []
  return sql.all<RecordRef & { readonly traceId: string }>(
    `SELECT r.source AS source, r.record_key AS key, r.trace_id AS "traceId"
     FROM ${rowsOf(sql, { source: 'text', key: 'text' }, 'given')}
     CROSS JOIN records r WHERE r.space_id = ? AND r.source = given.source AND r.record_key = given.key
       AND r.trace_id IS NOT NULL`,
    [asRows(refs), spaceId],
  )
}

/** The traces that records are in now, by their numbers; records without one are left out. */
export async function tracesOfSeqs(
  sql: Sql,
  spaceId: string,
  seqs: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (seqs.length === 0) return new Map()
  const rows = await sql.all<{ seq: number; trace_id: string }>(
    `SELECT r.seq, r.trace_id FROM ${rowsOf(sql, { seq: 'int' }, 'given')}
     CROSS JOIN records r WHERE r.space_id = ? AND r.seq = given.seq AND r.trace_id IS NOT NULL`,
    [asRows(seqs.map((seq) => ({ seq }))), spaceId],
  )
  return new Map(rows.map(({ seq, trace_id }) => [seq, trace_id]))
}

/** A record without what it says. */
export type RecordPlace = Pick<
  StoredRecord,
  'source' | 'record_key' | 'seq' | 'kind' | 'trace_id' | 'first_effective_at' | 'withdrawn'
>

/** The same as `recordsAfter`, without payloads. */
export async function recordPlacesAfter(
  sql: Sql,
  spaceId: string,
  seq: number,
  limit: number,
): Promise<readonly RecordPlace[]> {
  return sql.all<RecordPlace>(
    `SELECT source, record_key, seq, kind, trace_id, first_effective_at, withdrawn FROM records
     WHERE space_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
    [spaceId, seq, limit],
  )
}
