import { withinWindow } from '../match/index.ts'
import type { BulkEvidence, CriterionPlan, StagePlan } from './bulk-evidence.ts'

/** One side of a meeting: the traces of a cluster and the codes that were demoted in it. */
export interface Side {
  readonly traces: readonly number[]
  readonly demoted: ReadonlySet<number> | null
}

/**
 * `strong`: active values, verified where the rule asks for it. `any`: unverified and demoted ones too.
 * `possible`: like strong, but a side of which a single trace lacks a value counts as lacking it, so that whatever may ever
 * meet strongly as part of the two sides meets here.
 */
export type Strength = 'strong' | 'any' | 'possible'

/** Traces that meet through a value of the first exact criterion; the more senior trace is `left`, `code` is its value. */
export interface CodeEdge {
  readonly left: number
  readonly right: number
  readonly code: number
}

/** Whether two sides meet under a stage at all. `exactMet`: its exact criteria are known to be met. */
export function doMeet(
  evidence: BulkEvidence,
  plan: StagePlan,
  a: Side,
  b: Side,
  strength: Strength,
  exactMet = false,
): boolean {
  const isSingle = a.traces.length === 1 && b.traces.length === 1
  if (plan.stage.rule.compare === 'profile' || isSingle) return criteriaMeet(evidence, plan, a, b, strength, exactMet)
  return a.traces.some((left) =>
    b.traces.some((right) =>
      criteriaMeet(evidence, plan, { ...a, traces: [left] }, { ...b, traces: [right] }, strength),
    ),
  )
}

/** All edges through which two sides meet, and every exact code by which they do. */
export function meetingEdges(
  evidence: BulkEvidence,
  plan: StagePlan,
  a: Side,
  b: Side,
  strength: 'strong' | 'any',
): { readonly edges: readonly CodeEdge[]; readonly linking: readonly number[] } {
  const edges: CodeEdge[] = []
  const linking: number[] = []
  const meet = (left: Side, right: Side) => {
    if (!criteriaMeet(evidence, plan, left, right, strength)) return
    plan.criteria.forEach((criterion, place) => {
      if (criterion.similarity) return
      forEachPair(evidence, plan, criterion, left, right, strength, (x, y, xTrace, yTrace) => {
        const xCode = evidence.population.codes[x] as number
        const yCode = evidence.population.codes[y] as number
        linking.push(xCode, yCode)
        if (place === plan.primary) {
          edges.push(
            xTrace < yTrace
              ? { left: xTrace, right: yTrace, code: xCode }
              : { left: yTrace, right: xTrace, code: yCode },
          )
        }
        return false
      })
    })
  }
  if (plan.stage.rule.compare === 'profile') meet(a, b)
  else {
    for (const left of a.traces) {
      for (const right of b.traces) meet({ ...a, traces: [left] }, { ...b, traces: [right] })
    }
  }
  return { edges, linking }
}

function criteriaMeet(
  evidence: BulkEvidence,
  plan: StagePlan,
  a: Side,
  b: Side,
  strength: Strength,
  exactMet = false,
): boolean {
  return plan.cheapestFirst.every(
    (criterion) =>
      (exactMet && criterion.similarity === null) ||
      (criterion.missingMatches &&
        (lacksValue(evidence, criterion, a.traces, strength) || lacksValue(evidence, criterion, b.traces, strength))) ||
      forEachPair(evidence, plan, criterion, a, b, strength, () => true),
  )
}

/** Whether a side holds no value of a criterion's types; for `possible` whether some trace of it holds none. */
export function lacksValue(
  evidence: BulkEvidence,
  criterion: CriterionPlan,
  traces: readonly number[],
  strength: Strength,
): boolean {
  const { population } = evidence
  const traceLacks = (trace: number) => {
    const end = population.offsets[trace + 1] as number
    for (let entry = population.offsets[trace] as number; entry < end; entry++) {
      if (criterion.reads[evidence.types[entry] as number] === 1) return false
    }
    return true
  }
  return strength === 'possible' ? traces.some(traceLacks) : traces.every(traceLacks)
}

/** Visits the pairs of sightings that meet until the visitor returns true; whether it did. */
function forEachPair(
  evidence: BulkEvidence,
  plan: StagePlan,
  criterion: CriterionPlan,
  a: Side,
  b: Side,
  strength: Strength,
  visit: (x: number, y: number, xTrace: number, yTrace: number) => boolean,
): boolean {
  const { population } = evidence
  const { firstAt, lastAt, offsets, codes } = population
  const onlyVerified = strength !== 'any' && (plan.attributesOnly || !criterion.attributes)
  const { withinMs } = plan.stage.rule
  for (const xTrace of a.traces) {
    const xEnd = offsets[xTrace + 1] as number
    for (let x = offsets[xTrace] as number; x < xEnd; x++) {
      if (!mayMeet(evidence, criterion, x, onlyVerified, strength === 'any' ? null : a.demoted)) continue
      const xCode = codes[x] as number
      for (const yTrace of b.traces) {
        if (
          withinMs !== null &&
          !withinWindow(
            firstAt[xTrace] as number,
            lastAt[xTrace] as number,
            firstAt[yTrace] as number,
            lastAt[yTrace] as number,
            withinMs,
          )
        ) {
          continue
        }
        const yEnd = offsets[yTrace + 1] as number
        for (let y = offsets[yTrace] as number; y < yEnd; y++) {
          if (criterion.reads[evidence.types[y] as number] === 0) continue
          const yCode = codes[y] as number
          const meets = criterion.similarity
            ? mayMeet(evidence, criterion, y, onlyVerified, strength === 'any' ? null : b.demoted) &&
              criterion.similarity(xCode, yCode) >= 0
            : equalKeyOf(criterion, xCode) === equalKeyOf(criterion, yCode) &&
              mayMeet(evidence, criterion, y, onlyVerified, strength === 'any' ? null : b.demoted)
          if (meets && visit(x, y, xTrace, yTrace)) return true
        }
      }
    }
  }
  return false
}

export function equalKeyOf(criterion: CriterionPlan, code: number): number {
  return criterion.equalKey ? (criterion.equalKey[code] as number) : code
}

/** Whether a sighting may take part in a criterion. */
export function mayMeet(
  evidence: BulkEvidence,
  criterion: CriterionPlan,
  entry: number,
  onlyVerified: boolean,
  demoted: ReadonlySet<number> | null,
): boolean {
  if (criterion.reads[evidence.types[entry] as number] === 0 || evidence.idle[entry] === 1) return false
  if (onlyVerified && evidence.verified[entry] === 0) return false
  if (criterion.passes === null && demoted === null) return true
  const code = evidence.population.codes[entry] as number
  return (criterion.passes === null || criterion.passes[code] === 1) && !(demoted !== null && demoted.has(code))
}
