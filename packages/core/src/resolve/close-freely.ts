import type { BulkEvidence, StagePlan } from './bulk-evidence.ts'
import { meetingEdges, type CodeEdge, type Side } from './bulk-meeting.ts'
import type { CodeLink } from './component-closure.ts'
import { compareCodeEdges } from './linked-groups.ts'

/** A small component in which nothing could be refused. */
export interface FreeClosure {
  /** Traces of each cluster, ascending; the clusters by their first trace. */
  readonly clusters: readonly (readonly number[])[]
  readonly links: readonly CodeLink[]
}

/** Components of more traces go through the exact closure, which does not ask every pair. */
const mostTraces = 12

/**
 * Closes a small component that no guard and no decision can have a say in: all its traces together break no limit, so that
 * whatever meets strongly joins, strongest stage first. Equal to the exact closure; null: that one must decide.
 */
export function closeFreely(evidence: BulkEvidence, traces: readonly number[]): FreeClosure | null {
  const { standing, stages } = evidence
  if (traces.length > mostTraces || traces.some((trace) => standing.named.has(trace))) return null
  const merging = stages.filter((plan) => plan.merges)
  if (merging.some(({ stage }) => stage.rule.maxGroupSize !== null) || breaksLimit(evidence, traces)) return null
  const links: CodeLink[] = []
  let sides: Side[] = traces.map((trace) => ({ traces: [trace], demoted: null }))
  for (let at = 0; at < merging.length && sides.length > 1; ) {
    const plan = merging[at] as StagePlan
    const joined = joinStage(evidence, plan, sides, links)
    if (joined === null) at++
    else {
      sides = joined
      at = 0
    }
  }
  return { clusters: sides.map((side) => side.traces), links }
}

interface PairEdge {
  readonly a: number
  readonly b: number
  readonly edge: CodeEdge
}

/** One stage: everything that meets becomes one, by the fewest links, senior traces first. null: nothing met. */
function joinStage(evidence: BulkEvidence, plan: StagePlan, sides: readonly Side[], links: CodeLink[]): Side[] | null {
  const met: PairEdge[] = []
  for (let a = 0; a < sides.length; a++) {
    for (let b = a + 1; b < sides.length; b++) {
      const { edges } = meetingEdges(evidence, plan, sides[a] as Side, sides[b] as Side, 'strong')
      if (edges.length === 0) continue
      const edge = edges.reduce((best, next) => (compareCodeEdges(evidence, next, best) < 0 ? next : best))
      met.push({ a, b, edge })
    }
  }
  if (met.length === 0) return null
  met.sort((p, q) => compareCodeEdges(evidence, p.edge, q.edge))
  const roots = sides.map((_, index) => index)
  for (const { a, b, edge } of met) {
    const x = roots[a] as number
    const y = roots[b] as number
    if (x === y) continue
    links.push({ ...edge, stage: plan.index, decision: null })
    const [into, from] = x < y ? [x, y] : [y, x]
    roots.forEach((root, index) => {
      if (root === from) roots[index] = into
    })
  }
  const joined: { traces: number[]; demoted: null }[] = []
  const placeOf = new Map<number, number>()
  sides.forEach((side, index) => {
    const root = roots[index] as number
    const place = placeOf.get(root)
    if (place === undefined) {
      placeOf.set(root, joined.length)
      joined.push({ traces: [...side.traces], demoted: null })
    } else joined[place]?.traces.push(...side.traces)
  })
  for (const side of joined) side.traces.sort((p, q) => p - q)
  return joined
}

/** Whether the traces together hold more counted values of some type than its limit. */
function breaksLimit({ population, limits, verified, idle, types }: BulkEvidence, traces: readonly number[]): boolean {
  const { offsets, codes } = population
  return limits.some(({ type, limit }) => {
    const counted: number[] = []
    for (const trace of traces) {
      const end = offsets[trace + 1] as number
      for (let entry = offsets[trace] as number; entry < end; entry++) {
        if (types[entry] !== type || verified[entry] === 0 || idle[entry] === 1) continue
        const code = codes[entry] as number
        if (!counted.includes(code)) counted.push(code)
      }
    }
    return counted.length > limit
  })
}
