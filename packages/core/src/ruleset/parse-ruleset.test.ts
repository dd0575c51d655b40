import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { defaultRuleset, defaultRulesetYaml } from './default-ruleset.ts'
import { diffRulesets } from './diff-rulesets.ts'
import { parseRuleset, parseRulesetObject } from './parse-ruleset.ts'
import type { Ruleset } from './ruleset.ts'

function faultsOf(yaml: string): readonly string[] {
  const result = parseRuleset(yaml)
  return result.ok ? [] : result.issues.map(({ line, path, message }) => `${line} ${path} ${message}`)
}

function warningsOf(yaml: string): readonly string[] {
  const result = parseRuleset(yaml)
  if (!result.ok) throw new Error(result.issues.map(({ path, message }) => `${path} ${message}`).join('\n'))
  return result.warnings.map(({ code }) => code)
}

function good(yaml: string): Ruleset {
  const result = parseRuleset(yaml)
  if (!result.ok) throw new Error(result.issues.map(({ path, message }) => `${path} ${message}`).join('\n'))
  return result.ruleset
}

const example = (name: string) =>
  readFileSync(new URL(`../../../../examples/rulesets/${name}.yaml`, import.meta.url), 'utf8')

describe('reading a ruleset', () => {
  it('MAS-4 SEG-11 the default ruleset needs no file and guards ids, e-mails and phones', () => {
    const { identifiers, rules, automatic } = defaultRuleset()
    expect(identifiers.slice(0, 8).map((type) => type.name)).toEqual([
      'customer_id',
      'user_id',
      'external_ref',
      'email',
      'phone',
      'conversation_id',
      'device_id',
      'anonymous_id',
    ])
    expect(identifiers.slice(0, 8).map((type) => type.maxUniqueValues)).toEqual([1, 1, null, 3, 2, null, null, null])
    expect(rules.map((rule) => [rule.name, rule.enabled])).toEqual([
      ['Same e-mail', true],
      ['Same phone', false],
    ])
    expect(automatic).toBe(true)
  })

  it('a file that says nothing but its version decides like the default ruleset', () => {
    expect(diffRulesets(defaultRuleset(), good('version: 1'))).toEqual([])
    expect(parseRuleset(defaultRulesetYaml).warnings).toEqual([])
  })

  it('DIN-6 a fuzzy-only rule and two more faults are all reported, with path and line', () => {
    const faults = faultsOf(`version: 1
rules:
  - name: Only fuzzy
    match: [ { fuzzy_strong: last_name } ]
  - name: Typing error
    match: [ { exact: emial } ]
  - name: Unknown comparator
    match: [ { exact: email }, { similar: last_name, by: jaro } ]
`)
    expect(faults).toHaveLength(3)
    expect(faults[0]).toContain('4 /rules/0/match')
    expect(faults[1]).toContain(
      '6 /rules/1/match/0/exact "emial" is no identifier of this ruleset (did you mean "email"?)',
    )
    expect(faults[2]).toContain(
      '8 /rules/2/match/1/by "jaro" is not a comparator; use one of jaro_winkler, damerau_levenshtein',
    )
  })

  it.each([
    ['an unknown key', 'version: 1\nrulez: []', '/rulez "rulez" is not known here (did you mean "rules"?)'],
    ['no version', 'rules: []', '/version found no version'],
    ['another version', 'version: 2', '/version found version 2'],
    ['YAML that is none', 'version: 1\n  rules: [', 'is not YAML here'],
    ['a key given twice', 'version: 1\nversion: 1', 'is not YAML here'],
    ['a rule without criteria', 'version: 1\nrules: [ { name: A } ]', '/rules/0 has no criteria'],
    [
      'one attribute alone',
      'version: 1\nrules: [ { name: A, match: [ { exact: last_name } ] } ]',
      'is one criterion on attributes',
    ],
    [
      'a window that is no length of time',
      'version: 1\nrules: [ { name: A, match: [ { exact: email } ], within: ninety } ]',
      '/rules/0/within found "ninety"',
    ],
    [
      'a group of one',
      'version: 1\nrules: [ { name: A, match: [ { exact: email } ], max_group_size: 1 } ]',
      '/rules/0/max_group_size found 1',
    ],
    [
      'a limit of zero',
      'version: 1\nidentifiers: [ { name: email, max_unique_values: 0 } ]',
      '/identifiers/0/max_unique_values found 0',
    ],
    ['a threshold above 1', 'version: 1\nfuzzy: { strong: 94 }', '/fuzzy/strong found 94'],
    [
      'a comparator without a bound',
      'version: 1\nrules: [ { name: A, match: [ { exact: email }, { similar: last_name, by: jaro_winkler } ] } ]',
      'needs a bound',
    ],
    [
      'two match types in one criterion',
      'version: 1\nrules: [ { name: A, match: [ { exact: email, similar: phone } ] } ]',
      'a criterion has one of',
    ],
    ['an identifier twice', 'version: 1\nidentifiers: [ { name: email }, { name: email } ]', '"email" is listed twice'],
    ['an unknown kind', 'version: 1\nidentifiers: [ { name: card, kind: ancor } ]', 'did you mean "anchor"'],
    [
      'a derivation in circles',
      'version: 1\nidentifiers: [ { name: a, kind: attribute, derive: { from: b, as: digits } }, { name: b, kind: attribute, derive: { from: a, as: digits } } ]',
      'is derived from itself',
    ],
    [
      'a pattern that may take for ever',
      'version: 1\nidentifiers: [ { name: email, blocked_values: ["/(a)\\\\1/"] } ]',
      'linear-time',
    ],
    ['a country that is none', 'version: 1\ndefault_country: Germany', 'two capital letters'],
    [
      'a source priority without sources',
      'version: 1\nmerge: { fields: { plan: source_priority } }',
      'lists no sources',
    ],
  ])('%s is reported', (_, yaml, expected) => {
    const found = faultsOf(yaml)
    expect(found.length).toBeGreaterThan(0)
    expect(
      found.some((fault) => fault.includes(expected)),
      found.join('\n'),
    ).toBe(true)
  })

  it.each([
    [
      'COM-7 an event name that is not snake_case',
      '{ when: Order Completed, read: a, to: email }',
      'snake_case event name',
    ],
    ['COM-9 a path with an index', '{ read: "items[0].email", to: email }', 'not a plain path'],
    ['COM-9 a path with a wildcard', '{ read: "items.*.email", to: email }', 'not a plain path'],
    ['COM-9 a path to a prototype', '{ read: a.__proto__.b, to: email }', 'not a plain path'],
    ['COM-12 a target that is none', '{ read: a, to: emial }', 'is no target (did you mean "email"?)'],
    ['COM-18 a trait without a key', '{ read: a, to: trait }', 'is a trait without a key'],
    ['COM-18 a trait key with a dash', '{ read: a, to: trait, key: my-plan }', 'letters, digits and underscores'],
    ['COM-18 a key where there is no trait', '{ read: a, to: email, key: plan }', 'only for to: trait'],
  ])('%s is reported', (_, mapping, expected) => {
    const found = faultsOf(`version: 1\nsources: { web: { mappings: [ ${mapping} ] } }`)
    expect(
      found.some((fault) => fault.startsWith('2 /sources/web/mappings/0') && fault.includes(expected)),
      found.join('\n'),
    ).toBe(true)
  })

  it('COM-12 COM-13 the eight targets of a mapping, and every identifier of the ruleset, are taken', () => {
    const targets = ['customer_id', 'external_ref', 'email', 'phone', 'first_name', 'last_name', 'display_name']
    const mappings = [...targets.map((to) => `{ read: a, to: ${to} }`), '{ read: a, to: trait, key: plan }']
    expect(faultsOf(`version: 1\nsources: { web: { mappings: [ ${mappings.join(', ')} ] } }`)).toEqual([])
    const kindOf = (name: string) => defaultRuleset().identifiers.find((type) => type.name === name)?.kind
    expect(targets.map(kindOf)).toEqual(['anchor', 'anchor', 'claim', 'claim', 'attribute', 'attribute', 'attribute'])
  })

  it('COM-12 a mapping that fills a derived attribute is reported, with what to fill instead', () => {
    const identifiers =
      'identifiers: [ { name: sound, kind: attribute, derive: { from: last_name, as: double_metaphone } } ]'
    expect(
      faultsOf(
        `version: 1\nsources: { web: { mappings: [ { read: a, to: sound }, { read: b, to: last_name } ] } }\n${identifiers}`,
      ),
    ).toEqual([
      '2 /sources/web/mappings/0/to "sound" is derived from last_name and read from nowhere; fill that instead',
    ])
  })

  it('MAS-16 MAS-17 MAS-18 the advanced settings of a rule: group size and time window', () => {
    const [rule] = good(
      'version: 1\nrules: [ { name: A, match: [ { exact: phone } ], within: 90d, max_group_size: 10 } ]',
    ).rules
    expect(rule?.withinMs).toBe(90 * 86_400_000)
    expect(rule?.maxGroupSize).toBe(10)
  })

  it('MAS-19 MAS-25 DIN-15 DIN-16 the example rulesets have no fault', () => {
    for (const name of ['starter', 'customer-types', 'conflict-limits'])
      expect(faultsOf(example(name)), name).toEqual([])
    expect(warningsOf(example('starter'))).toEqual([])
  })

  it('SEG-9 identifiers with a kind of their own may be listed under any snake_case name', () => {
    const { identifiers } = good(
      'version: 1\nidentifiers: [ { name: ga_client_id, kind: anchor }, { name: ios_idfa, kind: anchor } ]',
    )
    expect(identifiers.slice(0, 2).map((type) => [type.name, type.kind, type.session])).toEqual([
      ['ga_client_id', 'anchor', false],
      ['ios_idfa', 'anchor', false],
    ])
  })

  it('COM-19 conversation_id is an anchor even where the list leaves it out', () => {
    const types = good('version: 1\nidentifiers: [ { name: email } ]').identifiers
    expect(types.find((type) => type.name === 'conversation_id')).toMatchObject({
      kind: 'anchor',
      session: true,
      stitch: true,
    })
  })

  it.each([
    [
      'BOT-33 DIN-17 a merge on names and household fields alone',
      'rules: [ { name: A, match: [ { exact: first_name }, { exact: postcode } ] } ]',
      'ruleset.weak_rule',
    ],
    ['DIN-17 a claim without a limit', 'identifiers: [ { name: email, kind: claim } ]', 'ruleset.no_limit'],
    [
      'a rule that an earlier one covers',
      'rules: [ { name: A, match: [ { exact: email } ] }, { name: B, match: [ { exact: email }, { exact: phone } ] } ]',
      'ruleset.covered_rule',
    ],
    [
      'a missing name that matches any',
      'rules: [ { name: A, match: [ { exact: phone }, { similar: last_name, by: jaro_winkler, at_least: 0.9, missing: match } ] } ]',
      'ruleset.missing_matches',
    ],
    [
      'DIN-8 a standardizer that makes different e-mails equal',
      'identifiers: [ { name: email, max_unique_values: 3, standardize: [only_numeric] } ]',
      'ruleset.over_standardized',
    ],
    [
      'an identifier no mapping fills',
      'identifiers: [ { name: card, kind: anchor }, { name: email, max_unique_values: 3 } ]\nsources: { web: { mappings: [ { read: e, to: email } ] } }',
      'ruleset.unfilled_identifier',
    ],
    [
      'a mapping no rule reads',
      'identifiers: [ { name: fax, kind: claim, standardize: [trim] } ]\nsources: { web: { mappings: [ { read: f, to: fax } ] } }',
      'ruleset.unread_mapping',
    ],
  ])('%s is pointed out', (_, yaml, code) => {
    expect(warningsOf(`version: 1\n${yaml}`)).toContain(code)
  })

  it('JSON is read as YAML is, and an object as its text', () => {
    const document = { version: 1, rules: [{ name: 'A', match: [{ exact: 'phone' }] }] }
    const result = parseRulesetObject(document)
    expect(result.ok && result.ruleset).toEqual(good(JSON.stringify(document)))
  })

  it('a difference is said in words', () => {
    const older = good('version: 1')
    const newer = good(
      'version: 1\ndefault_country: GB\nrules:\n  - { name: Same e-mail, match: [ { exact: email } ], within: 30d }\n  - { name: Same phone, match: [ { exact: phone } ] }',
    )
    expect(diffRulesets(older, newer)).toEqual([
      'Rule "Same e-mail" now reads: Email field is the same, seen within 30 days of each other. It was: Email field is the same.',
      'Rule "Same phone" is switched on: Phone is the same.',
      'National phone numbers belong to GB; they belonged to US.',
    ])
  })
})
