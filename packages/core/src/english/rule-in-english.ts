import { formatDuration } from '../ruleset/checker.ts'
import type { Criterion, Filter, MatchRule, Ruleset } from '../ruleset/ruleset.ts'

/** A rule as one sentence: `Phone is the same AND last name is very similar, seen within 90 days of each other`. */
export function ruleInEnglish(rule: MatchRule, _ruleset?: Ruleset): string {
  const criteria = rule.match.map((criterion) => criterionInEnglish(criterion)).join(' AND ')
  const options = [
    rule.withinMs === null ? null : `seen within ${durationInEnglish(rule.withinMs)} of each other`,
    rule.maxGroupSize === null ? null : `at most ${rule.maxGroupSize} profiles`,
    rule.compare === 'record' && rule.match.length > 1 ? 'on one record' : null,
    rule.action === 'review' ? 'sent to review' : null,
  ].filter((option) => option !== null)
  return capitalized([criteria, ...options].join(', '))
}

/** One criterion: `Email field contains 'gmail.com' and is the same`. */
export function criterionInEnglish(criterion: Criterion): string {
  const names = criterion.types.map(labelOf).join(' or ')
  const filters = criterion.where.map(filterInEnglish)
  return `${names} ${[...filters, comparison(criterion)].join(' and ')}`
}

/**
 * The short form of a rule list (MAS-15): the filters alone, `Email field contains 'sarah' AND Phone field equals '+15551234567'`.
 * A condition without a filter reads `Email field is the same`. Rules are joined by OR.
 */
export function conditionsInEnglish(rules: readonly MatchRule[]): string {
  return rules
    .map((rule) =>
      rule.match
        .map((criterion) => {
          const field = criterion.types.map(fieldOf).join(' or ')
          return criterion.where.length > 0
            ? `${field} ${criterion.where.map(filterInEnglish).join(' and ')}`
            : `${field} ${comparison(criterion)}`
        })
        .join(' AND '),
    )
    .join(' OR ')
}

/** Every rule of a ruleset, switched-off ones marked. */
export function rulesetInEnglish(ruleset: Ruleset): readonly string[] {
  return ruleset.rules.map((rule) => `${ruleInEnglish(rule, ruleset)}${rule.enabled ? '' : ' (switched off)'}`)
}

/** The name people read: `last_name` is `last name`, the e-mail is the `Email field`. */
export function labelOf(type: string): string {
  return type === 'email' ? 'Email field' : type.replace(/_/g, ' ')
}

function fieldOf(type: string): string {
  return type === 'email' ? 'Email field' : `${capitalized(type.replace(/_/g, ' '))} field`
}

function comparison(criterion: Criterion): string {
  if (criterion.how === 'exact') return 'is the same'
  const missing = criterion.missing === 'match' ? ' or missing' : ''
  if (criterion.how === 'fuzzy_medium') return `is similar${missing}`
  if (criterion.how === 'fuzzy_strong') return `is very similar${missing}`
  return `is similar (${boundInEnglish(criterion)})${missing}`
}

function boundInEnglish(criterion: Exclude<Criterion, { how: 'exact' }>): string {
  switch (criterion.by) {
    case 'jaro_winkler':
      return `Jaro–Winkler ≥ ${criterion.atLeast ?? 0}`
    case 'damerau_levenshtein':
      return criterion.atMost === null
        ? `Damerau–Levenshtein ≥ ${criterion.atLeast ?? 0}`
        : `at most ${criterion.atMost} ${criterion.atMost === 1 ? 'edit' : 'edits'}`
    case 'token_overlap':
      return `words in common ≥ ${criterion.atLeast ?? 0}`
    case 'person_name':
      return `name in any order ≥ ${criterion.atLeast ?? 0}`
    case 'nickname':
      return 'the same or a nickname'
    case 'date_within':
      return `at most ${durationInEnglish(criterion.atMost ?? 0)} apart`
    case 'number_within':
      return `at most ${criterion.atMost ?? 0} apart`
  }
}

function filterInEnglish({ operator, values, negated }: Filter): string {
  const not = negated
  const said = values.map((value) => `'${value}'`)
  switch (operator) {
    case 'contains':
      return `${not ? 'does not contain' : 'contains'} ${said.join(' or ')}`
    case 'equals':
      return `${not ? 'does not equal' : 'equals'} ${said.join(' or ')}`
    case 'starts_with':
      return `${not ? 'does not start with' : 'starts with'} ${said.join(' or ')}`
    case 'ends_with':
      return `${not ? 'does not end with' : 'ends with'} ${said.join(' or ')}`
    case 'one_of':
      return `${not ? 'is none of' : 'is one of'} ${said.join(', ')}`
  }
}

const unitNames = { d: 'day', h: 'hour', m: 'minute', s: 'second' } as const

function durationInEnglish(ms: number): string {
  const [, count = '0', unit = 's'] = /^(\d+)([dhms])/.exec(formatDuration(ms)) ?? []
  return `${count} ${unitNames[unit as keyof typeof unitNames]}${count === '1' ? '' : 's'}`
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
