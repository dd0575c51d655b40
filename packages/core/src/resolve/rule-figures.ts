import type { BulkEvidence, CriterionPlan, StagePlan } from './bulk-evidence.ts'
import { doMeet, mayMeet } from './bulk-meeting.ts'
import { forEachPairInBlocks } from './exact-blocks.ts'
import type { Components } from './plain-components.ts'

/** How often a stage had something to compare, and how often it found a partner that stayed; counts of records. */
export interface RuleFigures {
  /** Records with a usable value for every criterion. */
  readonly applicable: number
  /** Applicable records that agree with another record of their profile on every criterion. */
  readonly validMatches: number
}

/** Figures per stage. `agreeing` counts the components that went without the exact closure, by stage. */
export function ruleFigures(
  evidence: BulkEvidence,
  clusterOf: Int32Array,
  exact: Uint8Array,
  components: Components,
  agreeing: Float64Array,
): readonly RuleFigures[] {
  const { population, stages } = evidence
  const weight = (trace: number) => population.recordCount?.[trace] ?? 1
  const holding = recordsPerType(evidence)
  const inExact = tracesOfExact(components, exact)
  return stages.map((plan) => {
    let applicable = 0
    if (plan.simple && plan.criteria[0]?.passes === null && evidence.idleCount === 0) {
      plan.criteria[0].reads.forEach((reads, type) => {
        if (reads === 1) applicable += holding[type] as number
      })
    } else {
      for (let trace = 0; trace < population.traceCount; trace++)
        if (isApplicable(evidence, plan, trace)) applicable += weight(trace)
    }
    let validMatches = agreeing[plan.index] as number
    if (plan.simple && plan.merges) {
      for (const trace of agreeingBySameCode(evidence, plan, clusterOf, inExact)) validMatches += weight(trace)
    } else if (plan.simple) {
      validMatches = 0
      const everywhere = Int32Array.from({ length: population.traceCount }, (_, trace) => trace)
      for (const trace of agreeingBySameCode(evidence, plan, clusterOf, everywhere)) validMatches += weight(trace)
    } else {
      agreeingByPairs(evidence, plan, clusterOf).forEach((flag, trace) => {
        if (flag === 1) validMatches += weight(trace)
      })
    }
    return { applicable, validMatches }
  })
}

/** Per identifier type the records that hold a value of it. */
function recordsPerType({ population, ruleset, types }: BulkEvidence): Float64Array {
  const records = new Float64Array(ruleset.identifiers.length)
  const last = new Int32Array(ruleset.identifiers.length).fill(-1)
  for (let trace = 0; trace < population.traceCount; trace++) {
    const end = population.offsets[trace + 1] as number
    for (let entry = population.offsets[trace] as number; entry < end; entry++) {
      const type = types[entry] as number
      if (last[type] === trace) continue
      last[type] = trace
      records[type] = (records[type] as number) + (population.recordCount?.[trace] ?? 1)
    }
  }
  return records
}

function tracesOfExact({ members, starts, size }: Components, exact: Uint8Array): Int32Array {
  const traces: number[] = []
  exact.forEach((flag, root) => {
    if (flag === 0) return
    const start = starts[root] as number
    for (let at = start; at < start + (size[root] as number); at++) traces.push(members[at] as number)
  })
  return Int32Array.from(traces)
}

function isApplicable(evidence: BulkEvidence, plan: StagePlan, trace: number): boolean {
  for (const criterion of plan.criteria) {
    if (!criterion.missingMatches && !takesPart(evidence, criterion, trace)) return false
  }
  return true
}

function takesPart(evidence: BulkEvidence, criterion: CriterionPlan, trace: number): boolean {
  const { offsets } = evidence.population
  const end = offsets[trace + 1] as number
  for (let entry = offsets[trace] as number; entry < end; entry++) {
    if (mayMeet(evidence, criterion, entry, false, null)) return true
  }
  return false
}

/** Of some traces, which hold whole clusters, those that share a linking code with another record of their cluster. */
function agreeingBySameCode(
  evidence: BulkEvidence,
  plan: StagePlan,
  clusterOf: Int32Array,
  traces: Int32Array,
): ReadonlySet<number> {
  const { population } = evidence
  const [criterion] = plan.criteria
  const agreeing = new Set<number>()
  if (!criterion) return agreeing
  const firstOf = new Map<number, number>()
  for (const trace of traces) {
    const end = population.offsets[trace + 1] as number
    for (let entry = population.offsets[trace] as number; entry < end; entry++) {
      if (!mayMeet(evidence, criterion, entry, true, null)) continue
      const key = (clusterOf[trace] as number) * population.valueCount + (population.codes[entry] as number)
      const first = firstOf.get(key)
      if (first === undefined) {
        firstOf.set(key, trace)
        if ((population.recordCount?.[trace] ?? 1) > 1) agreeing.add(trace)
      } else if (first !== trace) agreeing.add(first).add(trace)
    }
  }
  return agreeing
}

function agreeingByPairs(evidence: BulkEvidence, plan: StagePlan, clusterOf: Int32Array): Uint8Array {
  const { traceCount } = evidence.population
  const valid = new Uint8Array(traceCount)
  const sideOf = Int32Array.from({ length: traceCount }, (_, trace) => trace)
  const side = (trace: number) => ({ traces: [trace], demoted: null })
  forEachPairInBlocks(
    evidence,
    plan,
    { sideOf, onlyStrong: true, purpose: 'join', marks: clusterOf },
    (a, b, exactMet) => {
      if (clusterOf[a] !== clusterOf[b] || (valid[a] === 1 && valid[b] === 1)) return
      if (!doMeet(evidence, plan, side(a), side(b), 'strong', exactMet)) return
      valid[a] = 1
      valid[b] = 1
    },
  )
  return valid
}
