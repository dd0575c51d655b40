import { compileFilter, criterionComparer, similarityOf } from '../match/index.ts'
import type { Stage } from '../resolve/stages.ts'
import type { Criterion, MatchRule, Ruleset } from '../ruleset/ruleset.ts'
import { standardizersFor } from '../standardize/index.ts'
import type { StoredSighting } from './stored-sighting.ts'

/** What came of one criterion between two profiles. */
export interface CriterionTrial {
  readonly criterion: Criterion
  readonly outcome:
    | { readonly kind: 'met'; readonly left: StoredSighting; readonly right: StoredSighting }
    /** A side may be without a value, and is. */
    | { readonly kind: 'passed_without_value' }
    | { readonly kind: 'no_value'; readonly side: 'left' | 'right' | 'both' }
    /** They would meet, but for the state of the value on one side. */
    | {
        readonly kind: 'set_aside'
        readonly state: 'demoted' | 'shared' | 'inactive'
        readonly value: string
        readonly type: string
      }
    | { readonly kind: 'filtered'; readonly value: string; readonly type: string }
    /** Closest values, with their similarity (0 to 1) where the criterion has one. */
    | {
        readonly kind: 'different'
        readonly left: StoredSighting
        readonly right: StoredSighting
        readonly similarity: number | null
      }
}

export interface RuleTrial {
  readonly stage: Stage
  readonly criteria: readonly CriterionTrial[]
  /** What kept the rule from merging the two by itself; null: nothing that the rule itself asks. */
  readonly stopped: 'criterion' | 'window' | 'one_record' | 'unverified' | 'review' | 'not_automatic' | null
}

/** Tries a rule on two profiles as they are. */
export function tryRule(
  stage: Stage,
  left: readonly StoredSighting[],
  right: readonly StoredSighting[],
  ruleset: Ruleset,
): RuleTrial {
  const criteria = stage.rule.match.map((criterion) => ({
    criterion,
    outcome: tryCriterion(criterion, stage.rule, left, right, ruleset),
  }))
  return { stage, criteria, stopped: whatStopped(stage, criteria, left, right, ruleset) }
}

/** How much of a rule two profiles fulfil, 0 to 1; what would be met but for a value set aside counts half. */
export function nearness(trial: RuleTrial): number {
  const points = trial.criteria.map(({ outcome }) => {
    if (outcome.kind === 'met') return 1
    return outcome.kind === 'set_aside' || outcome.kind === 'filtered' ? 0.5 : 0
  })
  return points.reduce((sum: number, point) => sum + point, 0) / Math.max(1, trial.criteria.length)
}

function whatStopped(
  stage: Stage,
  criteria: readonly CriterionTrial[],
  left: readonly StoredSighting[],
  right: readonly StoredSighting[],
  ruleset: Ruleset,
): RuleTrial['stopped'] {
  const { rule } = stage
  const passes = ({ outcome }: CriterionTrial) => outcome.kind === 'met' || outcome.kind === 'passed_without_value'
  if (!criteria.every(passes)) return 'criterion'
  if (
    rule.withinMs !== null &&
    criteria.some(
      ({ outcome }) => outcome.kind === 'met' && gapMs(outcome.left, outcome.right) > (rule.withinMs as number),
    )
  )
    return 'window'
  if (rule.compare === 'record' && !someRecordsMeet(rule, left, right, ruleset)) return 'one_record'
  if (rule.action === 'review') return 'review'
  if (!stage.merges) return 'not_automatic'
  const decisive = criteria.filter(({ criterion }) => countsForTrust(criterion, rule, ruleset))
  const trusted = decisive.every(
    ({ outcome }) => outcome.kind !== 'met' || (outcome.left.verified && outcome.right.verified),
  )
  return trusted ? null : 'unverified'
}

/** Anchors and claims must be verified; attributes where a rule has nothing else. */
function countsForTrust(criterion: Criterion, rule: MatchRule, ruleset: Ruleset): boolean {
  const isAttribute = (name: string) => ruleset.identifiers.find((type) => type.name === name)?.kind === 'attribute'
  const onlyAttributes = rule.match.every((one) => one.types.every(isAttribute))
  return onlyAttributes || !criterion.types.every(isAttribute)
}

function someRecordsMeet(
  rule: MatchRule,
  left: readonly StoredSighting[],
  right: readonly StoredSighting[],
  ruleset: Ruleset,
): boolean {
  const byTrace = (sightings: readonly StoredSighting[]) => [
    ...Map.groupBy(sightings, (sighting) => sighting.trace).values(),
  ]
  return byTrace(left).some((one) =>
    byTrace(right).some((other) =>
      rule.match.every((criterion) => {
        const { kind } = tryCriterion(criterion, rule, one, other, ruleset)
        return kind === 'met' || kind === 'passed_without_value'
      }),
    ),
  )
}

function tryCriterion(
  criterion: Criterion,
  rule: MatchRule,
  left: readonly StoredSighting[],
  right: readonly StoredSighting[],
  ruleset: Ruleset,
): CriterionTrial['outcome'] {
  const ofTypes = (sightings: readonly StoredSighting[]) =>
    distinct(
      sightings.filter((sighting) => criterion.types.includes(sighting.type)),
      rule,
    )
  const lefts = ofTypes(left)
  const rights = ofTypes(right)
  const missing = lefts.length === 0 ? (rights.length === 0 ? 'both' : 'left') : rights.length === 0 ? 'right' : null
  if (missing) {
    if (criterion.how !== 'exact' && criterion.missing === 'match') return { kind: 'passed_without_value' }
    return { kind: 'no_value', side: missing }
  }
  const compare = criterionComparer(criterion)
  const admits = admitter(criterion, ruleset)
  const pairs = lefts.flatMap((one) => rights.map((other) => ({ one, other })))
  const meeting = pairs.filter(({ one, other }) => compare(one.value, other.value) >= 0)
  const usable = meeting.filter(({ one, other }) => isUsable(one) && isUsable(other))
  const met = usable
    .filter(({ one, other }) => admits(one) && admits(other))
    .sort((a, b) => preference(a, rule) - preference(b, rule))[0]
  if (met) return { kind: 'met', left: met.one, right: met.other }
  const filtered = usable[0]
  if (filtered) return { kind: 'filtered', type: filtered.one.type, value: filtered.one.value }
  const aside = meeting[0]
  if (aside) {
    const { type, value, state } = isUsable(aside.one) ? aside.other : aside.one
    return { kind: 'set_aside', type, value, state: state as 'demoted' | 'shared' | 'inactive' }
  }
  const similarity = (pair: { readonly one: StoredSighting; readonly other: StoredSighting }) =>
    criterion.how === 'exact' ? 0 : similarityOf(criterion, pair.one.value, pair.other.value)
  const closest = pairs.reduce((best, pair) => (similarity(pair) > similarity(best) ? pair : best))
  return {
    kind: 'different',
    left: closest.one,
    right: closest.other,
    similarity: criterion.how === 'exact' ? null : similarity(closest),
  }
}

/** Most values of one side that are tried; a profile with more is beyond explaining value by value. */
const triedValues = 400

/** One sighting per value where times do not matter, verified ones first. */
function distinct(sightings: readonly StoredSighting[], rule: MatchRule): readonly StoredSighting[] {
  const sorted = [...sightings].sort((a, b) => Number(b.verified) - Number(a.verified))
  if (rule.withinMs !== null) return sorted.slice(0, triedValues)
  const seen = new Set<string>()
  return sorted
    .filter(({ type, value, state, verified }) => {
      const key = JSON.stringify([type, value, state, verified])
      return !seen.has(key) && seen.add(key)
    })
    .slice(0, triedValues)
}

/** Verified pairs first, then those nearest in time. */
function preference(
  { one, other }: { readonly one: StoredSighting; readonly other: StoredSighting },
  rule: MatchRule,
): number {
  const trust = one.verified && other.verified ? 0 : 1
  const late = rule.withinMs !== null && gapMs(one, other) > rule.withinMs ? 2 : 0
  return trust + late
}

function isUsable(sighting: StoredSighting): boolean {
  return sighting.state === 'active' || sighting.state === 'unverified'
}

function gapMs(left: StoredSighting, right: StoredSighting): number {
  return Math.max(0, left.firstAt - right.lastAt, right.firstAt - left.lastAt)
}

function admitter(criterion: Criterion, ruleset: Ruleset): (sighting: StoredSighting) => boolean {
  if (criterion.where.length === 0) return () => true
  const checks = new Map(
    ruleset.identifiers
      .filter((type) => criterion.types.includes(type.name))
      .map((type) => [type.name, compileFilter(criterion.where, standardizersFor(type, ruleset))] as const),
  )
  return (sighting) => checks.get(sighting.type)?.(sighting.value) ?? true
}
