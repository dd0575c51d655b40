import {
  blockedValuesFor,
  parseInstant,
  type IdentifierType,
  type StandardizerName,
  standardizeValue,
} from '@selfsame/core'
import fc from 'fast-check'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database } from '../database.ts'
import { rulesetOf } from '../testing/run-in-folder.ts'
import { plainInstantSql, plainStandardizerSql, sharedSpellingSql } from './standardize-sql.ts'

let db: Database
beforeAll(async () => {
  db = await Database.open(tmpdir(), null)
})
afterAll(() => db.close())

const us = rulesetOf('version: 1\n')
const germany = rulesetOf('version: 1\ndefault_country: DE\n')
const lists: readonly (readonly StandardizerName[])[] = [
  ['email'],
  ['phone'],
  ['trim'],
  ['trim', 'case_insensitive'],
  ['case_insensitive', 'trim'],
  ['only_numeric'],
  ['trim', 'only_numeric'],
  ['fold'],
  ['trim', 'fold'],
]
const typeOf = (standardize: readonly StandardizerName[], kind: IdentifierType['kind']): IdentifierType => ({
  ...(us.identifiers[0] as IdentifierType),
  name: 'tried',
  kind,
  standardize,
  blockedValues: ['blocked@x.example', '+12125550100', 'Staff'],
})

const ascii = fc.string({
  unit: fc.constantFrom(...'aZ09 @.-+()_#"\'%,\t', 'null', '000', '11', 'test'),
  maxLength: 24,
})
const email = fc
  .tuple(
    fc.constantFrom('', ' '),
    fc.stringMatching(/^[A-Za-z0-9._+-]{1,20}$/),
    fc.stringMatching(/^[A-Za-z0-9.-]{1,70}$/),
    fc.constantFrom('', ' ', '\n', '\u00a0'),
  )
  .map(([before, local, domain, after]) => `${before}${local}@${domain}${after}`)
const phone = fc
  .tuple(
    fc.constantFrom('', '+', '+1', '1', '(', '+49', '0'),
    fc.stringMatching(/^[0-9]{6,11}$/),
    fc.constantFrom('', ' ', '-', '.', ') ', ' x12'),
  )
  .map(([start, digits, part]) => `${start}${digits.slice(0, 3)}${part}${digits.slice(3)}`)
const sevenDigits = fc.constantFrom(
  '+1 111 111 1111',
  '(222) 222-2222',
  '333-333-3333',
  '1234567890',
  '+11234567890',
  '000-000-0000',
  '---',
  '2125550100',
)
const any = fc
  .string({ unit: 'binary', maxLength: 12 })
  .filter((text) => !text.includes('\u0000') && text.isWellFormed())
const value = fc.oneof(
  ascii,
  email,
  phone,
  sevenDigits,
  any,
  fc.constantFrom('blocked@X.example', 'staff', ' test@test.com ', 'N/A', 'a'.repeat(300)),
)

async function store(texts: readonly string[]): Promise<void> {
  await db.run('CREATE OR REPLACE TABLE tried (place INTEGER, raw VARCHAR)')
  await db.append('tried', [
    { type: 'integer', values: Int32Array.from(texts.keys()) },
    { type: 'text', values: texts },
  ])
}

describe('standardizing in SQL', () => {
  it.each([['email'], ['phone'], ['trim'], ['trim', 'case_insensitive']] as const)(
    'a shared spelling says the same as the texts it stands for: %s',
    async (...standardize) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(value, { minLength: 40, maxLength: 120 }),
          fc.constantFrom(us, germany),
          async (written, ruleset) => {
            const texts = written.map((text) => text.trim()).filter((text) => text !== '')
            const type = typeOf(standardize, 'claim')
            const isBlocked = blockedValuesFor(type, ruleset)
            const outcome = (raw: string) => {
              const result = standardizeValue(raw, standardize, ruleset)
              return result.ok ? (isBlocked(raw, result.value) ? 'blocked' : result.value) : result.code
            }
            await store(texts)
            for (const [raw, spelling] of await db.rows(
              `SELECT raw, ${sharedSpellingSql(type, ruleset, 'raw')} FROM tried`,
            )) {
              expect([raw, outcome(String(spelling))]).toEqual([raw, outcome(String(raw))])
            }
            const plain =
              plainStandardizerSql(
                type,
                ruleset,
                `(SELECT ${sharedSpellingSql(type, ruleset, 'raw')} AS s FROM tried)`,
                's',
                true,
              ) ?? ''
            for (const [spelling, std] of await db.rows(plain)) {
              if (std !== null) expect([std, outcome(String(spelling))]).toEqual([spelling, spelling])
            }
          },
        ),
        { numRuns: 12 },
      )
    },
  )

  it.each(lists)('gives what the core gives, or nothing: %s', async (...standardize) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(value, { minLength: 40, maxLength: 120 }),
        fc.constantFrom(us, germany),
        fc.constantFrom('claim' as const, 'attribute' as const),
        async (texts, ruleset, kind) => {
          const type = typeOf(standardize, kind)
          const sql = plainStandardizerSql(type, ruleset, 'tried', 'raw')
          expect(sql).not.toBeNull()
          const isBlocked = blockedValuesFor(type, ruleset)
          await store(texts)
          for (const [spelling, std] of await db.rows(sql ?? '')) {
            if (std === null) continue
            const raw = String(spelling)
            const expected = standardizeValue(raw, standardize, ruleset)
            expect(expected).toEqual({ ok: true, value: std })
            expect(isBlocked(raw, String(std))).toBe(false)
          }
        },
      ),
      { numRuns: 12 },
    )
  })

  it('standardizes the usual spellings itself', async () => {
    const plain = async (name: StandardizerName, text: string) => {
      await store([text])
      return (await db.rows(plainStandardizerSql(typeOf([name], 'claim'), us, 'tried', 'raw') ?? ''))[0]?.[1]
    }
    expect(await plain('email', ' Ann.Lee+news@Mail.Example ')).toBe('ann.lee+news@mail.example')
    for (const spelled of ['(212) 555-0101', '212.555.0101', '+1-212-555-0101', '12125550101', '+12125550101']) {
      expect(await plain('phone', spelled)).toBe('+12125550101')
    }
    expect(await plain('fold', "O'Brien-Smith")).toBe('obrien smith')
  })

  it('reads instants as the core does, or not at all', async () => {
    const digits = (from: number, to: number) =>
      fc.integer({ min: from, max: to }).map((number) => String(number).padStart(2, '0'))
    const instant = fc
      .tuple(
        fc.integer({ min: 1900, max: 2100 }),
        digits(1, 12),
        digits(1, 31),
        fc.constantFrom('', 'T', ' '),
        digits(0, 24),
        digits(0, 59),
        fc.constantFrom('', ':30', ':30.5', ':30.123', ':30.123456', ':60'),
        fc.constantFrom('', 'Z', '+02:00'),
      )
      .map(
        ([year, month, day, gap, hour, minute, rest, zone]) =>
          `${year}-${month}-${day}${gap}${gap === '' ? '' : `${hour}:${minute}${rest}${zone}`}`,
      )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(instant, fc.stringMatching(/^[0-9]{8,14}$/), ascii), { minLength: 50, maxLength: 100 }),
        async (texts) => {
          await store(texts)
          for (const [raw, ms] of await db.rows(`SELECT raw, ${plainInstantSql('raw')} FROM tried`)) {
            if (ms !== null) expect([raw, parseInstant(raw)]).toEqual([raw, ms])
          }
        },
      ),
      { numRuns: 20 },
    )
  })
})
