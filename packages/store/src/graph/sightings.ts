import type { SharedValue, Sighting } from '@selfsame/core'
import { rowsOfKeys, type KeyedRows } from '../sql/rows-of-keys.ts'
import { asRows, rowsOf, type Sql } from '../sql/sql.ts'
import { upsertRows, type TableShape } from '../sql/upsert.ts'

/** A value of an identifier type, and who holds it. */
export interface StoredValue {
  readonly type: string
  readonly value: string
  readonly verified_traces: number
  readonly unverified_traces: number
  readonly shared_because: string | null
  readonly shared_count: number | null
  readonly shared_limit: number | null
}

export async function findValues(
  sql: Sql,
  spaceId: string,
  values: readonly Readonly<Record<'type' | 'value', string>>[],
): Promise<readonly StoredValue[]> {
  return rowsOfKeys<StoredValue>(sql, valuesByName, spaceId, values)
}

const valuesByName: KeyedRows = {
  table: 'identifier_values',
  columns: ['type', 'value', 'verified_traces', 'unverified_traces', 'shared_because', 'shared_count', 'shared_limit'],
  key: { type: 'text', value: 'text' },
}

const sightingTable: TableShape = {
  table: 'sightings',
  columns: { type: 'text', value: 'text', trace_id: 'text', verified: 'int' },
  key: ['type', 'value', 'trace_id'],
}

const countTable: TableShape = {
  table: 'identifier_values',
  columns: { type: 'text', value: 'text', verified_traces: 'int', unverified_traces: 'int' },
  key: ['type', 'value'],
  update: {
    verified_traces: 'identifier_values.verified_traces + excluded.verified_traces',
    unverified_traces: 'identifier_values.unverified_traces + excluded.unverified_traces',
  },
}

const sharedTable: TableShape = {
  table: 'identifier_values',
  columns: {
    type: 'text',
    value: 'text',
    verified_traces: 'int',
    unverified_traces: 'int',
    shared_because: 'text',
    shared_count: 'int',
    shared_limit: 'int',
  },
  key: ['type', 'value'],
  update: {
    shared_because: 'excluded.shared_because',
    shared_count: 'excluded.shared_count',
    shared_limit: 'excluded.shared_limit',
  },
}

/** A trace whose sightings are no longer, or newly, what they were. */
export interface SightingChange {
  readonly traceId: string
  readonly before: readonly Sighting[]
  readonly after: readonly Sighting[]
}

/** Keeps the inverted index and the counts of holders in step with the traces. */
export async function changeSightings(sql: Sql, spaceId: string, changes: readonly SightingChange[]): Promise<void> {
  const added: object[] = []
  const removed: { type: string; value: string; trace_id: string }[] = []
  const counts = new Map<string, { type: string; value: string; verified_traces: number; unverified_traces: number }>()
  const count = ({ type, value, verified }: Sighting, by: 1 | -1) => {
    const key = JSON.stringify([type, value])
    const known = counts.get(key) ?? { type, value, verified_traces: 0, unverified_traces: 0 }
    if (verified) known.verified_traces += by
    else known.unverified_traces += by
    counts.set(key, known)
  }
  for (const { traceId, before, after } of changes) {
    const kept = new Set(after.map(textOf))
    const known = new Set(before.map(textOf))
    for (const sighting of before) {
      if (kept.has(textOf(sighting))) continue
      removed.push({ type: sighting.type, value: sighting.value, trace_id: traceId })
      count(sighting, -1)
    }
    for (const sighting of after) {
      if (known.has(textOf(sighting))) continue
      added.push({ ...sighting, verified: sighting.verified ? 1 : 0, trace_id: traceId })
      count(sighting, 1)
    }
  }
  if (removed.length > 0) {
    await sql.run(
      `DELETE FROM sightings WHERE space_id = ? AND (type, value, trace_id) IN
         (SELECT type, value, trace_id FROM ${rowsOf(sql, { type: 'text', value: 'text', trace_id: 'text' }, 'given')})`,
      [spaceId, asRows(removed)],
    )
  }
  await upsertRows(sql, sightingTable, spaceId, added)
  await upsertRows(sql, countTable, spaceId, [...counts.values()])
}

function textOf({ type, value, verified }: Sighting): string {
  return JSON.stringify([type, value, verified])
}

/** Writes which values are shared; `cleared` are so no longer. */
export async function saveShared(
  sql: Sql,
  spaceId: string,
  shared: readonly SharedValue[],
  cleared: readonly { readonly type: string; readonly value: string }[],
): Promise<void> {
  await upsertRows(sql, sharedTable, spaceId, [
    ...shared.map(({ type, value, because, count, limit }) => ({
      type,
      value,
      verified_traces: 0,
      unverified_traces: 0,
      shared_because: because,
      shared_count: count,
      shared_limit: limit,
    })),
    ...cleared.map(({ type, value }) => ({
      type,
      value,
      verified_traces: 0,
      unverified_traces: 0,
      shared_because: null,
      shared_count: null,
      shared_limit: null,
    })),
  ])
}
