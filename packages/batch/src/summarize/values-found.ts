import { blockedValuesFor } from '@selfsame/core'
import type { EncodedValues } from '../encode/encode-records.ts'
import { partOffsets } from '../encode/encode-records.ts'
import type { BlockedValueFound, Cut, FrequentValueFound, SharedValueFound } from '../summary.ts'
import type { ResolvedRun } from '../write/resolved-run.ts'
import type { Clusters } from './clusters.ts'

const mostListed = 50

/** Values that are too many others' to link. */
export function sharedValuesFound({ population, resolution }: ResolvedRun, clusters: Clusters): Cut<SharedValueFound> {
  const records = new Map<number, number>(resolution.sharedCodes.map((code) => [code, 0]))
  if (records.size > 0) {
    for (let trace = 0; trace < population.traceCount; trace++) {
      for (let at = population.offsets[trace] as number; at < (population.offsets[trace + 1] as number); at++) {
        const code = population.codes[at] as number
        const known = records.get(code)
        if (known !== undefined) records.set(code, known + clusters.recordsOfTrace(trace))
      }
    }
  }
  const codeOf = new Map(resolution.shared.map((value, at) => [value, resolution.sharedCodes[at] as number]))
  const found = resolution.shared.map((value) => ({
    type: value.type,
    value: value.value,
    records: records.get(codeOf.get(value) ?? -1) ?? 0,
    because: value.because,
    count: value.count,
    limit: value.limit,
  }))
  return cut(found)
}

export function blockedValuesFound({ ruleset }: ResolvedRun, values: EncodedValues): Cut<BlockedValueFound> {
  const found = values.blocked.map(({ type: name, value, records }) => {
    const type = ruleset.identifiers.find((identifier) => identifier.name === name)
    const isOwn = type !== undefined && blockedValuesFor(type, { builtInBlockedValues: false })(value, value)
    return { type: name, value, records, builtIn: !isOwn }
  })
  return cut(found)
}

/** Rows from which on a frequent value is pointed out, and the share of them that makes it frequent (exclusive). */
const leastRows = 1000
const frequentShare = 0.01

/** Values of anchors and claims that more than one row in a hundred of a table carries. */
export async function frequentValuesFound({
  parts,
  population,
  numbering,
  ruleset,
}: ResolvedRun): Promise<Cut<FrequentValueFound>> {
  const offsets = partOffsets(parts)
  const sources = [...new Set(parts.map((part) => part.source))]
  const sourceOf = new Uint16Array(numbering.traceOfRecord.length)
  const rows = new Int32Array(sources.length)
  parts.forEach((part, index) => {
    const from = offsets[index] ?? 0
    sourceOf.fill(sources.indexOf(part.source), from, from + part.rows)
  })
  const isRow = new Uint8Array(numbering.traceOfRecord.length).fill(1)
  parts.forEach((part, index) => {
    const { content } = part
    if (content.kind === 'evidence')
      content.signature.forEach((signature, row) => {
        if (signature >= 0) isRow[(offsets[index] ?? 0) + row] = 0
      })
  })
  const counted = ruleset.identifiers.map((type) => type.kind !== 'attribute' && type.derive === null)
  const held = sources.map(() => new Int32Array(0))
  for (let trace = 0; trace < population.traceCount; trace++) {
    const record = numbering.seniorOfTrace[trace] as number
    if (isRow[record] === 0) continue
    const source = sourceOf[record] as number
    rows[source] = (rows[source] as number) + 1
  }
  sources.forEach((_, source) => {
    if ((rows[source] as number) >= leastRows) held[source] = new Int32Array(population.valueCount)
  })
  for (let trace = 0; trace < population.traceCount; trace++) {
    const record = numbering.seniorOfTrace[trace] as number
    const counts = held[sourceOf[record] as number]
    if (isRow[record] === 0 || !counts || counts.length === 0) continue
    for (let at = population.offsets[trace] as number; at < (population.offsets[trace + 1] as number); at++) {
      const code = population.codes[at] as number
      counts[code] = (counts[code] as number) + 1
    }
  }
  const found: { code: number; source: number; records: number }[] = []
  held.forEach((counts, source) => {
    const least = (rows[source] as number) * frequentShare
    counts.forEach((records, code) => {
      if (records > least && counted[population.typeOf[code] as number]) found.push({ code, source, records })
    })
  })
  const texts = await population.loadTexts(Int32Array.from(found, ({ code }) => code))
  return cut(
    found.map(({ code, source, records }, at) => ({
      type: ruleset.identifiers[population.typeOf[code] as number]?.name ?? '',
      value: texts[at] ?? '',
      source: sources[source] ?? '',
      records,
      share: records / (rows[source] as number),
      rulesetLine: `blocked_values: [${JSON.stringify(texts[at] ?? '')}]`,
    })),
  )
}

/** Most held first, then type and value. */
function cut<T extends { readonly records: number; readonly type: string; readonly value: string }>(
  found: readonly T[],
): Cut<T> {
  const sorted = [...found].sort((a, b) => b.records - a.records || order(a.type, b.type) || order(a.value, b.value))
  return { total: found.length, listed: sorted.slice(0, mostListed) }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
