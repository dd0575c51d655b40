import { describe, expect, it } from 'vitest'
import type { DateOrder, StandardizerName } from '../ruleset/ruleset.ts'
import { standardizeDate } from './date.ts'
import { standardizeEmail } from './email.ts'
import { parseInstant } from './instant.ts'
import { standardizePhone } from './phone.ts'
import { standardizersFor, standardizeValue } from './standardize.ts'
import type { Standardized } from './standardized.ts'

const settings = { defaultCountry: 'US', dateOrder: 'mdy' } as const
const by = (raw: string, ...names: StandardizerName[]) => shown(standardizeValue(raw, names, settings))
const shown = (result: Standardized) => (result.ok ? result.value : result.code)
const email = (raw: string) => by(raw, 'email')
const phone = (raw: string, country = 'US') => shown(standardizePhone(raw, country))
const date = (raw: string, order: DateOrder = 'mdy') => shown(standardizeDate(raw, order))

describe('e-mail', () => {
  it.each([
    [' Sarah.Johnson@Email.COM\t', 'sarah.johnson@email.com'],
    ['o’brien@example.ie', 'o’brien@example.ie'],
    ["o'brien+shop@example.ie", "o'brien+shop@example.ie"],
    ['BOB@MÜNCHEN.example', 'bob@xn--mnchen-3ya.example'],
    ['bob@XN--MNCHEN-3YA.example', 'bob@xn--mnchen-3ya.example'],
    ['mu\u0308ller@example.com', 'müller@example.com'],
    ['\u212Aate@example.com', 'kate@example.com'],
  ])('MAS-9 BOT-4 %j is the mailbox %s', (raw, mailbox) => {
    expect(email(raw)).toBe(mailbox)
  })

  it.each([
    'bob at example.com',
    'bob',
    '@example.com',
    'bob@',
    'bob@localhost',
    'bob@127.0.0.1',
    'bob@[127.0.0.1]',
    'bob@example.c',
    'bob@-example.com',
    'bob@example-.com',
    'bob@exa_mple.com',
    'bob@example..com',
    'bob@example.com.',
    '.bob@example.com',
    'bob.@example.com',
    'b..ob@example.com',
    'b ob@example.com',
    'b\u00a0ob@example.com',
    'bob@ex ample.com',
    'bob@ex\u00a0ample.com',
    'a@b@example.com',
    '"b ob"@example.com',
    'Bob <bob@example.com>',
    'mailto:bob@example.com',
    'a@example.com,b@example.com',
    'a@example.com; b@example.com',
    'bob@example\u3002com',
    'bob@example\uff0ecom',
    `${'a'.repeat(65)}@example.com`,
    `bob@${'a'.repeat(64)}.com`,
    `bob@${'a.'.repeat(130)}com`,
  ])('%j is rejected rather than repaired', (raw) => {
    expect(email(raw)).toBe('email.malformed')
  })

  it('I-14 addresses that merely look alike stay different', () => {
    const looks = [
      'apple@example.com',
      '\u0430pple@example.com',
      '\uff41pple@example.com',
      'app\u0131e@example.com',
      'app1e@example.com',
      'apple@ex\u0430mple.com',
      'apple@\uff45xample.com',
      'apple@example.co',
      'ap.ple@example.com',
      'apple+1@example.com',
      'áapple@example.com',
      'apple@exämple.com',
    ]
    const standardized = looks.map(email)
    expect(standardized.every((value) => value.includes('@'))).toBe(true)
    expect(new Set(standardized).size).toBe(looks.length)
  })
})

describe('characters that nobody sees', () => {
  const unseen = [
    '\u0000',
    '\u0007',
    '\u007f',
    '\u0085',
    '\u00ad',
    '\u034f',
    '\u200b',
    '\u200d',
    '\u202e',
    '\u2066',
    '\u2028',
    '\u3164',
    '\ufe0f',
    '\ufeff',
    '\u{e0041}',
    '\ud800',
  ]
  it.each(unseen)('U+%# is refused inside identifiers of every kind', (character) => {
    expect(by(`ab${character}cd`, 'trim')).toBe('value.forbidden_character')
    expect(by(`ab${character}cd`, 'case_insensitive')).toBe('value.forbidden_character')
    expect(by(`ab${character}cd`)).toBe('value.forbidden_character')
    expect(email(`a${character}b@example.com`)).toBe('value.forbidden_character')
    expect(email(`ab@exa${character}mple.com`)).toBe('value.forbidden_character')
    expect(standardizeEmail(`ab@exa${character}mple.com`).ok).toBe(false)
    expect(by(`+1 555${character}1234567`, 'phone')).toBe('value.forbidden_character')
  })

  it('white space around a value is dropped, the byte order mark too', () => {
    expect(by('\ufeff\t ab \u00a0\r\n', 'trim')).toBe('ab')
  })
})

describe('phone', () => {
  it.each([
    '+1-555-123-4567',
    '(555) 123-4567',
    '15551234567',
    '+15551234567',
    '555.123.4567',
    '1 (555) 123 4567',
    'tel:+1-555-123-4567',
    '\uff0b1 555 123 4567',
    '555\u00a0123\u20114567',
  ])('MAS-10 BOT-5 BOT-32 %s is +15551234567', (raw) => {
    expect(phone(raw)).toBe('+15551234567')
  })

  it.each([
    ['07911 123456', 'GB', '+447911123456'],
    ['447911123456', 'GB', '+447911123456'],
    ['00 44 7911 123456', 'DE', '+447911123456'],
    ['011 44 7911 123456', 'US', '+447911123456'],
    ['+44 (0)7911 123456', 'US', '+447911123456'],
    ['030 123456', 'DE', '+4930123456'],
    ['06 1234 5678', 'IT', '+390612345678'],
    ['٠٥٠ ١٢٣ ٤٥٦٧', 'AE', '+971501234567'],
    ['(613) 555-0123', 'CA', '+16135550123'],
  ])('%s in %s is %s', (raw, country, number) => {
    expect(phone(raw, country)).toBe(number)
  })

  it('a number that is possible counts, in use or not', () => {
    expect(phone('(555) 123-4567')).toBe('+15551234567')
    expect(phone('199 123 4567')).toBe('+11991234567')
  })

  it('what is dialled for a carrier is left out at once, and not at the next reading', () => {
    expect(phone('09030000000', 'BR')).toBe(phone(phone('09030000000', 'BR') ?? '', 'BR'))
  })

  it('an extension is kept, because behind a switchboard it tells people apart', () => {
    for (const raw of [
      '555-123-4567 x12',
      '(555) 123-4567 ext. 12',
      '+1 555 123 4567 extension 12',
      '+15551234567;ext=12',
      '555-123-4567 #12',
    ]) {
      expect(phone(raw), raw).toBe('+15551234567;ext=12')
    }
    expect(phone('555-123-4567')).toBe('+15551234567')
  })

  it.each([
    ['bob', 'phone.malformed'],
    ['+', 'phone.malformed'],
    ['phone: 555-123-4567', 'phone.malformed'],
    ['555-123-4567 / 555-123-4568', 'phone.malformed'],
    ['+999 1234567', 'phone.malformed'],
    ['555-1234', 'phone.impossible'],
    ['+1555123456', 'phone.impossible'],
    ['+155512345678', 'phone.impossible'],
    ['00 44 7911 123456', 'phone.impossible'],
    [`555${'-'.repeat(300)}1234567`, 'phone.malformed'],
  ])('%s is rejected as %s', (raw, code) => {
    expect(phone(raw)).toBe(code)
  })

  it('00 is refused where one dials abroad with something else, rather than read as part of the number', () => {
    expect(phone('0061 2 1234 5678', 'AU')).toBe('phone.impossible')
    expect(phone('0011 61 2 1234 5678', 'AU')).toBe('+61212345678')
  })
})

describe('date', () => {
  it.each([
    '1978-11-12',
    '1978-11-12T23:30:00Z',
    '1978-11-12 00:00:00.000+02:00',
    '19781112',
    '1978/11/12',
    '1978.11.12',
    '11/12/1978',
    '11-12-78',
    '12 Nov 1978',
    '12-nov-78',
    '12th of November, 1978',
    'Nov 12, 1978',
    'November 12th 1978',
    'Sun, Nov 12, 1978',
    'Sunday 12 November 1978',
    '1978 Nov 12',
    '11/12/1978 5:30 PM',
    ' 1978-11-12 ',
  ])('%s is 1978-11-12', (raw) => {
    expect(date(raw)).toBe('1978-11-12')
  })

  it('the order of the ruleset decides only where the notation leaves it open', () => {
    expect(['mdy', 'dmy', 'ymd'].map((order) => date('12/11/1978', order as DateOrder))).toEqual([
      '1978-12-11',
      '1978-11-12',
      '1978-12-11',
    ])
    expect(['mdy', 'dmy', 'ymd'].map((order) => date('13/11/1978', order as DateOrder))).toEqual(
      Array(3).fill('1978-11-13'),
    )
    expect(['mdy', 'dmy', 'ymd'].map((order) => date('11/13/1978', order as DateOrder))).toEqual(
      Array(3).fill('1978-11-13'),
    )
    expect(['mdy', 'dmy', 'ymd'].map((order) => date('01/02/03', order as DateOrder))).toEqual([
      '2003-01-02',
      '2003-02-01',
      '2001-02-03',
    ])
    expect(date('78-11-12', 'dmy')).toBe('1978-11-12')
  })

  it('two-digit years mean 1930 to 2029', () => {
    expect([date('1/2/29'), date('1/2/30'), date('1/2/00'), date('1/2/99')]).toEqual([
      '2029-01-02',
      '1930-01-02',
      '2000-01-02',
      '1999-01-02',
    ])
  })

  it.each([
    '2/29/2023',
    '1990-02-30',
    '1990-13-01',
    '1990-00-10',
    '0000-00-00',
    '13/13/1990',
    '31 Jun 1990',
    '19900231',
  ])('%s is a day that the calendar does not have', (raw) => {
    expect(date(raw)).toBe('date.impossible')
  })

  it('a leap day is a day', () => {
    expect([date('2/29/2024'), date('2000-02-29'), date('1900-02-29')]).toEqual([
      '2024-02-29',
      '2000-02-29',
      'date.impossible',
    ])
  })

  it.each([
    '286934400',
    '286934400000',
    '1978',
    '11/1978',
    '1978-11',
    'yesterday',
    '12 Foo 1978',
    '1978-11-12 or so',
    '１９７８-11-12',
    '12/11',
    `1${' '.repeat(50)}`.repeat(9),
  ])('%s is no birth date in a notation that is read', (raw) => {
    expect(date(raw)).toBe('date.malformed')
  })
})

describe('text', () => {
  it('DIN-7 trim, case and digits are chosen one by one', () => {
    expect(by(' AB-12 ', 'trim')).toBe('AB-12')
    expect(by(' AB-12 ', 'case_insensitive')).toBe(' ab-12 ')
    expect(by(' AB-12 ', 'trim', 'case_insensitive')).toBe('ab-12')
    expect(by(' AB-12 ', 'only_numeric')).toBe('12')
  })

  it('DIN-8 what is not asked for is not standardized', () => {
    expect(by(' AB-12 ')).toBe(' AB-12 ')
    expect(by('É', 'case_insensitive')).not.toBe(by('e', 'case_insensitive'))
  })

  it('case is folded over canonically equivalent spellings', () => {
    expect(by('E\u0301COLE', 'case_insensitive')).toBe(by('école', 'case_insensitive'))
  })

  it.each([
    ['O’Brien-Łódź', 'obrien lodz'],
    ['  van  der   Berg ', 'van der berg'],
    ['Müller', 'muller'],
    ['SÁNCHEZ, José', 'sanchez jose'],
    ["D'Angelo", 'dangelo'],
    ['Straße', 'strasse'],
    ['Smith-Jones', 'smith jones'],
    ['80202-1234', '80202 1234'],
    ['Ёлкин', 'elkin'],
  ])('%s folds to %s', (raw, folded) => {
    expect(by(raw, 'fold')).toBe(folded)
  })

  it('a value with nothing left is rejected, and the standardizer that emptied it is named', () => {
    expect(standardizeValue('!?', ['fold'], settings)).toEqual({ ok: false, code: 'value.empty', standardizer: 'fold' })
    expect(standardizeValue('abc', ['trim', 'only_numeric'], settings)).toEqual({
      ok: false,
      code: 'value.empty',
      standardizer: 'only_numeric',
    })
    expect(by('   ', 'email')).toBe('value.empty')
    expect(by('')).toBe('value.empty')
    expect(by('  ')).toBe('value.empty')
  })
})

describe('any value', () => {
  it('A18 a value longer than 1,024 bytes is refused before any standardizer looks at it', () => {
    const names: readonly StandardizerName[] = [
      'trim',
      'case_insensitive',
      'only_numeric',
      'email',
      'phone',
      'date',
      'fold',
    ]
    const untouched = ['a', '1', ' ', 'a@', '.', 'é', '(', 'a-'].map((unit) => unit.repeat(50_000 / unit.length))
    for (const name of names) for (const raw of untouched) expect(by(raw, name)).toBe('value.too_long')
    expect(by('a'.repeat(1024), 'trim')).toBe('a'.repeat(1024))
    expect(by('é'.repeat(512), 'trim')).toBe('é'.repeat(512))
    expect(by('é'.repeat(513), 'trim')).toBe('value.too_long')
    expect(by('€'.repeat(342), 'trim')).toBe('value.too_long')
  })

  it('compiled for a type it gives the value, or null where it is rejected', () => {
    const standardize = standardizersFor({ standardize: ['email'] }, settings)
    expect([standardize('A@Example.com'), standardize('nobody')]).toEqual(['a@example.com', null])
  })
})

describe('instants', () => {
  const noon = Date.UTC(2024, 1, 29, 12)
  it.each([
    '2024-02-29T12:00:00Z',
    '2024-02-29 12:00',
    '2024-02-29T14:00:00+02:00',
    '2024-02-29T12:00:00.000Z',
    '2024-02-29 07:00:00-0500',
    '2024-02-29 12:00:00 UTC',
    '2024-02-29T12:00:00,000000001',
    '2024-02-29t13:00:00+01',
    '1709208000',
    '1709208000000',
    ' 1709208000.000 ',
    1709208000,
    1709208000000,
  ])('%s is read', (value) => {
    expect(parseInstant(value)).toBe(noon)
  })

  it('a day is its midnight, fractions stay to the millisecond, and 24:00 is the next day', () => {
    expect(parseInstant('2024-02-29')).toBe(noon - 12 * 3600_000)
    expect(parseInstant('2024-02-29T12:00:00.5')).toBe(noon + 500)
    expect(parseInstant('2024-02-29T12:00:00.1239')).toBe(noon + 123)
    expect(parseInstant('2024-02-29T24:00:00')).toBe(noon + 12 * 3600_000)
    expect(parseInstant('0099-01-01')).toBe(Date.parse('0099-01-01'))
  })

  it.each([
    '2023-02-29',
    '2024-02-30T00:00:00Z',
    '2024-13-01',
    '2024-01-01T25:00',
    '2024-01-01T24:01',
    '2024-01-01T10:60',
    '2024-01-01T10:00:60',
    '2024-01-01T10:00+19:00',
    '2024',
    '20240101',
    '01/02/2024',
    'yesterday',
    '',
    '1709208000000000',
    20240101,
    0,
    5,
    Number.NaN,
    Infinity,
    1e17,
    null,
    true,
    undefined,
    {},
    [],
    `2024-01-01${' '.repeat(60)}`,
  ])('%j is no instant', (value) => {
    expect(parseInstant(value)).toBeNull()
  })
})
