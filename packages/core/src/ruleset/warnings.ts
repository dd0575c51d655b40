import type { Checker, JsonMap, Path } from './checker.ts'
import type { Criterion, MatchRule, Ruleset } from './ruleset.ts'

/** Points out what is allowed but seldom meant. Called for rulesets without faults. */
export function warnAbout(ruleset: Ruleset, written: JsonMap, check: Checker): void {
  const kindOf = (name: string) => ruleset.identifiers.find((type) => type.name === name)?.kind
  const rulesWritten = written['rules'] !== undefined
  ruleset.rules.forEach((rule, index) => {
    if (!rulesWritten || !rule.enabled) return
    const path: Path = ['rules', index]
    if (
      rule.match.every((criterion) => criterion.types.every((name) => kindOf(name) === 'attribute')) &&
      rule.action === 'merge'
    ) {
      check.warn(
        'ruleset.weak_rule',
        path,
        `"${rule.name}" merges on names or household fields alone; different people share these. Add an e-mail, phone or id, or set action: review`,
      )
    }
    if (rule.match.some((criterion) => criterion.how !== 'exact' && criterion.missing === 'match')) {
      check.warn(
        'ruleset.missing_matches',
        path,
        `"${rule.name}" lets a record without the value match: one nameless record can bridge two different names`,
      )
    }
    const covering = ruleset.rules.slice(0, index).find((earlier) => earlier.enabled && covers(earlier, rule))
    if (covering)
      check.warn(
        'ruleset.covered_rule',
        path,
        `"${rule.name}" never adds a link: "${covering.name}" above it links everything it would`,
      )
  })
  for (const type of ruleset.identifiers) {
    const index = placeOf(type.name, written)
    if (index < 0) continue
    const path: Path = ['identifiers', index]
    if (type.kind === 'claim' && type.maxUniqueValues === null) {
      check.warn(
        'ruleset.no_limit',
        path,
        `"${type.name}" has no limit; one shared value can merge many people. ${type.name === 'phone' ? 'max_unique_values: 2' : 'max_unique_values: 3'} is a good start`,
      )
    }
    if (type.name === 'email' && type.standardize.includes('only_numeric')) {
      check.warn(
        'ruleset.over_standardized',
        [...path, 'standardize'],
        'only_numeric leaves only the digits of an e-mail address; different addresses become equal',
      )
    }
    if (type.standardize.includes('fold') && type.kind !== 'attribute') {
      check.warn(
        'ruleset.over_standardized',
        [...path, 'standardize'],
        `fold drops punctuation and accents; different values of "${type.name}" can become equal`,
      )
    }
  }
  warnAboutMappings(ruleset, written, check)
}

function warnAboutMappings(ruleset: Ruleset, written: JsonMap, check: Checker): void {
  const sources = [...ruleset.sources]
  const read = new Set(ruleset.rules.flatMap((rule) => rule.match.flatMap((criterion) => criterion.types)))
  for (const type of ruleset.identifiers) {
    if (type.kind === 'anchor' && type.stitch) read.add(type.name)
    for (const from of type.derive?.from ?? []) read.add(from)
    for (const { type: other } of type.sharedWhen) read.add(other)
    if (type.maxUniqueValues !== null) read.add(type.name)
  }
  for (const [name, settings] of sources) {
    settings.mappings?.forEach((mapping, index) => {
      const type = ruleset.identifiers.find((identifier) => identifier.name === mapping.to)
      if (!type || type.kind === 'attribute' || read.has(mapping.to)) return
      check.warn(
        'ruleset.unread_mapping',
        ['sources', name, 'mappings', index],
        `fills "${mapping.to}", which no rule reads`,
      )
    })
  }
  if (sources.length === 0 || sources.some(([, settings]) => settings.mappings === null)) return
  const filled = new Set(
    sources.flatMap(([, settings]) =>
      (settings.mappings ?? []).filter((mapping) => mapping.enabled).map((mapping) => mapping.to),
    ),
  )
  for (const type of ruleset.identifiers) {
    const index = placeOf(type.name, written)
    if (index < 0 || filled.has(type.name) || type.derive !== null || type.session) continue
    check.warn('ruleset.unfilled_identifier', ['identifiers', index], `no mapping of any source fills "${type.name}"`)
  }
}

/** Place of an identifier in the written list, or -1. */
function placeOf(name: string, written: JsonMap): number {
  const listed: unknown = written['identifiers']
  if (!Array.isArray(listed)) return -1
  return listed.findIndex(
    (entry: unknown) => typeof entry === 'object' && entry !== null && 'name' in entry && entry.name === name,
  )
}

/** Whether every link of `later` is a link of `earlier` too. */
function covers(earlier: MatchRule, later: MatchRule): boolean {
  if (earlier.action !== 'merge' || earlier.maxGroupSize !== null) return false
  if (earlier.withinMs !== null && (later.withinMs === null || later.withinMs > earlier.withinMs)) return false
  if (earlier.compare === 'record' && later.compare === 'profile' && earlier.match.length > 1) return false
  return earlier.match.every((asked) => later.match.some((given) => implies(given, asked)))
}

/** Whether what meets `given` always meets `asked`. */
function implies(given: Criterion, asked: Criterion): boolean {
  if (!given.types.every((type) => asked.types.includes(type))) return false
  const filtersHold = asked.where.every((filter) =>
    given.where.some((other) => JSON.stringify(other) === JSON.stringify(filter)),
  )
  if (!filtersHold) return false
  if (given.how === 'exact') return asked.how === 'exact' || (asked.by === 'jaro_winkler' && asked.atLeast !== null)
  if (asked.how === 'exact' || given.by !== asked.by) return false
  return (
    (given.atLeast ?? 1) >= (asked.atLeast ?? 0) &&
    (given.atMost ?? 0) <= (asked.atMost ?? Infinity) &&
    (given.missing === 'fail' || asked.missing === 'match')
  )
}
