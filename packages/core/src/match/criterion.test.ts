import { describe, expect, it } from 'vitest'
import { parseRulesetObject } from '../ruleset/parse-ruleset.ts'
import { plainIdentifier } from '../ruleset/built-in-identifiers.ts'
import type { Filter, SimilarCriterion } from '../ruleset/ruleset.ts'
import { standardizersFor } from '../standardize/standardize.ts'
import { compareValues, criterionComparer } from './comparer.ts'
import { compileFilter } from './filter.ts'
import { withinWindow } from './time-window.ts'

const settings = { defaultCountry: 'US', dateOrder: 'mdy' } as const

describe('a criterion', () => {
  const similar = (by: SimilarCriterion['by'], bounds: { atLeast?: number; atMost?: number }): SimilarCriterion => ({
    how: 'similar',
    types: ['x'],
    where: [],
    missing: 'fail',
    by,
    atLeast: bounds.atLeast ?? null,
    atMost: bounds.atMost ?? null,
  })
  const fuzzy = (how: 'fuzzy_medium' | 'fuzzy_strong') => {
    const result = parseRulesetObject({
      version: 1,
      rules: [{ name: 'R', match: [{ exact: 'email' }, { [how]: 'last_name' }] }],
    })
    const criterion = result.ok ? result.ruleset.rules[0]?.match[1] : undefined
    if (!criterion) throw new Error('the ruleset of this test is not valid')
    return criterion
  }

  it('DIN-5 fuzzy strong needs more similarity than fuzzy medium', () => {
    const passes = (how: 'fuzzy_medium' | 'fuzzy_strong', left: string, right: string) =>
      compareValues(fuzzy(how), left, right).passes
    expect(passes('fuzzy_medium', 'garcia', 'garzia')).toBe(true)
    expect(passes('fuzzy_strong', 'garcia', 'garzia')).toBe(false)
    expect(passes('fuzzy_strong', 'martha', 'marhta')).toBe(true)
    expect(passes('fuzzy_medium', 'jones', 'johnson')).toBe(false)
  })
  it('DIN-5 exact asks for equal values', () => {
    const exact = { how: 'exact', types: ['x'], where: [] } as const
    expect(compareValues(exact, 'smith', 'smith')).toEqual({ similarity: 1, passes: true })
    expect(compareValues(exact, 'smith', 'smyth')).toEqual({ similarity: 0, passes: false })
  })
  it('is met at its bound, also where rounding has left the similarity just below it', () => {
    expect(compareValues(similar('damerau_levenshtein', { atLeast: 0.9 }), 'abcdefghij', 'abcdefghix').passes).toBe(
      true,
    )
    expect(compareValues(similar('jaro_winkler', { atLeast: 0.9 }), 'aabbcc', 'abcabc').passes).toBe(true)
    expect(compareValues(similar('jaro_winkler', { atLeast: 0.9001 }), 'aabbcc', 'abcabc').passes).toBe(false)
  })
  it('bounds edits by number or by share', () => {
    const byNumber = criterionComparer(similar('damerau_levenshtein', { atMost: 1 }))
    expect(byNumber('smith', 'smyth')).toBeCloseTo(0.8, 12)
    expect(byNumber('smith', 'smythe')).toBe(-1)
    const byShare = criterionComparer(similar('damerau_levenshtein', { atLeast: 0.6 }))
    expect(byShare('smith', 'smythe')).toBeCloseTo(2 / 3, 12)
  })
})

describe('a filter', () => {
  const filter = (operator: Filter['operator'], values: readonly string[], negated = false): Filter => ({
    operator,
    values,
    negated,
  })
  const of = (type: string, ...filters: Filter[]) =>
    compileFilter(filters, standardizersFor(plainIdentifier(type), settings))

  it('MAS-14 contains limits which e-mail addresses take part', () => {
    const gmail = of('email', filter('contains', ['gmail.com']))
    expect(gmail('sarah@gmail.com')).toBe(true)
    expect(gmail('sarah@example.com')).toBe(false)
  })
  it('MAS-14 equals compares with the standardized value, however the text is written', () => {
    expect(of('phone', filter('equals', ['(555) 123-4567']))('+15551234567')).toBe(true)
    expect(of('phone', filter('equals', ['+15551234567']))('+15551234567')).toBe(true)
    expect(of('email', filter('equals', ['Sarah@X.com']))('sarah@x.com')).toBe(true)
    expect(of('email', filter('equals', ['sarah']))('sarah@x.com')).toBe(false)
  })
  it('MAS-14 contains gmail.com makes no two Gmail users equal', () => {
    const users = Array.from({ length: 50 }, (_, i) => `user${i}@gmail.com`)
    const admits = of('email', filter('contains', ['gmail.com']))
    expect(users.every(admits)).toBe(true)
    const compare = criterionComparer({ how: 'exact', types: ['email'], where: [filter('contains', ['gmail.com'])] })
    expect(users.every((one, i) => users.every((other, j) => compare(one, other) >= 0 === (i === j)))).toBe(true)
  })
  it('looks for parts without regard to case', () => {
    expect(of('customer_id', filter('contains', ['gold']))('AB-GOLD-7')).toBe(true)
    expect(of('customer_id', filter('starts_with', ['ab-']))('AB-GOLD-7')).toBe(true)
    expect(of('customer_id', filter('ends_with', ['-7']))('AB-GOLD-7')).toBe(true)
    expect(of('customer_id', filter('equals', ['ab-gold-7']))('AB-GOLD-7')).toBe(false)
  })
  it('looks in a folded name for the folded part, and keeps the ends of words', () => {
    expect(of('last_name', filter('starts_with', ["O'Br"]))('obrien')).toBe(true)
    expect(of('last_name', filter('contains', ['Łódź']))('von lodz')).toBe(true)
    expect(of('last_name', filter('starts_with', ['Van ']))('van dyke')).toBe(true)
    expect(of('last_name', filter('starts_with', ['Van ']))('vance')).toBe(false)
  })
  it('finds the start of a phone number with and without its country', () => {
    expect(of('phone', filter('starts_with', ['+1555']))('+15551234567')).toBe(true)
    expect(of('phone', filter('starts_with', ['555-123-4567']))('+15551234567')).toBe(true)
    expect(of('phone', filter('starts_with', ['+44']))('+15551234567')).toBe(false)
  })
  it('knows one of several, and the negation of each', () => {
    const someone = filter('one_of', ['Sarah@X.com', 'bob@x.com'])
    expect(of('email', someone)('sarah@x.com')).toBe(true)
    expect(of('email', { ...someone, negated: true })('sarah@x.com')).toBe(false)
    expect(of('email', { ...someone, negated: true })('eve@x.com')).toBe(true)
    expect(of('email', filter('contains', ['gmail.com'], true))('sarah@gmail.com')).toBe(false)
  })
  it('asks that all of several pass, and none passes everything', () => {
    const both = of('email', filter('contains', ['sarah']), filter('ends_with', ['@gmail.com']))
    expect(both('sarah.lee@gmail.com')).toBe(true)
    expect(both('bob@gmail.com')).toBe(false)
    expect(of('email')('bob@gmail.com')).toBe(true)
  })
})

describe('a time window', () => {
  const day = 86_400_000

  it('MAS-18 two traces meet when a moment of one lies within the window of a moment of the other', () => {
    expect(withinWindow(0, 0, 30 * day, 30 * day, 30 * day)).toBe(true)
    expect(withinWindow(0, 0, 30 * day + 1, 30 * day + 1, 30 * day)).toBe(false)
    expect(withinWindow(0, 5 * day, 35 * day, 90 * day, 30 * day)).toBe(true)
    expect(withinWindow(0, 100 * day, 40 * day, 41 * day, 1)).toBe(true)
  })
  it('MAS-18 does not depend on which trace is named first', () => {
    for (const [a, b] of [
      [0, 10],
      [10, 11],
      [5, 50],
    ] as const) {
      expect(withinWindow(a, a + 2, b, b + 3, 6)).toBe(withinWindow(b, b + 3, a, a + 2, 6))
    }
  })
})
