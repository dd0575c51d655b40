import { describe, expect, it } from 'vitest'
import type { Sighting } from '../evidence/record.ts'
import { plainIdentifier } from '../ruleset/built-in-identifiers.ts'
import type { Derivation, IdentifierType } from '../ruleset/ruleset.ts'
import { deriveSightings, deriveValue } from './derive.ts'

describe('a derived value', () => {
  const derive = (as: 'sorted_tokens' | 'year' | 'double_metaphone' | 'digits', value: string) =>
    deriveValue({ as, from: ['x'] }, [value])

  it('is the words in their order, so that swapped names are equal', () => {
    expect(derive('sorted_tokens', 'lopez  maria')).toBe('lopez maria')
    expect(derive('sorted_tokens', 'maria lopez')).toBe('lopez maria')
    expect(derive('sorted_tokens', 'ann ann')).toBe('ann ann')
    expect(derive('sorted_tokens', '\u{1F600} \uFB01')).toBe('\uFB01 \u{1F600}')
  })
  it('is as many leading code points as asked for', () => {
    const letters = (length: number, value: string) =>
      deriveValue({ as: 'first_letters', from: ['x'], length }, [value])
    expect(letters(3, 'garcia')).toBe('gar')
    expect(letters(3, 'li')).toBe('li')
    expect(letters(2, '\u{1F600}\u{1F601}\u{1F602}')).toBe('\u{1F600}\u{1F601}')
  })
  it('is the year of a date and nothing of any other text', () => {
    expect(derive('year', '1984-02-29')).toBe('1984')
    expect(derive('year', '29.02.1984')).toBeNull()
  })
  it('is one phonetic code for spellings that sound alike', () => {
    expect(derive('double_metaphone', 'smith')).toBe('SM0')
    expect(derive('double_metaphone', 'smyth')).toBe('SM0')
    expect(derive('double_metaphone', 'philip smith')).toBe('FLP SM0')
    expect(derive('double_metaphone', '123')).toBeNull()
  })
  it('is the digits of a value', () => {
    expect(derive('digits', '12 b / 3')).toBe('123')
    expect(derive('digits', 'none')).toBeNull()
  })
  it('joins parts so that no two lists of parts give one text', () => {
    const join = (...values: (string | undefined)[]) =>
      deriveValue({ as: 'join', from: values.map((_, i) => `t${i}`) }, values)
    expect(join('ab', 'c')).not.toBe(join('a', 'bc'))
    expect(join('1:a', 'b')).not.toBe(join('1', ':ab'))
    expect(join('a', undefined)).toBeNull()
    expect(join('a', '')).toBeNull()
  })
  it('is missing where its source is', () => {
    expect(deriveValue({ as: 'digits', from: ['x'] }, [undefined])).toBeNull()
    expect(deriveValue({ as: 'digits', from: ['x'] }, [])).toBeNull()
  })
})

describe('derived sightings', () => {
  const derived = (name: string, derive: Derivation): IdentifierType => ({ ...plainIdentifier(name), derive })
  const see = (type: string, value: string, verified = true): Sighting => ({ type, value, verified })

  it('are verified where all their sources are', () => {
    const identifiers = [derived('who', { as: 'join', from: ['last_name', 'birth_date'] })]
    const both = (verified: boolean) =>
      deriveSightings([see('last_name', 'li'), see('birth_date', '1990-01-01', verified)], identifiers).at(-1)
    expect(both(true)).toEqual(see('who', '2:li10:1990-01-01', true))
    expect(both(false)).toEqual(see('who', '2:li10:1990-01-01', false))
  })
  it('are verified where any combination that gives them is', () => {
    const identifiers = [derived('start', { as: 'first_letters', from: ['last_name'], length: 2 })]
    const seen = deriveSightings([see('last_name', 'garcia', false), see('last_name', 'garzia', true)], identifiers)
    expect(seen.slice(2)).toEqual([see('start', 'ga', true)])
  })
  it('are derived from derived ones wherever these stand in the list', () => {
    const identifiers = [
      derived('start_of_sound', { as: 'first_letters', from: ['sound'], length: 1 }),
      derived('sound', { as: 'double_metaphone', from: ['last_name'] }),
    ]
    const types = deriveSightings([see('last_name', 'smith')], identifiers).map(({ type, value }) => `${type} ${value}`)
    expect(types).toEqual(['last_name smith', 'start_of_sound S', 'sound SM0'])
  })
  it('hold one value per combination, at most sixteen, whatever the order of the sources', () => {
    const identifiers = [derived('who', { as: 'join', from: ['first_name', 'last_name'] })]
    const sources = Array.from({ length: 5 }, (_, i) => [see('first_name', `f${i}`), see('last_name', `l${i}`)]).flat()
    const forward = deriveSightings(sources, identifiers).filter(({ type }) => type === 'who')
    const backward = deriveSightings(sources.toReversed(), identifiers).filter(({ type }) => type === 'who')
    expect(forward).toHaveLength(16)
    expect(backward).toEqual(forward)
    expect(forward[0]?.value).toBe('2:f02:l0')
  })
  it('are none where a source is missing, and the sightings are given back as they are', () => {
    const sightings = [see('last_name', 'smith')]
    expect(deriveSightings(sightings, [derived('who', { as: 'join', from: ['last_name', 'birth_date'] })])).toBe(
      sightings,
    )
    expect(deriveSightings(sightings, [])).toBe(sightings)
  })
  it('that lead back to themselves give nothing', () => {
    const identifiers = [derived('a', { as: 'digits', from: ['b'] }), derived('b', { as: 'digits', from: ['a'] })]
    expect(deriveSightings([see('last_name', 'x1')], identifiers)).toHaveLength(1)
  })
})
