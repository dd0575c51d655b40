import { deriveValue, type Derivation, type Population, type Ruleset } from '@selfsame/core'
import { sequence, type Database } from '../database.ts'
import type { Part } from '../read/part.ts'
import { partOffsets, type EncodedSightings, type EncodedValues } from './encode-records.ts'
import type { Numbering } from './number-records.ts'

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
  // A trace of one record is seen once.
  const lastAt = recordCount.every((count) => count === 1) ? firstAt : new Float64Array(traceCount).fill(-Infinity)
  traceOfRecord.forEach((trace, record) => {
    if (trace < 0) return
    const at = effectiveAt[record] as number
    if (at < (firstAt[trace] as number)) firstAt[trace] = at
    if (lastAt !== firstAt && at > (lastAt[trace] as number)) lastAt[trace] = at
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
