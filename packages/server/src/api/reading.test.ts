import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '@selfsame/store'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

let world: ReadingWorld
let fresh: FreshDatabase
let ana: string
let formerAna: string

/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
    // Ana browses, writes from her phone, and then says that both are her.
    const [browsing] = await world.tell('web', { w1: { anonymousId: 'cookie-1', traits: { first_name: 'Ana' } } })
    const [phone] = await world.tell('chat', {
      c1: { userId: 'ana', traits: { email: 'Ana@Example.com', plan: 'free' } },
    })
    const [both] = await world.tell('web', {
      w2: { anonymousId: 'cookie-1', userId: 'ana', traits: { phone: '(555) 123-4567' } },
    })
    ana = both ?? ''
    formerAna = [browsing, phone].find((id) => id !== both) ?? ''
    await world.tell('crm', {
      k1: { userId: 'bo', traits: { email: 'bo@example.com', first_name: 'Bo', last_name: 'Berg' } },
    })
    await world.tell('crm', { k2: { userId: 'bo', event: 'Order Completed', properties: { total: 12.5 } } })
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })

  describe('a profile by id', () => {
    it('I-6 an old id leads to the profile that holds its records now, and the answer says so', async () => {
      expect(formerAna).not.toBe('')
      const now = await world.ask({ path: `/api/v1/profiles/${ana}` })
      expect(now.status).toBe(200)
      expect(now.json()).toMatchObject({ profileId: ana, askedId: ana, moved: false, recordCount: 3, sourceCount: 2 })
      const old = await world.ask({ path: `/api/v1/profiles/${formerAna}` })
      expect(old.json()).toMatchObject({ profileId: ana, askedId: formerAna, moved: true, recordCount: 3 })
      for (const part of ['events', 'identifiers', 'links', 'held-links', 'history', 'graph']) {
        const [byOld, byNew] = await Promise.all(
          [formerAna, ana].map((id) => world.ask({ path: `/api/v1/profiles/${id}/${part}` })),
        )
        expect(byOld?.status, part).toBe(200)
        expect(byOld?.text, part).toBe(byNew?.text)
      }
    })

    it('I-6 an id whose first record was deleted at its source leads to the profile that took over', async () => {
      const row = async (key: string, withdrawn: boolean) => {
        world.pass(1_000)
        const payload = { customer_id: 'cust-1', note: key }
        const base = { source: 'rows', key, kind: 'row' as const, event: null, observedAt: world.now(), proven: [] }
        const record = { ...base, payload, payloadText: JSON.stringify(payload), withdrawn }
        return (await world.engine.ingest(world.dev, [record]))[0]?.profileId ?? null
      }
      const first = await row('r1', false)
      expect(await row('r2', false)).toBe(first)
      await row('r1', true)
      const moved = await world.ask({ path: `/api/v1/profiles/${first}` })
      expect(moved.json()).toMatchObject({ askedId: first, moved: true, recordCount: 1, record: { key: 'r2' } })
      await row('r2', true)
      const gone = await world.ask({ path: `/api/v1/profiles/${first}` })
      expect(gone.json()).toMatchObject({ status: 410, code: 'profile.gone' })
      await row('r1', false)
      expect((await world.ask({ path: `/api/v1/profiles/${first}` })).json()).toMatchObject({ moved: false })
      await row('r1', true)
    })

    it('the golden record tells where every value comes from', async () => {
      const { fields } = (await world.ask({ path: `/api/v1/profiles/${ana}` })).json<{
        fields: { field: string; value: unknown; provenance: object[] }[]
      }>()
      const email = fields.find(({ field }) => field === 'email')
      expect(email).toMatchObject({
        value: 'ana@example.com',
        provenance: [{ kind: 'record', source: 'chat', key: 'c1', path: [] }],
      })
      expect(fields.find(({ field }) => field === 'plan')?.value).toBe('free')
    })

    it('its events come the latest first, page by page, and none twice', async () => {
      const seen: string[] = []
      let path = `/api/v1/profiles/${ana}/events?limit=1`
      for (let pages = 0; pages < 5; pages++) {
        const answer = (await world.ask({ path })).json<{ items: { key: string }[]; next: string | null }>()
        seen.push(...answer.items.map(({ key }) => key))
        if (answer.next === null) break
        path = `/api/v1/profiles/${ana}/events?limit=1&cursor=${answer.next}`
      }
      expect(seen).toEqual(['w2', 'c1', 'w1'])
    })

    it('its history holds what happened to the profiles that went into it', async () => {
      const { items } = (await world.ask({ path: `/api/v1/profiles/${ana}/history` })).json<{
        items: { kind: string; profileId: string; others: string[] }[]
      }>()
      expect(items[0]).toMatchObject({ kind: 'merged', profileId: ana, others: [formerAna] })
      expect(
        items
          .filter(({ kind }) => kind === 'created')
          .map(({ profileId }) => profileId)
          .sort(),
      ).toEqual([ana, formerAna].sort())
    })

    it('BOT-22 every identifier of the graph shows when it was first and last seen, and by which channel', async () => {
      const graph = (await world.ask({ path: `/api/v1/profiles/${ana}/graph` })).json<{
        identifiers: {
          id: string
          type: string
          value: string
          firstSeen: string
          lastSeen: string
          sources: { source: string }[]
        }[]
        traces: { id: string; source: string; recordCount: number }[]
        sightings: { trace: string; identifier: string; verified: boolean }[]
        links: { left: string; right: string; rule: string }[]
        complete: boolean
      }>()
      const node = (type: string) => graph.identifiers.find((one) => one.type === type)
      expect(node('user_id')).toMatchObject({ value: 'ana', sources: [{ source: 'chat' }, { source: 'web' }] })
      expect(node('anonymous_id')).toMatchObject({ value: 'cookie-1', sources: [{ source: 'web', recordCount: 2 }] })
      expect(node('phone')).toMatchObject({ value: '+15551234567', sources: [{ source: 'web' }] })
      const cookie = node('anonymous_id')
      expect(Date.parse(cookie?.lastSeen ?? '') - Date.parse(cookie?.firstSeen ?? '')).toBe(2_000)
      expect(graph.traces).toHaveLength(3)
      expect(graph.links).toHaveLength(2)
      expect(graph.complete).toBe(true)
      const ids = new Set([...graph.identifiers, ...graph.traces].map(({ id }) => id))
      for (const { trace, identifier } of graph.sightings) expect(ids.has(trace) && ids.has(identifier)).toBe(true)
    })
  })

  describe('finding a profile', () => {
    const lookup = (body: object) => world.ask({ method: 'POST', path: '/api/v1/profiles/lookup', body })

    it('SEG-18 any identifier finds the merged profile, written in any way', async () => {
      for (const value of [
        '(555) 123-4567',
        '+15551234567',
        '1-555-123-4567',
        ' ANA@example.com ',
        'cookie-1',
        'ana',
      ]) {
        const { items } = (await lookup({ value })).json<{ items: { profile: { profileId: string } }[] }>()
        expect(
          items.map(({ profile }) => profile.profileId),
          value,
        ).toEqual([ana])
      }
      const typed = (await lookup({ type: 'phone', value: '(555) 123-4567' })).json<{ asked: object[] }>()
      expect(typed.asked).toEqual([
        { type: 'phone', value: '+15551234567', rejected: null, shared: false, more: false },
      ])
    })

    it('a record finds its profile', async () => {
      const { items } = (await lookup({ record: { source: 'web', key: 'w1' } })).json<{ items: object[] }>()
      expect(items).toMatchObject([{ type: null, profile: { profileId: ana } }])
    })

    it('what is rejected says why, and a type that is none is refused', async () => {
      expect((await lookup({ type: 'email', value: 'nobody at home' })).json()).toMatchObject({
        asked: [{ type: 'email', value: null, rejected: 'email.malformed' }],
        items: [],
      })
      expect((await lookup({ type: 'shoe_size', value: '43' })).json()).toMatchObject({ code: 'identifier.unknown' })
      expect((await lookup({})).status).toBe(400)
      expect((await lookup({ value: 'ana', space: world.prod })).json()).toMatchObject({ code: 'request.invalid' })
    })

    it('a look-up changes nothing: even a refused one leaves no audit entry', async () => {
      const count = async () => (await world.database.all<{ n: number }>('SELECT count(*) AS n FROM audit'))[0]?.n
      const before = await count()
      await lookup({})
      expect(await count()).toBe(before)
    })

    it('a search goes by name, by the beginning of an identifier and by recency', async () => {
      const search = async (body: object) =>
        (await world.ask({ method: 'POST', path: '/api/v1/profiles/search', body })).json<{
          items: { foundBy: string; profile: { profileId: string; name: string | null } }[]
          next: string | null
        }>()
      expect((await search({ query: 'bo b' })).items).toMatchObject([{ foundBy: 'name', profile: { name: 'Bo Berg' } }])
      expect((await search({ query: 'ana@ex' })).items).toMatchObject([
        { foundBy: 'identifier', profile: { profileId: ana } },
      ])
      expect((await search({ query: formerAna })).items).toMatchObject([{ foundBy: 'id', profile: { profileId: ana } }])
      expect((await search({ query: 'nobody' })).items).toEqual([])
      const first = await search({ limit: 1 })
      const second = await search({ limit: 1, cursor: first.next })
      expect([...first.items, ...second.items].map(({ profile }) => profile.name)).toEqual(['Bo Berg', 'Ana'])
      expect(second.next).toBeNull()
    })
  })

  describe('spaces apart', () => {
    it('A13 an id of another space is answered like an id that never was', async () => {
      const never = 'p_00000000000000000000000000000000'
      for (const part of ['', '/events', '/identifiers', '/links', '/held-links', '/history', '/graph']) {
        const [theirs, none] = await Promise.all(
          [ana, never].map((id) => world.ask({ path: `/api/v1/profiles/${id}${part}` }, world.prodKey)),
        )
        const { requestId: _one, ...theirBody } = theirs?.json<{ requestId: string }>() ?? { requestId: '' }
        const { requestId: _other, ...noBody } = none?.json<{ requestId: string }>() ?? { requestId: '' }
        expect(theirs?.status, part).toBe(404)
        expect(none?.status).toBe(404)
        expect(theirBody).toEqual(noBody)
      }
    })

    it('A13 nothing in a request names another space', async () => {
      const headers = { 'x-selfsame-space': world.dev }
      expect((await world.ask({ path: `/api/v1/profiles/${ana}`, headers }, world.prodKey)).status).toBe(404)
      expect((await world.ask({ path: `/api/v1/profiles/${ana}?space=${world.dev}` }, world.prodKey)).status).toBe(400)
      const body = { value: 'ana' }
      const found = await world.ask({ method: 'POST', path: '/api/v1/profiles/lookup', headers, body }, world.prodKey)
      expect(found.json()).toMatchObject({ items: [] })
    })

    it('A13 a cursor opens in its own space, for its own question, and unchanged', async () => {
      await world.tell('web', { p1: { userId: 'one' }, p2: { userId: 'two' } }, world.prod)
      const { next } = (await world.ask({ path: '/api/v1/changes?limit=1' })).json<{ next: string }>()
      const use = async (path: string, key: string) => (await world.ask({ path }, key)).json<{ code?: string }>().code
      expect(await use(`/api/v1/changes?limit=2&cursor=${next}`, world.devKey)).toBeUndefined()
      expect(await use(`/api/v1/changes?cursor=${next}`, world.prodKey)).toBe('cursor.invalid')
      expect(await use(`/api/v1/records?cursor=${next}`, world.devKey)).toBe('cursor.invalid')
      const middle = Math.floor(next.length / 2)
      const changed = `${next.slice(0, middle)}${next[middle] === 'A' ? 'B' : 'A'}${next.slice(middle + 1)}`
      expect(await use(`/api/v1/changes?cursor=${changed}`, world.devKey)).toBe('cursor.invalid')
      const events = (await world.ask({ path: `/api/v1/profiles/${ana}/events?limit=1` })).json<{ next: string }>().next
      expect(await use(`/api/v1/profiles/${formerAna}/events?cursor=${events}`, world.devKey)).toBe('cursor.invalid')
      expect(Buffer.from(events, 'base64url').toString('latin1')).not.toContain('w2')
    })

    it('a page has at most 1,000 rows', async () => {
      expect((await world.ask({ path: '/api/v1/records?limit=1001' })).json()).toMatchObject({
        code: 'request.invalid',
      })
      expect((await world.ask({ path: '/api/v1/records?limit=1000' })).status).toBe(200)
    })
  })

  describe('the feed of changes', () => {
    it('is read in order, each change once, and has no end', async () => {
      const seqs: number[] = []
      let cursor = ''
      for (let pages = 0; pages < 50; pages++) {
        const path = `/api/v1/changes?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`
        const { items, next } = (await world.ask({ path })).json<{ items: { seq: number }[]; next: string }>()
        cursor = next
        if (items.length === 0) break
        seqs.push(...items.map(({ seq }) => seq))
      }
      expect(seqs.length).toBeGreaterThan(4)
      expect(seqs).toEqual(seqs.map((_, place) => place + 1))
      const [created] = await world.tell('crm', { k9: { userId: 'cy' } })
      const { items } = (await world.ask({ path: `/api/v1/changes?cursor=${cursor}` })).json<{ items: object[] }>()
      expect(items).toMatchObject([{ kind: 'created', profileId: created, cause: 'ingest' }])
    })

    it('is followed as server-sent events, and goes on after the last event that was seen', async () => {
      const { port } = world.app.server.address() as { port: number }
      const follow = async (headers: Record<string, string>, want: number) => {
        const stop = new AbortController()
        const response = await fetch(`http://127.0.0.1:${port}/api/v1/changes/stream?from=now`, {
          headers: { authorization: `Bearer ${world.devKey}`, ...headers },
          signal: stop.signal,
        })
        expect(response.headers.get('content-type')).toContain('text/event-stream')
        const events = async () => {
          let text = ''
          for await (const chunk of response.body ?? []) {
            text += Buffer.from(chunk).toString('utf8')
            if ((text.match(/^data: .*\n\n/gm) ?? []).length >= want) break
          }
          stop.abort()
          return [...text.matchAll(/^id: (.*)\nevent: (.*)\ndata: (.*)$/gm)].map(([, id, kind, data]) => ({
            id: id ?? '',
            kind,
            data: JSON.parse(data ?? '') as { profileId: string },
          }))
        }
        return events()
      }
      const following = follow({}, 1)
      await new Promise((resolve) => setTimeout(resolve, 200))
      const [di] = await world.tell('crm', { k10: { userId: 'di' } })
      const [first] = await following
      expect(first).toMatchObject({ kind: 'created', data: { profileId: di } })
      const [ed] = await world.tell('crm', { k11: { userId: 'ed' } })
      const [second] = await follow({ 'last-event-id': first?.id ?? '' }, 1)
      expect(second?.data.profileId).toBe(ed)
    })
  })

  describe('rulesets, runs and metrics', () => {
    it('a version of the ruleset is shown as YAML and in English', async () => {
      expect((await world.ask({ path: '/api/v1/rulesets' })).json()).toMatchObject({
        items: [{ version: 1, published: true }],
        next: null,
      })
      const version = (await world.ask({ path: '/api/v1/rulesets/1' })).json<{
        yaml: string
        english: { name: string; sentence: string }[]
      }>()
      expect(version.yaml).toContain('version: 1')
      expect(version.english.map(({ sentence }) => sentence)).toContain('Email field is the same')
      expect((await world.ask({ path: '/api/v1/rulesets/99' })).json()).toMatchObject({
        code: 'ruleset.unknown_version',
      })
      expect((await world.ask({ path: '/api/v1/runs' })).json()).toEqual({ items: [], next: null })
    })

    it('Prometheus reads the same figures', async () => {
      const { profiles, counters } = (await world.ask({ path: '/api/v1/metrics' })).json<{
        profiles: number
        counters: { name: string; source: string | null; value: number }[]
      }>()
      const text = (await world.ask({ path: '/metrics' })).text
      expect(text).toContain(`selfsame_profiles{space="${world.dev}"} ${profiles}`)
      const web = counters.find(({ name, source }) => name === 'records_stored' && source === 'web')
      expect(text).toContain(`selfsame_records_stored_total{space="${world.dev}",source="web"} ${web?.value}`)
      expect((await world.ask({ path: '/metrics' }, 'nonsense')).status).toBe(401)
    })
  })
})
