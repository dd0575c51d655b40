import { deriveValue, shortestWindow, type Derivation, type Population, type Ruleset } from '@selfsame/core'
import { sequence, type Database } from '../database.ts'
import type { Part } from '../read/part.ts'
import { partOffsets, type EncodedSightings, type EncodedValues } from './encode-records.ts'

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
  const total = effectiveAt.length
  const storeTimes = async (times: Float64Array) => {
    await db.run('CREATE OR REPLACE TABLE eff (ms DOUBLE)')
    await db.append('eff', [{ type: 'double', values: times }])
  }
  const distinct = await db.number('SELECT count(*) FROM (SELECT DISTINCT src, key FROM rec)')
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
  if (!times.every((ms) => ms === times[0])) {
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
  const [recordOfRank] = await db.numbers('SELECT record FROM ranked ORDER BY rowid', ['int'], total - superseded)
  return { ...cutTraces(parts, offsets, ruleset, recordOfRank, effectiveAt), recordOfRank, superseded }
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

/** The population that `resolveBulk` resolves, with derived attributes added. */
export async function buildPopulation(
  db: Database,
  parts: readonly Part[],
  ruleset: Ruleset,
  numbering: Numbering,
  sightings: EncodedSightings,
  values: EncodedValues,
  effectiveAt: Float64Array,
  namedRecords: ReadonlyMap<string, number>,
): Promise<Population> {
  const { traceOfRecord, seniorOfTrace, recordCount } = numbering
  const traceCount = seniorOfTrace.length
  const firstAt = new Float64Array(traceCount).fill(Infinity)
  const lastAt = new Float64Array(traceCount).fill(-Infinity)
  traceOfRecord.forEach((trace, record) => {
    if (trace < 0) return
    const at = effectiveAt[record] as number
    if (at < (firstAt[trace] as number)) firstAt[trace] = at
    if (at > (lastAt[trace] as number)) lastAt[trace] = at
  })
  const base = sortByTrace(sightings, numbering)
  const encoded = await addDerived(db, base, ruleset, values)
  const formsProfile = new Uint8Array(traceCount).fill(1)
  const offsets = partOffsets(parts)
  parts.forEach((part, index) => {
    if (part.content.kind !== 'evidence') return
    part.content.signature.forEach((signature, row) => {
      const trace = traceOfRecord[(offsets[index] ?? 0) + row] as number
      if (signature < 0 || trace < 0) return
      const usable = (part.content.kind === 'evidence' ? part.content.sightingsOfSignature[signature] : undefined) ?? []
      formsProfile[trace] = usable.some(
        ({ type }) => ruleset.identifiers.find((known) => known.name === type)?.kind !== 'attribute',
      )
        ? 1
        : 0
    })
  })
  return {
    traceCount,
    firstAt,
    lastAt,
    recordCount: recordCount.every((count) => count === 1) ? null : recordCount,
    formsProfile,
    ...encoded,
    loadTexts: (codes) => loadTexts(db, codes),
    traceOf: (source, key) => {
      const record = namedRecords.get(`${source}\u0000${key}`)
      const trace = record === undefined ? undefined : traceOfRecord[record]
      return trace === undefined || trace < 0 ? undefined : trace
    },
  }
}

interface SightingColumns {
  readonly offsets: Int32Array
  readonly codes: Int32Array
  readonly verified: Uint8Array
}

/** Sightings by trace, one per trace and code, verified where any is. Of a trace's records the most senior one speaks for all. */
function sortByTrace(sightings: EncodedSightings, { traceOfRecord, seniorOfTrace }: Numbering): SightingColumns {
  const { record, code, verified, count } = sightings
  const offsets = new Int32Array(seniorOfTrace.length + 1)
  const speaks = (at: number) => {
    const trace = traceOfRecord[record[at] as number] as number
    return trace >= 0 && seniorOfTrace[trace] === record[at] ? trace : -1
  }
  for (let at = 0; at < count; at++) {
    const trace = speaks(at)
    if (trace >= 0) offsets[trace + 1] = (offsets[trace + 1] as number) + 1
  }
  for (let trace = 0; trace < seniorOfTrace.length; trace++)
    offsets[trace + 1] = (offsets[trace + 1] as number) + (offsets[trace] as number)
  const total = offsets[seniorOfTrace.length] as number
  const codes = new Int32Array(total)
  const flags = new Uint8Array(total)
  const fill = offsets.slice(0, seniorOfTrace.length)
  for (let at = 0; at < count; at++) {
    const trace = speaks(at)
    if (trace < 0) continue
    const place = fill[trace] as number
    codes[place] = code[at] as number
    flags[place] = verified[at] as number
    fill[trace] = place + 1
  }
  return withoutDoubles({ offsets, codes, verified: flags })
}

/** Joins sightings of one code on one trace; keeps the columns as they are where there are none. */
function withoutDoubles({ offsets, codes, verified }: SightingColumns): SightingColumns {
  const compact = new Int32Array(offsets.length)
  let next = 0
  for (let trace = 0; trace + 1 < offsets.length; trace++) {
    const start = next
    const end = offsets[trace + 1] as number
    for (let at = offsets[trace] as number; at < end; at++) {
      let known = start
      while (known < next && codes[known] !== codes[at]) known++
      if (known < next) {
        if (verified[at] === 1) verified[known] = 1
        continue
      }
      codes[next] = codes[at] as number
      verified[next] = verified[at] as number
      next++
    }
    compact[trace + 1] = next
  }
  return { offsets: compact, codes: codes.subarray(0, next), verified: verified.subarray(0, next) }
}

/** At most so many combinations are joined per trace, as in the core. */
const combinationsPerTrace = 16

/** Adds the sightings of derived attributes, whose values get codes of their own. */
async function addDerived(
  db: Database,
  base: SightingColumns,
  ruleset: Ruleset,
  values: EncodedValues,
): Promise<SightingColumns & { readonly typeOf: Uint16Array; readonly valueCount: number }> {
  const derived = ruleset.identifiers.flatMap((type, position) =>
    type.derive === null ? [] : [{ position, derive: type.derive }],
  )
  if (derived.length === 0) return { ...base, typeOf: values.typeOf, valueCount: values.valueCount }
  const typeOf = [...values.typeOf]
  const textOf = new Map<number, string>()
  const codeOf = new Map<string, number>()
  let columns = base
  const done = new Set<number>()
  const isReady = ({ derive }: { readonly derive: Derivation }) =>
    derive.from.every((name) => {
      const position = ruleset.identifiers.findIndex((type) => type.name === name)
      return done.has(position) || ruleset.identifiers[position]?.derive === null
    })
  for (let round = 0; round < derived.length; round++) {
    const next = derived.find((entry) => !done.has(entry.position) && isReady(entry))
    if (!next) break
    done.add(next.position)
    const from = next.derive.from.map((name) => ruleset.identifiers.findIndex((type) => type.name === name))
    const wanted = new Set<number>()
    typeOf.forEach((type, code) => {
      if (from.includes(type) && !textOf.has(code)) wanted.add(code)
    })
    const list = Int32Array.from(wanted)
    const texts = await loadTexts(db, list)
    list.forEach((code, at) => textOf.set(code, texts[at] ?? ''))
    const codeFor = (parts: readonly number[]): number => {
      const value = deriveValue(
        next.derive,
        parts.map((code) => textOf.get(code) ?? ''),
      )
      if (value === null) return -1
      const key = `${next.position}:${value}`
      const known = codeOf.get(key)
      if (known !== undefined) return known
      const code = typeOf.push(next.position) - 1
      codeOf.set(key, code)
      textOf.set(code, value)
      return code
    }
    columns = deriveColumn(columns, typeOf, from, codeFor)
  }
  const fresh = [...codeOf.entries()]
  await db.append('vals', [
    { type: 'integer', values: Int32Array.from(fresh, ([, code]) => code) },
    { type: 'integer', values: Int32Array.from(fresh, ([, code]) => typeOf[code] ?? 0) },
    { type: 'text', values: fresh.map(([key]) => key.slice(key.indexOf(':') + 1)) },
  ])
  return { ...columns, typeOf: Uint16Array.from(typeOf), valueCount: typeOf.length }
}

function deriveColumn(
  { offsets, codes, verified }: SightingColumns,
  typeOf: readonly number[],
  from: readonly number[],
  codeFor: (parts: readonly number[]) => number,
): SightingColumns {
  const newCodes: number[] = []
  const newVerified: number[] = []
  const newOffsets = new Int32Array(offsets.length)
  const cache = new Map<string, number>()
  for (let trace = 0; trace + 1 < offsets.length; trace++) {
    const start = newCodes.length
    const lists: number[][] = from.map(() => [])
    for (let at = offsets[trace] as number; at < (offsets[trace + 1] as number); at++) {
      newCodes.push(codes[at] as number)
      newVerified.push(verified[at] as number)
      from.forEach((type, place) => {
        if (typeOf[codes[at] as number] === type) lists[place]?.push(at)
      })
    }
    let combinations: number[][] = [[]]
    for (const list of lists)
      combinations = combinations.flatMap((head) => list.map((at) => [...head, at])).slice(0, combinationsPerTrace)
    for (const combination of combinations) {
      const parts = combination.map((at) => codes[at] as number)
      const key = parts.join(',')
      const code = cache.get(key) ?? codeFor(parts)
      cache.set(key, code)
      if (code < 0 || newCodes.slice(start).includes(code)) continue
      newCodes.push(code)
      newVerified.push(combination.every((at) => verified[at] === 1) ? 1 : 0)
    }
    newOffsets[trace + 1] = newCodes.length
  }
  return { offsets: newOffsets, codes: Int32Array.from(newCodes), verified: Uint8Array.from(newVerified) }
}

/** Standardized texts of codes, in their order. */
export async function loadTexts(db: Database, codes: Int32Array): Promise<readonly string[]> {
  if (codes.length === 0) return []
  await db.run('CREATE OR REPLACE TEMP TABLE wanted (place INTEGER, code INTEGER)')
  await db.append('wanted', [
    { type: 'integer', values: sequence(codes.length) },
    { type: 'integer', values: codes },
  ])
  const found = new Array<string>(codes.length).fill('')
  const step = 200_000
  for (let start = 0; start < codes.length; start += step) {
    const rows = await db.rows(
      `SELECT place, std FROM wanted JOIN vals USING (code) WHERE place >= ${start} AND place < ${start + step}`,
    )
    for (const [place, text] of rows) found[Number(place)] = String(text)
  }
  await db.run('DROP TABLE wanted')
  return found
}
