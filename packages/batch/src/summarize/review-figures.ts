import type { Database } from '../database.ts'
import type { RejectedLine } from '../read/part.ts'
import type { ResolvedRun } from '../write/resolved-run.ts'
import type { RunSummary } from '../summary.ts'
import type { Clusters } from './clusters.ts'
import { namesOfTraces } from './records-named.ts'

const mostListed = 20

/** What was held apart, and by which guard. */
export async function heldLinkFigures(db: Database, run: ResolvedRun): Promise<RunSummary['heldLinks']> {
  const { held } = run.resolution
  const reasons = new Tally<RunSummary['heldLinks']['byReason'][number]>()
  for (const { guard, reasons: given } of held) {
    for (const reason of given.length > 0 ? given : ['a person said that these are two']) {
      reasons.add(JSON.stringify([guard, reason]), 1, (links) => ({ guard, reason, links }))
    }
  }
  const listed = held.slice(0, mostListed)
  const names = await namesOfTraces(
    db,
    listed.flatMap((link) => [link.cluster, link.refusedBy]),
  )
  return {
    total: held.length,
    byReason: reasons.mostFirst().slice(0, mostListed),
    listed: listed.flatMap((link) => {
      const left = names.get(link.cluster)
      const right = names.get(link.refusedBy)
      if (!left || !right) return []
      const { type, value, guard, reasons: given } = link
      return [{ left, right, rule: run.stages[link.stage]?.rule.name ?? '', type, value, guard, reasons: given }]
    }),
  }
}

export async function candidateFigures(db: Database, run: ResolvedRun): Promise<RunSummary['candidates']> {
  const { candidates, candidatesNotListed } = run.resolution
  const reasons = new Tally<RunSummary['candidates']['byReason'][number]>()
  for (const { reason } of candidates) reasons.add(reason, 1, (count) => ({ reason, candidates: count }))
  const listed = [...candidates]
    .sort((a, b) => b.confidence - a.confidence || a.survivor - b.survivor || a.session - b.session)
    .slice(0, mostListed)
  const names = await namesOfTraces(
    db,
    listed.flatMap((candidate) => [candidate.survivor, candidate.session]),
  )
  return {
    total: candidates.length,
    notListed: candidatesNotListed,
    byReason: reasons.mostFirst(),
    listed: listed.map((candidate) => ({
      survivorProfileId: names.get(candidate.survivor)?.profileId ?? '',
      sessionProfileId: names.get(candidate.session)?.profileId ?? '',
      reason: candidate.reason,
      rule: run.stages[candidate.stage]?.rule.name ?? '',
      type: candidate.type,
      value: candidate.value,
      confidence: candidate.confidence,
      seenCount: candidate.seenCount,
    })),
  }
}

export function unresolvedFigures({ resolution }: ResolvedRun, clusters: Clusters): RunSummary['unresolved'] {
  const reasons = new Tally<RunSummary['unresolved']['byReason'][number]>()
  let total = 0
  for (const { trace, reason, conflictReasons } of resolution.unresolved) {
    const weight = clusters.recordsOfTrace(trace)
    total += weight
    reasons.add(JSON.stringify([reason, conflictReasons]), weight, (records) => ({ reason, conflictReasons, records }))
  }
  return { total, byReason: reasons.mostFirst().slice(0, mostListed) }
}

export function rejectedLineFigures(rejected: readonly RejectedLine[]): RunSummary['rejectedLines'] {
  const reasons = new Tally<RunSummary['rejectedLines']['byReason'][number]>()
  const linesOf = new Map<string, number[]>()
  for (const { source, reason, line } of rejected) {
    const key = JSON.stringify([source, reason])
    const firstLines = linesOf.get(key) ?? []
    linesOf.set(key, firstLines)
    firstLines.push(line)
    firstLines.sort((a, b) => a - b).splice(5)
    reasons.add(key, 1, (lines) => ({ source, reason, lines, firstLines }))
  }
  return { total: rejected.length, byReason: reasons.mostFirst().slice(0, mostListed) }
}

/** Counts by key; the most frequent first, of equals the first key. */
class Tally<T> {
  private readonly counts = new Map<string, { count: number; describe: (count: number) => T }>()

  add(key: string, weight: number, describe: (count: number) => T): void {
    const known = this.counts.get(key)
    if (known) known.count += weight
    else this.counts.set(key, { count: weight, describe })
  }

  mostFirst(): readonly T[] {
    return [...this.counts]
      .sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1))
      .map(([, { count, describe }]) => describe(count))
  }
}
