import { describe, expect, it } from 'vitest'
import { defaultRuleset, parseRuleset } from '../ruleset/index.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'
import { evidenceReader, readEvidence } from './evidence-reader.ts'
import type { Evidence, JsonObject, SourceRecord } from './record.ts'

const received = Date.UTC(2026, 5, 1)
const day = 86_400_000

function rulesetOf(yaml: string): Ruleset {
  const result = parseRuleset(`version: 1\n${yaml}`)
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('; '))
  return result.ruleset
}

const record = (kind: 'event' | 'row', payload: JsonObject, source: string, event: string | null): SourceRecord => ({
  source,
  key: 'k',
  kind,
  event,
  observedAt: null,
  receivedAt: received,
  payload,
})
const row = (payload: JsonObject, source = 'crm') => record('row', payload, source, null)
const event = (payload: JsonObject, source = 'web', name = 'thing_done') => record('event', payload, source, name)
const seen = (evidence: Evidence) =>
  evidence.sightings.map(({ type, value, verified }) => `${type} ${value}${verified ? '' : ' ?'}`)
const read = (one: SourceRecord, ruleset = defaultRuleset()) => seen(readEvidence(one, ruleset))
const fields = (one: SourceRecord, ruleset = defaultRuleset()) => Object.fromEntries(readEvidence(one, ruleset).fields)

describe('the default mapping of rows', () => {
  it('MAS-5 MAS-6 MAS-8 reads the e-mail fields of any source, whatever it is called and however it spells them', () => {
    for (const source of ['web', 'mobile app', 'crm', 'mailing', 'support', 'connected later']) {
      for (const header of [
        'email',
        'E-mail',
        'Email Address',
        'EMAIL_ADDRESS',
        'e-mail',
        'userEmail',
        'Customer E-Mail',
        'work_email',
        'contact.email',
      ]) {
        expect(read(row({ [header]: ' Sarah@Example.com ' }, source)), `${source} ${header}`).toEqual([
          'email sarah@example.com',
        ])
      }
    }
  })

  it('MAS-9 MAS-10 case variants of an e-mail and spellings of a phone are one value each', () => {
    const spellings = row({
      email: 'Sarah.Johnson@email.com',
      work_email: 'sarah.johnson@EMAIL.com',
      phone: '+1-555-123-4567',
      mobile: '(555) 123-4567',
    })
    expect(read(spellings)).toEqual(['email sarah.johnson@email.com', 'phone +15551234567'])
  })

  it('MAS-24 all e-mails and phones of a record are taken', () => {
    expect(
      read(row({ email: 'b@example.com', home_email: 'a@example.com', tel: '5551234567', mobile: '5551234568' })),
    ).toEqual(['email a@example.com', 'email b@example.com', 'phone +15551234567', 'phone +15551234568'])
  })

  it('BOT-6 BOT-7 DIN-1 ids are read as they are written', () => {
    const ids = { 'Customer ID': ' C1 ', userId: 'u1', external_id: 'Ab/1', device_id: 'D1', anonymousId: 'a1' }
    expect(read(row(ids))).toEqual([
      'customer_id C1',
      'user_id u1',
      'external_ref Ab/1',
      'device_id D1',
      'anonymous_id a1',
    ])
  })

  it('the key of a row is nobody’s customer id', () => {
    expect(read(row({ id: '17', record_id: '18', account_id: '19', crm_id: '20' }))).toEqual([])
  })

  it('a column that only contains email or phone is read unverified, kept as a field, and never rejected', () => {
    const evidence = readEvidence(
      row({
        recipient_email: 'r@example.com',
        agent_phone: '5551234567',
        email_opt_in: 'yes',
        phone_2: 'none of these',
        iphone: true,
      }),
      defaultRuleset(),
    )
    expect(seen(evidence)).toEqual(['email r@example.com ?', 'phone +15551234567 ?'])
    expect(evidence.rejected).toEqual([])
    expect([...evidence.fields.keys()].sort()).toEqual([
      'agent_phone',
      'email_opt_in',
      'iphone',
      'phone_2',
      'recipient_email',
    ])
  })

  it('DIN-7 the usual names of people, days and places are read, folded for comparing and as written for showing', () => {
    const person = row({
      'Given Name': ' José ',
      surname: "O'Brien",
      name: 'José O’Brien',
      DOB: '3 Mar 1990',
      'Zip Code': '80202-1234',
    })
    expect(read(person)).toEqual([
      'first_name jose',
      'last_name obrien',
      'display_name jose obrien',
      'birth_date 1990-03-03',
      'postcode 80202 1234',
    ])
    expect(fields(person)).toEqual({
      first_name: 'José',
      last_name: "O'Brien",
      display_name: 'José O’Brien',
      birth_date: '3 Mar 1990',
      postcode: '80202-1234',
    })
  })

  it('other columns become fields of their name in snake_case', () => {
    expect(
      fields(
        row({ 'Favourite Colour': ' red ', tags: ['a', 'b'], 'Is VIP': true, spent: 12.5, empty: '', nothing: null }),
      ),
    ).toEqual({
      favourite_colour: 'red',
      tags: ['a', 'b'],
      is_vip: true,
      spent: 12.5,
      empty: '',
      nothing: null,
    })
  })

  it('identifiers become fields as they were standardized', () => {
    expect(fields(row({ email: ' A@Example.com', phone: '5551234567', customer_id: ' 7 ' }))).toEqual({
      email: 'a@example.com',
      phone: '+15551234567',
      customer_id: '7',
    })
  })

  it('of two columns that fill one field the plainer name counts, wherever it stands, unless it is blank', () => {
    expect(fields(row({ work_email: 'w@example.com', email: 'e@example.com' }))['email']).toBe('e@example.com')
    expect(fields(row({ work_email: 'w@example.com', email: ' ' }))['email']).toBe('w@example.com')
    expect(fields(row({ firstname: 'B', first_name: 'A' }))['first_name']).toBe('A')
    expect(fields(row({ name: 'B', full_name: 'A' }))['display_name']).toBe('A')
  })

  it('objects inside a row are walked like those of an event', () => {
    const nested = row({
      id: 1,
      customer: { name: 'Ann Lee', email: 'ann@example.com', address: { zip: '80202' } },
      agent: { email: 'agent@example.com', customer_id: 'C1' },
    })
    expect(read(nested)).toEqual([
      'email agent@example.com ?',
      'email ann@example.com',
      'display_name ann lee',
      'postcode 80202',
    ])
  })

  it('numbers and booleans are read as text, −0 as 0, and numbers that have lost digits not at all', () => {
    expect(read(row({ customer_id: 17 }))).toEqual(['customer_id 17'])
    expect(read(row({ external_ref: 1.5 }))).toEqual(['external_ref 1.5'])
    expect(read(row({ first_name: -0 }))).toEqual(['first_name 0'])
    for (const customer_id of [2 ** 53, 2 ** 60 + 2 ** 10, 1e21]) {
      expect(readEvidence(row({ customer_id }), defaultRuleset()).rejected.map(({ code }) => code)).toEqual([
        'value.inexact_number',
      ])
    }
  })

  it('a value that does not standardize is rejected with its code, and never links', () => {
    const evidence = readEvidence(
      row({
        email: 'bob at example.com',
        phone: '123',
        birth_date: '2/30/1990',
        customer_id: 'a\u200bb',
        user_id: 'null',
        first_name: '!',
      }),
      defaultRuleset(),
    )
    expect(evidence.sightings).toEqual([])
    expect(evidence.rejected).toEqual([
      { type: 'customer_id', raw: 'a\u200bb', code: 'value.forbidden_character', standardizer: null },
      { type: 'user_id', raw: 'null', code: 'value.blocked', standardizer: null },
      { type: 'email', raw: 'bob at example.com', code: 'email.malformed', standardizer: 'email' },
      { type: 'phone', raw: '123', code: 'phone.impossible', standardizer: 'phone' },
      { type: 'first_name', raw: '!', code: 'value.empty', standardizer: 'fold' },
      { type: 'birth_date', raw: '2/30/1990', code: 'date.impossible', standardizer: 'date' },
    ])
  })

  it('a blank value is no rejection', () => {
    const evidence = readEvidence(row({ email: '', phone: '  ', customer_id: null }), defaultRuleset())
    expect([evidence.sightings, evidence.rejected]).toEqual([[], []])
    expect(Object.fromEntries(evidence.fields)).toEqual({ email: '', phone: '' })
  })

  it('identifiers of the ruleset are read by their own name', () => {
    const loyalty = rulesetOf(
      'identifiers: [ { name: loyalty_card, kind: anchor }, { name: work_phone, kind: claim, standardize: [phone] }, { name: phone } ]',
    )
    expect(
      read(
        row({ 'Loyalty Card': '9', 'Work Phone': '5551234567', phone: '5551234568', email: 'a@example.com' }),
        loyalty,
      ),
    ).toEqual(['loyalty_card 9', 'work_phone +15551234567', 'phone +15551234568'])
  })

  it('derived attributes are made, and never read', () => {
    const sound = rulesetOf(
      'identifiers: [ { name: last_name }, { name: last_start, kind: attribute, derive: { from: last_name, as: { first_letters: 2 } } } ]',
    )
    expect(read(row({ last_name: 'García', last_start: 'zz' }), sound)).toEqual(['last_name garcia', 'last_start ga'])
    expect(fields(row({ last_start: 'zz' }), sound)).toEqual({ last_start: 'zz' })
  })
})

describe('the default mapping of events', () => {
  it('SEG-9 reads the ids of the envelope and of externalIds where the ruleset knows their type', () => {
    const known = rulesetOf(
      'identifiers: [ { name: user_id }, { name: ios_idfa, kind: anchor }, { name: email }, { name: device_id }, { name: anonymous_id } ]',
    )
    const externalIds = [
      { type: 'ios.idfa', id: 'I1', collection: 'users', encoding: 'none' },
      { type: 'loyalty', id: 7 },
      { type: 'user_id', id: 'A9', collection: 'accounts' },
      { type: 'email', id: 'X@example.com' },
      { type: 'ios.idfa' },
      { id: 'I2' },
      'I3',
      null,
    ]
    const one = event({ userId: 'u1', anonymousId: 'a1', context: { device: { id: 'd1' }, externalIds } })
    expect(read(one, known)).toEqual([
      'user_id u1',
      'ios_idfa I1',
      'email x@example.com',
      'device_id d1',
      'anonymous_id a1',
    ])
    expect(fields(one, known)).toMatchObject({ loyalty: 7, user_id: 'u1', ios_idfa: 'I1' })
  })

  it('SEG-9 a group id is a trait, and the traits of a group call are the group’s', () => {
    const call = event({
      type: 'group',
      userId: 'u1',
      groupId: 'g1',
      traits: {
        name: 'Initech',
        email: 'info@example.com',
        phone: '5551234567',
        plan: 'gold',
        user: { email: 'x@example.com' },
      },
    })
    expect(read(call)).toEqual([
      'user_id u1',
      'email info@example.com ?',
      'email x@example.com ?',
      'phone +15551234567 ?',
    ])
    expect(fields(call)).toEqual({ group_id: 'g1', user_id: 'u1' })
  })

  it('SEG-10 an external id of a type that nobody listed is kept as a field and links nothing', () => {
    const one = event({ context: { externalIds: [{ type: 'loyaltyCard', id: 'L1' }] } })
    expect([read(one), fields(one)]).toEqual([[], { loyalty_card: 'L1' }])
  })

  it.each([
    [{ traits: { email: 'a@example.com' } }],
    [{ context: { traits: { email: 'a@example.com' } } }],
    [{ properties: { email: 'a@example.com' } }],
    [{ props: { user: { email: 'a@example.com' } } }],
    [{ properties: { customer: { contact: { primary_email: 'a@example.com' } } } }],
    [{ email: 'a@example.com' }],
    [{ traits: { user_email: 'a@example.com' } }],
  ])('finds the person’s own e-mail in %j', (payload) => {
    expect(read(event(payload))).toEqual(['email a@example.com'])
  })

  it.each([
    [{ properties: { recipient: { email: 'a@example.com' } } }],
    [{ properties: { invited_by_email: 'a@example.com' } }],
    [{ traits: { manager: { email: 'a@example.com' } } }],
    [{ context: { agent: { user: { email: 'a@example.com' } } } }],
    [{ recipientEmail: 'a@example.com' }],
  ])('what stands under somebody else’s name in %j is read but never verified', (payload) => {
    expect(read(event(payload))).toEqual(['email a@example.com ?'])
  })

  it('ids, names and days under somebody else’s name are not the person’s', () => {
    const invited = {
      customer_id: 'C2',
      user_id: 'u2',
      first_name: 'Bob',
      birth_date: '1990-01-01',
      anonymous_id: 'a2',
    }
    expect(read(event({ userId: 'u1', properties: { invited_by: invited, agent: { user: invited } } }))).toEqual([
      'user_id u1',
    ])
  })

  it('objects about devices, pages and goods, arrays, and what lies too deep are not entered', () => {
    const email = 'a@example.com'
    const deep = { user: { user: { user: { user: { user: { user: { user: { email } } } } } } } }
    expect(
      read(
        event({
          context: { page: { email }, campaign: { email }, app: { email }, referrer: { email } },
          properties: { products: { email }, list: [{ email }] },
          ...deep,
        }),
      ),
    ).toEqual([])
  })

  it('full names and postcodes are the person’s in traits and under a person’s name only', () => {
    const one = event({
      name: 'Home',
      traits: { name: 'Ann Lee', address: { postalCode: '80202', city: 'Denver' } },
      properties: { name: 'Red shoe', postcode: '10001', display_name: 'Shoe' },
    })
    expect(read(one)).toEqual(['display_name ann lee', 'postcode 80202'])
    expect(read(event({ properties: { user: { name: 'Ann Lee' } } }))).toEqual(['display_name ann lee'])
  })

  it('traits that are no identifier become fields, nested ones as JSON; properties do not', () => {
    const one = event({
      traits: { 'Favourite Colour': 'red', address: { city: 'Denver' }, email: 'a@example.com', tags: ['x'] },
      properties: { price: 12 },
      context: { traits: { plan: 'gold' }, ip: '127.0.0.1' },
    })
    expect(fields(one)).toEqual({
      favourite_colour: 'red',
      address: { city: 'Denver' },
      email: 'a@example.com',
      tags: ['x'],
      plan: 'gold',
    })
  })

  it('of several places that fill one field traits go before context.traits, and these before properties', () => {
    const payload = {
      properties: { email: 'p@example.com' },
      context: { traits: { email: 'c@example.com', plan: 'c' } },
      traits: { email: 't@example.com', plan: 't' },
    }
    expect(fields(event(payload))).toMatchObject({ email: 't@example.com', plan: 't' })
    expect(fields(event({ ...payload, traits: {} }))).toMatchObject({ email: 'c@example.com', plan: 'c' })
  })

  it('COM-19 a conversation id is an anchor that belongs to its source', () => {
    const chat = read(event({ conversation_id: 123 }, 'chat'))
    expect(chat).toEqual(['conversation_id 4:chat:123'])
    expect(read(event({ conversationId: '123' }, 'chat'))).toEqual(chat)
    expect(read(event({ conversation_id: '123' }, 'whatsapp'))).toEqual(['conversation_id 8:whatsapp:123'])
  })

  it('COM-19 a mapping may say that a conversation is shared between sources', () => {
    const shared = (enabled: boolean) =>
      rulesetOf(
        `sources: { chat: { mappings: [ { read: props.thread, to: conversation_id, shared: true, enabled: ${enabled} } ] } }`,
      )
    expect(read(event({ props: { thread: 'T1' } }, 'chat'), shared(true))).toEqual(['conversation_id T1'])
    expect(read(event({ conversation_id: 'T1' }, 'chat'), shared(false))).toEqual(['conversation_id 4:chat:T1'])
  })

  it('an alias call names two ids, the new one as user id', () => {
    const call = readEvidence(event({ type: 'alias', previousId: 'a1', userId: 'u1' }), defaultRuleset())
    expect([call.alias, seen(call)]).toEqual([{ previousId: 'a1', userId: 'u1' }, ['user_id u1']])
    expect(readEvidence(event({ type: 'alias', userId: 'u1' }), defaultRuleset()).alias).toBeNull()
    expect(readEvidence(row({ type: 'alias', previousId: 'a1', userId: 'u1' }), defaultRuleset()).alias).toBeNull()
  })
})

describe('written mappings', () => {
  const widget = (mappings: string, more = '') => rulesetOf(`${more}sources:\n  web: { mappings: [${mappings}] }\n`)

  it('COM-6 COM-7 COM-8 fire for their event, compared in snake_case, or for any', () => {
    const ruleset = widget(
      '{ when: order_completed, read: props.mail, to: email }, { read: context.customer_ref, to: external_ref }',
    )
    const payload = { props: { mail: 'a@example.com' }, context: { customer_ref: 'R1' } }
    for (const name of ['Order Completed', 'order_completed', 'orderCompleted', 'ORDER COMPLETED'])
      expect(read(event(payload, 'web', name), ruleset), name).toEqual(['external_ref R1', 'email a@example.com'])
    expect(read(event(payload, 'web', 'order_cancelled'), ruleset)).toEqual(['external_ref R1'])
  })

  it.each([
    [{}],
    [{ user: {} }],
    [{ user: null }],
    [{ user: 'a@example.com' }],
    [{ user: { email: null } }],
    [{ user: { email: ['a@example.com'] } }],
    [{ user: { email: { value: 'a@example.com' } } }],
    [[{ email: 'a@example.com' }]],
  ])('COM-9 COM-10 a missing path or a leaf that is no plain value does not fire: %j', (props) => {
    const ruleset = widget('{ read: props.user.email, to: email }, { read: props.user.email, to: trait, key: mail }')
    const evidence = readEvidence(event({ props }), ruleset)
    expect([evidence.sightings, evidence.rejected, evidence.fields.size]).toEqual([[], [], 0])
  })

  it('COM-10 strings, finite numbers and booleans fire', () => {
    const ruleset = widget('{ read: props.id, to: external_ref }')
    expect(['x', 7, false].map((id) => read(event({ props: { id } }), ruleset)[0])).toEqual([
      'external_ref x',
      'external_ref 7',
      undefined,
    ])
    expect(readEvidence(event({ props: { id: false } }), ruleset).rejected).toMatchObject([
      { code: 'value.blocked', raw: 'false' },
    ])
    expect(read(event({ props: { id: Number.POSITIVE_INFINITY } }), ruleset)).toEqual([])
  })

  it('COM-4 COM-12 COM-17 COM-18 the lower precedence fills a name or trait, and identifiers take all values', () => {
    const ruleset = widget(`
      { read: props.nick, to: first_name, precedence: 20 }, { read: props.name, to: first_name, precedence: 10 },
      { read: props.a, to: trait, key: plan, precedence: 2 }, { read: props.b, to: trait, key: plan, precedence: 1 },
      { read: props.m1, to: email }, { read: props.m2, to: email }`)
    const one = event({
      props: { nick: 'Sal', name: ' Sally ', a: 'A', b: 5, m1: 'b@example.com', m2: 'a@example.com' },
    })
    expect(fields(one, ruleset)).toEqual({ first_name: 'Sally', plan: 5, email: 'b@example.com' })
    expect(read(one, ruleset).filter((text) => text.startsWith('email'))).toEqual([
      'email a@example.com',
      'email b@example.com',
    ])
  })

  it('COM-20 with every mapping switched off nothing but envelope anchors is read', () => {
    const off = widget('{ read: props.email, to: email, enabled: false }')
    const none = widget('')
    const payload = {
      userId: 'u1',
      conversation_id: 'c1',
      traits: { email: 'a@example.com', plan: 'gold' },
      props: { email: 'a@example.com' },
    }
    for (const ruleset of [off, none]) {
      expect(read(event(payload), ruleset)).toEqual(['user_id u1', 'conversation_id 3:web:c1'])
      expect(fields(event(payload), ruleset)).toEqual({ user_id: 'u1', conversation_id: 'c1' })
    }
  })

  it('COM-20 a row of a source without mappings keeps nothing but itself', () => {
    expect(read(row({ email: 'a@example.com' }, 'web'), widget(''))).toEqual([])
  })

  it('rows are read by header as written, in snake_case, or by a path inside an object', () => {
    const ruleset = widget(
      '{ read: "E-mail Address", to: email, precedence: 3 }, { read: contact_phone, to: phone }, { read: person.first, to: first_name, precedence: 5 }, { read: other_first, to: first_name, precedence: 6 }, { read: note, to: trait, key: note }',
    )
    const one = row(
      {
        e_mail_address: 'a@example.com',
        'Contact Phone': '5551234567',
        person: { first: 'Ann' },
        'Other First': 'Bea',
        note: { a: 1 },
      },
      'web',
    )
    expect(read(one, ruleset)).toEqual([
      'email a@example.com',
      'phone +15551234567',
      'first_name ann',
      'first_name bea',
    ])
    expect(fields(one, ruleset)).toMatchObject({ first_name: 'Ann' })
    expect(fields(one, ruleset)).not.toHaveProperty('note')
  })

  it('a mapping for an event never reads a row', () => {
    expect(read(row({ email: 'a@example.com' }, 'web'), widget('{ when: identify, read: email, to: email }'))).toEqual(
      [],
    )
  })
})

describe('trust', () => {
  const source = (settings: string) => rulesetOf(`sources: { web: ${settings} }`)
  const payload = {
    userId: 'u1',
    anonymousId: 'a1',
    traits: { email: 'a@example.com', customer_id: 'C1', external_ref: 'R1', first_name: 'Ann' },
  }

  it('COM-16 claims and attributes inherit the trust of their source', () => {
    expect(read(event(payload), source('{ trust: untrusted }'))).toEqual([
      'customer_id C1',
      'user_id u1',
      'external_ref R1',
      'email a@example.com ?',
      'anonymous_id a1',
      'first_name ann ?',
    ])
  })

  it('COM-14 an anchor is verified whatever its mapping says, a claim as its mapping says, an attribute never by a mapping', () => {
    const says = (verified: boolean) =>
      source(
        `{ trust: ${verified ? 'untrusted' : 'trusted'}, mappings: [ { read: traits.customer_id, to: customer_id, verified: ${verified} }, { read: traits.email, to: email, verified: ${verified} }, { read: traits.first_name, to: first_name, verified: ${verified} } ] }`,
      )
    const traits = event({ traits: payload.traits })
    expect(read(traits, says(false))).toEqual(['customer_id C1', 'email a@example.com ?', 'first_name ann'])
    expect(read(traits, says(true))).toEqual(['customer_id C1', 'email a@example.com', 'first_name ann ?'])
  })

  it('from a public source only session anchors are verified, unless the record carries the proof', () => {
    const ruleset = source('{ class: public }')
    const unproved = [
      'customer_id C1 ?',
      'user_id u1 ?',
      'external_ref R1 ?',
      'email a@example.com ?',
      'anonymous_id a1',
      'first_name ann ?',
    ]
    expect(read(event(payload), ruleset)).toEqual(unproved)
    expect(seen(readEvidence(event(payload), ruleset, new Set(['user_id'])))).toEqual(
      unproved.map((text) => (text === 'user_id u1 ?' ? 'user_id u1' : text)),
    )
    expect(read(row({ user_id: 'u1' }, 'web'), ruleset)).toEqual(['user_id u1 ?'])
  })

  it('a value is verified where any reading of it is', () => {
    expect(
      read(event({ properties: { recipient_email: 'a@example.com' }, traits: { email: 'a@example.com' } })),
    ).toEqual(['email a@example.com'])
    expect(read(row({ recipient_email: 'a@example.com', email: 'a@example.com' }))).toEqual(['email a@example.com'])
  })

  it('verified comes from mapping and source, never from the payload', () => {
    expect(
      read(
        event({ traits: { email: 'a@example.com', verified: true, email_verified: true } }),
        source('{ trust: untrusted }'),
      ),
    ).toEqual(['email a@example.com ?'])
  })
})

describe('times', () => {
  const at = (observedAt: number | null, trust: string) =>
    readEvidence({ ...event({}), observedAt }, rulesetOf(`max_backdate: 7d\nsources: { web: { trust: ${trust} } }`))
      .effectiveAt

  it('A11 nothing is effective after it arrived', () => {
    expect(at(received + day, 'trusted')).toBe(received)
    expect(at(received + day, 'untrusted')).toBe(received)
  })

  it('A11 an untrusted source cannot date back further than allowed; a trusted one can', () => {
    expect(at(received - 400 * day, 'untrusted')).toBe(received - 7 * day)
    expect(at(received - 6 * day, 'untrusted')).toBe(received - 6 * day)
    expect(at(received - 400 * day, 'trusted')).toBe(received - 400 * day)
  })

  it('without a time the arrival counts', () => {
    expect(at(null, 'trusted')).toBe(received)
  })
})

describe('the payload', () => {
  it('COM-5 COM-11 is read as it came, and never changed', () => {
    const freeze = (value: JsonObject): JsonObject => {
      for (const inner of Object.values(value))
        if (typeof inner === 'object' && inner !== null) freeze(inner as JsonObject)
      return Object.freeze(value)
    }
    const payload = freeze({
      traits: { email: ' A@Example.com ', address: { zip: '1' } },
      context: { externalIds: [{ type: 'x', id: '1' }] },
    })
    const before = JSON.stringify(payload)
    evidenceReader(defaultRuleset())(event(payload))
    evidenceReader(defaultRuleset())(row(payload))
    expect(JSON.stringify(payload)).toBe(before)
  })

  it('A16 keys that lead to a prototype are never walked, and no prototype changes', () => {
    const hostile = JSON.parse(
      '{"__proto__":{"email":"p@example.com","user":{"email":"q@example.com"}},"constructor":{"prototype":{"email":"r@example.com"}},"traits":{"__proto__":{"email":"s@example.com"},"prototype":{"x":1},"constructor":"t@example.com"}}',
    ) as JsonObject
    const ruleset = rulesetOf(
      'sources: { web: { mappings: [ { read: traits.toString, to: email }, { read: traits.hasOwnProperty.name, to: external_ref } ] } }',
    )
    for (const one of [event(hostile), row(hostile), event(hostile, 'mapped'), row(hostile, 'web')]) {
      expect(read(one)).toEqual([])
      expect(read(one, ruleset)).toEqual([])
      const names = [...readEvidence(one, defaultRuleset()).fields.keys()]
      expect(names.filter((name) => /proto|constructor/.test(name))).toEqual([])
    }
    expect(({} as Record<string, unknown>)['email']).toBeUndefined()
  })
})

describe('limits of one event', () => {
  it('A19 of more than 50 identifiers the strongest 50 are read, and the rest are kept as rejected', () => {
    const recipients = Object.fromEntries(
      Array.from({ length: 80 }, (_, index) => [`recipient_${index}_email`, `r${index}@example.com`]),
    )
    const evidence = readEvidence(event({ userId: 'u1', anonymousId: 'a1', properties: recipients }), defaultRuleset())
    expect(evidence.sightings).toHaveLength(50)
    expect(evidence.sightings[0]).toMatchObject({ type: 'user_id', value: 'u1' })
    expect(evidence.rejected.filter(({ code }) => code === 'value.too_many')).toHaveLength(32)
  })
})
