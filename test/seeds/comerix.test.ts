import { readEvidence } from '@selfsame/core'
import { describe, expect, it } from 'vitest'
import { event, row, rulesetOf, solve } from './solve.ts'

/** A widget on a public page: what a visitor types is not verified. */
const widget = (mappings: string) =>
  rulesetOf(`sources:\n  widget: { class: public, trust: untrusted, mappings: [${mappings}] }`)
const readsEmail = '{ when: identify, read: props.user.email, to: email, verified: false, precedence: 10 }'
const signal = (messageId: string, more: Parameters<typeof event>[1]) => event('widget', { messageId, ...more })

describe('Comerix: identity rules and merge review', () => {
  it('COM-4 of two mappings that fill one name the lower precedence wins', () => {
    const ruleset = widget(
      '{ read: props.nick, to: first_name, precedence: 20 }, { read: props.name, to: first_name, precedence: 10 }',
    )
    const evidence = readEvidence(signal('m', { event: 'identify', props: { nick: 'Sal', name: 'Sally' } }), ruleset)
    expect(evidence.fields.get('first_name')).toBe('Sally')
  })

  it('COM-6 COM-7 COM-8 a mapping says when, what it reads, where it goes and how far it is trusted; without `when` it reads any event', () => {
    const ruleset = widget(`${readsEmail}, { read: context.customer_ref, to: external_ref }`)
    const read = (payload: Parameters<typeof event>[1]) =>
      readEvidence(signal('m', payload), ruleset).sightings.map(
        ({ type, value, verified }) => `${type} ${value} ${verified}`,
      )
    expect(read({ event: 'identify', props: { user: { email: 'a@x.test' } } })).toEqual(['email a@x.test false'])
    expect(read({ event: 'order_completed', props: { user: { email: 'a@x.test' } } })).toEqual([])
    expect(read({ event: 'order_completed', context: { customer_ref: 'R1' } })).toEqual(['external_ref R1 false'])
  })

  it('COM-9 COM-10 a path walks own properties only; a missing path or a value that is no primitive does not fire', () => {
    const ruleset = widget('{ read: props.user.email, to: email }')
    for (const props of [
      {},
      { user: {} },
      { user: { email: { address: 'a@x.test' } } },
      { user: { email: ['a@x.test'] } },
      { user: null },
    ]) {
      expect(readEvidence(signal('m', { event: 'x', props }), ruleset).sightings).toEqual([])
    }
    const polluted = rulesetOf('sources:\n  widget: { mappings: [ { read: props.toString.name, to: external_ref } ] }')
    expect(readEvidence(signal('m', { event: 'x', props: {} }), polluted).sightings).toEqual([])
  })

  it('COM-11 the payload that mappings read is left as it was', () => {
    const payload = Object.freeze({
      messageId: 'm',
      event: 'identify',
      props: Object.freeze({ user: Object.freeze({ email: ' A@X.test ' }) }),
    })
    const record = event('widget', payload)
    readEvidence(record, widget(readsEmail))
    expect(record.payload).toEqual({ messageId: 'm', event: 'identify', props: { user: { email: ' A@X.test ' } } })
  })

  it('COM-14 COM-15 sessions with one anchor are one contact at once, whatever the trust of their source', async () => {
    const backend = rulesetOf('sources:\n  backend: { trust: untrusted }')
    const { together } = await solve(
      [
        event('backend', { messageId: '1', event: 'a', conversation_id: 'c1', context: { customer_id: 'C9' } }),
        event('backend', { messageId: '2', event: 'b', conversation_id: 'c2', context: { customer_id: 'C9' } }),
      ],
      backend,
    )
    expect(together('1', '2')).toBe(true)
  })

  it('COM-16 a verified claim merges, an unverified one waits for a person', async () => {
    const ruleset = widget(readsEmail)
    const crm = row('crm', { id: 'owner', email: 'a@x.test', updated_at: '2026-01-01' })
    const visitor = signal('visitor', {
      event: 'identify',
      conversation_id: '7',
      props: { user: { email: 'a@x.test' } },
    })
    const waiting = await solve([crm, visitor], ruleset)
    expect(waiting.profiles).toEqual([['owner'], ['visitor']])
    expect(waiting.candidates).toEqual(['owner ← visitor unverified_claim email=a@x.test'])
    const trusted = await solve([crm, visitor], widget(readsEmail.replace('verified: false', 'verified: true')))
    expect(trusted.profiles).toEqual([['owner', 'visitor']])
    expect(trusted.candidates).toEqual([])
  })

  it('COM-12 COM-13 COM-17 COM-18 names and traits never merge', async () => {
    const ruleset = widget(
      '{ read: props.name, to: first_name }, { read: props.last, to: last_name }, { read: props.shown, to: display_name }, { read: props.plan, to: trait, key: plan }',
    )
    const said = { name: 'Maria', last: 'Garcia', shown: 'Maria G', plan: 'gold' }
    const { profiles, evidence } = await solve(
      [
        signal('1', { event: 'x', conversation_id: '1', props: said }),
        signal('2', { event: 'x', conversation_id: '2', props: said }),
      ],
      ruleset,
    )
    expect(profiles).toEqual([['1'], ['2']])
    expect(Object.fromEntries(evidence[0]?.fields ?? [])).toMatchObject({
      first_name: 'Maria',
      last_name: 'Garcia',
      display_name: 'Maria G',
      plan: 'gold',
    })
  })

  it('COM-19 a conversation is one contact before any e-mail or phone, and belongs to its source', async () => {
    const none = rulesetOf(
      'sources:\n  widget: { class: public, trust: untrusted, mappings: [] }\n  whatsapp: { mappings: [] }',
    )
    const { profiles } = await solve(
      [
        signal('1', { event: 'hello', conversation_id: '123' }),
        signal('2', { event: 'question', conversation_id: '123' }),
        event('whatsapp', { messageId: '3', event: 'hello', conversation_id: '123' }),
      ],
      none,
    )
    expect([...profiles].sort()).toEqual([['1', '2'], ['3']])
  })

  it('the candidate keeps the verified owner as survivor, however late it came, and counts how often the value was seen', async () => {
    const ruleset = widget(readsEmail)
    const visits = ['2026-01-01', '2026-01-02', '2026-01-03'].map((timestamp, index) =>
      signal(`visit${index}`, {
        event: 'identify',
        conversation_id: '7',
        timestamp,
        props: { user: { email: 'a@x.test' } },
      }),
    )
    const { candidate } = await solve(
      [...visits, row('crm', { id: 'owner', email: 'a@x.test', updated_at: '2026-03-01' })],
      ruleset,
    )
    const found = candidate('owner', 'visit0')
    expect(found?.seenCount).toBe(3)
    expect(found?.parts).toEqual({ trust: 0.5, rarity: 0.5, agreement: 0.5, limits: 1 })
    expect(found?.confidence).toBeCloseTo(0.625)
  })

  it('a public key cannot claim a customer id', async () => {
    const ruleset = rulesetOf('sources:\n  widget: { class: public, trust: untrusted }')
    const { profiles, candidates } = await solve(
      [
        row('crm', { id: 'owner', customer_id: 'C1', updated_at: '2026-01-01' }),
        signal('intruder', { event: 'hello', conversation_id: '1', context: { customer_id: 'C1' } }),
      ],
      ruleset,
    )
    expect(profiles).toEqual([['owner'], ['intruder']])
    expect(candidates).toEqual(['owner ← intruder unverified_claim customer_id=C1'])
  })
})
