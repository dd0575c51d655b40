import { describe, expect, it } from 'vitest'
import { event, row, rulesetOf, solve } from './solve.ts'

const emailAndPhone = (order: readonly [string, string]) =>
  rulesetOf(`
identifiers:
  - { name: ${order[0]}, kind: claim, max_unique_values: 1 }
  - { name: ${order[1]}, kind: claim, max_unique_values: 1 }
rules:
  - { name: First, match: [ { exact: ${order[0]} } ] }
  - { name: Second, match: [ { exact: ${order[1]} } ] }`)
const anna = row('crm', { id: 'anna', email: 'anna@x.test', updated_at: '2026-01-01' })
const bert = row('crm', { id: 'bert', phone: '5551234567', updated_at: '2026-01-02' })
const both = row('web', { id: 'both', email: 'anna@x.test', phone: '5551234567', updated_at: '2026-01-03' })

describe('BotBat: cross-channel identity resolution', () => {
  it('BOT-4 e-mails are compared without case and surrounding space', async () => {
    const { together } = await solve([
      row('a', { id: '1', email: '  Anna@X.test' }),
      row('b', { id: '2', email: 'anna@x.TEST ' }),
    ])
    expect(together('1', '2')).toBe(true)
  })

  it('BOT-5 BOT-32 phones are compared as E.164', async () => {
    const samePhone = rulesetOf('rules:\n  - { name: Same phone, match: [ { exact: phone } ] }')
    const { profiles, evidence } = await solve(
      ['+1-555-123-4567', '15551234567', '(555) 123-4567', '+15551234567'].map((phone, index) =>
        row('crm', { id: `${index}`, phone }),
      ),
      samePhone,
    )
    expect(profiles).toEqual([['0', '1', '2', '3']])
    expect(evidence.map((record) => record.sightings.find(({ type }) => type === 'phone')?.value)).toEqual(
      Array(4).fill('+15551234567'),
    )
  })

  it('BOT-6 an external id is compared as it is written', async () => {
    const ids = ['AB1', 'ab1', 'AB1'].map((external_id, index) => row('crm', { id: `${index}`, external_id }))
    expect((await solve(ids)).profiles).toEqual([['0', '2'], ['1']])
  })

  it('BOT-7 a cookie ties anonymous visits to the profile that is known later', async () => {
    const { profiles } = await solve([
      event('web', { messageId: 'before', type: 'page', anonymousId: 'cookie', timestamp: '2026-01-01T00:00:00Z' }),
      event('web', {
        messageId: 'known',
        type: 'identify',
        anonymousId: 'cookie',
        traits: { email: 'anna@x.test' },
        timestamp: '2026-01-02T00:00:00Z',
      }),
      row('crm', { id: 'crm', email: 'anna@x.test' }),
    ])
    expect(profiles).toEqual([['before', 'crm', 'known']])
  })

  it('BOT-8 where keys point to different profiles the stronger key decides who receives the record', async () => {
    const limited = (first: string, second: string) =>
      rulesetOf(`
identifiers:
  - { name: customer_id, kind: anchor, max_unique_values: 1 }
  - { name: ${first}, kind: claim }
  - { name: ${second}, kind: claim }
rules:
  - { name: First, match: [ { exact: ${first} } ] }
  - { name: Second, match: [ { exact: ${second} } ] }`)
    const records = [
      row('crm', { id: 'anna', customer_id: 'C1', email: 'anna@x.test', updated_at: '2026-01-01' }),
      row('crm', { id: 'bert', customer_id: 'C2', phone: '5551234567', updated_at: '2026-01-02' }),
      both,
    ]
    expect((await solve(records, limited('email', 'phone'))).together('both', 'anna')).toBe(true)
    expect((await solve(records, limited('phone', 'email'))).together('both', 'bert')).toBe(true)
  })

  it('BOT-9 an e-mail hit brings the phone along; without one the phone decides', async () => {
    const later = row('shop', { id: 'later', phone: '5551234567', updated_at: '2026-02-01' })
    const hit = await solve([anna, both, later], emailAndPhone(['email', 'phone']))
    expect(hit.profiles).toEqual([['anna', 'both', 'later']])
    const miss = await solve(
      [bert, row('web', { id: 'new', email: 'other@x.test', phone: '5551234567' })],
      emailAndPhone(['email', 'phone']),
    )
    expect(miss.profiles).toEqual([['bert', 'new']])
  })

  it('BOT-12 BOT-17 under manual review a conflicting name waits for a person', async () => {
    const careful = rulesetOf('merge: { strategy: manual_review, review_on_conflict: [last_name] }')
    const { profiles, candidates, unresolved } = await solve(
      [
        row('crm', { id: '1', email: 'a@x.test', last_name: 'Smith', updated_at: '2026-01-01' }),
        row('shop', { id: '2', email: 'a@x.test', last_name: 'Jones', updated_at: '2026-01-02' }),
        row('web', { id: '3', email: 'a@x.test', updated_at: '2026-01-03' }),
      ],
      careful,
    )
    expect(profiles).toEqual([['1', '3'], ['2']])
    expect(candidates).toEqual(['1 ← 2 field_conflict email=a@x.test'])
    expect(unresolved['2']).toBe('field_conflict | last_name has too many unique values (2 > limit of 1)')
  })

  it('BOT-13 with automatic resolution off only anchors merge, and every other link becomes a candidate', async () => {
    const byHand = rulesetOf('automatic: false')
    const { profiles, candidates } = await solve(
      [
        row('crm', { id: '1', customer_id: 'C1', email: 'a@x.test', updated_at: '2026-01-01' }),
        row('shop', { id: '2', customer_id: 'C1', updated_at: '2026-01-02' }),
        row('web', { id: '3', email: 'a@x.test', updated_at: '2026-01-03' }),
      ],
      byHand,
    )
    expect(profiles).toEqual([['1', '2'], ['3']])
    expect(candidates).toEqual(['1 ← 3 low_confidence email=a@x.test'])
  })

  it('BOT-14 no match makes a profile, one match joins it, several are merged', async () => {
    const rules = rulesetOf(
      'rules:\n  - { name: E-mail, match: [ { exact: email } ] }\n  - { name: Phone, match: [ { exact: phone } ] }',
    )
    expect((await solve([anna, bert], rules)).profiles).toEqual([['anna'], ['bert']])
    expect((await solve([anna, bert, both], rules)).profiles).toEqual([['anna', 'bert', 'both']])
  })

  it('BOT-29 BOT-30 tables of several systems are de-duplicated after the fact', async () => {
    const { profiles } = await solve(
      ['crm', 'mailing', 'desk'].flatMap((source) =>
        ['a', 'b'].map((name) => row(source, { id: `${source}-${name}`, email: `${name}@x.test` })),
      ),
    )
    expect(profiles).toEqual([
      ['crm-a', 'desk-a', 'mailing-a'],
      ['crm-b', 'desk-b', 'mailing-b'],
    ])
  })

  it('BOT-33 first name and postcode alone do not merge unless a rule says so, and then the check warns', async () => {
    const { profiles } = await solve([
      row('a', { id: '1', first_name: 'Maria', postcode: '80202' }),
      row('b', { id: '2', first_name: 'Maria', postcode: '80202' }),
    ])
    expect(profiles).toHaveLength(2)
  })
})
