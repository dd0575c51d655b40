import type { BulkEvidence, StagePlan } from './bulk-evidence.ts'
import { doMeet, equalKeyOf, mayMeet, type Side } from './bulk-meeting.ts'
import { forEachPairInBlocks } from './exact-blocks.ts'
import { groupByKey } from './group-by-key.ts'
import { UnionFind } from './union-find.ts'

/**
 * Joins whatever any order of joins could ever join if no guard refused anything. No guarded answer joins across its sets,
 * so each of them can be resolved by itself. A set in which some trace is marked `complex` was joined by more than equal values of one type.
 */
export function optimisticUnion(evidence: BulkEvidence): { readonly sets: UnionFind; readonly complex: Uint8Array } {
  const { population, stages, standing } = evidence
  const merging = stages.filter((plan) => plan.merges)
  const others = merging.filter((plan) => !plan.simple)
  const sets = new UnionFind(population.traceCount, others.length > 0)
  const complex = new Uint8Array(population.traceCount)
  for (const sides of standing.positives) {
    for (const group of standing.standingGroups(sides)) for (const [a, b] of group) sets.union(a, b)
  }
  for (const plan of merging) if (plan.simple) unionEqualCodes(evidence, plan, sets)
  let changed: Uint8Array | null = null
  while (others.length > 0) {
    const changes = new Uint8Array(population.traceCount)
    let joined = false
    for (const plan of others) joined = unionMeetings(evidence, plan, sets, complex, changed, changes) || joined
    if (!joined) break
    changed = changes
  }
  markOvertaken(evidence, others, sets, complex)
  return { sets, complex }
}

/**
 * Marks the sets in which a stage with several criteria may have linked before a simple stage that stands behind it did: the
 * clusters are the same, but the links that explain them are not.
 */
function markOvertaken(
  evidence: BulkEvidence,
  others: readonly StagePlan[],
  sets: UnionFind,
  complex: Uint8Array,
): void {
  const { population, stages } = evidence
  const present = new Uint8Array(evidence.ruleset.identifiers.length)
  for (const type of population.typeOf) present[type] = 1
  const lastSimple = Math.max(
    -1,
    ...stages
      .filter(
        (plan) =>
          plan.merges &&
          plan.simple &&
          plan.criteria[0]?.reads.some((reads, type) => reads === 1 && present[type] === 1),
      )
      .map((plan) => plan.index),
  )
  for (const plan of others) {
    if (plan.index > lastSimple) continue
    for (const block of blocksOf(evidence, plan, true)) {
      const seen = new Set<number>()
      for (const trace of block) {
        const root = sets.find(trace)
        if (seen.has(root)) complex[root] = 1
        seen.add(root)
      }
    }
  }
}

function unionEqualCodes(evidence: BulkEvidence, plan: StagePlan, sets: UnionFind): void {
  const { population, holders } = evidence
  const [criterion] = plan.criteria
  if (!criterion) return
  const allMeet = evidence.allCount && criterion.passes === null
  for (let code = 0; code < population.valueCount; code++) {
    if (criterion.reads[population.typeOf[code] as number] === 0) continue
    const start = holders.offsets[code] as number
    const end = holders.offsets[code + 1] as number
    if (end - start < 2) continue
    if (allMeet) {
      const first = holders.traces[start] as number
      for (let i = start + 1; i < end; i++) sets.union(first, holders.traces[i] as number)
      continue
    }
    let first = -1
    for (let i = start; i < end; i++) {
      if (!mayMeet(evidence, criterion, holders.entries[i] as number, true, null)) continue
      const trace = holders.traces[i] as number
      if (first < 0) first = trace
      else sets.union(first, trace)
    }
  }
}

/** One round of a stage with several criteria: asks the pairs of sets that share values of its exact criteria. */
function unionMeetings(
  evidence: BulkEvidence,
  plan: StagePlan,
  sets: UnionFind,
  complex: Uint8Array,
  changed: Uint8Array | null,
  changes: Uint8Array,
): boolean {
  const perRecord = plan.stage.rule.compare === 'record'
  if (perRecord && changed !== null) return false
  let joined = false
  const sideOf = new Int32Array(evidence.population.traceCount)
  for (let trace = 0; trace < sideOf.length; trace++) sideOf[trace] = perRecord ? trace : sets.find(trace)
  const { starts, order } = groupByKey(sideOf, sideOf.length)
  // Sides as they are now: what those that grow meanwhile meet is for the next round.
  const sideAt = (side: number): Side => {
    const from = starts[side] as number
    const to = starts[side + 1] as number
    return { traces: to - from === 1 ? [order[from] as number] : [...order.subarray(from, to)], demoted: null }
  }
  forEachPairInBlocks(evidence, plan, { sideOf, onlyStrong: true, purpose: 'join' }, (x, y, exactMet) => {
    const a = sets.find(x)
    const b = sets.find(y)
    if (a === b) return
    if (changed !== null && changed[a] === 0 && changed[b] === 0 && changes[a] === 0 && changes[b] === 0) return
    if (!doMeet(evidence, plan, sideAt(x), sideAt(y), 'possible', exactMet)) return
    const root = sets.union(a, b)
    changes[root] = 1
    complex[root] = 1
    joined = true
  })
  return joined
}

/** Traces that share a value of the stage's narrowest exact criterion (the one whose values make the fewest pairs), per value. */
function* blocksOf(evidence: BulkEvidence, plan: StagePlan, onlyStrong: boolean): Generator<number[]> {
  const { population, holders } = evidence
  const exact = plan.criteria.filter((criterion) => criterion.similarity === null)
  const cost = (criterion: (typeof exact)[number]) => {
    let pairs = 0
    for (let code = 0; code < population.valueCount; code++) {
      if (criterion.reads[population.typeOf[code] as number] === 0) continue
      const count = (holders.offsets[code + 1] as number) - (holders.offsets[code] as number)
      pairs += count * count
    }
    return pairs
  }
  const costs = new Map(exact.map((criterion) => [criterion, cost(criterion)]))
  const [narrowest] = [...exact].sort((a, b) => (costs.get(a) ?? 0) - (costs.get(b) ?? 0))
  if (!narrowest) return
  const onlyVerified = onlyStrong && (plan.attributesOnly || !narrowest.attributes)
  const blockOf = (codes: readonly number[]): number[] => {
    const traces: number[] = []
    for (const code of codes) {
      const end = holders.offsets[code + 1] as number
      for (let i = holders.offsets[code] as number; i < end; i++) {
        if (mayMeet(evidence, narrowest, holders.entries[i] as number, onlyVerified, null)) {
          traces.push(holders.traces[i] as number)
        }
      }
    }
    return codes.length > 1 ? [...new Set(traces)].sort((a, b) => a - b) : traces
  }
  if (narrowest.equalKey === null) {
    for (let code = 0; code < population.valueCount; code++) {
      if (narrowest.reads[population.typeOf[code] as number] === 0) continue
      if ((holders.offsets[code + 1] as number) - (holders.offsets[code] as number) < 2) continue
      yield blockOf([code])
    }
    return
  }
  const codesByKey = new Map<number, number[]>()
  for (let code = 0; code < population.valueCount; code++) {
    if (narrowest.reads[population.typeOf[code] as number] === 0) continue
    const key = equalKeyOf(narrowest, code)
    const codes = codesByKey.get(key)
    if (codes) codes.push(code)
    else codesByKey.set(key, [code])
  }
  for (const codes of codesByKey.values()) yield blockOf(codes)
}
