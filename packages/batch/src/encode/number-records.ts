import { shortestWindow, type Ruleset } from '@selfsame/core'
import type { Database } from '../database.ts'
import type { Part } from '../read/part.ts'
import { partOffsets } from './encode-records.ts'

/** Records and traces as numbers. */
export interface Numbering {
  /** Records that count, by seniority: rank → record number over all parts. */
  readonly recordOfRank: Int32Array
  /** Record → its trace, or −1 where a newer version of its key replaced it. */
  readonly traceOfRecord: Int32Array
  /** Trace → its most senior record. */
  readonly seniorOfTrace: Int32Array
  /** Trace → records. */
  readonly recordCount: Int32Array
  readonly superseded: number
}

/**
 * Puts the records in seniority order and cuts them into traces. Leaves the table `ranked(record, src, key)` in that
 * order. Of several
 * versions of one row the latest time counts, else the last line, with the seniority of the first; of two bodies under one
 * message id the digest decides, because all of them arrive at once.
 */
export async function numberRecords(
  db: Database,
  parts: readonly Part[],
  ruleset: Ruleset,
  effectiveAt: Float64Array,
): Promise<Numbering> {
  const offsets = partOffsets(parts)
  const isOneInstant = allEqual(effectiveAt)
  if (isOneInstant && parts.every((part) => part.content.kind === 'table') && (await rankByKey(db, parts, offsets))) {
    const [recordOfRank] = await db.numbers('SELECT record FROM ranked', ['int'], effectiveAt.length)
    return { ...cutTraces(parts, offsets, ruleset, recordOfRank, effectiveAt), recordOfRank, superseded: 0 }
  }
  await storeKeys(db, parts, offsets)
  const total = effectiveAt.length
  const storeTimes = async (times: Float64Array) => {
    await db.run('CREATE OR REPLACE TABLE eff (ms DOUBLE)')
    await db.append('eff', [{ type: 'double', values: times }])
  }
  // Two keys of one hash would only cost a closer look.
  const distinct = await db.number('SELECT count(DISTINCT hash(src, key)) FROM rec')
  const seniorAt = distinct === total ? null : Float64Array.from(effectiveAt)
  const replaced = new Uint8Array(total)
  if (seniorAt) {
    await storeTimes(effectiveAt)
    const order = 'ORDER BY event, CASE WHEN event THEN NULL ELSE ms END DESC, body, record DESC'
    await db.run(
      `CREATE OR REPLACE TEMP TABLE versions AS SELECT record, row_number() OVER (PARTITION BY src, key ${order})::INTEGER AS place,
         min(ms) OVER (PARTITION BY src, key) AS first_at, event::INTEGER AS is_event FROM rec POSITIONAL JOIN eff
       QUALIFY count(*) OVER (PARTITION BY src, key) > 1`,
    )
    const count = await db.number('SELECT count(*) FROM versions')
    const [record, place, firstAt, isEvent] = await db.numbers(
      'SELECT record, place, first_at, is_event FROM versions',
      ['int', 'int', 'double', 'int'],
      count,
    )
    record.forEach((number, at) => {
      if (place[at] === 1)
        seniorAt[number] = isEvent[at] === 1 ? (effectiveAt[number] as number) : (firstAt[at] as number)
      else replaced[number] = 1
    })
    await db.run('DROP TABLE versions')
    await db.run('DROP TABLE eff')
  }
  const times = seniorAt ?? effectiveAt
  // Tables are in the order of their records, so that rows meet by their place.
  const met = ['rec']
  const order = ['src', 'key', 'record']
  if (!allEqual(times)) {
    await storeTimes(times)
    met.push('eff')
    order.unshift('ms')
  }
  if (seniorAt) {
    await db.run('CREATE TABLE kept (kept INTEGER)')
    await db.append('kept', [{ type: 'integer', values: Int32Array.from(replaced, (flag) => 1 - flag) }])
    met.push('kept')
  }
  const from = `${met.join(' POSITIONAL JOIN ')} ${seniorAt ? 'WHERE kept = 1' : ''}`
  await db.run(`CREATE TABLE ranked AS SELECT record, src, key FROM ${from} ORDER BY ${order.join(', ')}`)
  for (const table of met) await db.run(`DROP TABLE ${table}`)
  const superseded = replaced.reduce((sum, flag) => sum + flag, 0)
  const [recordOfRank] = await db.numbers('SELECT record FROM ranked', ['int'], total - superseded)
  return { ...cutTraces(parts, offsets, ruleset, recordOfRank, effectiveAt), recordOfRank, superseded }
}

function allEqual(times: Float64Array): boolean {
  const first = times[0]
  for (let at = 1; at < times.length; at++) if (times[at] !== first) return false
  return true
}

/** Ranks records of one instant, which is by source and key; gives up where a key comes twice. */
async function rankByKey(db: Database, parts: readonly Part[], offsets: readonly number[]): Promise<boolean> {
  const selects = parts.map(
    (part, index) =>
      `SELECT (rowid + ${offsets[index] ?? 0})::INTEGER AS record, ${part.sourceIndex} AS src, ${part.keySql} AS key FROM ${part.table}`,
  )
  await db.run(`CREATE TABLE ranked AS ${selects.join(' UNION ALL ')} ORDER BY src, key, record`)
  const twice = await db.number(
    'SELECT count(*) FROM (SELECT src, key, lag(src) OVER () AS src_before, lag(key) OVER () AS key_before FROM ranked) WHERE src = src_before AND key = key_before',
  )
  if (twice > 0) await db.run('DROP TABLE ranked')
  return twice === 0
}

/** Fills the table `rec` with the records in their order. */
async function storeKeys(db: Database, parts: readonly Part[], offsets: readonly number[]): Promise<void> {
  await db.run('CREATE TABLE rec (record INTEGER, src INTEGER, key VARCHAR, event BOOLEAN, body VARCHAR)')
  for (const [index, part] of parts.entries()) {
    const offset = offsets[index] ?? 0
    if (part.content.kind === 'table') {
      await db.run(
        `INSERT INTO rec SELECT (rowid + ${offset})::INTEGER, ${part.sourceIndex}, ${part.keySql}, false, NULL FROM ${part.table}`,
      )
      continue
    }
    await db.run('CREATE OR REPLACE TEMP TABLE marks (event INTEGER, body VARCHAR)')
    await db.append('marks', [
      { type: 'integer', values: part.content.signature.map((signature) => (signature >= 0 ? 1 : 0)) },
      { type: 'text', values: part.content.bodies },
    ])
    await db.run(
      `INSERT INTO rec SELECT (t.rowid + ${offset})::INTEGER, ${part.sourceIndex}, t.k, marks.event = 1, marks.body FROM ${part.table} t POSITIONAL JOIN marks`,
    )
  }
}

function cutTraces(
  parts: readonly Part[],
  offsets: readonly number[],
  ruleset: Ruleset,
  recordOfRank: Int32Array,
  effectiveAt: Float64Array,
): Pick<Numbering, 'traceOfRecord' | 'seniorOfTrace' | 'recordCount'> {
  const gapMs = shortestWindow(ruleset)
  const traceOfRecord = new Int32Array(effectiveAt.length).fill(-1)
  const senior: number[] = []
  const count: number[] = []
  const hasEvents = parts.some((part) => part.content.kind === 'evidence')
  if (!hasEvents) {
    recordOfRank.forEach((record, trace) => {
      traceOfRecord[record] = trace
    })
    return { traceOfRecord, seniorOfTrace: recordOfRank, recordCount: new Int32Array(recordOfRank.length).fill(1) }
  }
  const signatureOf = globalSignatures(parts, offsets, effectiveAt.length)
  const open = new Map<number, { trace: number; lastAt: number }>()
  for (const record of recordOfRank) {
    const signature = signatureOf[record] as number
    const at = effectiveAt[record] as number
    const known = signature < 0 ? undefined : open.get(signature)
    if (known && at - known.lastAt <= gapMs) {
      traceOfRecord[record] = known.trace
      count[known.trace] = (count[known.trace] ?? 0) + 1
      known.lastAt = at
      continue
    }
    const trace = senior.push(record) - 1
    count.push(1)
    traceOfRecord[record] = trace
    if (signature >= 0) open.set(signature, { trace, lastAt: at })
  }
  return { traceOfRecord, seniorOfTrace: Int32Array.from(senior), recordCount: Int32Array.from(count) }
}

/** Per record the number of its signature among those of its source, over all files; −1 for rows. */
function globalSignatures(parts: readonly Part[], offsets: readonly number[], total: number): Int32Array {
  const numbers = new Map<string, number>()
  const signatureOf = new Int32Array(total).fill(-1)
  parts.forEach((part, index) => {
    if (part.content.kind !== 'evidence') return
    const { signature, sightingsOfSignature } = part.content
    const global = sightingsOfSignature.map((sightings) => {
      const text = JSON.stringify([part.source, sightings.map(({ type, value, verified }) => [type, value, verified])])
      const known = numbers.get(text) ?? numbers.size
      numbers.set(text, known)
      return known
    })
    signature.forEach((at, row) => {
      if (at >= 0) signatureOf[(offsets[index] ?? 0) + row] = global[at] as number
    })
  })
  return signatureOf
}
