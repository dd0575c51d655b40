import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comparatorNames, type SimilarCriterion } from '../ruleset/ruleset.ts'
import { compareValues, criterionComparer, similarityOf } from './comparer.ts'
import { editDistance } from './damerau-levenshtein.ts'
import { jaroWinkler } from './jaro-winkler.ts'

const name = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 9 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    'bob',
    'robert',
    'bobby',
    'maria lopez',
    'lopez maria',
    'b smith',
    'smith robert j',
    'smyth bob',
    'rob smithe',
  ),
)
const value = fc.oneof(
  name,
  fc.integer({ min: -40, max: 40 }).map(String),
  fc.integer({ min: 0, max: 400 }).map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10)),
)
const criterion = fc
  .record({
    how: fc.constant('similar' as const),
    types: fc.constant(['x']),
    where: fc.constant([]),
    missing: fc.constant('fail' as const),
    by: fc.constantFrom(...comparatorNames),
    atLeast: fc.double({ min: 0, max: 1, noNaN: true }),
    atMost: fc.constantFrom(0, 1, 3, 86_400_000, 10 * 86_400_000),
  })
  .map(
    (given): SimilarCriterion => ({
      ...given,
      atLeast: given.by === 'date_within' || given.by === 'number_within' ? null : given.atLeast,
      atMost:
        given.by === 'date_within' || given.by === 'number_within' || given.by === 'damerau_levenshtein'
          ? given.atMost
          : null,
    }),
  )

describe('every comparator', () => {
  it('is symmetric, stays within 0 and 1, and gives 1 for equal texts', () => {
    fc.assert(
      fc.property(criterion, value, value, (given, left, right) => {
        const compare = criterionComparer(given)
        const similarity = compare(left, right)
        expect(similarity).toBe(compare(right, left))
        expect(similarity === -1 || (similarity >= 0 && similarity <= 1)).toBe(true)
        expect(compare(left, left)).toBe(1)
        const shown = similarityOf(given, left, right)
        expect(shown).toBe(similarityOf(given, right, left))
        expect(shown).toBeGreaterThanOrEqual(0)
        expect(shown).toBeLessThanOrEqual(1)
        expect(compareValues(given, left, right)).toEqual({ similarity: shown, passes: similarity >= 0 })
      }),
      { numRuns: 3000 },
    )
  })
  it('that reads letter by letter gives 1 for equal texts and for no others', () => {
    fc.assert(
      fc.property(name, name, (left, right) => {
        fc.pre(left !== right)
        expect(jaroWinkler(left, right)).toBeLessThan(1)
        expect(editDistance(left, right)).toBeGreaterThan(0)
      }),
    )
  })
})

describe('the edit distance', () => {
  it('never makes a way round shorter than the way', () => {
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c))
      }),
      { numRuns: 2000 },
    )
  })
  it('counts one edit at most for one edit made', () => {
    const edit = fc.record({
      text: fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 2, maxLength: 8 }),
      at: fc.nat(6),
    })
    fc.assert(
      fc.property(edit, ({ text, at }) => {
        const place = at % (text.length - 1)
        const swapped = text.slice(0, place) + text[place + 1] + text[place] + text.slice(place + 2)
        expect(editDistance(text, swapped)).toBe(swapped === text ? 0 : 1)
        expect(editDistance(text, text.slice(0, place) + text.slice(place + 1))).toBe(1)
        expect(editDistance(text, `${text.slice(0, place)}z${text.slice(place)}`)).toBe(1)
      }),
    )
  })
})
