import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { criterionComparer } from '../match/index.ts'
import type { SimilarCriterion } from '../ruleset/ruleset.ts'
import { forEachSimilarPair } from './similar-codes.ts'

const letters = fc.constantFrom('a', 'b', 'c', 'é', '𝒳', ' ')
const text = fc.oneof(
  fc.string({ unit: letters, maxLength: 8 }),
  fc.constantFrom(
    'martha',
    'marhta',
    'dixon',
    'dicksonx',
    'müller',
    'mueller',
    '',
    'x'.repeat(70),
    `${'x'.repeat(69)}y`,
  ),
)
const share = fc.double({ min: 0, max: 1, noNaN: true })
const criterion: fc.Arbitrary<SimilarCriterion> = fc
  .oneof(
    fc.record({
      by: fc.constantFrom('jaro_winkler', 'token_overlap', 'damerau_levenshtein', 'person_name'),
      atLeast: share,
      atMost: fc.constant(null),
    }),
    fc.record({ by: fc.constant('damerau_levenshtein'), atLeast: fc.constant(null), atMost: fc.nat({ max: 4 }) }),
    fc.record({ by: fc.constant('nickname'), atLeast: fc.constant(1), atMost: fc.constant(null) }),
  )
  .map((given) => ({ how: 'similar', types: ['x'], where: [], missing: 'fail', ...given }) as SimilarCriterion)

describe('the pairs of texts that meet a similar criterion', () => {
  it('are those that asking for every pair finds, each once', () => {
    fc.assert(
      fc.property(criterion, fc.uniqueArray(text, { maxLength: 14 }), (given, texts) => {
        const compare = criterionComparer(given)
        const expected = texts.flatMap((left, i) =>
          texts.flatMap((right, j) => (i < j && compare(left, right) >= 0 ? [`${i}-${j}`] : [])),
        )
        const found: string[] = []
        forEachSimilarPair(given, texts, (i, j) => found.push(`${i}-${j}`))
        expect(found.sort()).toEqual(expected.sort())
      }),
      { numRuns: 3000 },
    )
  })
})
