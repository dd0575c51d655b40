import { compareText, type RecordRef } from '../evidence/record.ts'
import type { Decision, DismissDecision, PositiveDecision, SplitDecision } from './decision.ts'

type SidedDecision = PositiveDecision | DismissDecision | SplitDecision

/** Pairs of traces, most senior first. */
export type PairGroup = readonly (readonly [number, number])[]

interface Sides<D> {
  readonly decision: D
  /** Traces, senior first: survivor, stay or left side. */
  readonly left: readonly number[]
  /** Session, leave or right side. */
  readonly right: readonly number[]
}

/**
 * Which decision counts for which pair of traces. For each pair the latest decision that names it on opposite sides counts;
 * a dismissal supersedes a merge, but lifts no separation.
 */
export interface StandingDecisions {
  /** Merges and confirms, latest first. */
  readonly positives: readonly Sides<PositiveDecision>[]
  /**
   * Pairs of the two sides for which this decision is the one that counts, in groups that hang together; the most senior
   * first, in a group and of the groups. A later split through both sides leaves two groups, and each is still one person.
   */
  standingGroups(sides: Sides<PositiveDecision>): readonly PairGroup[]
  /** Whether a standing split keeps the two traces apart. */
  separates(a: number, b: number): boolean
  /** Whether any pair of the traces is separated. */
  separatesWithin(traces: readonly number[]): boolean
  /** Whether a standing dismissal names a trace of one list and a trace of the other on opposite sides. */
  dismisses(a: readonly number[], b: readonly number[]): boolean
  /** Claims that a standing confirm makes verified: trace, type, value. */
  readonly confirmed: readonly { readonly trace: number; readonly type: string; readonly value: string }[]
  /** Values that a standing split makes inactive: trace, type, value. */
  readonly inactive: readonly { readonly trace: number; readonly type: string; readonly value: string }[]
  /** Every trace that some standing decision names. */
  readonly named: ReadonlySet<number>
}

export function standingDecisions(
  decisions: readonly Decision[],
  traceOf: (source: string, key: string) => number | undefined,
): StandingDecisions {
  const tracesOf = (records: readonly RecordRef[]): number[] => {
    const traces = new Set<number>()
    for (const { source, key } of records) {
      const trace = traceOf(source, key)
      if (trace !== undefined) traces.add(trace)
    }
    return [...traces].sort((a, b) => a - b)
  }
  const sided: Sides<SidedDecision>[] = []
  for (const decision of decisions) {
    if (decision.kind === 'pin' || decision.kind === 'primary') continue
    const [left, right] = sidesOf(decision)
    sided.push({ decision, left: tracesOf(left), right: tracesOf(right) })
  }
  sided.sort((a, b) => b.decision.at - a.decision.at || compareText(b.decision.id, a.decision.id))

  const rankOf = new Map(sided.map((sides, rank) => [sides.decision.id, rank]))
  const naming = new Map<number, number[]>()
  sided.forEach((sides, rank) => {
    for (const trace of new Set([...sides.left, ...sides.right])) {
      const ranks = naming.get(trace)
      if (ranks) ranks.push(rank)
      else naming.set(trace, [rank])
    }
  })
  const opposes = (sides: Sides<SidedDecision>, a: number, b: number) =>
    (includes(sides.left, a) && includes(sides.right, b)) || (includes(sides.left, b) && includes(sides.right, a))

  const latest = (
    a: number,
    b: number,
    ignore: (kind: SidedDecision['kind']) => boolean,
  ): SidedDecision | undefined => {
    for (const rank of naming.get(a) ?? []) {
      const sides = sided[rank]
      if (sides && !ignore(sides.decision.kind) && opposes(sides, a, b)) return sides.decision
    }
    return undefined
  }
  const separates = (a: number, b: number) => latest(a, b, (kind) => kind === 'dismiss')?.kind === 'split'
  const pairStands = (sides: Sides<SidedDecision>, a: number, b: number) =>
    a !== b &&
    (sides.decision.kind === 'split'
      ? latest(a, b, (kind) => kind === 'dismiss') === sides.decision
      : latest(a, b, () => false) === sides.decision)
  const hasStandingPair = (sides: Sides<SidedDecision>) =>
    sides.left.some((a) => sides.right.some((b) => pairStands(sides, a, b)))

  const positives = sided.filter(isPositive)
  const splits = sided.filter(isSplit)
  const dismissals = sided.filter((sides) => sides.decision.kind === 'dismiss')
  const at = (sides: Sides<SidedDecision>) => rankOf.get(sides.decision.id) ?? 0
  const standingSplits = splits.filter(hasStandingPair)
  // A split that takes a value away and nobody with it has one side alone.
  const takesValueOnly = ({ left, right }: Sides<SidedDecision>) => left.length === 0 || right.length === 0

  return {
    positives: positives.sort((a, b) => at(a) - at(b)),
    standingGroups: (sides) => {
      const pairs: [number, number][] = []
      for (const a of sides.left) for (const b of sides.right) if (pairStands(sides, a, b)) pairs.push([a, b])
      pairs.sort((p, q) => Math.min(...p) - Math.min(...q) || Math.max(...p) - Math.max(...q) || p[0] - q[0])
      return groupsOf(pairs)
    },
    separates,
    separatesWithin: (traces) => {
      const present = new Set(traces)
      return standingSplits.some((sides) =>
        sides.left.some((a) => present.has(a) && sides.right.some((b) => present.has(b) && separates(a, b))),
      )
    },
    dismisses: (a, b) => {
      const inA = new Set(a)
      const inB = new Set(b)
      const crosses = (sides: Sides<SidedDecision>, x: Set<number>, y: Set<number>) =>
        sides.left.some((l) => x.has(l) && sides.right.some((r) => y.has(r) && pairStands(sides, l, r)))
      return dismissals.some((sides) => crosses(sides, inA, inB) || crosses(sides, inB, inA))
    },
    confirmed: positives.filter(hasStandingPair).flatMap(({ decision, left, right }) => {
      const claim = decision.confirmed
      return claim === null ? [] : [...left, ...right].map((trace) => ({ trace, type: claim.type, value: claim.value }))
    }),
    inactive: splits
      .filter((sides) => takesValueOnly(sides) || hasStandingPair(sides))
      .flatMap(({ decision, left, right }) =>
        decision.inactive.flatMap(({ type, value, side }) =>
          (side === 'stay' ? left : right).map((trace) => ({ trace, type, value })),
        ),
      ),
    named: new Set(naming.keys()),
  }
}

/** Pairs that share a trace, directly or through others, in one group; their order is kept. */
function groupsOf(pairs: readonly (readonly [number, number])[]): readonly PairGroup[] {
  const parent = new Map<number, number>()
  const rootOf = (trace: number): number => {
    const up = parent.get(trace) ?? trace
    if (up === trace) return trace
    const root = rootOf(up)
    parent.set(trace, root)
    return root
  }
  for (const [a, b] of pairs) parent.set(rootOf(a), rootOf(b))
  return [...Map.groupBy(pairs, ([a]) => rootOf(a)).values()]
}

function sidesOf(decision: SidedDecision): readonly [readonly RecordRef[], readonly RecordRef[]] {
  switch (decision.kind) {
    case 'merge':
    case 'confirm':
      return [decision.survivor, decision.session]
    case 'dismiss':
      return [decision.left, decision.right]
    case 'split':
      return [decision.stay, decision.leave]
  }
}

function isPositive(sides: Sides<SidedDecision>): sides is Sides<PositiveDecision> {
  return sides.decision.kind === 'merge' || sides.decision.kind === 'confirm'
}

function isSplit(sides: Sides<SidedDecision>): sides is Sides<SplitDecision> {
  return sides.decision.kind === 'split'
}

/** Binary search in a sorted list. */
function includes(sorted: readonly number[], wanted: number): boolean {
  let low = 0
  let high = sorted.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = sorted[middle] as number
    if (found === wanted) return true
    if (found < wanted) low = middle + 1
    else high = middle - 1
  }
  return false
}
