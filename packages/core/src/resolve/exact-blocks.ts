import type { BulkEvidence, CriterionPlan, StagePlan } from './bulk-evidence.ts'
import { doMeet, equalKeyOf, mayMeet, type Side } from './bulk-meeting.ts'
import { groupByKey } from './group-by-key.ts'
import { forEachSimilarSides, signatureOfSide } from './side-classes.ts'

export interface BlockOptions {
  /** Per trace the side it belongs to, a number below the count of traces; negative: it takes no part. */
  readonly sideOf: Int32Array
  /** Values must be verified where the rule asks for it. */
  readonly onlyStrong: boolean
  /**
   * What is done with pairs. `join`: sides that meet become one, so that of sides alike the first pair with each of the others,
   * and the first ones of two kinds, are enough. `rank`: each side looks for the first it meets, so that every side is also paired
   * with the first of each kind it meets; unless `onAlike` takes over for the sides of a kind what its first one found.
   */
  readonly purpose: 'join' | 'rank'
  /** Told of every side, and of the first one of its kind, beside being visited as a pair. */
  readonly onAlike?: (first: number, side: number) => void
  /** Values demoted in a side. Default: none. */
  readonly demotedIn?: (side: number) => ReadonlySet<number> | null
  /** Per trace: sides of different marks are never alike. Default: no marks. */
  readonly marks?: Int32Array
  /** A side with more combinations of values is paired by its narrowest criterion alone. Default 1024. */
  readonly mostCombinations?: number
  /** Sides that share a value and are asked pair by pair at most; more of them are grouped by what they hold first. Default 48. */
  readonly mostPlain?: number
}

/**
 * Visits the pairs of sides that share a value for the exact criteria of a stage: for the two narrowest of them together, so
 * that a birth date in common is no reason to compare two people from different towns; and where many share it, those whose
 * other values may meet, kinds of sides instead of sides. Every pair that meets is visited, or is as good as visited for the
 * purpose. A pair may come more than once, the sides in any order. `exactMet`: it is known to meet every exact criterion.
 */
export function forEachPairInBlocks(
  evidence: BulkEvidence,
  plan: StagePlan,
  options: BlockOptions,
  visit: (a: number, b: number, exactMet: boolean) => void,
): void {
  const { sideOf, onlyStrong, mostCombinations = 1024, mostPlain = 48 } = options
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
  const sideAt = (id: number): Side => ({
    traces: [...order.subarray(starts[id] as number, starts[id + 1] as number)],
    demoted: options.demotedIn?.(id) ?? null,
  })
  entries.forEachBlock((sides, from, to) => {
    if (to - from > mostPlain) {
      visitLarge(evidence, plan, options, [...new Set(sides.subarray(from, to))], sideAt, (a, b) =>
        visit(a, b, exactMet),
      )
      return
    }
    for (let x = from + 1; x < to; x++)
      for (let y = from; y < x; y++) visit(sides[y] as number, sides[x] as number, exactMet)
  })
  if (wide.length > 0) visitWide(evidence, first, sideOf, wide, (a, b) => visit(a, b, false))
}

/** Sides of a stage that are alike, most senior first. */
interface Kind {
  readonly sides: readonly number[]
  readonly side: Side
}

function visitLarge(
  evidence: BulkEvidence,
  plan: StagePlan,
  { onlyStrong, purpose, marks, onAlike }: BlockOptions,
  ids: readonly number[],
  sideAt: (id: number) => Side,
  visit: (a: number, b: number) => void,
): void {
  const bySignature = new Map<string, { sides: number[]; side: Side }>()
  for (const id of ids) {
    const side = sideAt(id)
    const signature = signatureOfSide(evidence, plan, side, !onlyStrong)
    const key =
      signature === null ? `#${id}` : `${marks ? (marks[side.traces[0] as number] as number) : ''}:${signature}`
    const known = bySignature.get(key)
    if (known) known.sides.push(id)
    else bySignature.set(key, { sides: [id], side })
  }
  const kinds: Kind[] = []
  for (const { sides, side } of bySignature.values()) {
    const [senior, next] = sides
    const meetsItself =
      next === undefined || doMeet(evidence, plan, side, sideAt(next), onlyStrong ? 'possible' : 'any')
    if (!meetsItself) for (const id of sides) kinds.push({ sides: [id], side: sideAt(id) })
    else {
      kinds.push({ sides, side })
      for (const id of sides) {
        if (id === senior) continue
        visit(senior as number, id)
        onAlike?.(senior as number, id)
      }
    }
  }
  const kindSides = kinds.map(({ side }) => side)
  forEachSimilarSides(evidence, plan, kindSides, !onlyStrong, (i, j) => {
    const left = (kinds[i] as Kind).sides
    const right = (kinds[j] as Kind).sides
    visit(left[0] as number, right[0] as number)
    if (purpose === 'join' || onAlike) return
    for (let at = 1; at < left.length; at++) visit(left[at] as number, right[0] as number)
    for (let at = 1; at < right.length; at++) visit(left[0] as number, right[at] as number)
  })
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

  /** Visits the sides under each pair of keys that several share: `sides[from]` to `sides[to - 1]`, in the order they were added. */
  forEachBlock(visit: (sides: Int32Array, from: number, to: number) => void): void {
    const { count, first, second, sides } = this
    let bits = 4
    while (1 << bits < 2 * count && bits < 30) bits++
    const heads = new Int32Array(1 << bits).fill(-1)
    /** Per entry the number of its pair of keys; of pairs in one slot the next. */
    const block = new Int32Array(count)
    const nextBlock: number[] = []
    const example: number[] = []
    for (let at = 0; at < count; at++) {
      const a = first[at] as number
      const b = second[at] as number
      const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b + 0x7f4a7c15, 0x85ebca6b)
      const slot = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> (32 - bits)
      let found = heads[slot] as number
      while (found >= 0 && (first[example[found] as number] !== a || second[example[found] as number] !== b))
        found = nextBlock[found] as number
      if (found < 0) {
        found = example.push(at) - 1
        nextBlock.push(heads[slot] as number)
        heads[slot] = found
      }
      block[at] = found
    }
    const { starts, order } = groupByKey(block, example.length)
    const sorted = new Int32Array(count)
    for (let place = 0; place < count; place++) sorted[place] = sides[order[place] as number] as number
    for (let number = 0; number < example.length; number++) {
      const from = starts[number] as number
      const to = starts[number + 1] as number
      if (to - from > 1) visit(sorted, from, to)
    }
  }
}
