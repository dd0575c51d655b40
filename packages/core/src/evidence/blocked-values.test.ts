import { describe, expect, it } from 'vitest'
import { plainIdentifier } from '../ruleset/built-in-identifiers.ts'
import { standardizeValue } from '../standardize/index.ts'
import { blockedTexts, blockedValuesFor, compileBlockedValue } from './blocked-values.ts'

const settings = { builtInBlockedValues: true, defaultCountry: 'US', dateOrder: 'mdy' } as const
const none = { ...settings, builtInBlockedValues: false }

/** Whether a raw value of a built-in type is blocked. */
function blocks(
  type: string,
  raw: string,
  blockedValues: readonly string[] = [],
  using: typeof settings | typeof none = settings,
): boolean {
  const identifier = { ...plainIdentifier(type), blockedValues }
  const result = standardizeValue(raw, identifier.standardize, settings)
  return result.ok && blockedValuesFor(identifier, using)(raw, result.value)
}

const matches = (entry: string, value: string) => {
  const compiled = compileBlockedValue(entry)
  return compiled.ok && compiled.matches(value)
}

describe('the built-in list', () => {
  it.each([
    'null',
    'NULL',
    'undefined',
    'None',
    'n/a',
    'N.A.',
    'unknown',
    '[object Object]',
    'anonymous',
    'Guest',
    'test',
    'void',
    '-1',
    'true',
    '0',
    '000',
    '00-000',
    '---',
    '-',
    '0.0',
    '00000000-0000-0000-0000-000000000000',
    '?',
    '\\N',
  ])('SEG-14 %j is nobody’s id', (raw) => {
    for (const type of ['customer_id', 'user_id', 'external_ref', 'device_id', 'anonymous_id'])
      expect(blocks(type, ` ${raw} `), type).toBe(true)
  })

  it.each(['1', '10', 'abc123', '222222', '1234567', '123456789', 'testa', 'nullius', '0x1', '1000', 'a-0'])(
    '%j may be somebody’s id',
    (raw) => {
      expect(blocks('customer_id', raw)).toBe(false)
    },
  )

  it('fillers and invented contacts are blocked as e-mails and phones', () => {
    for (const raw of ['test@test.com', 'Test@Example.com', 'noreply@noreply.com', 'a@a.com'])
      expect(blocks('email', raw), raw).toBe(true)
    for (const raw of ['(111) 111-1111', '+1 222 222 2222', '1234567890', '999 999 9999'])
      expect(blocks('phone', raw), raw).toBe(true)
  })

  it.each([
    ['email', 'tester@test.com'],
    ['email', 'null@example.com'],
    ['phone', '555-123-4567'],
    ['phone', '111-111-1112'],
  ])('%s %s may be somebody’s', (type, raw) => {
    expect(blocks(type, raw)).toBe(false)
  })

  it('names are blocked only where nobody has them', () => {
    for (const raw of ['N/A', 'null', 'unknown', '#N/A', '[object Object]'])
      expect(blocks('last_name', raw), raw).toBe(true)
    for (const raw of ['Na', 'Test', 'Guest', 'True', 'Void', '0', 'X'])
      expect(blocks('last_name', raw), raw).toBe(false)
    expect([blocks('birth_date', '1/1/1900'), blocks('birth_date', '1/1/1901')]).toEqual([true, false])
  })

  it('can be switched off', () => {
    expect([
      blocks('user_id', 'null', [], none),
      blocks('user_id', '000', [], none),
      blocks('user_id', 'void', ['void'], none),
    ]).toEqual([false, false, true])
  })
})

describe('own blocked values', () => {
  it('SEG-14 exact entries block without case, as they came or as they were standardized', () => {
    const own = ['void', 'ABC123', ' Spaced ']
    expect(['void', 'VOID ', 'abc123', 'spaced', 'abc1234'].map((raw) => blocks('customer_id', raw, own))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ])
  })

  it('an exact entry blocks every spelling of what it names', () => {
    for (const entry of ['(555) 123-4567', '+15551234567', '555.123.4567']) {
      for (const raw of ['5551234567', '+1 555 123 4567', '(555) 123-4567'])
        expect(blocks('phone', raw, [entry]), `${entry} ${raw}`).toBe(true)
    }
    expect(blocks('phone', '555-123-4568', ['(555) 123-4567'])).toBe(false)
    expect(blocks('email', 'Front-Desk@Example.com', ['front-desk@example.COM'])).toBe(true)
    expect(blockedTexts({ blockedValues: ['(555) 123-4567', 'x*', '/y/'], standardize: ['phone'] }, settings)).toEqual([
      '(555) 123-4567',
      '+15551234567',
    ])
  })

  it('a star stands for any text', () => {
    expect(['noreply@x.com', 'NoReply@', 'xnoreply@x.com'].map((value) => matches('noreply@*', value))).toEqual([
      true,
      true,
      false,
    ])
    expect(
      ['a@example.test', '@EXAMPLE.test', 'a@example.test.com'].map((value) => matches('*@example.test', value)),
    ).toEqual([true, true, false])
    expect(['abcXdef', 'abc1def2', 'abcdef', 'abdef', 'xabcdef'].map((value) => matches('abc*def*', value))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
    expect(['aba', 'ab', 'abba', 'aab'].map((value) => matches('ab*a', value))).toEqual([true, false, true, false])
    expect(['a.b', 'axb'].map((value) => matches('a.*b', value))).toEqual([true, false])
    expect(['aXbXc', 'aXXc', 'abc'].map((value) => matches('a*b*c', value))).toEqual([true, false, true])
  })

  it('a pattern between slashes must match the whole value', () => {
    expect(['0-0', '', '0-1', '00'].map((value) => matches('/^[0-]*$/', value))).toEqual([true, true, false, true])
    expect(['kiosk7', 'KIOSK12', 'my kiosk7', 'kiosk'].map((value) => matches('/kiosk[0-9]+/', value))).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(blocks('user_id', 'kiosk-3', ['/kiosk-[0-9]{1,3}/'])).toBe(true)
  })

  it.each(['/(/', '/a(?=b)/', '/(a)\\1/', '', '  ', '*', '**'])('%j is refused', (entry) => {
    expect(compileBlockedValue(entry).ok).toBe(false)
  })

  it('A18 patterns that make a backtracking engine count to the end of time answer at once', () => {
    const long = 'a'.repeat(50_000)
    for (const entry of ['/(a+)+b/', '/(a|a)*b/', '/(.*)*b/', '*a*a*a*a*a*a*a*b']) {
      expect(matches(entry, long), entry).toBe(false)
      expect(matches(entry, `${long}b`), entry).toBe(true)
    }
  })
})
