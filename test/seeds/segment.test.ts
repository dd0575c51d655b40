import { describe, expect, it } from 'vitest'
import { event, row, rulesetOf, solve } from './solve.ts'

describe('Segment Personas: identity resolution', () => {
  it('SEG-1 what an anonymous visitor did before the account belongs to the user who logs in', async () => {
    const { profiles } = await solve([
      event('web', { messageId: 'browse', type: 'page', anonymousId: 'cookie', timestamp: '2026-01-01T10:00:00Z' }),
      event('web', {
        messageId: 'signup',
        type: 'identify',
        anonymousId: 'cookie',
        userId: 'u1',
        timestamp: '2026-01-02T10:00:00Z',
      }),
      event('app', {
        messageId: 'buy',
        type: 'track',
        event: 'Order Completed',
        userId: 'u1',
        timestamp: '2026-01-03T10:00:00Z',
      }),
    ])
    expect(profiles).toEqual([['browse', 'buy', 'signup']])
  })

  it('SEG-2 a cart on the iPhone and a checkout on Android are one customer', async () => {
    const { together } = await solve([
      event('ios', {
        messageId: 'cart',
        type: 'track',
        event: 'Product Added',
        userId: 'u1',
        context: { device: { id: 'iphone' } },
      }),
      event('android', {
        messageId: 'checkout',
        type: 'track',
        event: 'Order Completed',
        userId: 'u1',
        context: { device: { id: 'pixel' } },
      }),
    ])
    expect(together('cart', 'checkout')).toBe(true)
  })

  it('SEG-3 sources that are resolved together give one view', async () => {
    const { profiles } = await solve(
      ['web', 'ios', 'android', 'backend'].map((source) =>
        event(source, { messageId: source, type: 'identify', traits: { email: 'jane@example.com' } }),
      ),
    )
    expect(profiles).toEqual([['android', 'backend', 'ios', 'web']])
  })

  it('SEG-9 identifiers of Segment and custom external ids link where the ruleset knows them', async () => {
    const mobile = rulesetOf(`
identifiers:
  - { name: user_id, kind: anchor, max_unique_values: 1 }
  - { name: email, kind: claim, max_unique_values: 5 }
  - { name: ga_client_id, kind: anchor }
  - { name: ios_idfa, kind: anchor }
  - { name: anonymous_id, kind: anchor }
rules:
  - { name: Same e-mail, match: [ { exact: email } ] }`)
    const external = (messageId: string, type: string, id: string, more = {}) =>
      event('web', {
        messageId,
        type: 'track',
        event: 'Seen',
        context: { externalIds: [{ type, id, collection: 'users', encoding: 'none' }] },
        ...more,
      })
    const { together } = await solve(
      [
        external('1', 'ga_client_id', 'G1', { userId: 'u1' }),
        external('2', 'ga_client_id', 'G1'),
        external('3', 'ios_idfa', 'I1'),
        external('4', 'ios_idfa', 'I1', { userId: 'u2' }),
      ],
      mobile,
    )
    expect(together('1', '2')).toBe(true)
    expect(together('3', '4')).toBe(true)
    expect(together('1', '4')).toBe(false)
  })

  it('SEG-9 a group id is no identifier of a person', async () => {
    const { together } = await solve([
      event('web', { messageId: '1', type: 'group', userId: 'u1', groupId: 'g' }),
      event('web', { messageId: '2', type: 'group', userId: 'u2', groupId: 'g' }),
    ])
    expect(together('1', '2')).toBe(false)
  })

  it('SEG-10 an identifier type that the ruleset does not know links nobody until it is listed', async () => {
    const seen = (messageId: string) =>
      event('web', {
        messageId,
        type: 'track',
        event: 'Seen',
        anonymousId: messageId,
        context: { externalIds: [{ type: 'loyalty_card', id: 'L1' }] },
      })
    expect((await solve([seen('1'), seen('2')])).together('1', '2')).toBe(false)
    const listed = rulesetOf(
      'identifiers:\n  - { name: loyalty_card, kind: anchor }\n  - { name: anonymous_id, kind: anchor }\nrules: []',
    )
    expect((await solve([seen('1'), seen('2')], listed)).together('1', '2')).toBe(true)
  })

  it('SEG-13 a second user id with a known e-mail is a profile of its own', async () => {
    const { profiles, candidates } = await solve([
      event('web', {
        messageId: 'first',
        type: 'identify',
        userId: 'abc123',
        traits: { email: 'jane@example.com' },
        timestamp: '2026-01-01T00:00:00Z',
      }),
      event('web', {
        messageId: 'second',
        type: 'identify',
        userId: 'abc456',
        traits: { email: 'jane@example.com' },
        timestamp: '2026-01-02T00:00:00Z',
      }),
    ])
    expect(profiles).toEqual([['first'], ['second']])
    expect(candidates).toEqual(['first ← second identifier_conflict email=jane@example.com'])
  })

  it('SEG-14 blocked values stay in the record and link nobody', async () => {
    for (const blocked of [
      '00-000',
      '-1',
      'null',
      'anonymous',
      '[object Object]',
      'undefined',
      '00000000-0000-0000-0000-000000000000',
    ]) {
      const { together, evidence } = await solve([
        event('web', { messageId: '1', type: 'identify', userId: blocked, anonymousId: 'a1' }),
        event('web', { messageId: '2', type: 'identify', userId: blocked, anonymousId: 'a2' }),
      ])
      expect(together('1', '2'), blocked).toBe(false)
      expect(
        evidence[0]?.rejected.map(({ type, code }) => `${type} ${code}`),
        blocked,
      ).toEqual(['user_id value.blocked'])
    }
  })

  it('SEG-14 a ruleset blocks its own values, globs and patterns', async () => {
    const own = rulesetOf(
      'identifiers:\n  - { name: email, kind: claim, max_unique_values: 3, blocked_values: ["void", "noreply@*", "*@example.test", "/^kiosk[0-9]+@shop[.]example$/"] }\nrules:\n  - { name: Same e-mail, match: [ { exact: email } ] }',
    )
    for (const email of ['noreply@shop.example', 'someone@example.test', 'KIOSK12@shop.example']) {
      expect(
        (await solve([row('a', { id: '1', email }), row('b', { id: '2', email })], own)).together('1', '2'),
        email,
      ).toBe(false)
    }
    expect(
      (
        await solve(
          [row('a', { id: '1', email: 'kiosk@shop.example' }), row('b', { id: '2', email: 'kiosk@shop.example' })],
          own,
        )
      ).together('1', '2'),
    ).toBe(true)
  })
})
