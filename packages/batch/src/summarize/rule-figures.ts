import {
  compileFilter, criterionComparer, ruleInEnglish, standardizersFor, withinWindow,
  type Criterion, type MatchRule, type Population, type Ruleset,
} from '@selfsame/core'
import type { RuleSummary } from '../summary.ts'
import type { ResolvedRun } from '../write/tables.ts'
import { type Clusters, membersOf } from './clusters.ts'

/** Traces of one profile that are compared with each other for a rule of several criteria; of more, the most senior. */
const mostCompared = 400

/** The figures of every rule: enabled ones in the order of their links, then the disabled ones. */
export async function ruleFigures(run: ResolvedRun, clusters: Clusters): Promise<readonly RuleSummary[]> {
  const { ruleset, stages, resolution } = run
  const records = run.numbering.recordOfRank.length
  const linksByStage = countBy(resolution.links.stage)
  const candidatesByStage = countBy(resolution.candidates.map(({ stage }) => stage))
  const figures: RuleSummary[] = []
  const listed = [
    ...stages.map(({ rule, implicit }, index) => ({ rule, implicit, stage: index })),
    ...ruleset.rules.filter((rule) => !rule.enabled).map((rule) => ({ rule, implicit: false, stage: -1 })),
  ]
  for (const { rule, implicit, stage } of listed) {
    const plan = await planOf(rule, run)
    const applies = plan.applies
    const { validMatches, applicable } = countMatches(rule, plan, run.population, clusters)
    const conflicts = countConflicts(run, clusters, stage, applies)
    figures.push({
      name: rule.name,
      sentence: ruleInEnglish(rule, ruleset),
      implicit,
      enabled: stage >= 0,
      action: rule.action,
      stage: stage < 0 ? null : stage + 1,
      applicable,
      links: stage < 0 ? 0 : (linksByStage.get(stage) ?? 0),
      validMatches,
      conflicts,
      candidates: stage < 0 ? 0 : (candidatesByStage.get(stage) ?? 0),
      applicability: ratio(applicable, records),
      validMatchRate: ratio(validMatches, applicable),
      conflictRate: ratio(conflicts, applicable),
    })
  }
  return figures
}

export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

interface RulePlan {
  /** Per trace: 1 where it has a usable value for every criterion. */
  readonly applies: Uint8Array
  readonly criteria: readonly CriterionPlan[]
}

interface CriterionPlan {
  /** Codes of a trace that take part in the criterion. */
  codesOf(trace: number): readonly number[]
  meets(left: number, right: number): boolean
  readonly missingMatches: boolean
}

async function planOf(rule: MatchRule, { population, resolution, ruleset }: ResolvedRun): Promise<RulePlan> {
  const shared = new Uint8Array(population.valueCount)
  for (const code of resolution.sharedCodes) shared[code] = 1
  const criteria: CriterionPlan[] = []
  for (const criterion of rule.match) criteria.push(await criterionPlan(criterion, population, ruleset, shared))
  const applies = new Uint8Array(population.traceCount)
  for (let trace = 0; trace < population.traceCount; trace++) {
    applies[trace] = criteria.every((plan) => plan.missingMatches || plan.codesOf(trace).length > 0) ? 1 : 0
  }
  return { applies, criteria }
}

async function criterionPlan(
  criterion: Criterion,
  population: Population,
  ruleset: Ruleset,
  shared: Uint8Array,
): Promise<CriterionPlan> {
  const { offsets, codes, typeOf, valueCount } = population
  const usable = new Uint8Array(valueCount)
  const reads = ruleset.identifiers.map(({ name }) => criterion.types.includes(name))
  const needsText = criterion.how !== 'exact' || criterion.where.length > 0 || criterion.types.length > 1
  const texts = new Map<number, string>()
  const ofTypes: number[] = []
  for (let code = 0; code < valueCount; code++) if (reads[typeOf[code] as number] && shared[code] === 0) ofTypes.push(code)
  if (needsText) {
    const loaded = await population.loadTexts(Int32Array.from(ofTypes))
    ofTypes.forEach((code, at) => texts.set(code, loaded[at] ?? ''))
  }
  const filters = ruleset.identifiers.map((type, position) =>
    reads[position] && criterion.where.length > 0 ? compileFilter(criterion.where, standardizersFor(type, ruleset)) : null,
  )
  for (const code of ofTypes) {
    const filter = filters[typeOf[code] as number]
    usable[code] = !filter || filter(texts.get(code) ?? '') ? 1 : 0
  }
  const compare = criterionComparer(criterion)
  return {
    codesOf: (trace) => {
      const found: number[] = []
      for (let at = offsets[trace] as number; at < (offsets[trace + 1] as number); at++) {
        if (usable[codes[at] as number] === 1) found.push(codes[at] as number)
      }
      return found
    },
    meets: needsText
      ? (left, right) => left === right || compare(texts.get(left) ?? '', texts.get(right) ?? '') >= 0
      : (left, right) => left === right,
    missingMatches: criterion.how !== 'exact' && criterion.missing === 'match',
  }
}

/** Applicable records, and those of them that agree with another record of their profile on every criterion. */
function countMatches(
  rule: MatchRule,
  { applies, criteria }: RulePlan,
  population: Population,
  clusters: Clusters,
): { readonly applicable: number; readonly validMatches: number } {
  let applicable = 0
  let validMatches = 0
  const { firstAt, lastAt, traceCount } = population
  for (let trace = 0; trace < traceCount; trace++) if (applies[trace] === 1) applicable += clusters.recordsOfTrace(trace)
  const agree = (left: number, right: number) =>
    (rule.withinMs === null ||
      withinWindow(firstAt[left] as number, lastAt[left] as number, firstAt[right] as number, lastAt[right] as number, rule.withinMs)) &&
    criteria.every((plan) => {
      const ours = plan.codesOf(left)
      const theirs = plan.codesOf(right)
      if (plan.missingMatches && (ours.length === 0 || theirs.length === 0)) return true
      return ours.some((a) => theirs.some((b) => plan.meets(a, b)))
    })
  for (let cluster = 0; cluster < traceCount; cluster++) {
    if ((clusters.records[cluster] as number) < 2) continue
    const members = membersOf(clusters, cluster).filter((trace) => applies[trace] === 1)
    if (criteria.length === 1 && rule.withinMs === null && rule.match[0]?.how === 'exact' && rule.match[0].types.length === 1) {
      validMatches += countEqual(members, criteria[0] as CriterionPlan, clusters)
      continue
    }
    const compared = members.subarray(0, mostCompared)
    for (const left of compared) {
      const many = clusters.recordsOfTrace(left)
      if (many > 1 || compared.some((right) => right !== left && agree(left, right))) validMatches += many
    }
  }
  return { applicable, validMatches }
}

/** Records of traces that share a code with another record among them. */
function countEqual(members: Int32Array, plan: CriterionPlan, clusters: Clusters): number {
  const holders = new Map<number, number>()
  for (const trace of members) {
    for (const code of plan.codesOf(trace)) holders.set(code, (holders.get(code) ?? 0) + clusters.recordsOfTrace(trace))
  }
  let matched = 0
  for (const trace of members) {
    if (plan.codesOf(trace).some((code) => (holders.get(code) ?? 0) > 1)) matched += clusters.recordsOfTrace(trace)
  }
  return matched
}

/** Applicable records of the clusters that a rule linked and a guard refused. */
function countConflicts(run: ResolvedRun, clusters: Clusters, stage: number, applies: Uint8Array): number {
  const refused = new Set<number>()
  for (const link of run.resolution.held) {
    if (link.stage !== stage || link.guard === 'separation') continue
    refused.add(link.cluster)
    if (link.group) refused.add(link.refusedBy)
  }
  let records = 0
  for (const cluster of refused) {
    for (const trace of membersOf(clusters, cluster)) if (applies[trace] === 1) records += clusters.recordsOfTrace(trace)
  }
  return records
}

function countBy(values: Iterable<number>): ReadonlyMap<number, number> {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}
