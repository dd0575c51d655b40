import { compareText, type BulkResolution, type Population, type Ruleset, type Survivorship } from '@selfsame/core'
import type { Numbering } from '../encode/build-population.ts'

/** What the clusters hold of each identifier value, as columns; one entry per cluster and code. */
export interface ClusterValues {
  readonly cluster: Int32Array
  readonly code: Int32Array
  readonly verified: Int32Array
  readonly active: Int32Array
  readonly records: Int32Array
  /** Milliseconds; NaN: no time. */
  readonly firstSeen: Float64Array
  readonly lastSeen: Float64Array
}

/** Per identifier type the code that survives in each profile. */
export interface SurvivingValues {
  readonly type: number
  readonly cluster: Int32Array
  readonly code: Int32Array
}

/** Survivorship of a field. */
export function survivorshipOf(field: string, ruleset: Ruleset): Survivorship {
  return ruleset.merge.fields.get(field) ?? { by: ruleset.merge.strategy === 'primary' ? 'primary' : 'most_recent' }
}

/**
 * Gathers identifier values per profile, which are stored block by block in the order of profile and code, and picks those
 * that survive: active and verified ones first.
 */
export async function gatherClusterValues(
  population: Population,
  resolution: BulkResolution,
  numbering: Numbering,
  ruleset: Ruleset,
  observedAt: Float64Array,
  sourceOfTrace: (trace: number) => string,
  textOf: (code: number) => string,
  store: (values: ClusterValues) => Promise<void>,
): Promise<readonly SurvivingValues[]> {
  const { traceCount, offsets, codes, verified, typeOf } = population
  const times = observedTimes(numbering, traceCount, observedAt)
  const shared = new Set(resolution.sharedCodes)
  const demoted = new Set(resolution.demotedCodes.map(({ cluster, code }) => `${cluster}:${code}`))
  const membersByCluster = sortByCluster(resolution.clusterOf)
  const out = new ValueWriter()
  const surviving = ruleset.identifiers.map(() => ({ cluster: [] as number[], code: [] as number[] }))
  const found: Entry[] = []
  const writeCluster = (cluster: number) => {
    for (const entry of found) out.add(cluster, entry)
    if (found.length > 1) found.sort((a, b) => (typeOf[a.code] as number) - (typeOf[b.code] as number))
    for (let start = 0; start < found.length; ) {
      const type = typeOf[(found[start] as Entry).code] as number
      let end = start + 1
      while (end < found.length && typeOf[(found[end] as Entry).code] === type) end++
      const rule = survivorshipOf(ruleset.identifiers[type]?.name ?? '', ruleset)
      let best: Entry | undefined
      for (let at = start; at < end; at++) {
        const entry = found[at] as Entry
        if (entry.active && (!best || isPreferred(entry, best, rule, sourceOfTrace, textOf))) best = entry
      }
      if (best) {
        surviving[type]?.cluster.push(cluster)
        surviving[type]?.code.push(best.code)
      }
      start = end
    }
  }
  for (let start = 0; start < traceCount; ) {
    const cluster = resolution.clusterOf[membersByCluster[start] as number] as number
    found.length = 0
    let at = start
    for (; at < traceCount && resolution.clusterOf[membersByCluster[at] as number] === cluster; at++) {
      const trace = membersByCluster[at] as number
      for (let entry = offsets[trace] as number; entry < (offsets[trace + 1] as number); entry++) {
        const code = codes[entry] as number
        addSighting(found, code, trace, verified[entry] === 1, population, times)
      }
    }
    for (const entry of found)
      entry.active = !shared.has(entry.code) && (demoted.size === 0 || !demoted.has(`${cluster}:${entry.code}`))
    if (out.room() < found.length) await store(out.take())
    writeCluster(cluster)
    start = at
  }
  await store(out.take())
  return surviving.map(({ cluster, code }, type) => ({
    type,
    cluster: Int32Array.from(cluster),
    code: Int32Array.from(code),
  }))
}

/** Entries stored at once. */
const blockEntries = 1 << 18

/** Columns that are filled, taken and filled again. */
class ValueWriter {
  private size = blockEntries
  private ints: readonly Int32Array[] = []
  private first = new Float64Array(0)
  private last = new Float64Array(0)
  private count = 0

  constructor() {
    this.grow(blockEntries)
  }

  /** Entries that still fit. */
  room(): number {
    return this.size - this.count
  }

  add(cluster: number, entry: Entry): void {
    if (this.count === this.size) this.grow(2 * this.size)
    const at = this.count++
    const [clusters, codes, verified, active, records] = this.ints
    if (clusters) clusters[at] = cluster
    if (codes) codes[at] = entry.code
    if (verified) verified[at] = entry.verified ? 1 : 0
    if (active) active[at] = entry.active ? 1 : 0
    if (records) records[at] = entry.records
    this.first[at] = entry.firstSeen
    this.last[at] = entry.lastSeen
  }

  /** What was filled, valid until more is added. */
  take(): ClusterValues {
    const { count } = this
    this.count = 0
    const [cluster, code, verified, active, records] = this.ints.map((column) => column.subarray(0, count)) as [
      Int32Array,
      Int32Array,
      Int32Array,
      Int32Array,
      Int32Array,
    ]
    return {
      cluster,
      code,
      verified,
      active,
      records,
      firstSeen: this.first.subarray(0, count),
      lastSeen: this.last.subarray(0, count),
    }
  }

  private grow(size: number): void {
    const grown = <T extends Int32Array | Float64Array>(from: T | undefined, to: T): T => {
      if (from) to.set(from)
      return to
    }
    this.ints = Array.from({ length: 5 }, (_, column) => grown(this.ints[column], new Int32Array(size)))
    this.first = grown(this.first, new Float64Array(size))
    this.last = grown(this.last, new Float64Array(size))
    this.size = size
  }
}

interface Entry {
  readonly code: number
  verified: boolean
  active: boolean
  records: number
  firstSeen: number
  lastSeen: number
  /** Latest effective time, and the most senior trace of that time. */
  latestAt: number
  latestTrace: number
  /** Most senior trace that holds it. */
  readonly senior: number
}

function addSighting(
  found: Entry[],
  code: number,
  trace: number,
  verified: boolean,
  population: Population,
  times: { readonly first: Float64Array; readonly last: Float64Array },
): void {
  const first = times.first[trace] as number
  const last = times.last[trace] as number
  const records = population.recordCount?.[trace] ?? 1
  const latestAt = population.lastAt[trace] as number
  const known = found.find((entry) => entry.code === code)
  if (!known) {
    found.push({
      code,
      verified,
      active: true,
      records,
      firstSeen: first,
      lastSeen: last,
      latestAt,
      latestTrace: trace,
      senior: trace,
    })
    return
  }
  known.verified ||= verified
  known.records += records
  if (!(known.firstSeen <= first)) known.firstSeen = Number.isNaN(first) ? known.firstSeen : first
  if (!(known.lastSeen >= last)) known.lastSeen = Number.isNaN(last) ? known.lastSeen : last
  if (latestAt > known.latestAt) {
    known.latestAt = latestAt
    known.latestTrace = trace
  }
}

/** Whether `a` survives rather than `b`: verified first, then the rule, then the value of the more senior record, then text. */
function isPreferred(
  a: Entry,
  b: Entry,
  rule: Survivorship,
  sourceOfTrace: (trace: number) => string,
  textOf: (code: number) => string,
): boolean {
  if (a.verified !== b.verified) return a.verified
  const byRule = compareByRule(a, b, rule, sourceOfTrace, textOf)
  if (byRule !== 0) return byRule < 0
  if (a.senior !== b.senior) return a.senior < b.senior
  return compareText(textOf(a.code), textOf(b.code)) < 0
}

function compareByRule(
  a: Entry,
  b: Entry,
  rule: Survivorship,
  sourceOfTrace: (trace: number) => string,
  textOf: (code: number) => string,
): number {
  switch (rule.by) {
    case 'most_recent':
      return b.latestAt - a.latestAt || a.latestTrace - b.latestTrace
    case 'primary':
      return a.senior - b.senior
    case 'most_frequent':
      return b.records - a.records
    case 'longest':
      return [...textOf(b.code)].length - [...textOf(a.code)].length
    case 'min':
      return compareText(textOf(a.code), textOf(b.code))
    case 'max':
      return compareText(textOf(b.code), textOf(a.code))
    case 'source_priority': {
      const rank = (entry: Entry) => {
        const place = rule.sources.indexOf(sourceOfTrace(entry.latestTrace))
        return place < 0 ? rule.sources.length : place
      }
      return rank(a) - rank(b) || b.latestAt - a.latestAt || a.latestTrace - b.latestTrace
    }
  }
}

function observedTimes(
  numbering: Numbering,
  traceCount: number,
  observedAt: Float64Array,
): { first: Float64Array; last: Float64Array } {
  const first = new Float64Array(traceCount).fill(Number.NaN)
  const last = new Float64Array(traceCount).fill(Number.NaN)
  numbering.traceOfRecord.forEach((trace, record) => {
    const at = observedAt[record] as number
    if (trace < 0 || Number.isNaN(at)) return
    if (!((first[trace] as number) <= at)) first[trace] = at
    if (!((last[trace] as number) >= at)) last[trace] = at
  })
  return { first, last }
}

/** Traces sorted by cluster, then seniority: a counting sort. */
function sortByCluster(clusterOf: Int32Array): Int32Array {
  const starts = new Int32Array(clusterOf.length + 1)
  for (const cluster of clusterOf) starts[cluster + 1] = (starts[cluster + 1] as number) + 1
  for (let at = 0; at < clusterOf.length; at++) starts[at + 1] = (starts[at + 1] as number) + (starts[at] as number)
  const sorted = new Int32Array(clusterOf.length)
  clusterOf.forEach((cluster, trace) => {
    const place = starts[cluster] as number
    sorted[place] = trace
    starts[cluster] = place + 1
  })
  return sorted
}
