import { describe, expect, it } from 'vitest'
import { row, rulesetOf, solve } from './solve.ts'

const vector = (whenExceeded: string) =>
  rulesetOf(`
identifiers:
  - { name: user_id, kind: anchor, max_unique_values: 1, when_exceeded: ${whenExceeded} }
  - { name: email, kind: claim, max_unique_values: 2, when_exceeded: ${whenExceeded} }
  - { name: phone, kind: claim }
rules:
  - { name: Same phone, match: [ { exact: phone } ] }`)

const threeRecords = [
  row('crm', { id: '1', user_id: 'U1', email: 'a@x.test', phone: '5551234567' }),
  row('crm', { id: '2', user_id: 'U1', email: 'b@x.test', phone: '5551234567' }),
  row('crm', { id: '3', user_id: 'U2', email: 'c@x.test', phone: '5551234567' }),
]
const bothLimits =
  'identifier_conflict | user_id has too many unique values (2 > limit of 1); email has too many unique values (3 > limit of 2)'

describe('DinMo: matching rules', () => {
  it('DIN-1 e-mail, phone, user id, customer id, anonymous id, device id and custom identifiers link', async () => {
    const custom = rulesetOf(`
identifiers:
  - { name: loyalty_card, kind: anchor }
  - { name: customer_id, kind: anchor }
  - { name: user_id, kind: anchor }
  - { name: email, kind: claim, max_unique_values: 3 }
  - { name: phone, kind: claim, max_unique_values: 2 }
  - { name: device_id, kind: anchor }
  - { name: anonymous_id, kind: anchor }
rules:
  - { name: Same e-mail, match: [ { exact: email } ] }
  - { name: Same phone, match: [ { exact: phone } ] }`)
    for (const [field, value] of [
      ['loyalty_card', 'L1'],
      ['customer_id', 'C1'],
      ['user_id', 'U1'],
      ['email', 'a@x.test'],
      ['phone', '5551234567'],
      ['device_id', 'D1'],
      ['anonymous_id', 'A1'],
    ] as const) {
      const { together } = await solve(
        [row('a', { id: '1', [field]: value }), row('b', { id: '2', [field]: value })],
        custom,
      )
      expect(together('1', '2'), field).toBe(true)
    }
  })

  it('DIN-2 a criterion may name several identifiers, and any value of any of them may meet', async () => {
    const anyPhone = rulesetOf('rules:\n  - { name: Any phone, match: [ { exact: [phone, work_phone] } ] }')
    const { together } = await solve(
      [row('a', { id: '1', phone: '5551234567' }), row('b', { id: '2', work_phone: '+1 555 123 4567' })],
      anyPhone,
    )
    expect(together('1', '2')).toBe(true)
  })

  it('DIN-3 every criterion of a rule must be met', async () => {
    const rule = rulesetOf(
      'rules:\n  - { name: E-mail and name, match: [ { exact: email }, { fuzzy_strong: last_name } ] }',
    )
    const { together } = await solve(
      [
        row('a', { id: '1', email: 'a@x.test', last_name: 'Johnson' }),
        row('b', { id: '2', email: 'a@x.test', last_name: 'Jonson' }),
        row('b', { id: '3', email: 'a@x.test', last_name: 'Becker' }),
      ],
      rule,
    )
    expect(together('1', '2')).toBe(true)
    expect(together('1', '3')).toBe(false)
  })

  it('DIN-4 any rule of several may merge', async () => {
    const rules = rulesetOf(
      'rules:\n  - { name: E-mail, match: [ { exact: email } ] }\n  - { name: Phone, match: [ { exact: phone } ] }',
    )
    const { profiles } = await solve(
      [
        row('a', { id: '1', email: 'a@x.test' }),
        row('b', { id: '2', email: 'a@x.test', phone: '5551234567' }),
        row('c', { id: '3', phone: '5551234567' }),
      ],
      rules,
    )
    expect(profiles).toEqual([['1', '2', '3']])
  })

  it('DIN-5 fuzzy strong asks for more similarity than fuzzy medium', async () => {
    const rule = (type: string) =>
      rulesetOf(`rules:\n  - { name: R, match: [ { exact: email }, { ${type}: last_name } ] }`)
    const records = [
      row('a', { id: '1', email: 'a@x.test', last_name: 'Becker' }),
      row('b', { id: '2', email: 'a@x.test', last_name: 'Bekker' }),
    ]
    expect((await solve(records, rule('fuzzy_medium'))).together('1', '2')).toBe(true)
    expect((await solve(records, rule('fuzzy_strong'))).together('1', '2')).toBe(false)
  })

  it('DIN-7 standardization is per identifier: trim, case insensitive, only numeric', async () => {
    const rule = (standardize: string) =>
      rulesetOf(`
identifiers:
  - { name: card, kind: claim, standardize: [${standardize}], max_unique_values: 2 }
rules:
  - { name: Same card, match: [ { exact: card } ] }`)
    const records = [
      row('a', { id: '1', card: ' AB-12 ' }),
      row('b', { id: '2', card: 'ab-12' }),
      row('c', { id: '3', card: '1 2' }),
    ]
    expect((await solve(records, rule('trim'))).profiles).toHaveLength(3)
    expect((await solve(records, rule('trim, case_insensitive'))).profiles).toEqual([['1', '2'], ['3']])
    expect((await solve(records, rule('only_numeric'))).profiles).toEqual([['1', '2', '3']])
  })

  it('DIN-9 DIN-11 a limit counts the values of the resolved profile, and without a limit nothing is counted', async () => {
    const chain = [
      row('a', { id: '1', user_id: 'U1', phone: '5551234567' }),
      row('b', { id: '2', phone: '5551234567', email: 'a@x.test' }),
      row('c', { id: '3', user_id: 'U2', email: 'a@x.test' }),
    ]
    const rules =
      'rules:\n  - { name: E-mail, match: [ { exact: email } ] }\n  - { name: Phone, match: [ { exact: phone } ] }'
    const types = (limit: string) =>
      `identifiers:\n  - { name: user_id, kind: anchor${limit} }\n  - { name: email, kind: claim }\n  - { name: phone, kind: claim }\n`
    expect((await solve(chain, rulesetOf(types('') + rules))).profiles).toHaveLength(1)
    const limited = await solve(chain, rulesetOf(types(', max_unique_values: 1') + rules))
    expect(limited.together('1', '3')).toBe(false)
  })

  it('DIN-10 DIN-12 three records, one phone, two user ids, three e-mails: all unresolved, with the exact reasons', async () => {
    const { unresolved } = await solve(threeRecords, vector('block'))
    expect(unresolved).toEqual({ 1: bothLimits, 2: bothLimits, 3: bothLimits })
  })

  it('DIN-12 with hold only the junior record is unresolved', async () => {
    const { unresolved, profiles } = await solve(threeRecords, vector('hold'))
    expect(unresolved).toEqual({ 3: bothLimits })
    expect(profiles).toEqual([['1', '2'], ['3']])
  })

  it('DIN-13 unresolved records keep a profile of their own', async () => {
    const { profiles } = await solve(threeRecords, vector('block'))
    expect(profiles.flat().sort()).toEqual(['1', '2', '3'])
  })

  it('DIN-15 with the recommended limits one customer with a mobile and a landline is one, and a shared landline joins no two', async () => {
    const recommended = rulesetOf(`
identifiers:
  - { name: customer_id, kind: anchor, max_unique_values: 1 }
  - { name: email, kind: claim, max_unique_values: 3 }
  - { name: phone, kind: claim, max_unique_values: 2 }
rules:
  - { name: E-mail, match: [ { exact: email } ] }
  - { name: Phone, match: [ { exact: phone } ] }`)
    const { profiles } = await solve(
      [
        row('crm', { id: '1', customer_id: 'C1', phone: '5550000001', email: 'a@x.test' }),
        row('shop', { id: '2', email: 'a@x.test', phone: '5550000002' }),
        row('crm', { id: '3', customer_id: 'C2', phone: '5550000002' }),
      ],
      recommended,
    )
    expect(profiles).toEqual([['1', '2'], ['3']])
  })

  it('DIN-17 placeholder e-mails link nobody', async () => {
    const rows = Array.from({ length: 20 }, (_, index) =>
      row('crm', { id: `${index}`, email: index % 2 === 0 ? 'test@test.com' : 'N/A' }),
    )
    const { profiles } = await solve(rows)
    expect(profiles).toHaveLength(20)
  })
})
