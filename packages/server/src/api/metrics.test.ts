import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '@selfsame/store'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

let world: ReadingWorld
let fresh: FreshDatabase
/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })

  describe('metrics', () => {
    it('BOT-24 the share of events that reached a profile that was there is shown', async () => {
      const share = async () =>
        (await world.ask({ path: '/api/v1/metrics' }, world.prodKey)).json<{ matchedShare: number | null }>()
          .matchedShare
      expect(await share()).toBeNull()
      await world.tell('web', { n1: { userId: 'first' } }, world.prod)
      expect(await share()).toBe(0)
      await world.tell('web', { n2: { userId: 'first' }, n3: { userId: 'first' }, n4: { event: 'nobody' } }, world.prod)
      expect(await share()).toBe(0.5)
    })

    it('I-27 every counter equals what a recount of the log gives', async () => {
      let state = 27
      const draw = (below: number) => {
        state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
        return (state >>> 8) % below
      }
      let resent = 0
      const sent = new Set<string>()
      for (let round = 0; round < 60; round++) {
        const source = `s${draw(3)}`
        const events = Object.fromEntries(
          Array.from({ length: 4 }, () => {
            const key = `k${draw(120)}`
            const person = draw(30)
            const cookie = { anonymousId: `a${person}-${draw(3)}` }
            const account = { userId: `u${draw(9) === 0 ? draw(30) : person}` }
            const email = { traits: { email: `e${draw(15) === 0 ? draw(30) : person}@example.com` } }
            const payload =
              [cookie, { ...cookie, ...account }, { ...account, ...email }, { ...cookie, ...email }][draw(4)] ?? cookie
            return [key, payload]
          }),
        )
        for (const key of Object.keys(events)) {
          const id = `${source}:${key}`
          if (sent.has(id)) resent++
          sent.add(id)
        }
        await world.tell(source, events)
      }

      const metrics = (await world.ask({ path: '/api/v1/metrics' })).json<{
        profiles: number
        profilesOfManyIdentifiers: number
        candidates: number
        heldLinks: number
        counters: { name: string; source: string | null; value: number }[]
      }>()
      const counter = (name: string) =>
        metrics.counters.filter((one) => one.name === name).reduce((sum, { value }) => sum + value, 0)

      const records = await everything<{ source: string; profileId: string | null }>('/api/v1/records')
      expect(records).toHaveLength(sent.size)
      expect(counter('records_stored')).toBe(records.length)
      for (const source of ['s0', 's1', 's2']) {
        const of = metrics.counters.find((one) => one.name === 'records_stored' && one.source === source)
        expect(of?.value).toBe(records.filter((record) => record.source === source).length)
      }
      expect(counter('records_attributed')).toBe(records.filter(({ profileId }) => profileId !== null).length)
      expect(resent).toBeGreaterThan(10)
      expect(counter('duplicates') + counter('duplicates_other_body')).toBe(resent)

      const changes = await everything<{ kind: string; profileId: string; others: string[] }>('/api/v1/changes')
      const merged = changes.filter(({ kind }) => kind === 'merged')
      expect(merged.length).toBeGreaterThan(5)
      expect(counter('merges_automatic')).toBe(merged.reduce((sum, { others }) => sum + others.length, 0))
      expect(counter('profiles_created')).toBe(changes.filter(({ kind }) => kind === 'created').length)
      expect(counter('splits')).toBe(changes.filter(({ kind }) => kind === 'split').length)
      expect(metrics.candidates).toBe((await everything('/api/v1/candidates')).length)
      expect(metrics.heldLinks).toBe((await everything('/api/v1/held-links')).length)

      const lookup = (await world.ask({ path: '/api/v1/export/identity_lookup?format=jsonl' })).text.trim().split('\n')
      const ids = new Set(lookup.map((line) => (JSON.parse(line) as { profile_id: string }).profile_id))
      expect(metrics.profiles).toBe(ids.size)
      const counts = await Promise.all(
        [...ids].map(async (id) => {
          const { items } = (await world.ask({ path: `/api/v1/profiles/${id}/identifiers` })).json<{
            items: { state: string }[]
          }>()
          return items.filter(({ state: at }) => at === 'active').length
        }),
      )
      expect(metrics.profilesOfManyIdentifiers).toBe(counts.filter((count) => count > 1).length)
    })
  })
})

async function everything<Item>(path: string): Promise<readonly Item[]> {
  const items: Item[] = []
  let cursor: string | null = null
  do {
    const at: string = `${path}?limit=7${cursor === null ? '' : `&cursor=${cursor}`}`
    const page = (await world.ask({ path: at })).json<{ items: Item[]; next: string | null }>()
    items.push(...page.items)
    cursor = page.items.length === 0 ? null : page.next
  } while (cursor !== null)
  return items
}
