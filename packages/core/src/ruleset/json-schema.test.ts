import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { defaultRulesetYaml } from './default-ruleset.ts'
import { rulesetJsonSchema } from './json-schema.ts'
import { parseRuleset, parseRulesetObject } from './parse-ruleset.ts'

const file = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')
const reference = file('docs/reference/ruleset.md')
const examplesOfReference = [...reference.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '')

const email = 'match: [ { exact: email } ]'
const rules = (...criteria: readonly string[]) => `rules: [ { match: [ ${criteria.join(', ')} ] } ]`
const identifier = (entry: string) => `identifiers: [ ${entry} ]`
const mapping = (entry: string) => `sources: { web: { mappings: [ ${entry} ] } }`

const valid: readonly string[] = [
  '',
  'default_country: GB\ndate_order: dmy\nmax_backdate: 30m',
  'built_in_blocked_values: false\nautomatic: false',
  'fuzzy: { medium: 0, strong: 1 }',
  'sources:',
  'sources: { crm: }',
  'sources: { crm: { key: [id, region], observed_at: updated_at, trust: untrusted } }',
  'sources: { web: { class: public, mappings: [] } }',
  mapping(
    '{ when: order_completed, read: props.plan, to: trait, key: plan, verified: false, precedence: -3, enabled: false }',
  ),
  mapping('{ read: conversation, to: conversation_id, shared: true }'),
  'identifiers: []\nrules: []',
  identifier('{ name: email }'),
  identifier('{ name: card, kind: anchor, stitch: false, max_unique_values: null }'),
  identifier(
    '{ name: email, max_unique_values: 3, when_exceeded: block, stronger_rules: never, blocked_values: [a@b.example, "*@c.example", "/^x+$/", 0] }',
  ),
  identifier('{ name: email, standardize: trim, blocked_values: [] }'),
  identifier('{ name: email, standardize: [], shared_when: { first_name: 20 } }'),
  identifier('{ name: start, kind: attribute, derive: { from: last_name, as: { first_letters: 3 } } }'),
  identifier('{ name: start, kind: attribute, derive: { from: last_name, as: first_letters, length: 3 } }'),
  identifier('{ name: whole, kind: attribute, derive: { from: [first_name, last_name], as: join } }'),
  rules('{ exact: [email, phone], where: { contains: a, not: { ends_with: b } } }'),
  rules('{ exact: email, where: { one_of: [a, 2, true] } }', '{ fuzzy_medium: last_name, missing: match }'),
  rules('{ exact: phone }', '{ similar: last_name, by: damerau_levenshtein, at_most: 2 }'),
  rules('{ exact: phone }', '{ similar: birth_date, by: date_within, at_most: 3d }'),
  rules('{ exact: phone }', '{ similar: first_name, by: nickname }'),
  rules('{ exact: phone }', '{ similar: last_name, by: token_overlap, at_least: 0.5 }'),
  `rules: [ { name: A, ${email}, within: 90d, max_group_size: 2, compare: record, action: review, enabled: false } ]`,
  'merge: { strategy: primary, primary: most_complete, fields: { city: longest, plan: { source_priority: [crm] } }, review_on_conflict: [], unresolved: exclude }',
]

const broken: readonly string[] = [
  'colour: red',
  'default_country: us',
  'default_country: null',
  'date_order: myd',
  'max_backdate: 7',
  'max_backdate: 7 fortnights',
  'built_in_blocked_values: "yes"',
  'automatic: null',
  'fuzzy: { low: 0.5 }',
  'fuzzy: { medium: 1.5 }',
  'fuzzy: null',
  'sources: [ crm ]',
  'sources: { crm: { keys: id } }',
  'sources: { crm: { key: [] } }',
  'sources: { crm: { class: browser } }',
  'sources: { crm: { trust: true } }',
  mapping('{ to: email }'),
  mapping('{ read: null, to: email }'),
  mapping('{ read: a, to: null }'),
  mapping('{ when: Order Completed, read: a, to: email }'),
  mapping('{ read: a, to: trait, key: my-plan }'),
  mapping('{ read: a, to: email, verified: maybe }'),
  mapping('{ read: a, to: email, precedence: first }'),
  'identifiers: email',
  identifier('email'),
  identifier('{ kind: anchor }'),
  identifier('{ name: null, kind: anchor }'),
  identifier('{ name: E-mail, kind: claim }'),
  identifier('{ name: email, kind: key }'),
  identifier('{ name: email, standardize: [lower] }'),
  identifier('{ name: email, max_unique_values: 0 }'),
  identifier('{ name: email, max_unique_values: 1.5 }'),
  identifier('{ name: email, shared_when: { phone: null } }'),
  identifier('{ name: email, when_exceeded: drop }'),
  identifier('{ name: start, kind: attribute, derive: { from: last_name } }'),
  identifier('{ name: start, kind: attribute, derive: { from: last_name, as: { first_letters: 0 } } }'),
  identifier('{ name: start, kind: attribute, derive: { from: last_name, as: { first_letters: null } } }'),
  'rules: null',
  'rules: [ { name: A } ]',
  rules(),
  rules('{ exact: [] }'),
  rules('{ exact: email, similar: phone }'),
  rules('{ where: { equals: a } }'),
  rules('{ exact: email, where: { matches: a } }'),
  rules('{ exact: email, where: { equals: a, one_of: [] } }'),
  rules('{ exact: email, where: { equals: [a, b] } }'),
  rules('{ exact: email }', '{ similar: last_name, by: soundex, at_least: 0.5 }'),
  rules('{ exact: email }', '{ similar: last_name, by: jaro_winkler, at_least: 85 }'),
  rules('{ exact: email }', '{ similar: last_name, by: jaro_winkler, at_least: null }'),
  `rules: [ { ${email}, within: soon } ]`,
  `rules: [ { ${email}, max_group_size: 1 } ]`,
  `rules: [ { ${email}, action: delete } ]`,
  'merge: { strategy: newest }',
  'merge: { fields: { city: null } }',
  'merge: { fields: { city: source_priority } }',
  'merge: { fields: { city: { source_priority: [] } } }',
  'merge: { unresolved: delete }',
]

/** What no schema of this kind says: references between parts, and what only several keys together get wrong. */
const brokenBeyondTheSchema: readonly string[] = [
  'fuzzy: { medium: 0.95, strong: 0.9 }',
  mapping('{ read: a, to: emial }'),
  mapping('{ read: "a[0].b", to: email }'),
  identifier('{ name: email }, { name: email }'),
  identifier('{ name: card }'),
  identifier('{ name: email, shared_when: { nobody: 3 } }'),
  identifier('{ name: start, kind: attribute, derive: { from: last_name, as: year, length: 3 } }'),
  rules('{ fuzzy_strong: last_name }'),
  rules('{ exact: last_name }'),
  rules('{ exact: email }', '{ similar: last_name, by: nickname, at_least: 0.5 }'),
  rules('{ exact: email }', '{ similar: last_name, by: date_within, at_most: 0d }'),
]

const whole = (text: string) => `version: 1\n${text}`
const isTaken = (text: string) => parseRuleset(text).ok

describe('the JSON Schema of the ruleset file', () => {
  it('is the one in docs/reference/ruleset.schema.json', () => {
    expect(JSON.parse(file('docs/reference/ruleset.schema.json'))).toEqual(
      JSON.parse(JSON.stringify(rulesetJsonSchema)),
    )
  })

  it('every example of the reference page is a whole ruleset without fault, and the schema takes it', () => {
    expect(examplesOfReference.length).toBeGreaterThan(5)
    for (const text of examplesOfReference) {
      const result = parseRuleset(text)
      expect(result.ok ? [] : result.issues.map((issue) => `${issue.path} ${issue.message}`), text).toEqual([])
      expect(refusals(rulesetJsonSchema, parse(text)), text).toEqual([])
    }
  })

  it.each([...valid.map(whole), defaultRulesetYaml])('takes what the parser takes: %s', (text) => {
    const result = parseRuleset(text)
    expect(result.ok ? [] : result.issues.map((issue) => `${issue.path} ${issue.message}`)).toEqual([])
    expect(refusals(rulesetJsonSchema, parse(text))).toEqual([])
  })

  it.each([...broken.map(whole), 'default_country: US', 'version: 2', '[]', 'version'])(
    'refuses, as the parser does: %s',
    (text) => {
      expect(isTaken(text)).toBe(false)
      expect(refusals(rulesetJsonSchema, parse(text))).not.toEqual([])
    },
  )

  it.each(brokenBeyondTheSchema.map(whole))('cannot say, but the parser refuses: %s', (text) => {
    expect(isTaken(text)).toBe(false)
    expect(refusals(rulesetJsonSchema, parse(text))).toEqual([])
  })

  it('refuses nothing that the parser takes, whatever is put in the place of a value', () => {
    const documents = [...valid.map(whole), defaultRulesetYaml, ...examplesOfReference].map(
      (text) => parse(text) as unknown,
    )
    const odd = fc.constantFrom(
      null,
      '',
      ' ',
      'email',
      'last_name',
      0,
      1,
      0.5,
      2,
      -1,
      1e10,
      true,
      false,
      [],
      [null],
      ['email'],
      ['email', 'phone'],
      [1],
      {},
      { email: 1 },
      '90d',
      ' 90d ',
      '0d',
    )
    let taken = 0
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.nat(), odd, (document, place, value) => {
        const changed = withValueAt(document, place, value)
        if (!parseRulesetObject(changed).ok) return
        taken++
        expect(refusals(rulesetJsonSchema, changed)).toEqual([])
      }),
      { numRuns: 4000 },
    )
    expect(taken).toBeGreaterThan(200)
  })
})

/** A copy of the document with one of its values, counted in depth, replaced. */
function withValueAt(document: unknown, place: number, value: unknown): unknown {
  const copy = structuredClone(document)
  const places: (() => void)[] = []
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    const holder = node as Record<string, unknown>
    for (const key of Object.keys(holder)) {
      places.push(() => void (holder[key] = value))
      walk(holder[key])
    }
  }
  walk(copy)
  places[place % places.length]?.()
  return copy
}

/**
 * What a JSON Schema refuses in a value, as pointers with the keyword that refuses; empty: the value is valid. Knows the
 * keywords that the ruleset's schema uses and throws on any other, so that no constraint is passed over in silence.
 */
function refusals(schema: unknown, value: unknown, at = ''): readonly string[] {
  return Object.entries(schema as Readonly<Record<string, unknown>>).flatMap(([keyword, wanted]) =>
    refusalsOf(keyword, wanted, schema, value, at),
  )
}

const annotations = ['$schema', 'title', 'description', 'default']

function refusalsOf(keyword: string, wanted: unknown, schema: unknown, value: unknown, at: string): readonly string[] {
  const unless = (isMet: boolean) => (isMet ? [] : [`${at || '/'} ${keyword}`])
  const map = isMap(value) ? value : null
  if (annotations.includes(keyword)) return []
  switch (keyword) {
    case 'type':
      return unless([wanted].flat().some((type) => hasType(value, type)))
    case 'const':
      return unless(value === wanted)
    case 'enum':
      return unless((wanted as readonly unknown[]).includes(value))
    case 'pattern':
      return unless(typeof value !== 'string' || new RegExp(wanted as string, 'u').test(value))
    case 'minLength':
      return unless(typeof value !== 'string' || [...value].length >= Number(wanted))
    case 'minimum':
      return unless(typeof value !== 'number' || value >= Number(wanted))
    case 'maximum':
      return unless(typeof value !== 'number' || value <= Number(wanted))
    case 'minItems':
      return unless(!Array.isArray(value) || value.length >= Number(wanted))
    case 'maxItems':
      return unless(!Array.isArray(value) || value.length <= Number(wanted))
    case 'required':
      return unless(!map || (wanted as readonly string[]).every((key) => Object.hasOwn(map, key)))
    case 'anyOf':
      return unless((wanted as readonly unknown[]).some((option) => refusals(option, value, at).length === 0))
    case 'oneOf':
      return unless(
        (wanted as readonly unknown[]).filter((option) => refusals(option, value, at).length === 0).length === 1,
      )
    case 'items':
      return Array.isArray(value) ? value.flatMap((item, index) => refusals(wanted, item, `${at}/${index}`)) : []
    case 'properties':
      return Object.entries(wanted as object).flatMap(([key, inner]) =>
        map && Object.hasOwn(map, key) ? refusals(inner, map[key], `${at}/${key}`) : [],
      )
    case 'additionalProperties': {
      const known = Object.keys((schema as { readonly properties?: object }).properties ?? {})
      const others = Object.keys(map ?? {}).filter((key) => !known.includes(key))
      return wanted === false
        ? others.map((key) => `${at}/${key} unknown key`)
        : others.flatMap((key) => refusals(wanted, map?.[key], `${at}/${key}`))
    }
    default:
      throw new Error(`the validator does not know the keyword ${keyword}`)
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isMap(value)
    case 'integer':
      return Number.isInteger(value)
    default:
      return typeof value === type
  }
}
