import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../postgres/fresh-databases.ts'
import { openPeople } from './live-people.ts'
import { startLiveServer, type LiveServer } from './live-server.ts'

describe.each(databaseKinds)('what the seeds describe, sent to a server on $name', ({ fresh }) => {
  let fresher: FreshDatabase
  let server: LiveServer
  beforeAll(async () => {
    fresher = await fresh()
    server = await startLiveServer(fresher.url)
  })
  afterAll(async () => {
    await server.close()
    await fresher.remove()
  })
  const phonesToo = `version: 1
default_country: US
identifiers:
  - { name: customer_id, kind: anchor, max_unique_values: 1 }
  - { name: user_id, kind: anchor, max_unique_values: 1 }
  - { name: external_ref, kind: anchor }
  - { name: email, kind: claim, standardize: [email], max_unique_values: 3 }
  - { name: phone, kind: claim, standardize: [phone], max_unique_values: 2 }
  - { name: anonymous_id, kind: anchor }
rules:
  - { name: Same e-mail, match: [ { exact: email } ] }
  - { name: Same phone, match: [ { exact: phone } ] }
`

  it('BOT-1 WhatsApp, e-mail, SMS and web of one person are one profile with one history', async () => {
    const people = await openPeople(server)
    await people.publish(phonesToo)
    await people.send('whatsapp', { traits: { phone: '+1 555 123 4567' } })
    await people.send('newsletter', { traits: { email: 'Maria@example.com', external_ref: 'crm-7' } })
    await people.send('sms', { traits: { phone: '(555) 123-4567', external_ref: 'crm-7' } })
    const [id] = await people.send('web', { anonymousId: 'cookie-1', traits: { email: ' maria@EXAMPLE.com' } })
    expect(await people.profiles()).toMatchObject([{ profileId: id, recordCount: 4, sourceCount: 4 }])
    expect((await people.events(id ?? '')).map(({ source }) => source).sort()).toEqual(
      ['newsletter', 'sms', 'web', 'whatsapp'].map((name) => people.source(name)),
    )
  })

  it('BOT-14 SEG-8 no match makes a profile, one match joins it, several are merged', async () => {
    const people = await openPeople(server)
    const [first] = await people.send('app', { traits: { email: 'one@example.com' } })
    const [second] = await people.send('app', { anonymousId: 'two' })
    expect(first).not.toBe(second)
    expect(await people.send('app', { anonymousId: 'two', traits: { name: 'Two' } })).toEqual([second])
    expect(await people.profiles()).toHaveLength(2)
    const [merged] = await people.send('app', { anonymousId: 'two', traits: { email: 'one@example.com' } })
    expect(await people.profiles()).toMatchObject([{ profileId: merged, recordCount: 4 }])
    for (const id of [first, second]) expect((await people.profile(id ?? '')).profileId).toBe(merged)
  })

  it('BOT-28 SEG-1 anonymous browsing belongs to whom the visitor turns out to be', async () => {
    const people = await openPeople(server)
    const visits = await people.send('web', ...[1, 2, 3].map((page) => ({ anonymousId: 'c', page })))
    const [customer] = await people.send('shop', { userId: 'u1', traits: { email: 'u1@example.com' } })
    expect(new Set(visits).size).toBe(1)
    await people.send('web', { anonymousId: 'c', userId: 'u1' })
    const [id] = await people.lookup('u1@example.com')
    expect((await people.profile(id ?? '')).recordCount).toBe(5)
    for (const old of [visits[0], customer]) expect((await people.profile(old ?? '')).profileId).toBe(id)
  })

  it('BOT-29 tables of several systems and events that share keys are one person', async () => {
    const people = await openPeople(server)
    await people.rows('crm', { id: '1', customer_id: 'C1', email: 'ann@example.com', first_name: 'Ann' })
    await people.rows('support', { id: 'T-9', email: 'ANN@example.com', city: 'Oslo' })
    await people.send('app', { properties: { customer_id: 'C1' } })
    const [id] = await people.lookup('ann@example.com')
    const { fields } = await people.profile(id ?? '')
    expect(await people.profiles()).toMatchObject([{ recordCount: 3, sourceCount: 3 }])
    const golden = Object.fromEntries(fields.map(({ field, value }) => [field, value]))
    expect(golden).toMatchObject({ first_name: 'Ann', city: 'Oslo' })
  })

  it('BOT-30 people who are there already are joined when a rule is added afterwards', async () => {
    const people = await openPeople(server)
    await people.rows(
      'list',
      { id: '1', phone: '+1-555-123-4567', email: 'a@example.com' },
      { id: '2', phone: '(555) 123-4567', email: 'b@example.com' },
      { id: '3', phone: '555-123-9999', email: 'c@example.com' },
    )
    expect(await people.profiles()).toHaveLength(3)
    await people.publish(phonesToo)
    expect((await people.profiles()).map(({ recordCount }) => recordCount).sort()).toEqual([1, 2])
  })

  it('BOT-37 a visitor is known better with every step, and the journey stays whole', async () => {
    const people = await openPeople(server)
    const steps = await people.send(
      'app',
      { anonymousId: 'j' },
      { anonymousId: 'j', traits: { email: 'j@example.com' } },
      { anonymousId: 'j', traits: { phone: '+15551230000' } },
      { anonymousId: 'j', userId: 'jo' },
    )
    expect(new Set(steps).size).toBe(1)
    for (const value of ['j', 'J@example.com', '(555) 123-0000', 'jo']) {
      expect(await people.lookup(value), value).toEqual([steps[0]])
    }
    expect(await people.events(steps[0] ?? '')).toHaveLength(4)
  })

  it('SEG-2 a cart on one device and a checkout on another are one customer', async () => {
    const people = await openPeople(server)
    await people.send('ios', { type: 'track', event: 'Cart Viewed', anonymousId: 'iphone' })
    await people.send('ios', { type: 'identify', anonymousId: 'iphone', userId: 'u' })
    await people.send('android', { type: 'identify', anonymousId: 'pixel', userId: 'u' })
    const [id] = await people.send('android', { type: 'track', event: 'Order Completed', anonymousId: 'pixel' })
    expect(await people.lookup('iphone')).toEqual([id])
    expect(await people.profiles()).toMatchObject([{ recordCount: 4 }])
  })

  it('SEG-3 SEG-7 sources of one space are one view: sales, marketing and support of a person', async () => {
    const people = await openPeople(server)
    for (const name of ['sales', 'marketing', 'support']) {
      await people.send(name, { traits: { email: 'view@example.com' }, event: `${name}_touched` })
    }
    expect(await people.profiles()).toMatchObject([{ recordCount: 3, sourceCount: 3 }])
  })

  it('SEG-4 A14 the same people in two spaces have nothing to do with each other', async () => {
    const [one, other] = [await openPeople(server), await openPeople(server)]
    const event = { messageId: 'same-id', userId: 'same', traits: { email: 'same@example.com' } }
    const [[here], [there]] = [await one.send('app', event), await other.send('app', event)]
    expect(here).not.toBe(there)
    await one.send('app', { userId: 'same', traits: { first_name: 'Only here' } })
    expect(await one.profiles()).toMatchObject([{ recordCount: 2 }])
    expect(await other.profiles()).toMatchObject([{ recordCount: 1 }])
    expect(JSON.stringify(await other.profile(there ?? ''))).not.toContain('Only here')
    await expect(other.profile(here ?? '')).rejects.toThrow('answered with 404')
  })

  it('SEG-10 an external id of a type nobody listed is kept, and links once it is listed', async () => {
    const people = await openPeople(server)
    const withBadge = (userId: string) => ({
      userId,
      context: { externalIds: [{ id: 'B-1', type: 'badge_id', collection: 'users', encoding: 'none' }] },
    })
    await people.send('gate', withBadge('a'), withBadge('b'))
    expect(await people.profiles()).toHaveLength(2)
    await people.publish(`version: 1
identifiers:
  - { name: user_id, kind: anchor }
  - { name: badge_id, kind: anchor }
  - { name: email, kind: claim }
rules: [ { name: Same e-mail, match: [ { exact: email } ] } ]
`)
    expect(await people.profiles()).toMatchObject([{ recordCount: 2 }])
    expect(await people.lookup('B-1', 'badge_id')).toHaveLength(1)
  })

  it('SEG-18 any id that a person has leads to the merged profile', async () => {
    const people = await openPeople(server)
    await people.send('app', { anonymousId: 'x1', userId: 'x2' }, { userId: 'x2', properties: { customer_id: 'x3' } })
    const [id] = await people.send('app', { properties: { customer_id: 'x3', email: 'x4@example.com' } })
    for (const value of ['x1', 'x2', 'x3', 'X4@example.com ']) expect(await people.lookup(value)).toEqual([id])
  })

  it('COM-15 any session with the same anchor is one contact at once', async () => {
    const people = await openPeople(server)
    const sessions = Array.from({ length: 5 }, (_, place) => ({
      anonymousId: `s${place}`,
      properties: { customer_id: 'C' },
    }))
    await people.send('web', ...sessions)
    expect(await people.profiles()).toMatchObject([{ recordCount: 5 }])
  })

  it('COM-19 a conversation is one contact before anything else is known of it, and belongs to its source', async () => {
    const people = await openPeople(server)
    await people.sendPublic('chat', { conversation_id: '81' }, { conversation_id: '81' })
    await people.send('helpdesk', { conversation_id: '81' })
    expect((await people.profiles()).map(({ recordCount }) => recordCount).sort()).toEqual([1, 2])
  })

  it('COM-20 without any mapping events still land on a timeline, and nothing of them identifies anybody', async () => {
    const people = await openPeople(server)
    await people.publish(`version: 1
identifiers:
  - { name: anonymous_id, kind: anchor }
  - { name: email, kind: claim }
rules: [ { name: Same e-mail, match: [ { exact: email } ] } ]
sources: { ${people.source('site')}: { mappings: [] } }
`)
    const [id] = await people.send(
      'site',
      { anonymousId: 'z', traits: { email: 'z@example.com' } },
      { anonymousId: 'z', properties: { email: 'y@example.com' } },
    )
    expect(await people.events(id ?? '')).toHaveLength(2)
    for (const value of ['z@example.com', 'y@example.com']) expect(await people.lookup(value)).toEqual([])
  })

  it('COM-42 chat, form and the conversion on the backend end as one contact', async () => {
    const people = await openPeople(server)
    await people.sendPublic('site', { conversation_id: 'c-9', anonymousId: 'v' })
    await people.sendPublic('site', { anonymousId: 'v', props: { email: 'v@example.com' }, event: 'form_sent' })
    expect(await people.profiles()).toMatchObject([{ recordCount: 2 }])
    const [id] = await people.send('backend', {
      anonymousId: 'v',
      traits: { email: 'v@example.com' },
      event: 'converted',
    })
    expect(await people.profiles()).toMatchObject([{ profileId: id, recordCount: 3 }])
    expect(await people.lookup('v@example.com')).toEqual([id])
  })

  it('MAS-4 MAS-5 MAS-6 MAS-7 without any set-up a source that was never heard of links by e-mail from its first record on', async () => {
    const people = await openPeople(server)
    await people.rows('crm', { id: '1', email: 'First@example.com' })
    await people.rows('unheard-of', { id: 'a', 'E-Mail': 'first@example.com' })
    await people.send('later', { context: { traits: { email: 'FIRST@example.com' } } })
    expect(await people.profiles()).toMatchObject([{ recordCount: 3, sourceCount: 3 }])
  })

  it('MAS-8 one e-mail from web, app, CRM, e-mail platform and support is one profile', async () => {
    const people = await openPeople(server)
    const email = 'sarah.johnson@example.com'
    await people.send('web', { traits: { email: 'Sarah.Johnson@example.com' } })
    await people.send('mobile', { properties: { email } })
    await people.rows('crm', { id: '1', email_address: email })
    await people.send('mailing', { props: { email: ` ${email} ` } })
    await people.rows('support', { id: '2', email })
    expect(await people.profiles()).toMatchObject([{ recordCount: 5, sourceCount: 5 }])
  })

  it('MAS-23 every new record is checked, and the profile it matches takes over what is new', async () => {
    const people = await openPeople(server)
    const email = 'up@example.com'
    const [id] = await people.send('app', { traits: { email, city: 'Rome' }, timestamp: '2026-01-01T00:00:00Z' })
    await people.send('app', { traits: { email, city: 'Oslo', first_name: 'Up' }, timestamp: '2026-02-01T00:00:00Z' })
    const { fields } = await people.profile(id ?? '')
    expect(Object.fromEntries(fields.map(({ field, value }) => [field, value]))).toMatchObject({
      city: 'Oslo',
      first_name: 'Up',
    })
    const feed = (await people.get('/changes'))['items'] as readonly { readonly kind: string }[]
    expect(feed.map(({ kind }) => kind)).toEqual(['created', 'updated'])
  })
})
