import { describe, expect, it } from 'vitest'
import { personNameSimilarity } from './person-name.ts'

describe('the similarity of two names of a person', () => {
  it.each([
    ['robert smith', 'smith robert', 1],
    ['Renée Müller', 'renee muller', 1],
    ['bob smith', 'robert smith', 0.975],
    ['b smith', 'bob smith', 0.925],
    ['mary jones', 'mary smith', 0.5],
    ['maria lopez garcia', 'maria lopez', 2 / 2.2],
    ['', 'smith', 0],
  ])('%j and %j: %d', (left, right, similarity) => {
    expect(personNameSimilarity(left, right)).toBeCloseTo(similarity, 6)
  })
  it('is above 0.85 for a short form beside a middle initial, and for a mistyped surname', () => {
    expect(personNameSimilarity('smith bob', 'robert j smith')).toBeGreaterThan(0.85)
    expect(personNameSimilarity('brandon henderson', 'brandon hendreson')).toBeGreaterThan(0.85)
  })
  it('is below 0.85 for relatives, and for one name that says only the first', () => {
    expect(personNameSimilarity('anna smith', 'peter smith')).toBeLessThan(0.85)
    expect(personNameSimilarity('smith', 'peter smith')).toBeLessThan(0.85)
  })
  it('uses each word once', () => {
    expect(personNameSimilarity('john john', 'john smith')).toBe(0.5)
  })
})
