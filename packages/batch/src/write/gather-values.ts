import { compareText, type Population, type Survivorship } from '@selfsame/core'
import { partOffsets } from '../encode/encode-records.ts'
import { survivorshipOf } from './golden-fields.ts'
import type { ResolvedRun } from './resolved-run.ts'

/** What the profiles hold of each identifier value, as columns; one entry per profile and code. */
export interface ProfileValues {
  readonly cluster: Int32Array
  readonly code: Int32Array
  readonly verified: Int32Array
  readonly active: Int32Array
  readonly records: Int32Array
  /** Milliseconds, NaN: no time; null where the run has no times. */
  readonly times: { readonly first: Float64Array; readonly last: Float64Array } | null
}

export interface SurvivingValues {
  /** Profiles, ascending. */
  readonly profiles: Int32Array
  /** By the position of its type, the code that survives in each profile, or −1; types of which none does are left out. */
  readonly codes: ReadonlyMap<number, Int32Array>
}

/**
 * Gathers identifier values per profile, which are stored block by block in the order of profile and code, and picks those
 * that survive: active and verified ones first.
 */
export async function gatherValues(
  run: ResolvedRun,
  textOf: (code: number) => string,
  store: (values: ProfileValues) => Promise<void>,
): Promise<SurvivingValues> {
  const { population, resolution, ruleset, clusters } = run
  const rules = ruleset.identifiers.map((type) => survivorshipOf(type.name, ruleset))
  const shared = new Set(resolution.sharedCodes)
  const demoted = new Set(resolution.demotedCodes.map(({ cluster, code }) => `${cluster}:${code}`))
  const isActive = (cluster: number, code: number) =>
    (shared.size === 0 || !shared.has(code)) && (demoted.size === 0 || !demoted.has(`${cluster}:${code}`))
  const profiles = new Int32Array(clusters.profiles)
  const codes = new Map<number, Int32Array>()
  const holding = new ProfileSightings(run)
  const out = new ValueWriter(run.hasTimes)
  const sourceOfTrace = sourcesOfTraces(run)
  let profile = 0
  for (let cluster = 0; cluster < population.traceCount; cluster++) {
    const size = clusters.traces[cluster] as number
    if (size === 0) continue
    profiles[profile] = cluster
    holding.load(clusters.starts[cluster] as number, size)
    if (out.room() < holding.count) await store(out.take())
    const best = holding.best
    holding.eachValue((entry) => {
      entry.active = isActive(cluster, entry.code)
      out.add(cluster, entry)
      if (!entry.active) return
      const known = best[entry.type]
      if (!known || isPreferred(entry, known, rules[entry.type] as Survivorship, sourceOfTrace, textOf))
        best[entry.type] = entry
    })
    for (let type = 0; type < best.length; type++) {
      const entry = best[type]
      if (!entry) continue
      best[type] = null
      let column = codes.get(type)
      if (!column) {
        column = new Int32Array(clusters.profiles).fill(-1)
        codes.set(type, column)
      }
      column[profile] = entry.code
    }
    profile++
  }
  await store(out.take())
  return { profiles, codes }
}

/** The sightings of one profile, by code and then seniority. Reused from profile to profile. */
class ProfileSightings {
  /** Per type the value that survives so far. */
  readonly best: (Entry | null)[]
  count = 0
  private readonly population: Population
  private readonly members: Int32Array
  private readonly types: Uint16Array
  private readonly times: { readonly first: Float64Array; readonly last: Float64Array } | null
  private size = 256
  private codes = new Int32Array(256)
  private traces = new Int32Array(256)
  private entries = new Int32Array(256)
  private order = new Int32Array(256)
  private readonly pool: Entry[] = []

  constructor(run: ResolvedRun) {
    this.population = run.population
    this.members = run.clusters.members
    this.types = run.types
    this.times = run.hasTimes ? observedTimes(run) : null
    this.best = run.ruleset.identifiers.map(() => null)
  }

  load(start: number, traceCount: number): void {
    const { offsets, codes } = this.population
    let count = 0
    for (let at = start; at < start + traceCount; at++) {
      const trace = this.members[at] as number
      const end = offsets[trace + 1] as number
      let entry = offsets[trace] as number
      if (count + end - entry > this.size) this.grow(count + end - entry)
      for (; entry < end; entry++) {
        this.codes[count] = codes[entry] as number
        this.traces[count] = trace
        this.entries[count] = entry
        this.order[count] = count
        count++
      }
    }
    this.count = count
    this.sort()
  }

  /** Visits what is held of each code, in the order of codes. An entry is valid until the next profile is loaded. */
  eachValue(visit: (entry: Entry) => void): void {
    const { order, codes, traces, entries, population, times } = this
    let used = 0
    for (let at = 0; at < this.count; ) {
      const first = order[at] as number
      const code = codes[first] as number
      const entry = this.entryAt(used++)
      entry.code = code
      entry.type = this.types[entries[first] as number] as number
      entry.senior = traces[first] as number
      entry.latestAt = -Infinity
      entry.latestTrace = entry.senior
      entry.verified = false
      entry.records = 0
      entry.firstSeen = Number.NaN
      entry.lastSeen = Number.NaN
      for (; at < this.count && codes[order[at] as number] === code; at++) {
        const place = order[at] as number
        const trace = traces[place] as number
        if (population.verified[entries[place] as number] === 1) entry.verified = true
        entry.records += population.recordCount?.[trace] ?? 1
        const latestAt = population.lastAt[trace] as number
        if (latestAt > entry.latestAt) {
          entry.latestAt = latestAt
          entry.latestTrace = trace
        }
        if (times === null) continue
        const firstSeen = times.first[trace] as number
        const lastSeen = times.last[trace] as number
        if (!(entry.firstSeen <= firstSeen) && !Number.isNaN(firstSeen)) entry.firstSeen = firstSeen
        if (!(entry.lastSeen >= lastSeen) && !Number.isNaN(lastSeen)) entry.lastSeen = lastSeen
      }
      visit(entry)
    }
  }

  private entryAt(place: number): Entry {
    const known = this.pool[place]
    if (known) return known
    const entry: Entry = {
      code: 0,
      type: 0,
      verified: false,
      active: false,
      records: 0,
      firstSeen: Number.NaN,
      lastSeen: Number.NaN,
      latestAt: -Infinity,
      latestTrace: 0,
      senior: 0,
    }
    this.pool[place] = entry
    return entry
  }

  private grow(needed: number): void {
    this.size = 2 * needed
    const grown = (from: Int32Array) => {
      const to = new Int32Array(this.size)
      to.set(from)
      return to
    }
    this.codes = grown(this.codes)
    this.traces = grown(this.traces)
    this.entries = grown(this.entries)
    this.order = grown(this.order)
  }

  /** By code; sightings of one code stay by seniority. Insertion for the usual few, else the engine's sort. */
  private sort(): void {
    const { order, codes, count } = this
    if (count > 64) {
      order.subarray(0, count).sort((a, b) => (codes[a] as number) - (codes[b] as number) || a - b)
      return
    }
    for (let i = 1; i < count; i++) {
      const place = order[i] as number
      const code = codes[place] as number
      let at = i - 1
      while (at >= 0 && (codes[order[at] as number] as number) > code) {
        order[at + 1] = order[at] as number
        at--
      }
      order[at + 1] = place
    }
  }
}

/** Entries stored at once. */
const blockEntries = 1 << 18

/** Columns that are filled, taken and filled again. */
class ValueWriter {
  private size = blockEntries
  private ints: readonly Int32Array[] = []
  private times: { readonly first: Float64Array; readonly last: Float64Array } | null = null
  private readonly hasTimes: boolean
  private count = 0

  constructor(hasTimes: boolean) {
    this.hasTimes = hasTimes
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
    if (this.times === null) return
    this.times.first[at] = entry.firstSeen
    this.times.last[at] = entry.lastSeen
  }

  /** What was filled, valid until more is added. */
  take(): ProfileValues {
    const { count, times } = this
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
      times: times && { first: times.first.subarray(0, count), last: times.last.subarray(0, count) },
    }
  }

  private grow(size: number): void {
    const grown = <T extends Int32Array | Float64Array>(from: T | undefined, to: T): T => {
      if (from) to.set(from)
      return to
    }
    this.ints = Array.from({ length: 5 }, (_, column) => grown(this.ints[column], new Int32Array(size)))
    if (this.hasTimes) {
      this.times = {
        first: grown(this.times?.first, new Float64Array(size)),
        last: grown(this.times?.last, new Float64Array(size)),
      }
    }
    this.size = size
  }
}

interface Entry {
  code: number
  type: number
  verified: boolean
  active: boolean
  records: number
  firstSeen: number
  lastSeen: number
  /** Latest effective time, and the most senior trace of that time. */
  latestAt: number
  latestTrace: number
  /** Most senior trace that holds it. */
  senior: number
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

/** First and last observed times of traces; NaN: none. */
function observedTimes({ numbering, population, observedAt }: ResolvedRun): {
  readonly first: Float64Array
  readonly last: Float64Array
} {
  const first = new Float64Array(population.traceCount).fill(Number.NaN)
  const last = new Float64Array(population.traceCount).fill(Number.NaN)
  numbering.traceOfRecord.forEach((trace, record) => {
    const at = observedAt[record] as number
    if (trace < 0 || Number.isNaN(at)) return
    if (!((first[trace] as number) <= at)) first[trace] = at
    if (!((last[trace] as number) >= at)) last[trace] = at
  })
  return { first, last }
}

function sourcesOfTraces({ parts, numbering }: ResolvedRun): (trace: number) => string {
  const offsets = partOffsets(parts)
  return (trace) => {
    const record = numbering.seniorOfTrace[trace] as number
    let index = offsets.length - 1
    while (index > 0 && (offsets[index] ?? 0) > record) index--
    return parts[index]?.source ?? ''
  }
}
