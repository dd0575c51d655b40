import { compareText } from '../evidence/record.ts'
import type { BulkEvidence, StagePlan } from './bulk-evidence.ts'
import type { CodeLink } from './component-closure.ts'
import { groupByKey } from './group-by-key.ts'
import type { UnionFind } from './union-find.ts'

/** The optimistic sets laid out one after the other, so that each can be looked at by itself. */
export interface Components {
  /** Per trace the most senior trace of its set. */
  readonly rootOf: Int32Array
  /** Traces by set, and within it by seniority; those of root r are the entries starts[r] … starts[r] + size[r] − 1. */
  readonly members: Int32Array
  readonly starts: Int32Array
  readonly size: Int32Array
  /** Per root: 1 where guards, decisions or composite rules may have a say, so that the exact closure must decide. */
  readonly exact: Uint8Array
}

/** Lays out the sets of the optimistic union. Parents are more senior than their children, so one pass flattens them. */
export function layOut(evidence: BulkEvidence, sets: UnionFind, complex: Uint8Array): Components {
  const { traceCount } = evidence.population
  const { named } = evidence.standing
  const rootOf = new Int32Array(traceCount)
  for (let trace = 0; trace < traceCount; trace++) {
    const parent = sets.parent[trace] as number
    rootOf[trace] = parent === trace ? trace : (rootOf[parent] as number)
  }
  const { starts, order: members } = groupByKey(rootOf, traceCount)
  const size = new Int32Array(traceCount)
  const exact = new Uint8Array(traceCount)
  for (let trace = 0; trace < traceCount; trace++) {
    size[trace] = (starts[trace + 1] as number) - (starts[trace] as number)
    if (complex[trace] === 1) exact[rootOf[trace] as number] = 1
  }
  for (const trace of named) exact[rootOf[trace] as number] = 1
  for (let trace = 0; trace < traceCount; trace++) if (size[trace] === 1) exact[trace] = 0
  return { rootOf, members, starts, size, exact }
}

/**
 * Takes the answer of every set that nothing but equal values joined and no guard objects to: one profile, with the links of the
 * closure in their canonical order. The other sets are marked `exact`. Gives per stage the records that agree with another one.
 */
export function resolvePlainComponents(
  evidence: BulkEvidence,
  components: Components,
  addLink: (link: CodeLink) => void,
): Float64Array {
  const { population, stages } = evidence
  const { size, starts, exact } = components
  const valid = new Float64Array(stages.length)
  const present = new Uint8Array(evidence.ruleset.identifiers.length)
  for (let code = 0; code < population.valueCount; code++) present[population.typeOf[code] as number] = 1
  const simple = stages.filter(
    (plan) =>
      plan.merges && plan.simple && plan.criteria[0]?.reads.some((flag, type) => flag === 1 && present[type] === 1),
  )
  const smallestGroup = Math.min(
    Infinity,
    ...stages.map((plan) => (plan.merges && plan.stage.rule.maxGroupSize) || Infinity),
  )
  const component = new Component(evidence, addLink)
  for (let root = 0; root < population.traceCount; root++) {
    const count = size[root] as number
    if (count === 0 || exact[root] === 1) continue
    if (count > smallestGroup) {
      exact[root] = 1
      continue
    }
    if (count === 1 && (population.recordCount?.[root] ?? 1) === 1) continue
    component.load(components.members, starts[root] as number, count)
    if (count > 1 && component.breaksLimit()) {
      exact[root] = 1
      continue
    }
    for (const plan of simple) valid[plan.index] = (valid[plan.index] as number) + component.link(plan)
  }
  return valid
}

/** Sightings of one component, ordered by code and then trace. Reused from component to component. */
class Component {
  private readonly evidence: BulkEvidence
  private readonly addLink: (link: CodeLink) => void
  private count = 0
  private traceCount = 0
  /** Per sighting; traces by their place in the component, which is their seniority. */
  private entries = new Int32Array(256)
  private holders = new Int32Array(256)
  private codes = new Int32Array(256)
  private types = new Uint16Array(256)
  /** Places of sightings, by code and trace. */
  private order = new Int32Array(256)
  /** Per trace its number, what the stages so far connected, and the group that last counted it. */
  private traces = new Int32Array(64)
  private parents = new Int32Array(64)
  private agreeing = new Uint8Array(64)
  /** Edges of the present stage. */
  private readonly edges: { left: number; right: number; code: number }[] = []

  constructor(evidence: BulkEvidence, addLink: (link: CodeLink) => void) {
    this.evidence = evidence
    this.addLink = addLink
  }

  load(members: Int32Array, start: number, traceCount: number): void {
    const { types, population } = this.evidence
    const { offsets, codes } = population
    if (traceCount > this.traces.length) {
      this.traces = new Int32Array(2 * traceCount)
      this.parents = new Int32Array(2 * traceCount)
      this.agreeing = new Uint8Array(2 * traceCount)
    }
    let count = 0
    for (let holder = 0; holder < traceCount; holder++) {
      const trace = members[start + holder] as number
      this.traces[holder] = trace
      this.parents[holder] = holder
      const end = offsets[trace + 1] as number
      const first = offsets[trace] as number
      if (count + end - first > this.codes.length) this.grow(count + end - first)
      for (let entry = first; entry < end; entry++) {
        this.entries[count] = entry
        this.holders[count] = holder
        this.codes[count] = codes[entry] as number
        this.types[count] = types[entry] as number
        this.order[count] = count
        count++
      }
    }
    this.count = count
    this.traceCount = traceCount
    this.sort()
  }

  /** Whether some type has more distinct counted values than its limit. */
  breaksLimit(): boolean {
    const { limits, allCount } = this.evidence
    for (const { type, limit } of limits) {
      let distinct = 0
      let last = -1
      for (let at = 0; at < this.count; at++) {
        const place = this.order[at] as number
        const code = this.codes[place] as number
        if (code === last || this.types[place] !== type) continue
        if (!allCount && !this.counts(place)) continue
        last = code
        distinct++
      }
      if (distinct > limit) return true
    }
    return false
  }

  /**
   * Adds the fewest links of a stage that connect what it connects, senior traces first; stages come strongest first. Gives the
   * records that share a value of the stage with another record.
   */
  link(plan: StagePlan): number {
    const reads = plan.criteria[0]?.reads
    if (!reads) return 0
    const { recordCount } = this.evidence.population
    const { codes, order, holders } = this
    this.agreeing.fill(0, 0, this.traceCount)
    this.edges.length = 0
    let values = 0
    for (let at = 0; at < this.count; ) {
      const place = order[at] as number
      const code = codes[place] as number
      let end = at + 1
      while (end < this.count && codes[order[end] as number] === code) end++
      if (reads[this.types[place] as number] === 1 && (end - at > 1 || recordCount !== null)) {
        let first = -1
        let found = 0
        for (let i = at; i < end; i++) {
          const member = order[i] as number
          if (!this.mayLink(plan, member)) continue
          const holder = holders[member] as number
          found++
          if (found === 1) first = holder
          else {
            this.edges.push({ left: first, right: holder, code })
            this.agreeing[first] = 1
            this.agreeing[holder] = 1
          }
          if (recordCount !== null && (recordCount[this.traces[holder] as number] as number) > 1)
            this.agreeing[holder] = 1
        }
        if (found > 1) values++
      }
      at = end
    }
    this.addLinks(plan, values)
    let records = 0
    for (let holder = 0; holder < this.traceCount; holder++)
      if (this.agreeing[holder] === 1) records += recordCount?.[this.traces[holder] as number] ?? 1
    return records
  }

  private addLinks(plan: StagePlan, values: number): void {
    const { edges, traces } = this
    if (values > 1 && edges.length > 1) {
      const { texts } = this.evidence
      edges.sort(
        (a, b) =>
          a.left - b.left ||
          a.right - b.right ||
          (a.code === b.code ? 0 : compareText(texts.get(a.code), texts.get(b.code))),
      )
    }
    for (const { left, right, code } of edges) {
      const x = this.find(left)
      const y = this.find(right)
      if (x === y) continue
      this.parents[x < y ? y : x] = x < y ? x : y
      this.addLink({
        left: traces[left] as number,
        right: traces[right] as number,
        code,
        stage: plan.index,
        decision: null,
      })
    }
  }

  private find(holder: number): number {
    const { parents } = this
    let at = holder
    while (parents[at] !== at) {
      parents[at] = parents[parents[at] as number] as number
      at = parents[at] as number
    }
    return at
  }

  private mayLink(plan: StagePlan, place: number): boolean {
    const passes = plan.criteria[0]?.passes ?? null
    return (
      (this.evidence.allCount || this.counts(place)) && (passes === null || passes[this.codes[place] as number] === 1)
    )
  }

  /** Verified and not idle. */
  private counts(place: number): boolean {
    const entry = this.entries[place] as number
    return this.evidence.verified[entry] === 1 && this.evidence.idle[entry] === 0
  }

  private grow(needed: number): void {
    const size = 2 * needed
    const grown = <T extends Int32Array | Uint16Array>(to: T, from: T): T => {
      to.set(from)
      return to
    }
    this.entries = grown(new Int32Array(size), this.entries)
    this.holders = grown(new Int32Array(size), this.holders)
    this.codes = grown(new Int32Array(size), this.codes)
    this.types = grown(new Uint16Array(size), this.types)
    this.order = grown(new Int32Array(size), this.order)
  }

  /** By code; entries of one code stay by trace. Insertion for the usual few, else the engine's sort. */
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
