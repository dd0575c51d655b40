import { compileFilter, type MatchRule, ruleInEnglish, standardizersFor } from '@selfsame/core'
import type { ResolvedRun } from '../write/resolved-run.ts'
import type { RuleSummary } from '../summary.ts'
import { type Clusters, membersOf } from './clusters.ts'

/** The figures of every rule: enabled ones in the order of their links, then the disabled ones. Implicit rules that nothing fills are left out. */
export async function ruleFigures(run: ResolvedRun, clusters: Clusters): Promise<readonly RuleSummary[]> {
  const { ruleset, stages, resolution } = run
  const records = run.numbering.recordOfRank.length
  const links = countByStage(resolution.links.stage)
  const candidates = countByStage(resolution.candidates.map(({ stage }) => stage))
  const enabled = stages.map(({ rule, implicit, merges }, stage): RuleSummary => {
    const { applicable = 0, validMatches = 0 } = resolution.figures[stage] ?? {}
    const conflicts = Math.min(applicable, recordsRefused(run, clusters, stage))
    return {
      ...shapeOf(rule, run, implicit),
      enabled: true,
      action: merges ? 'merge' : 'review',
      stage: stage + 1,
      applicable,
      links: links.get(stage) ?? 0,
      validMatches,
      conflicts,
      candidates: candidates.get(stage) ?? 0,
      applicability: ratio(applicable, records),
      validMatchRate: ratio(validMatches, applicable),
      conflictRate: ratio(conflicts, applicable),
    }
  })
  const disabled: RuleSummary[] = []
  for (const rule of ruleset.rules.filter((candidate) => !candidate.enabled)) {
    const applicable = await recordsWithValues(rule, run, clusters)
    disabled.push({
      ...shapeOf(rule, run, false),
      enabled: false,
      action: rule.action,
      stage: null,
      applicable,
      links: 0,
      validMatches: 0,
      conflicts: 0,
      candidates: 0,
      applicability: ratio(applicable, records),
      validMatchRate: null,
      conflictRate: null,
    })
  }
  return [...enabled.filter((rule) => !rule.implicit || rule.applicable > 0), ...disabled]
}

export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

function shapeOf(
  rule: MatchRule,
  { ruleset }: ResolvedRun,
  implicit: boolean,
): Pick<RuleSummary, 'name' | 'sentence' | 'implicit'> {
  return { name: rule.name, sentence: ruleInEnglish(rule, ruleset), implicit }
}

/** Records with a usable value for every criterion of a rule that is switched off. */
async function recordsWithValues(rule: MatchRule, run: ResolvedRun, clusters: Clusters): Promise<number> {
  const { population, ruleset, resolution } = run
  const { offsets, codes, typeOf, traceCount, valueCount } = population
  const shared = new Set(resolution.sharedCodes)
  const usable: Uint8Array[] = []
  for (const criterion of rule.match) {
    if (criterion.how !== 'exact' && criterion.missing === 'match') continue
    const flags = new Uint8Array(valueCount)
    const filters = ruleset.identifiers.map((type) =>
      criterion.types.includes(type.name) ? compileFilter(criterion.where, standardizersFor(type, ruleset)) : null,
    )
    const found: number[] = []
    for (let code = 0; code < valueCount; code++)
      if (filters[typeOf[code] as number] && !shared.has(code)) found.push(code)
    const texts = criterion.where.length > 0 ? await population.loadTexts(Int32Array.from(found)) : null
    found.forEach((code, at) => {
      if (!texts || filters[typeOf[code] as number]?.(texts[at] ?? '')) flags[code] = 1
    })
    usable.push(flags)
  }
  let records = 0
  for (let trace = 0; trace < traceCount; trace++) {
    const holds = usable.every((flags) => {
      for (let at = offsets[trace] as number; at < (offsets[trace + 1] as number); at++)
        if (flags[codes[at] as number] === 1) return true
      return false
    })
    if (holds) records += clusters.recordsOfTrace(trace)
  }
  return records
}

/** Records of the clusters that a rule linked and a guard refused. */
function recordsRefused({ resolution }: ResolvedRun, clusters: Clusters, stage: number): number {
  const refused = new Set<number>()
  for (const link of resolution.held) {
    if (link.stage !== stage || link.guard === 'separation') continue
    refused.add(link.cluster)
    if (link.group) refused.add(link.refusedBy)
  }
  let records = 0
  for (const cluster of refused)
    for (const trace of membersOf(clusters, cluster)) records += clusters.recordsOfTrace(trace)
  return records
}

function countByStage(stages: Iterable<number>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const stage of stages) counts.set(stage, (counts.get(stage) ?? 0) + 1)
  return counts
}
