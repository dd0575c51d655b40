import { Checker, list, shown, unknownIdentifier, type JsonMap, type Path } from './checker.ts'
import {
  comparatorNames,
  filterOperators,
  type Criterion,
  type Filter,
  type IdentifierType,
  type MatchRule,
  type Ruleset,
} from './ruleset.ts'

const ruleKeys = ['name', 'match', 'within', 'max_group_size', 'compare', 'action', 'enabled'] as const
const matchTypes = ['exact', 'fuzzy_medium', 'fuzzy_strong', 'similar'] as const

export function checkRules(
  value: unknown,
  identifiers: readonly IdentifierType[],
  fuzzy: Ruleset['fuzzy'],
  check: Checker,
): readonly MatchRule[] {
  const names = new Set<string>()
  return check.list(value, ['rules']).map((entry, index) => {
    const path: Path = ['rules', index]
    const map = check.map(entry, path, ruleKeys)
    const name = check.text(map['name'], [...path, 'name']) ?? `Rule ${index + 1}`
    if (names.has(name))
      check.fault('ruleset.duplicate', [...path, 'name'], `a rule named "${shown(name)}" stands above already`)
    names.add(name)
    const criteria = check.list(map['match'], [...path, 'match']).flatMap((criterion, place) => {
      const checked = checkCriterion(criterion, [...path, 'match', place], identifiers, fuzzy, check)
      return checked ? [checked] : []
    })
    const isWhole = Array.isArray(map['match']) && criteria.length === map['match'].length
    if (map['match'] === undefined || (Array.isArray(map['match']) && map['match'].length === 0)) {
      check.fault('ruleset.missing', path, 'has no criteria; write match: [ { exact: email } ]')
    } else if (isWhole) checkAnchoring(criteria, identifiers, path, check)
    return {
      name,
      match: criteria,
      withinMs: check.duration(map['within'], [...path, 'within']),
      maxGroupSize: check.number(map['max_group_size'], [...path, 'max_group_size'], {
        min: 2,
        max: Infinity,
        whole: true,
      }),
      compare:
        check.oneOf(map['compare'], [...path, 'compare'], ['profile', 'record'], 'a way to compare') ?? 'profile',
      action: check.oneOf(map['action'], [...path, 'action'], ['merge', 'review'], 'an action') ?? 'merge',
      enabled: check.bool(map['enabled'], [...path, 'enabled'], true),
    }
  })
}

/** Fuzzy evidence needs exact evidence beside it, and attributes need company. */
function checkAnchoring(
  criteria: readonly Criterion[],
  identifiers: readonly IdentifierType[],
  path: Path,
  check: Checker,
): void {
  if (!criteria.some((criterion) => criterion.how === 'exact')) {
    const found = list([...new Set(criteria.map((criterion) => criterion.how))])
    check.fault(
      'ruleset.fuzzy_only',
      [...path, 'match'],
      `holds only ${found} criteria; a rule with a fuzzy or similar criterion needs at least one exact criterion`,
    )
    return
  }
  const isAttribute = (name: string) => identifiers.find((type) => type.name === name)?.kind === 'attribute'
  if (criteria.length === 1 && criteria[0]?.types.some(isAttribute)) {
    check.fault(
      'ruleset.single_attribute',
      [...path, 'match'],
      'is one criterion on attributes; attributes link only beside another criterion',
    )
  }
}

const criterionKeys = [...matchTypes, 'where', 'by', 'at_least', 'at_most', 'missing'] as const

function checkCriterion(
  value: unknown,
  path: Path,
  identifiers: readonly IdentifierType[],
  fuzzy: Ruleset['fuzzy'],
  check: Checker,
): Criterion | null {
  const map = check.map(value, path, criterionKeys)
  const written = matchTypes.filter((type) => map[type] !== undefined)
  const [how] = written
  if (how === undefined || written.length > 1) {
    check.fault(
      'ruleset.match_type',
      path,
      `names ${written.length === 0 ? 'no match type' : list(written)}; a criterion has one of ${list(matchTypes)}`,
    )
    return null
  }
  const known = identifiers.map((type) => type.name)
  const types = check.someTexts(map[how], [...path, how])
  types.forEach((name, index) => {
    const at = Array.isArray(map[how]) ? [...path, how, index] : [...path, how]
    if (!known.includes(name)) check.fault('ruleset.unknown_identifier', at, unknownIdentifier(name, known))
  })
  if (types.length === 0 || types.some((name) => !known.includes(name))) return null
  const where = checkFilters(map['where'], [...path, 'where'], check)
  if (how === 'exact') {
    for (const key of ['by', 'at_least', 'at_most', 'missing'] as const) {
      if (map[key] !== undefined)
        check.fault(
          'ruleset.exact_option',
          [...path, key],
          `"${key}" is for similar criteria; exact compares standardized values`,
        )
    }
    return { how, types, where }
  }
  const missing =
    check.oneOf(map['missing'], [...path, 'missing'], ['match', 'fail'], 'a way to treat missing values') ?? 'fail'
  if (how === 'similar') return checkSimilar(map, path, { types, where, missing }, check)
  for (const key of ['by', 'at_most', 'at_least'] as const) {
    if (map[key] !== undefined)
      check.fault(
        'ruleset.fuzzy_option',
        [...path, key],
        `"${key}" is for similar criteria; set the threshold of ${how} under fuzzy:`,
      )
  }
  return {
    how,
    types,
    where,
    missing,
    by: 'jaro_winkler',
    atLeast: how === 'fuzzy_strong' ? fuzzy.strong : fuzzy.medium,
    atMost: null,
  }
}

function checkSimilar(
  map: JsonMap,
  path: Path,
  base: { readonly types: readonly string[]; readonly where: readonly Filter[]; readonly missing: 'match' | 'fail' },
  check: Checker,
): Criterion | null {
  const by = check.oneOf(map['by'], [...path, 'by'], comparatorNames, 'a comparator')
  if (by === null) {
    if (map['by'] === undefined)
      check.fault('ruleset.missing', path, `does not name a comparator; write by: one of ${list(comparatorNames)}`)
    return null
  }
  const atLeast = check.number(map['at_least'], [...path, 'at_least'], { min: 0, max: 1 })
  const criterion = { how: 'similar' as const, ...base, by }
  const refuse = (key: 'at_least' | 'at_most') => {
    if (map[key] !== undefined) check.fault('ruleset.bound', [...path, key], `${by} takes no ${key}`)
  }
  const need = (key: 'at_least' | 'at_most', example: string) => {
    if (map[key] === undefined || map[key] === null)
      check.fault('ruleset.missing', path, `${by} needs a bound; write ${key}: ${example}`)
  }
  switch (by) {
    case 'nickname':
      refuse('at_least')
      refuse('at_most')
      return { ...criterion, atLeast: 1, atMost: null }
    case 'date_within':
      refuse('at_least')
      need('at_most', '3d')
      return { ...criterion, atLeast: null, atMost: check.duration(map['at_most'], [...path, 'at_most']) ?? 0 }
    case 'number_within':
      refuse('at_least')
      need('at_most', '5')
      return {
        ...criterion,
        atLeast: null,
        atMost: check.number(map['at_most'], [...path, 'at_most'], { min: 0, max: Infinity }) ?? 0,
      }
    case 'damerau_levenshtein':
      if (map['at_most'] === undefined || map['at_most'] === null) need('at_least', '0.85, or at_most: 1 for edits')
      if (map['at_most'] !== undefined && map['at_least'] !== undefined)
        check.fault('ruleset.bound', [...path, 'at_most'], 'give at_least or at_most, not both')
      return {
        ...criterion,
        atLeast,
        atMost: check.number(map['at_most'], [...path, 'at_most'], { min: 0, max: 100, whole: true }),
      }
    default:
      refuse('at_most')
      need('at_least', '0.85')
      return { ...criterion, atLeast: atLeast ?? 1, atMost: null }
  }
}

/** `{ contains: x }`, several operators (all must pass), or one under `not:`. */
function checkFilters(value: unknown, path: Path, check: Checker): readonly Filter[] {
  if (value === undefined) return []
  const map = check.map(value, path, [...filterOperators, 'not'])
  const read = (from: JsonMap, at: Path, negated: boolean): Filter[] =>
    filterOperators.flatMap((operator): Filter[] => {
      if (from[operator] === undefined) return []
      const values = check.someTexts(from[operator], [...at, operator])
      if (operator !== 'one_of' && values.length > 1) {
        check.fault('ruleset.filter', [...at, operator], `takes one text, found ${values.length}; one_of takes several`)
      }
      return values.length === 0 ? [] : [{ operator, values, negated }]
    })
  const negated =
    map['not'] === undefined
      ? []
      : read(check.map(map['not'], [...path, 'not'], filterOperators), [...path, 'not'], true)
  const filters = [...read(map, path, false), ...negated]
  if (filters.length === 0)
    check.fault('ruleset.filter', path, `is empty; use ${list(filterOperators)}, or one of them under not:`)
  return filters
}
