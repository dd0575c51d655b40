import { compileBlockedValue } from '../evidence/blocked-values.ts'
import { parseDotPath } from '../evidence/dot-path.ts'
import { alwaysThere, builtInIdentifier, plainIdentifier } from './built-in-identifiers.ts'
import { Checker, list, shown, suggest, unknownIdentifier, type JsonMap, type Path } from './checker.ts'
import { checkRules } from './check-rules.ts'
import { defaultCrowdAbove, defaultIdentifiers, defaultRules } from './defaults.ts'
import {
  standardizerNames,
  survivorshipNames,
  type Derivation,
  type IdentifierType,
  type Mapping,
  type MergeSettings,
  type Ruleset,
  type SourceSettings,
  type Survivorship,
} from './ruleset.ts'
import { warnAbout } from './warnings.ts'

export type CheckedRuleset = Ruleset

const topKeys = [
  'version',
  'default_country',
  'date_order',
  'max_backdate',
  'built_in_blocked_values',
  'fuzzy',
  'sources',
  'identifiers',
  'rules',
  'merge',
  'automatic',
  'crowd_above',
] as const

/** Reads a whole ruleset document, reporting every fault to the checker. What comes back is only good where there was none. */
export function checkRuleset(value: unknown, check: Checker): CheckedRuleset {
  const top = check.map(value, [], topKeys)
  if (top['version'] !== 1) {
    const found = top['version'] === undefined ? 'no version' : `version ${shown(String(top['version']))}`
    check.fault('ruleset.version', ['version'], `found ${found}; this program reads version: 1`)
  }
  const fuzzyMap = check.map(top['fuzzy'], ['fuzzy'], ['medium', 'strong'])
  const medium = check.number(fuzzyMap['medium'], ['fuzzy', 'medium'], { min: 0, max: 1 }) ?? 0.88
  const strong = check.number(fuzzyMap['strong'], ['fuzzy', 'strong'], { min: 0, max: 1 }) ?? 0.94
  if (strong < medium) {
    check.fault(
      'ruleset.fuzzy_order',
      ['fuzzy'],
      `strong (${strong}) asks for less than medium (${medium}); it must ask for at least as much`,
    )
  }
  const fuzzy = { medium, strong }
  const identifiers = checkIdentifiers(top['identifiers'], top['rules'], check)
  const names = identifiers.map((type) => type.name)
  const rules =
    top['rules'] === undefined ? defaultRules(identifiers) : checkRules(top['rules'], identifiers, fuzzy, check)
  const ruleset: Ruleset = {
    defaultCountry: checkCountry(top['default_country'], check),
    dateOrder:
      check.oneOf(top['date_order'], ['date_order'], ['dmy', 'mdy', 'ymd'], 'an order of day, month and year') ?? 'mdy',
    maxBackdateMs: check.duration(top['max_backdate'], ['max_backdate']) ?? 7 * 86_400_000,
    builtInBlockedValues: check.bool(top['built_in_blocked_values'], ['built_in_blocked_values'], true),
    fuzzy,
    sources: checkSources(top['sources'], identifiers, check),
    identifiers,
    rules,
    merge: checkMerge(top['merge'], names, check),
    automatic: check.bool(top['automatic'], ['automatic'], true),
    crowdAbove:
      check.number(top['crowd_above'], ['crowd_above'], { min: 1, max: Infinity, whole: true }) ?? defaultCrowdAbove,
  }
  if (check.issues.length === 0) warnAbout(ruleset, top, check)
  return ruleset
}

function checkCountry(value: unknown, check: Checker): string {
  if (value === undefined) return 'US'
  if (typeof value === 'string' && /^[A-Z]{2}$/.test(value)) return value
  check.fault(
    'ruleset.country',
    ['default_country'],
    'is not a country of two capital letters (ISO 3166-1), such as US, GB or DE',
  )
  return 'US'
}

const identifierKeys = [
  'name',
  'kind',
  'standardize',
  'max_unique_values',
  'when_exceeded',
  'stronger_rules',
  'blocked_values',
  'allowed_values',
  'shared_when',
  'derive',
  'stitch',
] as const

function checkIdentifiers(value: unknown, rules: unknown, check: Checker): readonly IdentifierType[] {
  if (value === undefined) return withNamedContacts(defaultIdentifiers(), rules, check)
  const seen = new Set<string>()
  const written = check.list(value, ['identifiers']).flatMap((entry, index): IdentifierType[] => {
    const path: Path = ['identifiers', index]
    const map = check.map(entry, path, identifierKeys)
    const name = check.text(map['name'], [...path, 'name'])
    if (name === null) {
      if (map['name'] === undefined || map['name'] === null) check.fault('ruleset.missing', path, 'has no name')
      return []
    }
    if (!/^[a-z][a-z0-9_]*$/.test(name)) {
      check.fault(
        'ruleset.name',
        [...path, 'name'],
        `"${shown(name)}" is not a snake_case word (a–z, digits, underscores)`,
      )
    }
    if (seen.has(name)) check.fault('ruleset.duplicate', [...path, 'name'], `"${shown(name)}" is listed twice`)
    seen.add(name)
    return [checkIdentifier(name, map, path, check)]
  })
  const missing = alwaysThere.filter((name) => !seen.has(name)).map((name) => plainIdentifier(name))
  const all = withNamedContacts([...written, ...missing], rules, check)
  checkReferences(all, check)
  return all
}

/**
 * Adds further phones and e-mails (`work_phone`, `home_email`) that a rule names and the list leaves out: claims like their
 * plain namesake, without a limit, in priority just behind it.
 */
function withNamedContacts(
  listed: readonly IdentifierType[],
  rules: unknown,
  check: Checker,
): readonly IdentifierType[] {
  const all = [...listed]
  for (const [index, name] of namesInRules(rules)) {
    const [, base] = /^(?:user|customer|contact|primary|work|home|personal|mobile)_(phone|email)$/.exec(name) ?? []
    const namesake = all.findIndex((type) => type.name === base)
    if (base === undefined || namesake < 0 || all.some((type) => type.name === name)) continue
    const like = plainIdentifier(base)
    all.splice(namesake + 1, 0, { ...like, name, standardize: all[namesake]?.standardize ?? like.standardize })
    check.warn(
      'ruleset.unlisted_identifier',
      ['rules', index],
      `"${name}" is not listed under identifiers; it is taken as a claim like ${base}, without a limit. List it to set one`,
    )
  }
  return all
}

function namesInRules(rules: unknown): readonly (readonly [number, string])[] {
  if (!Array.isArray(rules)) return []
  return rules.flatMap((rule: unknown, index) => {
    const match: unknown = typeof rule === 'object' && rule !== null && 'match' in rule ? rule.match : undefined
    if (!Array.isArray(match)) return []
    return match.flatMap((criterion: unknown) => {
      if (typeof criterion !== 'object' || criterion === null) return []
      return ['exact', 'fuzzy_medium', 'fuzzy_strong', 'similar'].flatMap((type) => {
        const named: unknown = (criterion as JsonMap)[type]
        const names: readonly unknown[] = Array.isArray(named) ? named : [named]
        return names.flatMap((name) => (typeof name === 'string' ? [[index, name] as const] : []))
      })
    })
  })
}

function checkIdentifier(name: string, map: JsonMap, path: Path, check: Checker): IdentifierType {
  const builtIn = builtInIdentifier(name)
  const kind = check.oneOf(map['kind'], [...path, 'kind'], ['anchor', 'claim', 'attribute'], 'a kind of identifier')
  if (kind === null && map['kind'] === undefined && !builtIn) {
    check.fault(
      'ruleset.missing',
      path,
      `"${shown(name)}" has no kind; say anchor (links on sight), claim (links when verified) or attribute`,
    )
  }
  const plain = plainIdentifier(name, kind ?? 'attribute')
  const standardize =
    map['standardize'] === undefined
      ? plain.standardize
      : check.texts(map['standardize'], [...path, 'standardize']).flatMap((text, index) => {
          const at = Array.isArray(map['standardize']) ? [...path, 'standardize', index] : [...path, 'standardize']
          return check.oneOf(text, at, standardizerNames, 'a standardizer') ?? []
        })
  const blockedValues = check.texts(map['blocked_values'], [...path, 'blocked_values'])
  blockedValues.forEach((entry, index) => {
    const compiled = compileBlockedValue(entry)
    if (!compiled.ok)
      check.fault('ruleset.blocked_value', [...path, 'blocked_values', index], `"${shown(entry)}" ${compiled.message}`)
  })
  return {
    ...plain,
    kind: kind ?? plain.kind,
    session: plain.session && (kind ?? plain.kind) === 'anchor',
    standardize,
    maxUniqueValues: check.number(map['max_unique_values'], [...path, 'max_unique_values'], {
      min: 1,
      max: Infinity,
      whole: true,
    }),
    whenExceeded:
      check.oneOf(map['when_exceeded'], [...path, 'when_exceeded'], ['hold', 'block'], 'a way to treat excess') ??
      'hold',
    strongerRules:
      check.oneOf(
        map['stronger_rules'],
        [...path, 'stronger_rules'],
        ['auto', 'never'],
        'a way to treat stronger rules',
      ) ?? 'auto',
    blockedValues,
    sharedWhen: checkSharedWhen(map['shared_when'], [...path, 'shared_when'], check),
    allowedValues: check.texts(map['allowed_values'], [...path, 'allowed_values']),
    derive: map['derive'] === undefined ? null : checkDerive(map['derive'], [...path, 'derive'], check),
    stitch: check.bool(map['stitch'], [...path, 'stitch'], true),
  }
}

function checkSharedWhen(value: unknown, path: Path, check: Checker): IdentifierType['sharedWhen'] {
  if (value === undefined) return []
  const map = check.map(value, path, typeof value === 'object' && value !== null ? Object.keys(value) : [])
  return Object.entries(map).flatMap(([type, count]) => {
    const moreThan = check.number(count, [...path, type], { min: 1, max: Infinity, whole: true })
    if (count === null)
      check.fault(
        'ruleset.missing',
        [...path, type],
        'has no number; write how many distinct values its records may hold',
      )
    return moreThan === null ? [] : [{ type, moreThan }]
  })
}

const derivations = [
  'sorted_tokens',
  'first_letters',
  'year',
  'double_metaphone',
  'digits',
  'first_number',
  'join',
  'words',
] as const

function checkDerive(value: unknown, path: Path, check: Checker): Derivation | null {
  const map = check.map(value, path, ['from', 'as', 'length'])
  const from = check.texts(map['from'], [...path, 'from'])
  const asMap =
    typeof map['as'] === 'object' && map['as'] !== null && !Array.isArray(map['as'])
      ? check.map(map['as'], [...path, 'as'], ['first_letters'])
      : null
  const as = asMap ? 'first_letters' : check.oneOf(map['as'], [...path, 'as'], derivations, 'a way to derive')
  const length = asMap ? asMap['first_letters'] : map['length']
  if (map['length'] !== undefined && (asMap || as !== 'first_letters')) {
    check.fault('ruleset.derive', [...path, 'length'], 'is only for as: first_letters')
  }
  if (from.length === 0)
    check.fault('ruleset.missing', path, 'does not say from which identifier; write from: last_name')
  if (as === null) {
    if (map['as'] === undefined)
      check.fault('ruleset.missing', path, `does not say how; write as: one of ${list(derivations)}`)
    return null
  }
  if (as === 'join' || as === 'words') {
    if (from.length < 2) check.fault('ruleset.derive', [...path, 'from'], `${as} takes at least two identifiers`)
    return { as, from }
  }
  if (from.length !== 1) {
    if (from.length > 1)
      check.fault(
        'ruleset.derive',
        [...path, 'from'],
        `${as} takes one identifier, found ${from.length}; only join and words take several`,
      )
    return null
  }
  const one = [from[0] as string] as const
  if (as !== 'first_letters') return { as, from: one }
  const letters = check.number(length, [...path, asMap ? 'as' : 'length'], { min: 1, max: 100, whole: true })
  if (length === undefined || length === null)
    check.fault('ruleset.missing', path, 'does not say how many letters; write as: { first_letters: 3 }')
  return { as, from: one, length: letters ?? 1 }
}

/** Names inside identifiers that must be identifiers themselves, and derivations that go in circles. */
function checkReferences(identifiers: readonly IdentifierType[], check: Checker): void {
  const names = identifiers.map((type) => type.name)
  identifiers.forEach((type, index) => {
    for (const { type: other } of type.sharedWhen) {
      if (!names.includes(other))
        check.fault(
          'ruleset.unknown_identifier',
          ['identifiers', index, 'shared_when', other],
          unknownIdentifier(other, names),
        )
    }
    for (const other of type.derive?.from ?? []) {
      if (!names.includes(other))
        check.fault(
          'ruleset.unknown_identifier',
          ['identifiers', index, 'derive', 'from'],
          unknownIdentifier(other, names),
        )
    }
    if (type.derive && type.kind !== 'attribute') {
      check.fault(
        'ruleset.derive',
        ['identifiers', index, 'kind'],
        `a derived identifier is an attribute, not ${type.kind === 'anchor' ? 'an anchor' : 'a claim'}`,
      )
    }
    if (type.derive && derivesFrom(type.name, type.name, identifiers, new Set())) {
      check.fault('ruleset.derive', ['identifiers', index, 'derive'], 'is derived from itself')
    }
  })
}

function derivesFrom(name: string, wanted: string, identifiers: readonly IdentifierType[], seen: Set<string>): boolean {
  if (seen.has(name)) return false
  seen.add(name)
  const from = identifiers.find((type) => type.name === name)?.derive?.from ?? []
  return from.some((other) => other === wanted || derivesFrom(other, wanted, identifiers, seen))
}

function checkSources(
  value: unknown,
  identifiers: readonly IdentifierType[],
  check: Checker,
): ReadonlyMap<string, SourceSettings> {
  if (value === undefined || value === null) return new Map()
  const map = check.map(
    value,
    ['sources'],
    typeof value === 'object' && !Array.isArray(value) ? Object.keys(value) : [],
  )
  return new Map(
    Object.entries(map).map(([name, entry]) => {
      const path: Path = ['sources', name]
      const source = check.map(entry ?? {}, path, ['key', 'observed_at', 'class', 'trust', 'mappings'])
      const sourceClass =
        check.oneOf(source['class'], [...path, 'class'], ['server', 'public'], 'a class of source') ?? 'server'
      const key = source['key'] === undefined ? null : check.someTexts(source['key'], [...path, 'key'])
      const settings: SourceSettings = {
        key,
        observedAt: check.text(source['observed_at'], [...path, 'observed_at']),
        class: sourceClass,
        trust:
          check.oneOf(source['trust'], [...path, 'trust'], ['trusted', 'untrusted'], 'a trust') ??
          (sourceClass === 'public' ? 'untrusted' : 'trusted'),
        mappings:
          source['mappings'] === undefined
            ? null
            : checkMappings(source['mappings'], [...path, 'mappings'], identifiers, check),
      }
      return [name, settings]
    }),
  )
}

const mappingKeys = ['when', 'read', 'to', 'key', 'verified', 'precedence', 'enabled', 'shared'] as const

function checkMappings(
  value: unknown,
  path: Path,
  identifiers: readonly IdentifierType[],
  check: Checker,
): readonly Mapping[] {
  const readable = identifiers.filter(({ derive }) => derive === null).map(({ name }) => name)
  return check.list(value, path).flatMap((entry, index): Mapping[] => {
    const at: Path = [...path, index]
    const map = check.map(entry, at, mappingKeys)
    const read = check.text(map['read'], [...at, 'read'])
    const to = check.text(map['to'], [...at, 'to'])
    if (map['read'] === undefined || map['read'] === null)
      check.fault('ruleset.missing', at, 'does not say what to read; write read: props.user.email')
    if (map['to'] === undefined || map['to'] === null)
      check.fault('ruleset.missing', at, 'does not say the target; write to: email')
    const when = check.text(map['when'], [...at, 'when'])
    if (when !== null && !/^[a-z0-9_]+$/.test(when)) {
      check.fault(
        'ruleset.event_name',
        [...at, 'when'],
        `"${shown(when)}" is not a snake_case event name (a–z, 0–9, _); leave \`when\` out for any event`,
      )
    }
    if (read !== null && read.includes('.') && parseDotPath(read) === null) {
      check.fault(
        'ruleset.path',
        [...at, 'read'],
        `"${shown(read)}" is not a plain path: words parted by dots, no index, no wildcard`,
      )
    }
    if (read !== null && /[[\]*]|__proto__|^(prototype|constructor)$/.test(read)) {
      check.fault(
        'ruleset.path',
        [...at, 'read'],
        `"${shown(read)}" is not a plain path: words parted by dots, no index, no wildcard`,
      )
    }
    const targets = [...readable, 'first_name', 'last_name', 'display_name', 'trait']
    const derived = identifiers.find(({ name, derive }) => name === to && derive !== null)
    if (derived) {
      check.fault(
        'ruleset.target',
        [...at, 'to'],
        `"${shown(derived.name)}" is derived from ${list(derived.derive?.from ?? [])} and read from nowhere; fill that instead`,
      )
    } else if (to !== null && !targets.includes(to))
      check.fault(
        'ruleset.target',
        [...at, 'to'],
        `"${shown(to)}" is no target${suggest(to, targets)}; use trait or one of ${list(readable)}`,
      )
    const key = check.text(map['key'], [...at, 'key'])
    if (to === 'trait' && key === null) check.fault('ruleset.missing', at, 'is a trait without a key; write key: plan')
    if (to !== 'trait' && key !== null) check.fault('ruleset.trait_key', [...at, 'key'], 'a key is only for to: trait')
    if (key !== null && !/^[A-Za-z0-9_]+$/.test(key))
      check.fault('ruleset.trait_key', [...at, 'key'], `"${shown(key)}" may hold letters, digits and underscores only`)
    const shared = check.bool(map['shared'], [...at, 'shared'], false)
    if (shared && to !== 'conversation_id')
      check.fault('ruleset.shared', [...at, 'shared'], 'only a conversation_id belongs to its source and can be shared')
    if (read === null || to === null) return []
    return [
      {
        when,
        read,
        to,
        key,
        verified: map['verified'] === undefined ? null : check.bool(map['verified'], [...at, 'verified'], false),
        precedence: check.number(map['precedence'], [...at, 'precedence'], { min: -1e9, max: 1e9 }) ?? index,
        enabled: check.bool(map['enabled'], [...at, 'enabled'], true),
        shared,
      },
    ]
  })
}

function checkMerge(value: unknown, identifiers: readonly string[], check: Checker): MergeSettings {
  const path: Path = ['merge']
  const map = check.map(value, path, ['strategy', 'primary', 'fields', 'review_on_conflict', 'unresolved'])
  const fieldMap = check.map(
    map['fields'],
    [...path, 'fields'],
    typeof map['fields'] === 'object' && map['fields'] !== null ? Object.keys(map['fields']) : [],
  )
  const fields = new Map<string, Survivorship>()
  for (const [field, entry] of Object.entries(fieldMap)) {
    const survivorship = checkSurvivorship(entry, [...path, 'fields', field], check)
    if (survivorship) fields.set(field, survivorship)
  }
  const review =
    map['review_on_conflict'] === undefined
      ? ['first_name', 'last_name', 'birth_date']
      : check.texts(map['review_on_conflict'], [...path, 'review_on_conflict'])
  review.forEach((field, index) => {
    if (!identifiers.includes(field))
      check.fault(
        'ruleset.unknown_identifier',
        [...path, 'review_on_conflict', index],
        unknownIdentifier(field, identifiers),
      )
  })
  return {
    strategy:
      check.oneOf(
        map['strategy'],
        [...path, 'strategy'],
        ['most_recent', 'primary', 'manual_review'],
        'a merge strategy',
      ) ?? 'most_recent',
    primary:
      check.oneOf(map['primary'], [...path, 'primary'], ['oldest', 'most_complete'], 'a choice of the primary') ??
      'oldest',
    fields,
    reviewOnConflict: review,
    unresolved:
      check.oneOf(
        map['unresolved'],
        [...path, 'unresolved'],
        ['separate', 'exclude'],
        'a way to treat unresolved records',
      ) ?? 'separate',
  }
}

function checkSurvivorship(value: unknown, path: Path, check: Checker): Survivorship | null {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const map = check.map(value, path, ['source_priority'])
    const sources = check.texts(map['source_priority'], [...path, 'source_priority'])
    if (sources.length === 0)
      check.fault('ruleset.missing', path, 'lists no sources; write { source_priority: [billing, crm] }')
    return { by: 'source_priority', sources }
  }
  const by = check.oneOf(value, path, survivorshipNames, 'a survivorship rule')
  if (by !== 'source_priority') return by === null ? null : { by }
  check.fault('ruleset.missing', path, 'lists no sources; write { source_priority: [billing, crm] }')
  return null
}
