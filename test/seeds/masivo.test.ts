import { describe, expect, it } from 'vitest'
import { event, row, rulesetOf, solve } from './solve.ts'

const samePhone = 'rules:\n  - { name: Same phone, match: [ { exact: phone } ] }'

describe('Masivo: a journey to one customer', () => {
  it('MAS-4 MAS-6 MAS-7 without any set-up records that share an e-mail are one profile', async () => {
    const { profiles } = await solve([
      row('crm', { id: '1', email: 'sarah@example.com' }),
      row('shop', { id: '2', email: 'sarah@example.com' }),
      row('shop', { id: '3', email: 'tom@example.com' }),
    ])
    expect(profiles).toEqual([['1', '2'], ['3']])
  })

  it('MAS-5 the default rule covers a source that was never heard of before', async () => {
    const { together } = await solve([
      row('crm', { id: '1', email: 'sarah@example.com' }),
      event('brand_new_app', { messageId: 'm', type: 'identify', traits: { email: 'sarah@example.com' } }),
    ])
    expect(together('1', 'm')).toBe(true)
  })

  it('MAS-8 one e-mail from web, app, CRM, e-mail platform and support is one profile', async () => {
    const { profiles } = await solve([
      event('web', { messageId: 'web', type: 'identify', anonymousId: 'c1', traits: { email: 'sarah@example.com' } }),
      event('app', {
        messageId: 'app',
        type: 'track',
        event: 'Opened',
        userId: 'u1',
        properties: { email: 'Sarah@example.com' },
      }),
      row('crm', { id: 'crm', 'E-mail Address': 'sarah@example.com ' }),
      row('mailing', { id: 'mailing', contact_email: 'SARAH@EXAMPLE.COM' }),
      event('support', {
        messageId: 'support',
        event: 'ticket_opened',
        conversation_id: '77',
        props: { user: { email: 'sarah@example.com' } },
      }),
    ])
    expect(profiles).toEqual([['app', 'crm', 'mailing', 'support', 'web']])
  })

  it('MAS-9 case variants of an e-mail are one address', async () => {
    const { together } = await solve([
      row('crm', { id: '1', email: 'Sarah.Johnson@email.com' }),
      row('web', { id: '2', email: 'sarah.johnson@email.com' }),
    ])
    expect(together('1', '2')).toBe(true)
  })

  it('MAS-10 spellings of a phone number are one number', async () => {
    const { together } = await solve(
      [row('crm', { id: '1', phone: '+1-555-123-4567' }), row('web', { id: '2', phone: '(555) 123-4567' })],
      rulesetOf(samePhone),
    )
    expect(together('1', '2')).toBe(true)
  })

  it('MAS-13 two rules mean OR, two criteria mean AND', async () => {
    const records = [
      row('crm', { id: '1', email: 'a@example.com', phone: '5551234567' }),
      row('crm', { id: '2', email: 'a@example.com', phone: '5551239999' }),
      row('crm', { id: '3', email: 'b@example.com', phone: '5551239999' }),
    ]
    const either = await solve(
      records,
      rulesetOf('rules:\n  - { name: A, match: [ { exact: email } ] }\n  - { name: B, match: [ { exact: phone } ] }'),
    )
    const both = await solve(
      records,
      rulesetOf('rules:\n  - { name: A, match: [ { exact: email }, { exact: phone } ] }'),
    )
    expect(either.profiles).toEqual([['1', '2', '3']])
    expect(both.profiles).toEqual([['1'], ['2'], ['3']])
  })

  it('MAS-14 a condition says which values may link, and makes no two values equal: fifty Gmail users stay fifty', async () => {
    const users = Array.from({ length: 50 }, (_, index) =>
      row('crm', { id: `${index}`, email: `user${index}@gmail.com` }),
    )
    const twin = row('shop', { id: 'twin', email: 'user7@gmail.com' })
    const outsider = [row('crm', { id: 'x', email: 'x@example.com' }), row('shop', { id: 'y', email: 'x@example.com' })]
    const atGmail = rulesetOf(
      'rules:\n  - { name: Gmail, match: [ { exact: email, where: { contains: gmail.com } } ] }',
    )
    const { profiles, together } = await solve([...users, twin, ...outsider], atGmail)
    expect(together('7', 'twin')).toBe(true)
    expect(together('x', 'y')).toBe(false)
    expect(profiles).toHaveLength(52)
  })

  it('MAS-14 equals compares as the identifier is standardized', async () => {
    const onlySarah = rulesetOf(
      `rules:\n  - { name: One number, match: [ { exact: phone, where: { equals: "(555) 123-4567" } } ] }`,
    )
    const { profiles } = await solve(
      [
        row('a', { id: '1', phone: '+15551234567' }),
        row('b', { id: '2', phone: '555.123.4567' }),
        row('a', { id: '3', phone: '5550000001' }),
        row('b', { id: '4', phone: '5550000001' }),
      ],
      onlySarah,
    )
    expect(profiles).toEqual([['1', '2'], ['3'], ['4']])
  })

  it('MAS-17 a group larger than the maximum is not joined at all', async () => {
    const family = ['1', '2', '3'].map((id) => row('crm', { id, email: `${id}@example.com`, phone: '5551234567' }))
    const rule = (size: number) =>
      rulesetOf(`rules:\n  - { name: Same phone, match: [ { exact: phone } ], max_group_size: ${size} }`)
    expect((await solve(family, rule(2))).profiles).toHaveLength(3)
    expect((await solve(family, rule(3))).profiles).toHaveLength(1)
    const refused = await solve(family, rule(2))
    expect(refused.unresolved['1']).toBe(
      "multiple_matches | rule 'Same phone' would join too many profiles (3 > limit of 2)",
    )
    expect(refused.candidates).toHaveLength(2)
  })

  it('MAS-18 a time window links only what was seen near each other', async () => {
    const rule = rulesetOf('rules:\n  - { name: Recent, match: [ { exact: phone } ], within: 30d }')
    const seen = (id: string, updated_at: string) => row('crm', { id, phone: '5551234567', updated_at })
    const { together } = await solve([seen('1', '2026-01-01'), seen('2', '2026-01-31'), seen('3', '2026-03-20')], rule)
    expect(together('1', '2')).toBe(true)
    expect(together('2', '3')).toBe(false)
  })

  it('MAS-19 MAS-22 two Maria Garcias with one phone stay two under e-mail and phone, ninety days, groups of three', async () => {
    const foodieChain = rulesetOf(
      'rules:\n  - { name: Same guest, match: [ { exact: email }, { exact: phone } ], within: 90d, max_group_size: 3 }',
    )
    const maria = (id: string, email: string) =>
      row('till', {
        id,
        first_name: 'Maria',
        last_name: 'Garcia',
        email,
        phone: '5551234567',
        updated_at: '2026-05-01',
      })
    const { profiles } = await solve(
      [maria('1', 'maria.g@example.com'), maria('2', 'mgarcia@example.com'), maria('3', 'maria.g@example.com')],
      foodieChain,
    )
    expect(profiles).toEqual([['1', '3'], ['2']])
  })

  it('MAS-24 one person may have several e-mails', async () => {
    const { profiles, resolution } = await solve([
      row('crm', { id: '1', customer_id: 'C1', email: 'work@example.com' }),
      row('shop', { id: '2', customer_id: 'C1', email: 'home@example.com' }),
      row('web', { id: '3', email: 'home@example.com' }),
    ])
    expect(profiles).toEqual([['1', '2', '3']])
    expect(resolution.demoted).toEqual([])
  })

  it('MAS-25 a rule may hold for one type of customer', async () => {
    const byType = rulesetOf(`
identifiers:
  - { name: email, kind: claim, max_unique_values: 3 }
  - { name: phone, kind: claim, max_unique_values: 2 }
  - { name: customer_type, kind: attribute, standardize: [trim, case_insensitive] }
rules:
  - { name: Business phone, match: [ { exact: phone }, { exact: customer_type, where: { equals: business } } ] }`)
    const customer = (id: string, customer_type: string) =>
      row('crm', { id, phone: customer_type === 'private' ? '5550000001' : '5550000002', customer_type })
    const { profiles } = await solve(
      [customer('1', 'Business'), customer('2', 'business'), customer('3', 'private'), customer('4', 'private')],
      byType,
    )
    expect(profiles).toEqual([['1', '2'], ['3'], ['4']])
  })
})
