import type { AudienceRule } from '../../api/answers.ts'

export interface TraitCondition {
  readonly field: string
  readonly is: string
  readonly values: readonly string[]
}
export interface EventCondition {
  readonly event: string
  readonly atLeast: number
  readonly within: string | null
}
export type Condition = TraitCondition | EventCondition

export const isWords: Readonly<Record<string, string>> = {
  equals: 'is',
  contains: 'contains',
  starts_with: 'starts with',
  ends_with: 'ends with',
  one_of: 'is one of',
  exists: 'is known',
  greater_than: 'is more than',
  less_than: 'is less than',
  before: 'is before',
  after: 'is after',
}

/** `plan is plus AND did product_added within 7d AND did not order_completed`. */
export function ruleInWords(rule: AudienceRule): string {
  const parts = ('all' in rule ? rule.all : rule.any).map((part) => groupInWords(part))
  return parts.length === 0 ? 'everybody' : parts.join('all' in rule ? ' AND ' : ' OR ')
}

function groupInWords(part: unknown): string {
  const group = part as {
    readonly all?: readonly Condition[]
    readonly any?: readonly Condition[]
    readonly not?: Condition
  }
  if (group.all) return `(${group.all.map(conditionInWords).join(' AND ')})`
  if (group.any) return `(${group.any.map(conditionInWords).join(' OR ')})`
  if (group.not) return `NOT ${conditionInWords(group.not)}`
  return conditionInWords(part as Condition)
}

export function conditionInWords(condition: Condition): string {
  if ('field' in condition) {
    return `${condition.field} ${isWords[condition.is] ?? condition.is} ${condition.values.join(', ')}`.trim()
  }
  const { event, atLeast, within } = condition
  const when = within === null ? '' : ` within ${within}`
  if (atLeast === 0) return `never did ${event}${when}`
  return `did ${event}${atLeast > 1 ? ` ${atLeast} times` : ''}${when}`
}
