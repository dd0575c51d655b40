import type { BulkEvidence, CriterionPlan, StagePlan } from './bulk-evidence.ts'
import { doMeet, mayMeet } from './bulk-meeting.ts'
import { blocksOf } from './optimistic-union.ts'

/** How often a stage had something to compare, and how often it found a partner that stayed; counts of records. */
export interface RuleFigures {
  /** Records with a usable value for every criterion. */
  readonly applicable: number
  /** Applicable records that agree with another record of their profile on every criterion. */
  readonly validMatches: number
}

/** Blocks of more holders than this are judged by their first ones in seniority: figures, not decisions. */
const longestBlock = 500

/** Figures per stage. */
export function ruleFigures(evidence: BulkEvidence, plans: readonly StagePlan[], clusterOf: Int32Array): readonly RuleFigures[] {
  const weight = (trace: number) => evidence.population.recordCount?.[trace] ?? 1
  return plans.map((plan) => {
    let applicable = 0
    for (let trace = 0; trace < evidence.population.traceCount; trace++) {
      if (isApplicable(evidence, plan, trace)) applicable += weight(trace)
    }
    const valid = plan.simple ? agreeingBySameCode(evidence, plan, clusterOf) : agreeingByPairs(evidence, plan, clusterOf)
    let validMatches = 0
    valid.forEach((flag, trace) => {
      if (flag === 1) validMatches += weight(trace)
    })
    return { applicable, validMatches }
  })
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

function agreeingBySameCode(evidence: BulkEvidence, plan: StagePlan, clusterOf: Int32Array): Uint8Array {
  const { population, holders } = evidence
  const valid = new Uint8Array(population.traceCount)
  const [criterion] = plan.criteria
  if (!criterion) return valid
  /** Per cluster the first holder of the code last seen in it. */
  const lastCode = new Int32Array(population.traceCount).fill(-1)
  const firstTrace = new Int32Array(population.traceCount)
  for (let code = 0; code < population.valueCount; code++) {
    if (criterion.reads[population.typeOf[code] as number] === 0) continue
    const start = holders.offsets[code] as number
    const end = holders.offsets[code + 1] as number
    for (let i = start; i < end; i++) {
      const trace = holders.traces[i] as number
      if (end - start === 1 && (population.recordCount?.[trace] ?? 1) === 1) continue
      if (!mayMeet(evidence, criterion, holders.entries[i] as number, true, null)) continue
      const cluster = clusterOf[trace] as number
      if (lastCode[cluster] === code) {
        valid[firstTrace[cluster] as number] = 1
        valid[trace] = 1
        continue
      }
      lastCode[cluster] = code
      firstTrace[cluster] = trace
      if ((population.recordCount?.[trace] ?? 1) > 1) valid[trace] = 1
    }
  }
  return valid
}

function agreeingByPairs(evidence: BulkEvidence, plan: StagePlan, clusterOf: Int32Array): Uint8Array {
  const valid = new Uint8Array(evidence.population.traceCount)
  for (const block of blocksOf(evidence, plan, true)) {
    const byCluster = new Map<number, number[]>()
    for (const trace of block.slice(0, longestBlock)) {
      const cluster = clusterOf[trace] as number
      const known = byCluster.get(cluster)
      if (known) known.push(trace)
      else byCluster.set(cluster, [trace])
    }
    for (const traces of byCluster.values()) {
      for (let i = 0; i < traces.length; i++) {
        for (let j = i + 1; j < traces.length; j++) {
          const a = traces[i] as number
          const b = traces[j] as number
          if (valid[a] === 1 && valid[b] === 1) continue
          const side = (trace: number) => ({ traces: [trace], demoted: null })
          if (!doMeet(evidence, plan, side(a), side(b), 'strong')) continue
          valid[a] = 1
          valid[b] = 1
        }
      }
    }
  }
  return valid
}
