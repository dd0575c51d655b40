import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { makeApiKey, makeWriteKey } from '../control/keys.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

interface Saved {
  readonly audienceId: string
  readonly revision: number
}

let world: ReadingWorld
let fresh: FreshDatabase
let manager: string
const writeKeys = new Map<string, string>()
/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('audiences on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
    manager = (await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'manager' })).text
    for (const source of ['iphone', 'android', 'helpdesk', 'shop']) {
      const made = await makeWriteKey(world, 'test', world.everywhere, world.dev, { source, class: 'server' })
      writeKeys.set(source, made.text)
    }
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })
  const send = async (source: string, event: object) => {
    world.pass(1_000)
    const timestamp = new Date(world.now()).toISOString()
    const answer = await world.ask(
      { method: 'POST', path: '/v1/track', body: { timestamp, ...event } },
      writeKeys.get(source),
    )
    expect(answer.status).toBe(200)
  }
  const save = async (name: string, rule: object): Promise<Saved> => {
    const answer = await world.ask({ method: 'POST', path: '/api/v1/audiences', body: { name, rule } }, manager)
    expect(answer.status, answer.text).toBe(200)
    return answer.json<Saved>()
  }
  const members = async ({ audienceId }: Saved) => {
    const path = `/api/v1/audiences/${audienceId}/members`
    return (await world.ask({ path }))
      .json<{ items: { profileId: string }[] }>()
      .items.map(({ profileId }) => profileId)
  }
  const count = async ({ audienceId }: Saved) =>
    (await world.ask({ path: `/api/v1/audiences/${audienceId}/count` })).json<{ profiles: number; of: number }>()
  const profileWith = async (value: string) => {
    const answer = await world.ask({ method: 'POST', path: '/api/v1/profiles/lookup', body: { value } })
    return answer.json<{ items: { profile: { profileId: string } }[] }>().items[0]?.profile.profileId ?? ''
  }

  it('SEG-2 whoever fills a cart on an iPhone and checks out on Android has not abandoned it', async () => {
    await send('iphone', { event: 'Cart Updated', anonymousId: 'iphone-1', userId: 'ann' })
    await send('iphone', { event: 'Cart Updated', anonymousId: 'iphone-2', userId: 'bob' })
    const abandoned = await save('Abandoned cart', {
      all: [
        { event: 'cart_updated', within: '7d' },
        { event: 'order_completed', atLeast: 0, within: '7d' },
      ],
    })
    const [ann, bob] = [await profileWith('ann'), await profileWith('bob')]
    expect((await members(abandoned)).toSorted()).toEqual([ann, bob].toSorted())
    await send('android', { event: 'Order Completed', anonymousId: 'android-1', userId: 'ann' })
    expect(await members(abandoned)).toEqual([bob])
    const of = (await world.ask({ path: `/api/v1/profiles/${ann}/audiences` })).json<{ items: object[] }>()
    expect(of.items).toEqual([{ audienceId: abandoned.audienceId, name: 'Abandoned cart', member: false }])
  })

  it('SEG-6 a support complaint takes somebody out of the request for a review', async () => {
    const request = await save('Ask for a review', {
      all: [{ event: 'order_delivered' }, { not: { event: 'complaint_opened', within: '30d' } }],
    })
    await send('shop', { event: 'Order Delivered', userId: 'cid', context: { traits: { email: 'cid@example.com' } } })
    const cid = await profileWith('cid')
    expect(await members(request)).toEqual([cid])
    await send('helpdesk', {
      event: 'Complaint Opened',
      anonymousId: 'chat-1',
      context: { traits: { email: 'CID@example.com' } },
    })
    expect(await members(request)).toEqual([])
    world.pass(31 * 86_400_000)
    expect(await members(request)).toEqual([cid])
  })

  it('BOT-31 SEG-1 each person counts once, whatever devices they came with', async () => {
    const visitors = await save('Visitors', { any: [{ event: 'page_seen' }] })
    for (const device of ['phone', 'tablet', 'laptop'])
      await send('shop', { event: 'Page Seen', anonymousId: `eve-${device}` })
    expect(await count(visitors)).toMatchObject({ profiles: 3 })
    for (const device of ['phone', 'tablet', 'laptop'])
      await send('shop', { event: 'Signed In', anonymousId: `eve-${device}`, userId: 'eve' })
    expect(await count(visitors)).toMatchObject({ profiles: 1 })
    expect(await members(visitors)).toEqual([await profileWith('eve')])
  })

  it('asks for traits, and for how often; members come page by page', async () => {
    for (const [place, plan] of ['gold', 'Gold', 'silver', 'gold', 'gold'].entries()) {
      await world.tell('crm', { [`t${place}`]: { userId: `member${place}`, traits: { plan, visits: place } } })
    }
    const gold = await save('Gold', {
      all: [
        { field: 'plan', is: 'equals', values: ['GOLD'] },
        { field: 'visits', is: 'greater_than', values: ['0'] },
      ],
    })
    const all = await members(gold)
    expect(all).toHaveLength(3)
    const pages: string[] = []
    for (let cursor = ''; ; ) {
      const path = `/api/v1/audiences/${gold.audienceId}/members?limit=2${cursor}`
      const page = (await world.ask({ path })).json<{ items: { profileId: string }[]; next: string | null }>()
      pages.push(...page.items.map(({ profileId }) => profileId))
      if (page.next === null) break
      cursor = `&cursor=${page.next}`
    }
    expect(pages).toEqual(all)
    const tried = await world.ask({
      method: 'POST',
      path: '/api/v1/audiences/try',
      body: { rule: { any: [{ field: 'plan', is: 'one_of', values: ['silver', 'bronze'] }] } },
    })
    expect(tried.json()).toMatchObject({ profiles: 1 })
  })

  it('of two who change an audience the second gets 409; names are taken once; viewers change nothing', async () => {
    const rule = { all: [{ event: 'never' }] }
    const saved = await save('Ours', rule)
    const put = (expectedRevision: number, name: string, key = manager) =>
      world.ask(
        { method: 'PUT', path: `/api/v1/audiences/${saved.audienceId}`, body: { name, rule, expectedRevision } },
        key,
      )
    expect((await put(1, 'Mine')).json()).toMatchObject({ revision: 2, name: 'Mine' })
    expect((await put(1, 'Yours')).json()).toMatchObject({ code: 'audience.conflict', revision: 2 })
    expect((await put(2, 'Gold')).json()).toMatchObject({ code: 'audience.name_taken' })
    expect((await put(2, 'Theirs', world.devKey)).status).toBe(403)
    const path = `/api/v1/audiences/${saved.audienceId}`
    expect((await world.ask({ method: 'DELETE', path }, manager)).status).toBe(200)
    expect((await world.ask({ path: `${path}/count` })).json()).toMatchObject({ code: 'audience.unknown' })
    const audit = (await world.ask({ path: '/api/v1/audit' })).json<{ entries: { action: string; object: string }[] }>()
    const mine = audit.entries.filter(({ object }) => object === saved.audienceId).map(({ action }) => action)
    expect(mine).toEqual(['audience.drop', 'audience.change', 'audience.create'])
  })

  it('A17 a rule is a closed set of operators: what is no condition is refused', async () => {
    for (const rule of [
      { all: [{ field: 'a', is: 'matches', values: ['(a+)+$'] }] },
      { all: [{ script: '1' }] },
      { all: [{ field: 'a', is: 'equals', values: [] }] },
      { all: [{ event: 'Not Snake' }] },
      { field: 'a', is: 'exists' },
    ]) {
      const answer = await world.ask({ method: 'POST', path: '/api/v1/audiences/try', body: { rule } })
      expect(answer.status, JSON.stringify(rule)).toBe(400)
    }
  })

  it('COM-3 an audience of one space is unknown in another', async () => {
    const saved = await save('Here', { all: [] })
    const path = `/api/v1/audiences/${saved.audienceId}/count`
    expect((await world.ask({ path })).status).toBe(200)
    expect((await world.ask({ path }, world.prodKey)).status).toBe(404)
  })
})
