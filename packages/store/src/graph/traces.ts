import type { GoldenMember, JsonValue, LiveTrace, Sighting } from '@selfsame/core'
import { rowsOfKeys, type KeyedRows } from '../sql/rows-of-keys.ts'
import { asRows, rowsOf, type Sql } from '../sql/sql.ts'
import { deleteWhereIn, excluded, upsertRows, type TableShape } from '../sql/upsert.ts'

interface TraceRow {
  readonly trace_id: string
  readonly signature: string
  readonly source: string
  readonly kind: 'row' | 'event'
  readonly senior_at: number
  readonly senior_key: string
  readonly first_at: number
  readonly last_at: number
  readonly record_count: number
  readonly first_seq: number
  readonly first_key: string
  readonly forms_profile: number
  readonly profile_id: string | null
  readonly sightings: string
  readonly golden: string
  readonly unresolved_reason: string | null
  readonly conflict_reasons: string | null
}

const traceColumns = [
  'trace_id',
  'signature',
  'source',
  'kind',
  'senior_at',
  'senior_key',
  'first_at',
  'last_at',
  'record_count',
  'first_seq',
  'first_key',
  'forms_profile',
  'profile_id',
  'sightings',
  'golden',
  'unresolved_reason',
  'conflict_reasons',
] as const
const columns = traceColumns.map((name) => `t.${name}`).join(', ')

/** A trace with what the last resolution said of it. */
export interface StoredTrace extends LiveTrace {
  readonly unresolvedReason: string | null
  readonly conflictReasons: string | null
}

export async function tracesBySignature(
  sql: Sql,
  spaceId: string,
  signatures: readonly string[],
): Promise<readonly StoredTrace[]> {
  return tracesWhere(sql, spaceId, 'signature', signatures)
}

export async function tracesById(sql: Sql, spaceId: string, ids: readonly string[]): Promise<readonly StoredTrace[]> {
  return tracesWhere(sql, spaceId, 'trace_id', ids)
}

export async function tracesByProfile(
  sql: Sql,
  spaceId: string,
  profileIds: readonly string[],
): Promise<readonly StoredTrace[]> {
  return tracesWhere(sql, spaceId, 'profile_id', profileIds)
}

async function tracesWhere(
  sql: Sql,
  spaceId: string,
  column: 'signature' | 'trace_id' | 'profile_id',
  values: readonly string[],
): Promise<readonly StoredTrace[]> {
  const rows = await rowsOfKeys<TraceRow>(
    sql,
    tracesBy[column],
    spaceId,
    values.map((value) => ({ [column]: value })),
  )
  return rows.map(traceOfRow)
}

const tracesBy = {
  signature: { table: 'traces', columns: traceColumns, key: { signature: 'text' } },
  trace_id: { table: 'traces', columns: traceColumns, key: { trace_id: 'text' } },
  profile_id: { table: 'traces', columns: traceColumns, key: { profile_id: 'text' } },
} as const satisfies Readonly<Record<string, KeyedRows>>

/** Holders of values; `verified_only` leaves out traces that hold the value unverified. */
export async function tracesByValue(
  sql: Sql,
  spaceId: string,
  values: readonly { readonly type: string; readonly value: string; readonly verified_only: number }[],
): Promise<readonly StoredTrace[]> {
  if (values.length === 0) return []
  const rows = await sql.all<TraceRow>(
    `SELECT ${columns} FROM (
       SELECT DISTINCT s.trace_id FROM ${rowsOf(sql, { type: 'text', value: 'text', verified_only: 'int' }, 'given')}
       CROSS JOIN sightings s
       WHERE s.space_id = ? AND s.type = given.type AND s.value = given.value AND s.verified >= given.verified_only
     ) AS held CROSS JOIN traces t WHERE t.space_id = ? AND t.trace_id = held.trace_id`,
    [asRows(values), spaceId, spaceId],
  )
  return rows.map(traceOfRow)
}

/** Every trace of a space, by id. Other work of the process comes in between. */
export async function allTraces(sql: Sql, spaceId: string): Promise<readonly StoredTrace[]> {
  const found: StoredTrace[] = []
  for (let after = ''; ; ) {
    const rows = await sql.all<TraceRow>(
      `SELECT ${columns} FROM traces t WHERE t.space_id = ? AND t.trace_id > ? ORDER BY t.trace_id LIMIT ?`,
      [spaceId, after, tracesPerPage],
    )
    for (const row of rows) found.push(traceOfRow(row))
    if (rows.length < tracesPerPage) return found
    after = rows.at(-1)?.trace_id ?? after
    await new Promise((next) => setImmediate(next))
  }
}

const tracesPerPage = 1_000

function traceOfRow(row: TraceRow): StoredTrace {
  const sightings = JSON.parse(row.sightings) as readonly Sighting[]
  const golden = JSON.parse(row.golden) as GoldenOfTrace
  return {
    id: row.trace_id,
    signature: row.signature,
    source: row.source,
    kind: row.kind,
    seniorAt: row.senior_at,
    seniorKey: row.senior_key,
    firstAt: row.first_at,
    lastAt: row.last_at,
    recordCount: row.record_count,
    firstSeq: row.first_seq,
    firstKey: row.first_key,
    formsProfile: row.forms_profile === 1,
    profileId: row.profile_id,
    sightings,
    members: golden.members.map(
      ({ key, at, seen, fields }): GoldenMember => ({
        source: row.source,
        key,
        effectiveAt: at,
        observedAt: seen,
        fields: new Map(fields),
        sightings,
      }),
    ),
    firstSeen: golden.firstSeen,
    lastSeen: golden.lastSeen,
    unresolvedReason: row.unresolved_reason,
    conflictReasons: row.conflict_reasons,
  }
}

interface GoldenOfTrace {
  readonly firstSeen: number | null
  readonly lastSeen: number | null
  readonly members: readonly {
    readonly key: string
    readonly at: number
    readonly seen: number | null
    readonly fields: readonly (readonly [string, JsonValue])[]
  }[]
}

const traceTable: TableShape = {
  table: 'traces',
  columns: {
    trace_id: 'text',
    signature: 'text',
    source: 'text',
    kind: 'text',
    senior_at: 'int',
    senior_key: 'text',
    first_at: 'int',
    last_at: 'int',
    record_count: 'int',
    first_seq: 'int',
    first_key: 'text',
    forms_profile: 'int',
    profile_id: 'text',
    sightings: 'text',
    golden: 'text',
    unresolved_reason: 'text',
    conflict_reasons: 'text',
    saved_at: 'int',
  },
  key: ['trace_id'],
}

/** For traces whose indexed columns are as they were: SQLite writes every index anew whose columns a statement names. */
const grownTable: TableShape = {
  ...traceTable,
  update: excluded([
    'senior_at',
    'senior_key',
    'first_at',
    'last_at',
    'record_count',
    'first_seq',
    'first_key',
    'forms_profile',
    'sightings',
    'golden',
    'conflict_reasons',
    'saved_at',
  ]),
}

/**
 * `at`: the clock of the space, by which `traceMarks` tells what was saved since. `stored`: traces as the store has them, as far
 * as is known.
 */
export async function saveTraces(
  sql: Sql,
  spaceId: string,
  traces: readonly StoredTrace[],
  at: number,
  stored: ReadonlyMap<string, StoredTrace>,
): Promise<void> {
  const isGrown = (trace: StoredTrace): boolean => {
    const before = stored.get(trace.id)
    return (
      before !== undefined &&
      before.signature === trace.signature &&
      before.source === trace.source &&
      before.kind === trace.kind &&
      before.profileId === trace.profileId &&
      before.unresolvedReason === trace.unresolvedReason
    )
  }
  await saveTraceRows(
    sql,
    traceTable,
    spaceId,
    traces.filter((trace) => !isGrown(trace)),
    at,
  )
  await saveTraceRows(sql, grownTable, spaceId, traces.filter(isGrown), at)
}

async function saveTraceRows(
  sql: Sql,
  shape: TableShape,
  spaceId: string,
  traces: readonly StoredTrace[],
  at: number,
): Promise<void> {
  await upsertRows(
    sql,
    shape,
    spaceId,
    traces.map((trace): TraceRow & { readonly saved_at: number } => {
      const golden: GoldenOfTrace = {
        firstSeen: trace.firstSeen,
        lastSeen: trace.lastSeen,
        members: trace.members.map(({ key, effectiveAt, observedAt, fields }) => ({
          key,
          at: effectiveAt,
          seen: observedAt,
          fields: [...fields],
        })),
      }
      return {
        trace_id: trace.id,
        signature: trace.signature,
        source: trace.source,
        kind: trace.kind,
        senior_at: trace.seniorAt,
        senior_key: trace.seniorKey,
        first_at: trace.firstAt,
        last_at: trace.lastAt,
        record_count: trace.recordCount,
        first_seq: trace.firstSeq,
        first_key: trace.firstKey,
        forms_profile: trace.formsProfile ? 1 : 0,
        profile_id: trace.profileId,
        sightings: JSON.stringify(trace.sightings),
        golden: JSON.stringify(golden),
        unresolved_reason: trace.unresolvedReason,
        conflict_reasons: trace.conflictReasons,
        saved_at: at,
      }
    }),
  )
}

export async function deleteTraces(sql: Sql, spaceId: string, ids: readonly string[]): Promise<void> {
  await deleteWhereIn(sql, 'traces', 'trace_id', spaceId, ids)
}

/** Every trace of a space with the clock of the space when it was last saved. */
export async function traceMarks(sql: Sql, spaceId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await sql.all<{ trace_id: string; saved_at: number }>(
    'SELECT trace_id, saved_at FROM traces WHERE space_id = ? ORDER BY trace_id',
    [spaceId],
  )
  return new Map(rows.map(({ trace_id, saved_at }) => [trace_id, saved_at]))
}
