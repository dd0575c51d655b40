import { defaultSourceSettings, effectiveTime, isFutureTime, parseInstant, type Ruleset } from '@selfsame/core'
import type { Database } from '../database.ts'
import type { Part, TableContent } from '../read/part.ts'
import { type EncodedType, encodeType, type EventSightings, type TypedColumn } from './encode-type.ts'
import { plainInstantSql } from './standardize-sql.ts'

/** Sightings of all records as columns: record (numbered over all parts in their order), value code, verified. */
export interface EncodedSightings {
  readonly record: Int32Array
  readonly code: Int32Array
  readonly verified: Uint8Array
  readonly count: number
}

export interface EncodedValues {
  /** Per code the index of its identifier type. Texts are in the table `vals(code, type, std)`. */
  readonly typeOf: Uint16Array
  readonly valueCount: number
  /** Raw values that could not be standardized or are blocked: how many records, by type and code. */
  readonly rejectedByType: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Blocked standardized-or-raw values with the records that hold them, most frequent first. */
  readonly blocked: readonly { readonly type: string; readonly value: string; readonly records: number }[]
}

/** First record number of each part. */
export function partOffsets(parts: readonly Part[]): readonly number[] {
  let next = 0
  return parts.map((part) => {
    const offset = next
    next += part.rows
    return offset
  })
}

/**
 * Standardizes and encodes what the tables hold: DuckDB does the plain spellings, the core's functions the other distinct
 * values, and equal standardized values of a type get one code. Events bring their sightings along.
 */
export async function encodeSightings(
  db: Database,
  parts: readonly Part[],
  ruleset: Ruleset,
  types: ReadonlySet<string>,
): Promise<{ readonly sightings: EncodedSightings; readonly values: EncodedValues }> {
  const offsets = partOffsets(parts)
  const rejectedByType = new Map<string, Map<string, number>>()
  const blocked: { type: string; value: string; records: number }[] = []
  const chunks: Pick<EncodedType, 'record' | 'code' | 'verified'>[] = []
  const runs: { readonly position: number; readonly end: number }[] = []
  let nextCode = 0
  await db.run('CREATE TABLE vals (code INTEGER, type INTEGER, std VARCHAR)')
  await db.run('CREATE TABLE refused_values (part INTEGER, record INTEGER, type VARCHAR, raw VARCHAR, code VARCHAR)')
  for (const [position, type] of ruleset.identifiers.entries()) {
    if (type.derive !== null || !types.has(type.name)) continue
    const columns = columnsOfType(parts, offsets, type.name)
    const events = eventSightingsOfType(parts, offsets, type.name)
    if (columns.length === 0 && events.record.length === 0) continue
    const encoded = await encodeType(db, position, ruleset, columns, events, nextCode)
    if (encoded.refused.size > 0) rejectedByType.set(type.name, new Map(encoded.refused))
    for (const entry of encoded.blocked) blocked.push({ type: type.name, ...entry })
    chunks.push(encoded)
    nextCode += encoded.values
    runs.push({ position, end: nextCode })
  }
  for (const [index, part] of parts.entries()) {
    if (part.content.kind !== 'evidence') continue
    const refused = part.content.rejected
    await db.append('refused_values', [
      { type: 'integer', values: new Int32Array(refused.length).fill(index) },
      { type: 'integer', values: Int32Array.from(refused, ({ row }) => row + (offsets[index] ?? 0)) },
      { type: 'text', values: refused.map(({ type }) => type) },
      { type: 'text', values: refused.map(({ raw }) => raw) },
      { type: 'text', values: refused.map(({ code }) => code) },
    ])
    for (const { type, code, raw } of refused) {
      const known = rejectedByType.get(type) ?? new Map<string, number>()
      rejectedByType.set(type, known)
      known.set(code, (known.get(code) ?? 0) + 1)
      if (code === 'value.blocked') blocked.push({ type, value: raw.trim().toLowerCase(), records: 1 })
    }
  }
  const total = chunks.reduce((sum, chunk) => sum + chunk.record.length, 0)
  const sightings = {
    record: new Int32Array(total),
    code: new Int32Array(total),
    verified: new Uint8Array(total),
    count: total,
  }
  const typeOf = new Uint16Array(nextCode)
  let from = 0
  for (const { position, end } of runs) {
    typeOf.fill(position, from, end)
    from = end
  }
  let at = 0
  for (const chunk of chunks) {
    sightings.record.set(chunk.record, at)
    sightings.code.set(chunk.code, at)
    sightings.verified.set(chunk.verified, at)
    at += chunk.record.length
  }
  return {
    sightings,
    values: {
      typeOf,
      valueCount: nextCode,
      rejectedByType,
      blocked: sumBlocked(blocked),
    },
  }
}

function columnsOfType(parts: readonly Part[], offsets: readonly number[], type: string): readonly TypedColumn[] {
  return parts.flatMap((part, index) => {
    if (part.content.kind !== 'table') return []
    return part.content.readings
      .filter((reading) => reading.type === type)
      .map(({ columnSql, verified, soft }) => ({ part, index, offset: offsets[index] ?? 0, columnSql, verified, soft }))
  })
}

function eventSightingsOfType(parts: readonly Part[], offsets: readonly number[], type: string): EventSightings {
  const record: number[] = []
  const verified: number[] = []
  const value: string[] = []
  parts.forEach((part, index) => {
    if (part.content.kind !== 'evidence') return
    const { signature, sightingsOfSignature, sightingsOfRow } = part.content
    signature.forEach((at, row) => {
      for (const sighting of (at < 0 ? sightingsOfRow.get(row) : sightingsOfSignature[at]) ?? []) {
        if (sighting.type !== type) continue
        record.push((offsets[index] ?? 0) + row)
        verified.push(sighting.verified ? 1 : 0)
        value.push(sighting.value)
      }
    })
  })
  return { record: Int32Array.from(record), verified: Int32Array.from(verified), value }
}

/** Observed and effective times of all records, milliseconds; NaN: no time. `unreadable` counts times that cannot be read. */
export async function encodeTimes(
  db: Database,
  parts: readonly Part[],
  ruleset: Ruleset,
  receivedAt: number,
): Promise<{
  readonly observedAt: Float64Array
  readonly effectiveAt: Float64Array
  readonly unreadable: number
  readonly future: number
}> {
  const offsets = partOffsets(parts)
  const total = parts.reduce((sum, part) => sum + part.rows, 0)
  const observedAt = new Float64Array(total).fill(Number.NaN)
  const effectiveAt = new Float64Array(total)
  let unreadable = 0
  for (const [index, part] of parts.entries()) {
    const offset = offsets[index] ?? 0
    const settings = ruleset.sources.get(part.source) ?? defaultSourceSettings
    if (part.content.kind === 'evidence') {
      observedAt.set(part.content.observedAt, offset)
      effectiveAt.set(part.content.effectiveAt, offset)
      continue
    }
    unreadable += await readTimes(db, part, part.content, observedAt.subarray(offset, offset + part.rows))
    for (let row = offset; row < offset + part.rows; row++) {
      const time = observedAt[row] as number
      effectiveAt[row] = effectiveTime(Number.isNaN(time) ? null : time, receivedAt, settings, ruleset.maxBackdateMs)
    }
  }
  let future = 0
  for (const time of observedAt) if (isFutureTime(Number.isNaN(time) ? null : time, receivedAt)) future++
  return { observedAt, effectiveAt, unreadable, future }
}

async function readTimes(db: Database, part: Part, content: TableContent, into: Float64Array): Promise<number> {
  const column = content.observedAtSql
  if (column === null || part.rows === 0) return 0
  await db.run(
    `CREATE OR REPLACE TEMP TABLE times AS SELECT rowid::INTEGER AS row, ${plainInstantSql(column)} AS ms, ${column} AS raw FROM ${part.table} WHERE trim(coalesce(${column}, '')) <> ''`,
  )
  const plain = await db.number('SELECT count(*) FROM times WHERE ms IS NOT NULL')
  const [rows, ms] = await db.numbers('SELECT row, ms FROM times WHERE ms IS NOT NULL', ['int', 'double'], plain)
  rows.forEach((row, at) => {
    into[row] = ms[at] as number
  })
  let unreadable = 0
  for (const [row, raw] of await db.rows('SELECT row, raw FROM times WHERE ms IS NULL')) {
    const time = parseInstant(String(raw))
    if (time === null) unreadable++
    else into[Number(row)] = time
  }
  await db.run('DROP TABLE times')
  return unreadable
}

function sumBlocked(found: readonly { type: string; value: string; records: number }[]): EncodedValues['blocked'] {
  const byKey = new Map<string, { type: string; value: string; records: number }>()
  for (const { type, value, records } of found) {
    const key = `${type}\u0000${value}`
    const known = byKey.get(key)
    if (known) known.records += records
    else byKey.set(key, { type, value, records })
  }
  return [...byKey.values()].sort((a, b) => b.records - a.records || (a.value < b.value ? -1 : 1))
}
