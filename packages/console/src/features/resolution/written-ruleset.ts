import { parse } from 'yaml'

/** A ruleset as its file writes it: the parts that the form shows. */
export interface WrittenRuleset {
  readonly default_country?: string
  readonly identifiers?: readonly WrittenIdentifier[]
  readonly rules?: readonly WrittenRule[]
  readonly merge?: {
    readonly strategy?: string
    readonly primary?: string
    readonly unresolved?: string
  }
  readonly automatic?: boolean
}

export interface WrittenIdentifier {
  readonly name: string
  readonly kind?: 'anchor' | 'claim' | 'attribute'
  readonly standardize?: readonly string[]
  readonly max_unique_values?: number
  readonly when_exceeded?: 'hold' | 'block'
  readonly blocked_values?: readonly string[]
  readonly shared_when?: Readonly<Record<string, number>>
}

export interface WrittenRule {
  readonly name: string
  readonly match: readonly WrittenCriterion[]
  readonly within?: string
  readonly max_group_size?: number
  readonly compare?: 'profile' | 'record'
  readonly action?: 'merge' | 'review'
  readonly enabled?: boolean
}

export type WrittenCriterion = Readonly<Record<string, unknown>>

/** The text as a document; null: it is no YAML map yet. */
export function readRuleset(text: string): WrittenRuleset | null {
  try {
    const value: unknown = parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

export const matchTypes = [
  ['exact', 'is the same'],
  ['fuzzy_strong', 'is very similar'],
  ['fuzzy_medium', 'is similar'],
] as const
export type MatchType = (typeof matchTypes)[number][0]

export const operators = [
  ['contains', 'contains'],
  ['equals', 'equals'],
  ['starts_with', 'starts with'],
  ['ends_with', 'ends with'],
  ['one_of', 'is one of'],
] as const

export interface FormFilter {
  readonly operator: string
  readonly isNegated: boolean
  readonly value: string
}

/** A criterion as the form edits it. */
export interface FormCriterion {
  readonly types: readonly string[]
  readonly how: MatchType
  readonly filter: FormFilter | null
}

/** null: it says more than the form can, and is edited as text. */
export function criterionOf(written: WrittenCriterion): FormCriterion | null {
  const how = matchTypes.find(([name]) => written[name] !== undefined)?.[0]
  if (how === undefined || written['missing'] !== undefined) return null
  const named = written[how]
  const types = typeof named === 'string' ? [named] : Array.isArray(named) ? named.map(String) : []
  const where = (written['where'] ?? null) as Readonly<Record<string, unknown>> | null
  if (where === null) return { types, how, filter: null }
  const isNegated = where['not'] !== undefined
  const inner = (isNegated ? where['not'] : where) as Readonly<Record<string, unknown>>
  const entries = Object.entries(inner)
  const [entry] = entries
  if (!entry || entries.length > 1 || (isNegated && Object.keys(where).length > 1)) return null
  const [operator, value] = entry
  return { types, how, filter: { operator, isNegated, value: Array.isArray(value) ? value.join(', ') : String(value) } }
}

export function writtenCriterion({ types, how, filter }: FormCriterion): WrittenCriterion {
  const named = types.length === 1 ? types[0] : [...types]
  if (filter === null) return { [how]: named }
  const said =
    filter.operator === 'one_of'
      ? filter.value
          .split(',')
          .map((value) => value.trim())
          .filter((value) => value !== '')
      : filter.value
  const plain = { [filter.operator]: said }
  return { [how]: named, where: filter.isNegated ? { not: plain } : plain }
}
