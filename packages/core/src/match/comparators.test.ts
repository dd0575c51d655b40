import { describe, expect, it } from 'vitest'
import { editDistance, editSimilarity } from './damerau-levenshtein.ts'
import { dateNearness } from './date-within.ts'
import { jaro, jaroWinkler } from './jaro-winkler.ts'
import { nicknameSimilarity } from './nickname.ts'
import { numberNearness } from './number-within.ts'
import { tokenOverlap } from './token-overlap.ts'

/** What DuckDB 1.5 gives for `jaro_similarity`, `jaro_winkler_similarity` and `damerau_levenshtein`. */
const givenByDuckDb: readonly (readonly [string, string, number, number, number])[] = [
  ['martha', 'marhta', 0.9444444444444445, 0.9611111111111111, 1],
  ['dixon', 'dicksonx', 0.7666666666666666, 0.8133333333333332, 4],
  ['dwayne', 'duane', 0.8222222222222223, 0.8400000000000001, 2],
  ['jellyfish', 'smellyfish', 0.8962962962962964, 0.8962962962962964, 2],
  ['abc', 'bca', 0, 0, 2],
  ['abcd', 'dabc', 0.8333333333333334, 0.8333333333333334, 2],
  ['ca', 'abc', 0, 0, 2],
  ['a', 'b', 0, 0, 1],
  ['jones', 'johnson', 0.7904761904761904, 0.8323809523809523, 4],
  ['smith', 'smyth', 0.8666666666666667, 0.8933333333333333, 1],
  ['garcia', 'garzia', 0.888888888888889, 0.9222222222222223, 1],
  ['michelle', 'michael', 0.8690476190476191, 0.9214285714285715, 3],
  ['abcvwxyz', 'cabvwxyz', 0.9583333333333334, 0.9583333333333334, 2],
  ['trate', 'trace', 0.8666666666666667, 0.9066666666666667, 1],
  ['crate', 'trace', 0.7333333333333334, 0.7333333333333334, 2],
  ['hardin', 'martinez', 0.7222222222222222, 0.7222222222222222, 4],
  ['itman', 'smith', 0.4666666666666666, 0.4666666666666666, 5],
  ['aabbcc', 'abcabc', 0.8888888888888888, 0.8999999999999999, 3],
  ['maria', 'marianna', 0.875, 0.925, 3],
  ['ab', 'abcdefgh', 0.75, 0.8, 6],
  ['a', 'ab', 0.8333333333333334, 0.8500000000000001, 1],
  ['kitten', 'sitting', 0.746031746031746, 0.746031746031746, 3],
  ['a cat', 'an abct', 0.7904761904761904, 0.8114285714285714, 3],
  ['fog', 'gof', 0.5555555555555555, 0.5555555555555555, 2],
  ['', 'abc', 0, 0, 3],
]

describe('Jaro–Winkler', () => {
  it.each(givenByDuckDb)('of %s and %s is what DuckDB gives', (left, right, plain, boosted) => {
    expect(jaro(left, right)).toBeCloseTo(plain, 12)
    expect(jaroWinkler(left, right)).toBeCloseTo(boosted, 12)
  })
  it('counts code points, so that a letter beyond U+FFFF is one letter', () => {
    expect(jaroWinkler('\u{10400}artha', '\u{10400}arhta')).toBeCloseTo(jaroWinkler('martha', 'marhta'), 12)
    expect(jaro('\u{10400}', '\u{10401}')).toBe(0)
  })
  it('compares long texts to their end', () => {
    const long = 'x'.repeat(3000)
    expect(jaroWinkler(`${long}a`, `${long}b`)).toBeLessThan(1)
    expect(jaroWinkler('martha', 'marhta')).toBeCloseTo(0.9611111111111111, 12)
  })
})

describe('Damerau–Levenshtein', () => {
  it.each(givenByDuckDb)('counts as many edits between %s and %s as DuckDB', (left, right, _plain, _boosted, edits) => {
    expect(editDistance(left, right)).toBe(edits)
  })
  it('gives the share of the longer text that stays', () => {
    expect(editSimilarity('martha', 'marhta')).toBeCloseTo(5 / 6, 12)
    expect(editSimilarity('', 'abc')).toBe(0)
    expect(editSimilarity('', '')).toBe(1)
    expect(editSimilarity('\u{1F600}b', '\u{1F601}b')).toBe(0.5)
  })
  it('compares long texts to their end', () => {
    expect(editDistance(`${'ab'.repeat(600)}c`, `c${'ab'.repeat(600)}`)).toBe(2)
    expect(editDistance('kitten', 'sitting')).toBe(3)
  })
})

describe('token overlap', () => {
  it('is the share of words that both texts hold, in any order', () => {
    expect(tokenOverlap('12 main street', 'main street 12')).toBe(1)
    expect(tokenOverlap('12 main street', '12 main road')).toBe(0.5)
    expect(tokenOverlap('main', 'broad')).toBe(0)
    expect(tokenOverlap('main  main', 'main')).toBe(1)
    expect(tokenOverlap('', 'main')).toBe(0)
  })
})

describe('a nickname', () => {
  it.each([
    ['robert', 'bob'],
    ['bob', 'bobby'],
    ['william', 'bill'],
    ['margaret', 'peggy'],
    ['elizabeth', 'betty'],
    ['francisco', 'paco'],
    ['jose', 'pepe'],
    ['johannes', 'hans'],
    ['wilhelm', 'willi'],
    ['francois', 'fanfan'],
    ['giuseppe', 'beppe'],
    ['joao', 'joaozinho'],
    ['malgorzata', 'gosia'],
    ['aleksandr', 'sasha'],
    ['dmitri', 'mitya'],
  ])('meets its name: %s and %s', (left, right) => {
    expect(nicknameSimilarity(left, right)).toBe(1)
    expect(nicknameSimilarity(right, left)).toBe(1)
  })
  it.each([
    ['robert', 'richard'],
    ['bob', 'bill'],
    ['hans', 'sasha'],
    ['maria', 'martha'],
  ])('does not meet another name: %s and %s', (left, right) => expect(nicknameSimilarity(left, right)).toBe(0))
  it('is looked for in the first word, whatever its case and accents', () => {
    expect(nicknameSimilarity('robert james', 'bob k')).toBe(1)
    expect(nicknameSimilarity('james robert', 'bob')).toBe(0)
    expect(nicknameSimilarity('José', 'PEPE')).toBe(1)
  })
})

describe('nearness', () => {
  const day = 86_400_000

  it('of dates falls from 1 on the same day to the bound, which is inclusive', () => {
    expect(dateNearness('1984-02-29', '1984-02-29', 0)).toBe(1)
    expect(dateNearness('1984-02-29', '1984-03-01', day)).toBe(0.5)
    expect(dateNearness('1984-02-29', '1984-03-03', 3 * day)).toBe(0.25)
    expect(dateNearness('1984-02-29', '1984-03-04', 3 * day)).toBe(-1)
    expect(dateNearness('1899-12-31', '1900-01-01', day)).toBe(0.5)
    expect(dateNearness('1984-02-29', '1984-03-01', day - 1)).toBe(-1)
  })
  it('of what is no day is none, unless the texts are equal', () => {
    expect(dateNearness('2023-02-30', '2023-03-02', 30 * day)).toBe(-1)
    expect(dateNearness('1984', '1984-01-01', 30 * day)).toBe(-1)
    expect(dateNearness('sometime', 'sometime', day)).toBe(1)
  })
  it('of numbers falls from 1 to the bound, which is inclusive in spite of floating point', () => {
    expect(numberNearness('5', '5.0', 0)).toBe(1)
    expect(numberNearness('5', '7', 3)).toBe(0.5)
    expect(numberNearness('0.1', '0.4', 0.3)).toBeGreaterThan(0)
    expect(numberNearness('5', '9', 3)).toBe(-1)
  })
  it('of what is no number is none, unless the texts are equal', () => {
    expect(numberNearness('', '0', 5)).toBe(-1)
    expect(numberNearness('0x10', '16', 5)).toBe(-1)
    expect(numberNearness('1,000', '1000', 5)).toBe(-1)
    expect(numberNearness('n/a', 'n/a', 5)).toBe(1)
  })
})
