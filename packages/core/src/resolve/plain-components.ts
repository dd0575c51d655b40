import { compareText } from '../evidence/record.ts'
import type { BulkEvidence, StagePlan } from './bulk-evidence.ts'
import type { CodeLink } from './component-closure.ts'
import { UnionFind } from './union-find.ts'

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
  const size = new Int32Array(traceCount)
  const exact = new Uint8Array(traceCount)
  for (let trace = 0; trace < traceCount; trace++) {
    const parent = sets.parent[trace] as number
    const root = parent === trace ? trace : (rootOf[parent] as number)
    rootOf[trace] = root
    size[root] = (size[root] as number) + 1
    if (complex[trace] === 1) exact[root] = 1
  }
  for (const trace of named) exact[rootOf[trace] as number] = 1
  const starts = new Int32Array(traceCount)
  let next = 0
  for (let trace = 0; trace < traceCount; trace++) {
    if (rootOf[trace] !== trace) continue
    starts[trace] = next
    next += size[trace] as number
    if (size[trace] === 1) exact[trace] = 0
  }
  const fill = starts.slice()
  const members = new Int32Array(traceCount)
  for (let trace = 0; trace < traceCount; trace++) {
    const root = rootOf[trace] as number
    const place = fill[root] as number
    members[place] = trace
    fill[root] = place + 1
  }
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
  const simple = stages.filter((plan) => plan.merges && plan.simple)
  const smallestGroup = Math.min(
    Infinity,
    ...stages.map((plan) => (plan.merges && plan.stage.rule.maxGroupSize) || Infinity),
  )
  const component = new Component(evidence)
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
    for (const plan of simple) {
      if (count > 1) component.link(plan, addLink)
      valid[plan.index] = (valid[plan.index] as number) + component.countAgreeing(plan)
    }
  }
  return valid
}

/** Sightings of one component, ordered by code and then trace. Reused from component to component. */
class Component {
  private readonly evidence: BulkEvidence
  private entries: number[] = []
  private traces: number[] = []
  private codes: number[] = []
  /** Places in `entries`, by code and trace. */
  private order: number[] = []
  private count = 0
  /** What the stages so far connected. */
  private readonly tree: UnionFind

  constructor(evidence: BulkEvidence) {
    this.evidence = evidence
    this.tree = new UnionFind(evidence.population.traceCount)
  }

  load(members: Int32Array, start: number, traceCount: number): void {
    const { offsets, codes } = this.evidence.population
    let count = 0
    for (let at = start; at < start + traceCount; at++) {
      const trace = members[at] as number
      const end = offsets[trace + 1] as number
      for (let entry = offsets[trace] as number; entry < end; entry++) {
        this.entries[count] = entry
        this.traces[count] = trace
        this.codes[count] = codes[entry] as number
        this.order[count] = count
        count++
      }
    }
    this.count = count
    this.sort()
  }

  /** Whether some type has more distinct counted values than its limit. */
  breaksLimit(): boolean {
    const { limits, population, verified, idle } = this.evidence
    for (const { type, limit } of limits) {
      let distinct = 0
      let last = -1
      for (let at = 0; at < this.count; at++) {
        const place = this.order[at] as number
        const code = this.codes[place] as number
        if (code === last || population.typeOf[code] !== type) continue
        const entry = this.entries[place] as number
        if (verified[entry] === 0 || idle[entry] === 1) continue
        last = code
        distinct++
      }
      if (distinct > limit) return true
    }
    return false
  }

  /** Fewest links of a stage that connect what it connects, senior traces first. Stages come strongest first. */
  link(plan: StagePlan, addLink: (link: CodeLink) => void): void {
    const edges: { left: number; right: number; code: number }[] = []
    let values = 0
    this.eachGroup(plan, (group) => {
      values++
      const [first] = group
      const left = this.traces[first as number] as number
      const code = this.codes[first as number] as number
      for (let at = 1; at < group.length; at++)
        edges.push({ left, right: this.traces[group[at] as number] as number, code })
    })
    if (edges.length === 0) return
    if (values > 1) {
      const { texts } = this.evidence
      edges.sort(
        (a, b) =>
          a.left - b.left ||
          a.right - b.right ||
          (a.code === b.code ? 0 : compareText(texts.get(a.code), texts.get(b.code))),
      )
    }
    for (const { left, right, code } of edges) {
      if (this.tree.find(left) === this.tree.find(right)) continue
      this.tree.union(left, right)
      addLink({ left, right, code, stage: plan.index, decision: null })
    }
  }

  /** Records of traces that share a value of the stage with another record. */
  countAgreeing(plan: StagePlan): number {
    const { recordCount } = this.evidence.population
    const agreeing = new Set<number>()
    this.eachGroup(plan, (group) => {
      for (const place of group) agreeing.add(this.traces[place] as number)
    })
    if (recordCount !== null) {
      for (let place = 0; place < this.count; place++) {
        const trace = this.traces[place] as number
        if ((recordCount[trace] as number) > 1 && this.mayLink(plan, place)) agreeing.add(trace)
      }
    }
    let records = 0
    for (const trace of agreeing) records += recordCount?.[trace] ?? 1
    return records
  }

  /** Places of the sightings that link by one code, by trace; groups of two and more. */
  private eachGroup(plan: StagePlan, visit: (group: readonly number[]) => void): void {
    const reads = plan.criteria[0]?.reads
    const { typeOf } = this.evidence.population
    for (let at = 0; at < this.count; ) {
      const code = this.codes[this.order[at] as number] as number
      let end = at + 1
      while (end < this.count && this.codes[this.order[end] as number] === code) end++
      if (end - at > 1 && reads?.[typeOf[code] as number] === 1) {
        const group: number[] = []
        for (let i = at; i < end; i++)
          if (this.mayLink(plan, this.order[i] as number)) group.push(this.order[i] as number)
        if (group.length > 1) visit(group)
      }
      at = end
    }
  }

  private mayLink(plan: StagePlan, place: number): boolean {
    const { population, verified, idle } = this.evidence
    const [criterion] = plan.criteria
    const entry = this.entries[place] as number
    const code = this.codes[place] as number
    return (
      criterion?.reads[population.typeOf[code] as number] === 1 &&
      verified[entry] === 1 &&
      idle[entry] === 0 &&
      (criterion.passes === null || criterion.passes[code] === 1)
    )
  }

  /** By code; entries of one code stay by trace. Insertion for the usual few, else the engine's sort. */
  private sort(): void {
    const { order, codes } = this
    if (this.count > 64) {
      this.order = order.slice(0, this.count).sort((a, b) => (codes[a] as number) - (codes[b] as number) || a - b)
      return
    }
    for (let i = 1; i < this.count; i++) {
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
