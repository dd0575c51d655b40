import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from './checker.ts'
import { defaultRuleset } from './default-ruleset.ts'
import { diffRulesets } from './diff-rulesets.ts'
import { parseRuleset, parseRulesetObject } from './parse-ruleset.ts'
import { rulesetToYaml } from './ruleset-to-yaml.ts'
import { standardizerNames, survivorshipNames } from './ruleset.ts'

const duration = fc
  .tuple(fc.integer({ min: 1, max: 999_999_999 }), fc.constantFrom('ms', 's', 'm', 'h', 'd', 'w', 'y'))
  .map(([count, unit]) => `${count}${unit}`)
  .filter((text) => parseDuration(text) !== null)
const text = fc
  .oneof(
    fc.constantFrom(
      'yes',
      'null',
      '1',
      '~',
      '- a',
      '# b',
      "it's",
      '"',
      '<<',
      '__proto__',
      'a: b',
      ' x ',
      'línea\nnueva',
    ),
    fc.string({ minLength: 1, unit: 'grapheme' }),
  )
  .filter((word) => word.trim() !== '')
const texts = fc.array(text, { minLength: 1, maxLength: 3 })
const names = [
  'customer_id',
  'email',
  'phone',
  'work_phone',
  'anonymous_id',
  'first_name',
  'last_name',
  'birth_date',
  'card',
]
type Keys = Readonly<Record<string, fc.Arbitrary<unknown>>>
const some = (values: Keys, always: Keys = {}): fc.Arbitrary<Readonly<Record<string, unknown>>> =>
  fc.record<Record<string, unknown>>({ ...always, ...values }, { requiredKeys: Object.keys(always) })
const share = fc.double({ min: 0, max: 1, noNaN: true })
const count = fc.integer({ min: 2, max: 1_000_000 })
const oneOrMore = fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 })

const filters = some({ contains: text, equals: text, starts_with: text, ends_with: text, one_of: texts })
const where = some({ contains: text, one_of: texts, not: filters })
const criterion = fc.oneof(
  some({ where }, { exact: oneOrMore }),
  some({ where, missing: fc.constantFrom('match', 'fail') }, { fuzzy_medium: oneOrMore }),
  some({ missing: fc.constantFrom('match', 'fail') }, { fuzzy_strong: oneOrMore }),
  some(
    { where, missing: fc.constantFrom('match', 'fail') },
    {
      similar: oneOrMore,
      by: fc.constantFrom('jaro_winkler', 'damerau_levenshtein', 'token_overlap', 'person_name'),
      at_least: share,
    },
  ),
  some({}, { similar: oneOrMore, by: fc.constant('damerau_levenshtein'), at_most: fc.integer({ min: 0, max: 100 }) }),
  some({}, { similar: oneOrMore, by: fc.constant('date_within'), at_most: duration }),
  some({}, { similar: oneOrMore, by: fc.constant('number_within'), at_most: fc.double({ min: 0, noNaN: true }) }),
  some({}, { similar: oneOrMore, by: fc.constant('nickname') }),
)
const rule = some(
  {
    within: duration,
    max_group_size: count,
    compare: fc.constantFrom('profile', 'record'),
    action: fc.constantFrom('merge', 'review'),
    enabled: fc.boolean(),
  },
  { name: text, match: fc.array(criterion, { maxLength: 2 }).map((rest) => [{ exact: 'email' }, ...rest]) },
)
const identifierOptions = some({
  standardize: fc.array(fc.constantFrom(...standardizerNames), { maxLength: 3 }),
  max_unique_values: count,
  when_exceeded: fc.constantFrom('hold', 'block'),
  stronger_rules: fc.constantFrom('auto', 'never'),
  blocked_values: fc.array(
    text.filter((word) => !word.startsWith('/')),
    { maxLength: 3 },
  ),
  shared_when: fc.dictionary(fc.constantFrom(...names), count, { maxKeys: 3 }),
  allowed_values: fc.array(text, { maxLength: 2 }),
  stitch: fc.boolean(),
})
const derived = fc.constantFrom(
  { from: 'last_name', as: { first_letters: 2 } },
  { from: 'birth_date', as: 'year' },
  { from: ['first_name', 'last_name'], as: 'join' },
  { from: 'last_name', as: 'sorted_tokens' },
  { from: ['first_name', 'last_name'], as: 'words' },
  { from: 'postcode', as: 'first_number' },
)
const identifiers = fc
  .tuple(
    fc.shuffledSubarray(names, { minLength: names.length }),
    fc.array(identifierOptions, { minLength: names.length, maxLength: names.length }),
    fc.option(derived),
  )
  .map(([order, options, derive]) => [
    ...order.map((name, index) => ({
      ...options[index],
      name,
      ...(['card', 'work_phone'].includes(name) ? { kind: 'claim' } : {}),
    })),
    ...(derive ? [{ name: 'derived', kind: 'attribute', derive }] : []),
  ])
const mapping = fc.oneof(
  some(
    {
      when: fc.constantFrom('signed_up', 'null', '1'),
      verified: fc.boolean(),
      precedence: fc.integer({ min: -5, max: 5 }),
      enabled: fc.boolean(),
    },
    { read: fc.constantFrom('a.b', 'E-mail Address', 'true'), to: fc.constantFrom(...names) },
  ),
  some({}, { read: fc.constant('plan'), to: fc.constant('trait'), key: fc.constantFrom('plan', '1', 'null') }),
  some({ shared: fc.boolean() }, { read: fc.constant('c'), to: fc.constant('conversation_id') }),
)
const source = some({
  key: texts,
  observed_at: text,
  class: fc.constantFrom('server', 'public'),
  trust: fc.constantFrom('trusted', 'untrusted'),
  mappings: fc.array(mapping, { maxLength: 3 }),
})
const survivorship = fc.oneof(
  fc.constantFrom(...survivorshipNames.filter((name) => name !== 'source_priority')),
  fc.record({ source_priority: texts }),
)
const document = some(
  {
    default_country: fc.constantFrom('GB', 'NO', 'DE'),
    date_order: fc.constantFrom('dmy', 'mdy', 'ymd'),
    max_backdate: duration,
    built_in_blocked_values: fc.boolean(),
    fuzzy: fc.tuple(share, share).map(([a, b]) => ({ medium: Math.min(a, b), strong: Math.max(a, b) })),
    sources: fc.dictionary(text, source, { maxKeys: 3 }),
    rules: fc.uniqueArray(rule, { maxLength: 3, selector: (written) => written['name'] }),
    merge: some({
      strategy: fc.constantFrom('most_recent', 'primary', 'manual_review'),
      primary: fc.constantFrom('oldest', 'most_complete'),
      fields: fc.dictionary(text, survivorship, { maxKeys: 3 }),
      review_on_conflict: fc.subarray(names),
      unresolved: fc.constantFrom('separate', 'exclude'),
    }),
    automatic: fc.boolean(),
    crowd_above: fc.integer({ min: 1, max: 5_000 }),
  },
  { version: fc.constant(1), identifiers },
)

describe('writing a ruleset', () => {
  it('what is written is read back to an equal ruleset', () => {
    let written = 0
    fc.assert(
      fc.property(document, (value) => {
        const first = parseRulesetObject(value)
        if (!first.ok) return
        written++
        const again = parseRuleset(rulesetToYaml(first.ruleset))
        expect(again.ok ? [] : again.issues).toEqual([])
        if (!again.ok) return
        expect(again.ruleset).toEqual(first.ruleset)
        expect([...again.ruleset.sources.keys()]).toEqual([...first.ruleset.sources.keys()])
        expect(diffRulesets(first.ruleset, again.ruleset)).toEqual([])
      }),
      { numRuns: 400 },
    )
    expect(written).toBeGreaterThan(150)
  })

  it('the default ruleset is written with a criterion per line', () => {
    const yaml = rulesetToYaml(defaultRuleset())
    expect(yaml).toContain('  - name: Same phone\n    match:\n      - { exact: phone }\n    enabled: false\n')
    const again = parseRuleset(yaml)
    expect(again.ok && again.ruleset).toEqual(defaultRuleset())
  })

  it('a length of time is written so that it is read back to the same', () => {
    fc.assert(
      fc.property(duration, (length) => {
        const ms = parseDuration(length) as number
        expect(parseDuration(formatDuration(ms))).toBe(ms)
      }),
    )
  })
})
