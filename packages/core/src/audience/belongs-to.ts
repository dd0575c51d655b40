import { blankness } from '../golden/blank.ts'
import { primitiveText, readPath } from '../evidence/dot-path.ts'
import type { JsonObject, JsonValue } from '../evidence/record.ts'
import { parseInstant } from '../standardize/instant.ts'
import type { AudienceRule, EventCondition, TraitCondition } from './audience.ts'

/** What is known of a profile. */
export interface AudienceFacts {
  /** Fields of the golden record. */
  readonly fields: JsonObject
  /** How often an event was done within the window of a condition. */
  readonly timesDone: (condition: EventCondition) => number
}

/** Whether a profile belongs to an audience. A condition on a missing field does not hold. */
export function belongsTo(rule: AudienceRule, facts: AudienceFacts): boolean {
  if ('all' in rule) return rule.all.every((one) => belongsTo(one, facts))
  if ('any' in rule) return rule.any.some((one) => belongsTo(one, facts))
  if ('not' in rule) return !belongsTo(rule.not, facts)
  if ('event' in rule) {
    const times = facts.timesDone(rule)
    return rule.atLeast === 0 ? times === 0 : times >= rule.atLeast
  }
  return holds(rule, facts.fields)
}

function holds({ field, is, values }: TraitCondition, fields: JsonObject): boolean {
  const value = Object.hasOwn(fields, field) ? fields[field] : readPath(fields, field.split('.'))
  if (value === undefined || blankness(value) > 0) return false
  if (is === 'exists') return true
  const found: readonly (JsonValue | undefined)[] = Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
  return found.some((one) => {
    const text = primitiveText(one)
    return text !== null && values.some((asked) => meets(is, text, asked))
  })
}

function meets(is: Exclude<TraitCondition['is'], 'exists'>, text: string, asked: string): boolean {
  const [a, b] = [text.toLowerCase(), asked.toLowerCase()]
  switch (is) {
    case 'equals':
    case 'one_of':
      return a === b
    case 'contains':
      return a.includes(b)
    case 'starts_with':
      return a.startsWith(b)
    case 'ends_with':
      return a.endsWith(b)
    case 'greater_than':
      return ordered(Number(text), Number(asked), 1)
    case 'less_than':
      return ordered(Number(text), Number(asked), -1)
    case 'after':
      return ordered(instantOf(text), instantOf(asked), 1)
    case 'before':
      return ordered(instantOf(text), instantOf(asked), -1)
  }
}

function ordered(value: number, bound: number, sign: 1 | -1): boolean {
  return Number.isFinite(value) && Number.isFinite(bound) && (value - bound) * sign > 0
}

function instantOf(text: string): number {
  return parseInstant(text) ?? Number.NaN
}
