import type { BulkEvidence, CriterionPlan, StagePlan } from './bulk-evidence.ts'
import { equalKeyOf, mayMeet } from './bulk-meeting.ts'
import { groupByKey } from './group-by-key.ts'

export interface BlockOptions {
  /** Per trace the side it belongs to, a number below the count of traces; negative: it takes no part. */
  readonly sideOf: Int32Array
  /** Values must be verified where the rule asks for it. */
  readonly onlyStrong: boolean
  /** A side is paired with at most so many earlier ones per value; the rest is left out. Default: all. */
  readonly mostPerValue?: number
  /** A side with more combinations of values is paired by its narrowest criterion alone. Default 1024. */
  readonly mostCombinations?: number
}

/**
 * Visits the pairs of sides that share a value for the exact criteria of a stage: for the two narrowest of them together, so
 * that a birth date in common is no reason to compare two people from different towns. A superset of the pairs that meet. A
 * pair may come more than once, the sides in any order. `exactMet`: it is known to meet every exact criterion.
 */
export function forEachPairInBlocks(
  evidence: BulkEvidence,
  plan: StagePlan,
  { sideOf, onlyStrong, mostPerValue = Infinity, mostCombinations = 1024 }: BlockOptions,
  visit: (a: number, b: number, exactMet: boolean) => void,
): void {
  const [first, second, third] = narrowestFirst(evidence, plan)
  if (!first) return
  const { traceCount } = evidence.population
  const { starts, order } = groupByKey(sideOf, traceCount)
  const entries = new Entries(evidence.holders.traces.length)
  const wide: { readonly side: number; readonly keys: readonly number[] }[] = []
  const firstKeys: number[] = []
  const secondKeys: number[] = []
  for (let side = 0; side < traceCount; side++) {
    const from = starts[side] as number
    const to = starts[side + 1] as number
    if (from === to) continue
    gatherKeys(evidence, plan, first, onlyStrong, order, from, to, firstKeys)
    if (firstKeys.length === 0) continue
    if (!second) {
      for (const key of firstKeys) entries.add(key, 0, side)
      continue
    }
    gatherKeys(evidence, plan, second, onlyStrong, order, from, to, secondKeys)
    if (secondKeys.length === 0) continue
    if (firstKeys.length * secondKeys.length > mostCombinations) wide.push({ side, keys: [...firstKeys] })
    else for (const a of firstKeys) for (const b of secondKeys) entries.add(a, b, side)
  }
  const exactMet = third === undefined && plan.stage.rule.withinMs === null
  entries.forEachPair(mostPerValue, (a, b) => visit(a, b, exactMet))
  if (wide.length > 0) visitWide(evidence, first, sideOf, wide, (a, b) => visit(a, b, false))
}

/** The exact criteria of a stage, those whose values make the fewest pairs first. */
function narrowestFirst({ population, holders }: BulkEvidence, plan: StagePlan): readonly CriterionPlan[] {
  const cost = (criterion: CriterionPlan) => {
    let pairs = 0
    for (let code = 0; code < population.valueCount; code++) {
      if (criterion.reads[population.typeOf[code] as number] === 0) continue
      const count = (holders.offsets[code + 1] as number) - (holders.offsets[code] as number)
      pairs += count * count
    }
    return pairs
  }
  return plan.criteria
    .filter((criterion) => criterion.similarity === null)
    .map((criterion) => ({ criterion, pairs: cost(criterion) }))
    .sort((a, b) => a.pairs - b.pairs)
    .map(({ criterion }) => criterion)
}

/** The distinct keys that some traces hold for a criterion, into `found`. */
function gatherKeys(
  evidence: BulkEvidence,
  plan: StagePlan,
  criterion: CriterionPlan,
  onlyStrong: boolean,
  traces: Int32Array,
  from: number,
  to: number,
  found: number[],
): void {
  const { offsets, codes } = evidence.population
  const onlyVerified = onlyStrong && (plan.attributesOnly || !criterion.attributes)
  found.length = 0
  let distinct: Set<number> | null = null
  for (let at = from; at < to; at++) {
    const trace = traces[at] as number
    const end = offsets[trace + 1] as number
    for (let entry = offsets[trace] as number; entry < end; entry++) {
      if (!mayMeet(evidence, criterion, entry, onlyVerified, null)) continue
      const key = equalKeyOf(criterion, codes[entry] as number)
      if (distinct ? distinct.has(key) : found.includes(key)) continue
      found.push(key)
      if (distinct) distinct.add(key)
      else if (found.length > 16) distinct = new Set(found)
    }
  }
}

/** Pairs each wide side with every side that holds one of its values. */
function visitWide(
  { population, holders }: BulkEvidence,
  criterion: CriterionPlan,
  sideOf: Int32Array,
  wide: readonly { readonly side: number; readonly keys: readonly number[] }[],
  visit: (a: number, b: number) => void,
): void {
  const codesOf = new Map<number, number[]>()
  const wanted = new Set(wide.flatMap(({ keys }) => keys))
  for (let code = 0; code < population.valueCount; code++) {
    if (criterion.reads[population.typeOf[code] as number] === 0) continue
    const key = equalKeyOf(criterion, code)
    if (!wanted.has(key)) continue
    const known = codesOf.get(key)
    if (known) known.push(code)
    else codesOf.set(key, [code])
  }
  for (const { side, keys } of wide) {
    const seen = new Set([side])
    for (const code of keys.flatMap((key) => codesOf.get(key) ?? [])) {
      const end = holders.offsets[code + 1] as number
      for (let i = holders.offsets[code] as number; i < end; i++) {
        const other = sideOf[holders.traces[i] as number] as number
        if (other < 0 || seen.has(other)) continue
        seen.add(other)
        visit(side, other)
      }
    }
  }
}

/** Sides under pairs of keys, in a table of chains. */
class Entries {
  private count = 0
  private first: Int32Array
  private second: Int32Array
  private sides: Int32Array

  constructor(expected: number) {
    const size = Math.max(16, Math.min(expected, 1 << 20))
    this.first = new Int32Array(size)
    this.second = new Int32Array(size)
    this.sides = new Int32Array(size)
  }

  add(first: number, second: number, side: number): void {
    if (this.count === this.sides.length) {
      const grown = (from: Int32Array) => {
        const to = new Int32Array(2 * from.length)
        to.set(from)
        return to
      }
      this.first = grown(this.first)
      this.second = grown(this.second)
      this.sides = grown(this.sides)
    }
    this.first[this.count] = first
    this.second[this.count] = second
    this.sides[this.count++] = side
  }

  forEachPair(mostPerValue: number, visit: (a: number, b: number) => void): void {
    const { count, first, second, sides } = this
    let bits = 4
    while (1 << bits < 2 * count && bits < 30) bits++
    const heads = new Int32Array(1 << bits).fill(-1)
    const next = new Int32Array(count)
    for (let at = 0; at < count; at++) {
      const a = first[at] as number
      const b = second[at] as number
      const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b)
      const slot = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> (32 - bits)
      let visited = 0
      for (let other = heads[slot] as number; other >= 0 && visited < mostPerValue; other = next[other] as number) {
        if (first[other] !== a || second[other] !== b) continue
        visited++
        visit(sides[other] as number, sides[at] as number)
      }
      next[at] = heads[slot] as number
      heads[slot] = at
    }
  }
}
