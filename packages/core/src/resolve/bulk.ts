import { compareText } from '../evidence/record.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'
import { bulkCandidates } from './bulk-candidates.ts'
import { describeShared, prepareBulk, type BulkEvidence, type CriterionPlan } from './bulk-evidence.ts'
import { mayMeet } from './bulk-meeting.ts'
import { closeComponent, type CodeLink, type HeldCode } from './component-closure.ts'
import type { Decision } from './decision.ts'
import { optimisticUnion } from './optimistic-union.ts'
import type { Population } from './population.ts'
import type { DemotedValue, HeldLink, Resolution } from './resolution.ts'
import { ruleFigures, type RuleFigures } from './rule-figures.ts'
import { UnionFind } from './union-find.ts'
import { unresolvedTraces } from './unresolved.ts'

/** A resolution whose links are columns, because whole populations have millions of them. */
export interface BulkResolution extends Omit<Resolution, 'links'> {
  readonly links: LinkColumns
  /** Codes of `shared` and `demoted`. */
  readonly sharedCodes: readonly number[]
  readonly demotedCodes: readonly { readonly cluster: number; readonly code: number }[]
  /** By index of `stagesOf(ruleset)`. */
  readonly figures: readonly RuleFigures[]
  /** Components that went through the exact closure, and their traces. */
  readonly exact: { readonly components: number; readonly traces: number }
}

/** Entry i of every column is one link; no stated order. */
export interface LinkColumns {
  readonly left: Int32Array
  readonly right: Int32Array
  /** Index into `stagesOf(ruleset)`; -1: a decision. */
  readonly stage: Int16Array
  /** Value code; -1: a decision. */
  readonly code: Int32Array
  /** Id of the decision by index of the link. */
  readonly decisions: ReadonlyMap<number, string>
}

/**
 * Resolves a whole population: joins everything that could ever join, takes that answer where no guard, decision or composite
 * rule has a say in it, and sends the other components through the exact closure one by one. Equal to `resolveReference`.
 */
export async function resolveBulk(
  population: Population,
  ruleset: Ruleset,
  decisions: readonly Decision[],
): Promise<BulkResolution> {
  const evidence = await prepareBulk(population, ruleset, decisions)
  const { sets, complex } = optimisticUnion(evidence)
  const exactRoots = exactComponents(evidence, sets, complex)
  const links = new LinkWriter(population.traceCount)
  await evidence.texts.load(tiedCodes(evidence))
  plainLinks(evidence, sets, exactRoots, links)

  const clusterOf = new Int32Array(population.traceCount)
  for (let trace = 0; trace < population.traceCount; trace++) clusterOf[trace] = sets.find(trace)
  const held: HeldCode[] = []
  const refusedGroups: { clusters: readonly number[]; held: readonly HeldCode[] }[] = []
  const demoted: { cluster: number; code: number }[] = []
  const membersOf = new Map<number, readonly number[]>()
  let exactTraces = 0
  for (let root = 0; root < population.traceCount; root++) {
    if (exactRoots[root] === 0) continue
    const traces = sets.members(root)
    exactTraces += traces.length
    const closed = closeComponent(evidence, traces)
    for (const cluster of closed.clusters) {
      membersOf.set(cluster.id, cluster.traces)
      for (const trace of cluster.traces) clusterOf[trace] = cluster.id
      for (const code of cluster.demoted) demoted.push({ cluster: cluster.id, code })
    }
    for (const link of closed.links) links.add(link)
    for (const link of closed.held) held.push(link)
    for (const group of closed.refusedGroups) refusedGroups.push(group)
  }
  const tracesOf = (cluster: number): readonly number[] =>
    membersOf.get(cluster) ?? sets.members(cluster)

  const described = await describeHeld(evidence, held)
  const { candidates, notListed } = await bulkCandidates(evidence, clusterOf, tracesOf, demoted, described)
  const describedGroups = await Promise.all(
    refusedGroups.map(async (group) => ({
      clusters: group.clusters,
      held: [...(await describeHeld(evidence, group.held.slice(0, 1))).values()],
    })),
  )
  return {
    clusterOf,
    links: links.columns(),
    held: [...described.values()].sort((a, b) => a.cluster - b.cluster || a.refusedBy - b.refusedBy),
    candidates,
    candidatesNotListed: notListed,
    demoted: await describeDemoted(evidence, demoted),
    shared: sortShared(ruleset, await describeShared(evidence)),
    unresolved: unresolvedTraces([...described.values()], tracesOf, describedGroups),
    sharedCodes: evidence.shared.map(({ code }) => code),
    demotedCodes: demoted,
    figures: ruleFigures(evidence, evidence.stages, clusterOf),
    exact: { components: exactRoots.reduce((sum, flag) => sum + flag, 0), traces: exactTraces },
  }
}

/** Codes that a link can carry, in full: what `Resolution.links` says. Sorted by left, right, stage. */
export async function describeLinks(
  links: LinkColumns,
  population: Population,
  ruleset: Ruleset,
): Promise<Resolution['links']> {
  const codes = links.code.filter((code) => code >= 0)
  const texts = await population.loadTexts(codes)
  const textOf = new Map([...codes].map((code, i) => [code, texts[i] ?? '']))
  return [...links.left]
    .map((left, i) => {
      const code = links.code[i] as number
      return {
        left,
        right: links.right[i] as number,
        stage: links.stage[i] as number,
        decision: links.decisions.get(i) ?? null,
        type: code < 0 ? '' : (ruleset.identifiers[population.typeOf[code] as number]?.name ?? ''),
        value: textOf.get(code) ?? '',
      }
    })
    .sort((a, b) => a.left - b.left || a.right - b.right || a.stage - b.stage)
}

/** Per trace that roots an optimistic set: 1 where guards, decisions or composite rules may have a say. */
function exactComponents(evidence: BulkEvidence, sets: UnionFind, complex: Uint8Array): Uint8Array {
  const { population, limits, standing, stages } = evidence
  const exact = new Uint8Array(population.traceCount)
  const size = new Int32Array(population.traceCount)
  for (let trace = 0; trace < population.traceCount; trace++) {
    const root = sets.find(trace)
    size[root] = (size[root] as number) + 1
    if (complex[trace] === 1 || standing.named.has(trace)) exact[root] = 1
  }
  const smallestGroup = Math.min(Infinity, ...stages.map((plan) => (plan.merges && plan.stage.rule.maxGroupSize) || Infinity))
  for (let root = 0; root < population.traceCount; root++) {
    if (size[root] === 1) exact[root] = 0
    else if ((size[root] as number) > smallestGroup) exact[root] = 1
  }
  for (const { type, limit } of limits) markExceeded(evidence, sets, type, limit, size, exact)
  return exact
}

/** Marks the components that hold more distinct counted values of a type than its limit. */
function markExceeded(
  evidence: BulkEvidence,
  sets: UnionFind,
  type: number,
  limit: number,
  size: Int32Array,
  exact: Uint8Array,
): void {
  const { population, holders, verified, idle } = evidence
  const distinct = new Int32Array(population.traceCount)
  /** Per component the last code that was counted for it. */
  const lastCode = new Int32Array(population.traceCount).fill(-1)
  for (let code = 0; code < population.valueCount; code++) {
    if (population.typeOf[code] !== type) continue
    const end = holders.offsets[code + 1] as number
    for (let i = holders.offsets[code] as number; i < end; i++) {
      const entry = holders.entries[i] as number
      if (verified[entry] === 0 || idle[entry] === 1) continue
      const root = sets.find(holders.traces[i] as number)
      if (size[root] === 1 || lastCode[root] === code) continue
      lastCode[root] = code
      const count = (distinct[root] as number) + 1
      distinct[root] = count
      if (count > limit) exact[root] = 1
    }
  }
}

/** Links of the components that nothing but equal values joined, in the canonical order of the closure. */
function plainLinks(evidence: BulkEvidence, sets: UnionFind, exact: Uint8Array, links: LinkWriter): void {
  const { population, stages, texts, holders } = evidence
  const { offsets, codes, typeOf } = population
  const tree = new UnionFind(population.traceCount)
  const firstHolder = new Int32Array(population.valueCount)
  for (const plan of stages) {
    const [criterion] = plan.criteria
    if (!plan.merges || !plan.simple || !criterion) continue
    const { reads } = criterion
    if (!findFirstHolders(evidence, criterion, firstHolder)) continue
    const join = (left: number, right: number, code: number) => {
      if (tree.find(left) === tree.find(right)) return
      tree.union(left, right)
      links.add({ left, right, code, stage: plan.index, decision: null })
    }
    const eachOther = (trace: number, code: number, visit: (right: number) => void) => {
      const end = holders.offsets[code + 1] as number
      for (let i = holders.offsets[code] as number; i < end; i++) {
        const right = holders.traces[i] as number
        if (right !== trace && mayMeet(evidence, criterion, holders.entries[i] as number, true, null)) visit(right)
      }
    }
    for (let trace = 0; trace < population.traceCount; trace++) {
      const end = offsets[trace + 1] as number
      let only = -1
      let leading = 0
      for (let entry = offsets[trace] as number; entry < end; entry++) {
        const code = codes[entry] as number
        if (reads[typeOf[code] as number] === 0 || firstHolder[code] !== trace) continue
        only = code
        leading++
      }
      if (leading === 0 || exact[sets.find(trace)] === 1) continue
      if (leading === 1) {
        eachOther(trace, only, (right) => join(trace, right, only))
        continue
      }
      const edges: { right: number; code: number }[] = []
      for (let entry = offsets[trace] as number; entry < end; entry++) {
        const code = codes[entry] as number
        if (reads[typeOf[code] as number] === 0 || firstHolder[code] !== trace) continue
        eachOther(trace, code, (right) => edges.push({ right, code }))
      }
      edges.sort((a, b) => a.right - b.right || compareText(texts.get(a.code), texts.get(b.code)))
      for (const { right, code } of edges) join(trace, right, code)
    }
  }
}

/** Per code the most senior trace that may link by it, or −1 where fewer than two may. False where no code has two. */
function findFirstHolders(evidence: BulkEvidence, criterion: CriterionPlan, into: Int32Array): boolean {
  const { population, holders } = evidence
  let found = false
  for (let code = 0; code < population.valueCount; code++) {
    into[code] = -1
    if (criterion.reads[population.typeOf[code] as number] === 0) continue
    const start = holders.offsets[code] as number
    const end = holders.offsets[code + 1] as number
    if (end - start < 2) continue
    let first = -1
    let linking = 0
    for (let i = start; i < end && linking < 2; i++) {
      if (!mayMeet(evidence, criterion, holders.entries[i] as number, true, null)) continue
      if (first < 0) first = holders.traces[i] as number
      linking++
    }
    if (linking < 2) continue
    into[code] = first
    found = true
  }
  return found
}

/** Codes of traces that hold several values of one type: only between those does their text decide an order. */
function* tiedCodes(evidence: BulkEvidence): Generator<number> {
  const { population } = evidence
  for (let trace = 0; trace < population.traceCount; trace++) {
    const start = population.offsets[trace] as number
    const end = population.offsets[trace + 1] as number
    for (let i = start; i < end; i++) {
      const type = population.typeOf[population.codes[i] as number]
      let tied = false
      for (let j = start; j < end && !tied; j++) tied = j !== i && population.typeOf[population.codes[j] as number] === type
      if (tied) yield population.codes[i] as number
    }
  }
}

async function describeHeld(evidence: BulkEvidence, held: readonly HeldCode[]): Promise<ReadonlyMap<HeldCode, HeldLink>> {
  await evidence.texts.load(held.map(({ code }) => code))
  return new Map(
    held.map((link) => {
      const { code, ...rest } = link
      const type = evidence.ruleset.identifiers[evidence.population.typeOf[code] as number]?.name ?? ''
      return [link, { ...rest, type, value: evidence.texts.get(code) }]
    }),
  )
}

async function describeDemoted(
  evidence: BulkEvidence,
  demoted: readonly { readonly cluster: number; readonly code: number }[],
): Promise<readonly DemotedValue[]> {
  await evidence.texts.load(demoted.map(({ code }) => code))
  return demoted.map(({ cluster, code }) => ({
    cluster,
    type: evidence.ruleset.identifiers[evidence.population.typeOf[code] as number]?.name ?? '',
    value: evidence.texts.get(code),
  }))
}

function sortShared(ruleset: Ruleset, shared: Resolution['shared']): Resolution['shared'] {
  const position = new Map(ruleset.identifiers.map((type, index) => [type.name, index]))
  return [...shared].sort(
    (a, b) => (position.get(a.type) ?? 0) - (position.get(b.type) ?? 0) || compareText(a.value, b.value),
  )
}

/** Growing columns. A forest over n traces has fewer than n links. */
class LinkWriter {
  private readonly left: Int32Array
  private readonly right: Int32Array
  private readonly stage: Int16Array
  private readonly code: Int32Array
  private readonly decisions = new Map<number, string>()
  private count = 0

  constructor(traces: number) {
    this.left = new Int32Array(traces)
    this.right = new Int32Array(traces)
    this.stage = new Int16Array(traces)
    this.code = new Int32Array(traces)
  }

  add({ left, right, stage, code, decision }: CodeLink): void {
    const at = this.count++
    this.left[at] = left
    this.right[at] = right
    this.stage[at] = stage
    this.code[at] = code
    if (decision !== null) this.decisions.set(at, decision)
  }

  columns(): LinkColumns {
    const { count, decisions } = this
    return {
      left: this.left.subarray(0, count),
      right: this.right.subarray(0, count),
      stage: this.stage.subarray(0, count),
      code: this.code.subarray(0, count),
      decisions,
    }
  }
}

