import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { makeApiKey } from '../control/keys.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

interface Rule {
  readonly id: string
  readonly when: string | null
  readonly read: string
  readonly to: string
  readonly key: string | null
  readonly kind: string
  readonly trust: string
  readonly enabled: boolean
}
interface Version {
  readonly version: number
  readonly document: { readonly sources: { readonly chat: { readonly mappings: { enabled?: boolean }[] } } }
  readonly identityRules: { readonly items: readonly Rule[]; readonly strip: object }
}

let world: ReadingWorld
let fresh: FreshDatabase
let manager: string
const yaml = `version: 1
sources:
  chat:
    mappings:
      - { when: lead, read: props.email, to: email, verified: true, precedence: 30 }
      - { read: context.customer_id, to: customer_id, precedence: 10 }
      - { when: lead, read: props.name, to: display_name, precedence: 20 }
      - { when: order_completed, read: props.plan, to: trait, key: plan, precedence: 40 }
      - { read: props.phone, to: phone, verified: false, enabled: false, precedence: 50 }
`
/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('identity rules on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
    manager = (await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'manager' })).text
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })
  const published = async () => (await world.ask({ path: '/api/v1/rulesets/published' })).json<Version>()
  const publish = async (body: object) => {
    const answer = await world.ask({ method: 'POST', path: '/api/v1/rulesets/publish', body }, manager)
    expect(answer.status, answer.text).toBe(200)
    return answer.json<{ version: number; changes: readonly string[] }>()
  }
  const identifiersOf = async (key: string) => {
    const { items } = (await world.ask({ path: '/api/v1/records' })).json<{
      items: { key: string; profileId: string | null }[]
    }>()
    const id = items.find((item) => item.key === key)?.profileId
    if (id === null || id === undefined) return []
    const found = (await world.ask({ path: `/api/v1/profiles/${id}/identifiers` })).json<{
      items: { type: string }[]
    }>()
    return found.items.map(({ type }) => type)
  }

  it('COM-21 COM-22 COM-4 the rules are listed by precedence, with what they are, and counted', async () => {
    await publish({ yaml })
    const { items, strip } = (await published()).identityRules
    expect(strip).toEqual({ active: 4, total: 5, anchors: 1, claims: 1, traits: 1 })
    expect(items.map(({ to, key, trust, enabled }) => [key ?? to, trust, enabled])).toEqual([
      ['customer_id', 'verified', true],
      ['display_name', 'name_hint', true],
      ['email', 'verified', true],
      ['plan', 'none', true],
      ['phone', 'unverified', false],
    ])
    expect(items.map(({ id }) => id)).toEqual(['chat:1', 'chat:2', 'chat:0', 'chat:3', 'chat:4'])
  })

  it('COM-23 a rule that is paused reads nothing, keeps what it says, and reads the past when it goes on', async () => {
    await world.tell('chat', { c1: { event: 'lead', props: { email: 'ann@example.com' }, conversation_id: 'x1' } })
    expect(await identifiersOf('c1')).toEqual(['email', 'conversation_id'])
    const before = await published()
    const document = structuredClone(before.document)
    Object.assign(document.sources.chat.mappings[0] ?? {}, { enabled: false })
    await publish({ document, expectedVersion: before.version })
    expect(await identifiersOf('c1')).toEqual(['conversation_id'])
    const paused = await published()
    expect(paused.identityRules.items.find(({ id }) => id === 'chat:0')).toMatchObject({
      when: 'lead',
      read: 'props.email',
      enabled: false,
    })
    await publish({ document: before.document, expectedVersion: paused.version })
    expect(await identifiersOf('c1')).toEqual(['email', 'conversation_id'])
  })

  it('COM-20 COM-19 with every rule paused a record still reaches the timeline, by its conversation alone', async () => {
    const { document, version } = await published()
    const paused = structuredClone(document)
    for (const mapping of paused.sources.chat.mappings) Object.assign(mapping, { enabled: false })
    await publish({ document: paused, expectedVersion: version })
    await world.tell('chat', { c2: { event: 'lead', props: { email: 'bob@example.com' }, conversation_id: 'x2' } })
    expect(await identifiersOf('c2')).toEqual(['conversation_id'])
    await publish({ document, expectedVersion: version + 1 })
    expect(await identifiersOf('c2')).toEqual(['email', 'conversation_id'])
  })

  it('SEG-15 a change of the rules applies to the past as well, tightened or loosened', async () => {
    const loose = 'version: 1\nrules: [ { name: Mail, match: [ { exact: email } ] } ]\n'
    const tight = 'version: 1\nrules: [ { name: Mail, match: [ { exact: email }, { exact: last_name } ] } ]\n'
    await publish({ yaml: tight })
    await world.tell('shop', {
      s1: { userId: 's1', traits: { email: 'family@example.com', last_name: 'Moss' } },
      s2: { anonymousId: 's2', traits: { email: 'family@example.com', last_name: 'Reed' } },
    })
    const together = async () => {
      const { items } = (await world.ask({ path: '/api/v1/records?limit=2' })).json<{
        items: { profileId: string }[]
      }>()
      return new Set(items.map(({ profileId }) => profileId)).size === 1
    }
    expect(await together()).toBe(false)
    await publish({ yaml: loose })
    expect(await together()).toBe(true)
    await publish({ yaml: tight })
    expect(await together()).toBe(false)
  })

  it('MAS-25 a rule may be for one kind of customer', async () => {
    const rule = {
      name: 'Businesses by phone',
      match: [{ exact: 'phone' }, { exact: 'customer_type', where: { equals: 'business' } }],
    }
    const document = {
      version: 1,
      identifiers: [
        { name: 'user_id', kind: 'anchor' },
        { name: 'phone', kind: 'claim', standardize: ['phone'], max_unique_values: 2 },
        { name: 'customer_type', kind: 'attribute', standardize: ['case_insensitive'] },
      ],
      rules: [rule],
    }
    await publish({ document })
    for (const [kind, phone] of [
      ['Business', '+15550001111'],
      ['private', '+15550002222'],
    ] as const) {
      await world.tell('crm', {
        [`${kind}1`]: { userId: `${kind}1`, traits: { phone, customer_type: kind } },
        [`${kind}2`]: { userId: `${kind}2`, traits: { phone, customer_type: kind } },
      })
      const { items } = (await world.ask({ path: '/api/v1/records?limit=2' })).json<{
        items: { profileId: string }[]
      }>()
      expect(new Set(items.map(({ profileId }) => profileId)).size, kind).toBe(kind === 'Business' ? 1 : 2)
    }
  })
})
