import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type StandardizerName, standardizerNames } from '../ruleset/ruleset.ts'
import { libraryPhone, standardizePhone } from './phone.ts'
import { quickPhone } from './quick-phone.ts'
import { standardizeValue } from './standardize.ts'
import { standardized } from './standardized.ts'

const seed = process.env['SELFSAME_SEED'] ? { seed: Number(process.env['SELFSAME_SEED']) } : {}
const runs = (numRuns: number) => ({ numRuns, ...seed })
const country = fc.constantFrom('US', 'CA', 'GB', 'DE', 'FR', 'IT', 'AR', 'BR', 'MX', 'AU', 'IN', 'JP', 'RU', 'ZA')
const order = fc.constantFrom('mdy', 'dmy', 'ymd') as fc.Arbitrary<'mdy' | 'dmy' | 'ymd'>

/** Texts near enough to an identifier to get far into a standardizer. */
const phoneText = fc
  .array(fc.constantFrom(...'0123456789012345678901234567890123456789+()-. /x#;=ext'), { minLength: 6, maxLength: 22 })
  .map((characters) => characters.join(''))
const emailText = fc
  .tuple(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    fc.constantFrom('com', 'example', 'рф', 'XN--P1AI'),
  )
  .map(([local, domain, top]) => `${local}@${domain}.${top}`)
const dateText = fc
  .tuple(
    fc.integer({ min: 1, max: 2100 }),
    fc.integer({ min: 1, max: 32 }),
    fc.integer({ min: 1, max: 13 }),
    fc.constantFrom('/', '-', '.', ' ', ' Mar ', ''),
  )
  .map(([a, b, c, parting]) => [b, c, a].join(parting))
const anyText = fc.oneof(
  phoneText,
  emailText,
  dateText,
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
)

describe('standardizers', () => {
  for (const name of standardizerNames) {
    it(`I-14 ${name} is idempotent, and gives text of one normal form`, () => {
      fc.assert(
        fc.property(anyText, country, order, (raw, defaultCountry, dateOrder) => {
          const settings = { defaultCountry, dateOrder }
          const first = standardizeValue(raw, [name], settings)
          if (!first.ok) return
          expect(first.value.length).toBeGreaterThan(0)
          expect(standardizeValue(first.value, [name], settings)).toEqual(first)
          if (name !== 'trim') expect(first.value.normalize('NFC')).toBe(first.value)
        }),
        runs(1500),
      )
    })
  }

  it('I-14 a phone of any country, however it is written, is read again as itself', () => {
    const digits = fc.tuple(fc.constantFrom('', '0', '00', '+', '8', '1', '01'), fc.stringMatching(/^[0-9]{6,12}$/))
    fc.assert(
      fc.property(digits, country, country, ([prefix, number], written, read) => {
        const first = standardizePhone(prefix + number, written)
        if (first.ok) expect(standardizePhone(first.value, read)).toEqual(first)
      }),
      runs(5000),
    )
  })

  it('never throw, and never give an empty value or one with unseen characters', () => {
    const names = fc.array(fc.constantFrom<StandardizerName>(...standardizerNames), { maxLength: 4 })
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        names,
        country,
        order,
        (raw, list, defaultCountry, dateOrder) => {
          const result = standardizeValue(raw, list, { defaultCountry, dateOrder })
          if (result.ok) expect(result.value).toMatch(/^[^\p{Cc}\p{Cf}\p{Cs}]+$/u)
        },
      ),
      runs(1500),
    )
  })
})

describe('the quick path for phones', () => {
  const nanp = fc
    .tuple(
      fc.constantFrom('', '', '1', '+1', '+ 1', '(+1)', '-.(+1', '+', '11', '0'),
      fc.stringMatching(/^[0-9]{9,10}$/),
      fc.array(fc.tuple(fc.nat(12), fc.constantFrom(' ', '-', '.', '(', ')', ') ', ' - ')), { maxLength: 6 }),
    )
    .map(([prefix, digits, signs]) => {
      let text = digits
      for (const [place, sign] of signs) text = text.slice(0, place) + sign + text.slice(place)
      return prefix + text
    })

  it('gives what the library gives wherever it answers', () => {
    let answered = 0
    fc.assert(
      fc.property(
        fc.oneof({ weight: 4, arbitrary: nanp }, phoneText),
        fc.oneof(fc.constant('US'), country),
        (raw, defaultCountry) => {
          const quick = quickPhone(raw, defaultCountry)
          if (quick === null) return
          answered++
          expect(standardized(quick)).toEqual(libraryPhone(raw, defaultCountry))
        },
      ),
      runs(4000),
    )
    expect(answered).toBeGreaterThan(400)
  })

  it('answers for the plain spellings of the seeds', () => {
    for (const raw of ['+1-555-123-4567', '(555) 123-4567', '15551234567', '+15551234567']) {
      expect(quickPhone(raw, 'US')).toBe('+15551234567')
      expect(libraryPhone(raw, 'US')).toEqual(standardizePhone(raw, 'US'))
    }
  })
})
