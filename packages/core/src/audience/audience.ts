/** Who belongs to an audience. Evaluated per profile, so that each person counts once. */
export type AudienceRule =
  | { readonly all: readonly AudienceRule[] }
  | { readonly any: readonly AudienceRule[] }
  | { readonly not: AudienceRule }
  | TraitCondition
  | EventCondition

export const traitOperators = [
  'equals',
  'contains',
  'starts_with',
  'ends_with',
  'one_of',
  'exists',
  'greater_than',
  'less_than',
  'before',
  'after',
] as const
export type TraitOperator = (typeof traitOperators)[number]

/** Asks for the golden record's value of a field. A dot leads into an object. */
export interface TraitCondition {
  readonly field: string
  readonly is: TraitOperator
  /** Of `one_of` several; of `exists` none. Text is compared whatever its case. */
  readonly values: readonly string[]
}

/** Asks how often an event was done: at least so often, or (`atLeast` 0) never. */
export interface EventCondition {
  /** In snake_case, as mappings compare names. */
  readonly event: string
  /** 0: not done at all. */
  readonly atLeast: number
  /** Milliseconds up to now, inclusive; null: ever. */
  readonly withinMs: number | null
}

export function isEventCondition(rule: AudienceRule): rule is EventCondition {
  return 'event' in rule
}

/** The event conditions of a rule, however deep. */
export function eventConditionsOf(rule: AudienceRule): readonly EventCondition[] {
  if ('all' in rule) return rule.all.flatMap(eventConditionsOf)
  if ('any' in rule) return rule.any.flatMap(eventConditionsOf)
  if ('not' in rule) return eventConditionsOf(rule.not)
  return isEventCondition(rule) ? [rule] : []
}
