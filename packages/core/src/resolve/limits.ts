import type { IdentifierType, Ruleset } from '../ruleset/ruleset.ts'
import type { GuardName } from './resolution.ts'
import type { Stage } from './stages.ts'

/** A conflict limit on one identifier type, or a field under review, which acts as a limit of 1 that is never demoted. */
export interface Limit {
  readonly guard: Extract<GuardName, 'conflict_limit' | 'field_conflict'>
  /** Index in `ruleset.identifiers`. */
  readonly type: number
  readonly name: string
  readonly limit: number
  readonly whenExceeded: 'hold' | 'block'
  readonly demotable: boolean
}

/** All limits of a ruleset, strongest identifier first. */
export function limitsOf(ruleset: Ruleset): readonly Limit[] {
  return ruleset.identifiers.flatMap((type, position): Limit[] => {
    if (isUnderReview(type, ruleset)) {
      const base = { type: position, name: type.name, limit: 1, demotable: false } as const
      return [{ ...base, guard: 'field_conflict', whenExceeded: 'hold' }]
    }
    if (type.maxUniqueValues === null) return []
    return [
      {
        guard: 'conflict_limit',
        type: position,
        name: type.name,
        limit: type.maxUniqueValues,
        whenExceeded: type.whenExceeded,
        demotable: type.strongerRules === 'auto',
      },
    ]
  })
}

function isUnderReview(type: IdentifierType, ruleset: Ruleset): boolean {
  return ruleset.merge.strategy === 'manual_review' && ruleset.merge.reviewOnConflict.includes(type.name)
}

/**
 * Position of the strongest identifier that the stage's rule compares exactly, or Infinity. Of several types in one
 * criterion the weakest counts; a criterion on a session anchor does not count at all.
 */
export function strengthOf(stage: Stage, ruleset: Ruleset): number {
  const strengths = stage.rule.match
    .filter((criterion) => criterion.how === 'exact')
    .map((criterion) => {
      const positions = criterion.types.map((name) => ruleset.identifiers.findIndex((type) => type.name === name))
      return positions.some((position) => ruleset.identifiers[position]?.session) ? Infinity : Math.max(...positions)
    })
  return Math.min(Infinity, ...strengths)
}

/** Whether a link of that strength stands although it exceeds the limit: the excess is demoted instead. */
export function demotes(strength: number, limit: Limit): boolean {
  return limit.demotable && strength < limit.type
}

export function limitReason(limit: Limit, found: number): string {
  return `${limit.name} has too many unique values (${found} > limit of ${limit.limit})`
}

export function groupSizeReason(stage: Stage, found: number, limit: number): string {
  return `rule '${stage.rule.name}' would join too many profiles (${found} > limit of ${limit})`
}
