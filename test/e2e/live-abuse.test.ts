import { request } from 'node:http'
import { findSpaceFaults } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../postgres/fresh-databases.ts'
import { openPeople, type LivePeople } from './live-people.ts'
import { startLiveServer, type LiveServer } from './live-server.ts'

/** One SQLite and one PostgreSQL: the newer one. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('what is tried against a server on $name', ({ fresh }) => {
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

  /** A profile with everything that is known of it, but for when it was looked at. */
  const whole = async (people: LivePeople, id: string | null | undefined) =>
    JSON.stringify([await people.profile(id ?? ''), await people.events(id ?? '')])

  it('A1 an unverified e-mail of somebody else merges nothing, asks once, and counts how often', async () => {
    const people = await openPeople(server)
    const [owner] = await people.send('shop', {
      userId: 'o',
      traits: { email: 'victim@example.com', first_name: 'Vic' },
    })
    const before = await whole(people, owner)
    const claim = (event: string) => ({ anonymousId: 'mallory', event, traits: { email: 'VICTIM@example.com' } })
    await people.sendPublic('site', claim('one'), claim('two'), claim('three'))
    const after = await whole(people, owner)
    // What waits for a person is counted on the owner, whose `updatedAt` moves.
    const owned = (text: string) => text.replace(/"candidates":\d+/, '').replace(/"updatedAt":"[^"]+"/, '')
    expect(owned(after)).toBe(owned(before))
    expect(await people.candidates()).toMatchObject([{ reason: 'unverified_claim', seenCount: 3 }])
    const [session] = await people.lookup('mallory')
    expect(session).not.toBe(owner)
    expect(await whole(people, session)).not.toContain('Vic"')
  })

  it('A2 whoever claims an address first keeps nothing of it when its owner comes', async () => {
    const people = await openPeople(server)
    await people.sendPublic('site', {
      anonymousId: 'early',
      traits: { email: 'late@example.com', first_name: 'Mallory' },
    })
    const [claimant] = await people.lookup('early')
    const [owner] = await people.send('shop', { userId: 'late', traits: { email: 'late@example.com', city: 'Oslo' } })
    expect(owner).not.toBe(claimant)
    expect(await whole(people, owner)).not.toContain('Mallory')
    expect((await people.profile(claimant ?? '')).recordCount).toBe(1)
  })

  it('A3 a verified phone of one’s own brings no unverified e-mail of another along', async () => {
    const people = await openPeople(server)
    await people.publish(`version: 1
identifiers:
  - { name: user_id, kind: anchor }
  - { name: email, kind: claim }
  - { name: phone, kind: claim, standardize: [phone] }
rules:
  - { name: Same e-mail, match: [ { exact: email } ] }
  - { name: Same phone, match: [ { exact: phone } ] }
sources:
  ${people.source('otp')}:
    mappings:
      - { read: phone, to: phone, verified: true }
      - { read: mail, to: email, verified: false }
`)
    const [victim] = await people.send('shop', { userId: 'v', traits: { email: 'v@example.com' } })
    const [attacker] = await people.send('otp', { phone: '+15551234567', mail: 'v@example.com' })
    const [again] = await people.send('otp', { phone: '+15551234567' })
    expect(attacker).toBe(again)
    expect(attacker).not.toBe(victim)
    expect((await people.profile(victim ?? '')).recordCount).toBe(1)
  })

  it('A5 no payload makes itself verified', async () => {
    const people = await openPeople(server)
    const [owner] = await people.send('shop', { userId: 'o', traits: { email: 'idp@example.com' } })
    const claims = [
      { traits: { email: 'idp@example.com', email_verified: true, verified: true } },
      { traits: { email: { value: 'idp@example.com', verified: true } }, verified: true },
      { traits: { email: 'idp@example.com' }, context: { verified: ['email'], trust: 'trusted', class: 'server' } },
      { userId: 'o', proof: 'x', proofs: { user_id: 'x' }, context: { proof: 'x' } },
    ]
    await people.sendPublic('site', ...claims.map((claim, place) => ({ anonymousId: `c${place}`, ...claim })))
    expect((await people.profile(owner ?? '')).recordCount).toBe(1)
  })

  it('A6 a kiosk, null, 0000 and test@test.com join nobody, and no profile grows beyond its limits', async () => {
    const people = await openPeople(server)
    const customers = Array.from({ length: 30 }, (_, place) => ({
      userId: `k${place}`,
      context: { device: { id: 'kiosk' } },
    }))
    await people.send('kiosk', ...customers)
    const placeholders = ['test@test.com', 'null', 'none@none.com', 'noreply@example.com']
    for (const [place, email] of placeholders.entries()) {
      await people.send('crm', { userId: `p${place}`, traits: { email } }, { userId: `q${place}`, traits: { email } })
    }
    await people.send('crm', { userId: 'null', anonymousId: 'z1' }, { userId: 'null', anonymousId: 'z2' })
    await people.send('crm', { userId: '0000', anonymousId: 'z3' }, { userId: '0000', anonymousId: 'z4' })
    const profiles = await people.profiles()
    // `noreply@` links unless the ruleset blocks it: two of all stay together at most.
    expect(Math.max(...profiles.map(({ recordCount }) => recordCount))).toBeLessThanOrEqual(2)
    for (const { userId } of customers) expect(await people.lookup(userId, 'user_id')).toHaveLength(1)
    const shared = (await people.get('/shared-values'))['items'] as readonly { readonly type: string }[]
    expect(shared.map(({ type }) => type)).toContain('device_id')
    expect(await findSpaceFaults(server.database, people.spaceId)).toEqual([])
  })

  it('A7 a flood of weak evidence takes nobody apart', async () => {
    const people = await openPeople(server)
    await people.send('shop', { userId: 'o', traits: { email: 'flood@example.com' } })
    const [owner] = await people.send('shop', {
      userId: 'o',
      anonymousId: 'own',
      traits: { email: 'flood2@example.com' },
    })
    const { recordCount, fields } = await people.profile(owner ?? '')
    const flood = Array.from({ length: 60 }, (_, place) => ({
      anonymousId: `bot${place}`,
      userId: `fake${place % 7}`,
      traits: { email: place % 2 === 0 ? 'flood@example.com' : 'flood2@example.com' },
    }))
    await people.sendPublic('site', ...flood)
    const after = await people.profile(owner ?? '')
    expect([after['profileId'], after['recordCount'], after.fields]).toEqual([owner, recordCount, fields])
    expect(await people.lookup('o', 'user_id')).toEqual([owner])
  })

  it('A8 what merely looks like an address is another one', async () => {
    const people = await openPeople(server)
    const [plain] = await people.send('crm', { userId: 'plain', traits: { email: 'kate@example.com' } })
    const alike = [
      'k\u0430te@example.com',
      '\uff4bate@example.com',
      'ka\u200dte@example.com',
      'ka\u00a0te@example.com',
      'kat\u0435@example.com',
      'kate@ex\u0430mple.com',
      'ka\u202ete@example.com',
      'ka\u200bte@example.com',
    ]
    for (const [place, email] of alike.entries()) {
      const [other] = await people.send('crm', { userId: `alike${place}`, traits: { email } })
      expect(other, `${place}`).not.toBe(plain)
    }
    expect((await people.profile(plain ?? '')).recordCount).toBe(1)
    // The Kelvin sign is canonically a K.
    expect(await people.send('crm', { userId: 'plain', traits: { email: '\u212aate@example.com' } })).toEqual([plain])
    expect(await people.lookup('\u212aATE@example.com')).toEqual([plain])
  })

  it('A9 tags and dots make other addresses', async () => {
    const people = await openPeople(server)
    const emails = ['ann.b@gmail.com', 'annb@gmail.com', 'ann.b+shop@gmail.com', 'ann.b+1@unknown.example']
    const reached = await people.send(
      'crm',
      ...emails.map((email, place) => ({ userId: `u${place}`, traits: { email } })),
    )
    expect(new Set(reached).size).toBe(emails.length)
  })

  it('A11 a date in the far future or past takes nothing over for good', async () => {
    const people = await openPeople(server)
    const email = 'time@example.com'
    await people.send('app', { traits: { email, city: 'Frozen' }, timestamp: '2999-01-01T00:00:00Z' })
    const [id] = await people.send('app', { traits: { email, city: 'Now' } })
    const { fields } = await people.profile(id ?? '')
    expect(fields.find(({ field }) => field === 'city')?.value).toBe('Now')
    await people.sendPublic('site', { anonymousId: 'old', timestamp: '1971-01-01T00:00:00Z' })
    const [session] = await people.lookup('old')
    const [event] = (await people.events(session ?? '')) as unknown as readonly { readonly effectiveAt: string }[]
    expect(Date.now() - Date.parse(event?.effectiveAt ?? '')).toBeLessThan(8 * 86_400_000)
  })

  it('A17 a condition is one of a closed set, and its text is text', async () => {
    const people = await openPeople(server)
    const ruleset = (where: string) =>
      `{"version":1,"identifiers":[{"name":"user_id","kind":"anchor"},{"name":"email","kind":"claim"}],"rules":[{"name":"R","match":[{"exact":"email","where":${where}}]}]}`
    for (const where of [
      '{"script":"1"}',
      '{"matches":"(a+)+$"}',
      '{"eval":"process.exit()"}',
      '"process.exit()"',
      '{"contains":{"$where":"1"}}',
    ]) {
      await expect(people.publish(ruleset(where)), where).rejects.toThrow('ruleset.invalid')
    }
    const text = ['$', '{process.exit(1)}'].join('')
    await people.publish(ruleset(JSON.stringify({ contains: text })))
    await people.send(
      'crm',
      { userId: 'a', traits: { email: 'a@example.com' } },
      { userId: 'b', traits: { email: 'a@example.com' } },
    )
    expect(await people.profiles()).toHaveLength(2)
  })

  it('A27 no text reaches the database as a statement', async () => {
    const people = await openPeople(server)
    const texts = [
      `'; DROP TABLE profiles; --`,
      `" OR 1=1 --`,
      `a$1`,
      `a?`,
      `'); SELECT pg_sleep(9); --`,
      `%' UNION SELECT secret FROM spaces --`,
    ]
    const before = await people.send(
      'crm',
      ...texts.map((text) => ({
        userId: text,
        traits: { [text]: text, email: `${text}@example.com` },
        event: text,
        messageId: `m-${text}`,
      })),
    )
    expect(new Set(before).size).toBe(texts.length)
    const manager = await server.apiKey('manager', people.spaceId)
    for (const [place, text] of texts.entries()) {
      expect(await people.lookup(text, 'user_id')).toEqual([before[place]])
      const answers = await Promise.all([
        server.post('/api/v1/profiles/search', manager, { query: text }),
        server.post('/api/v1/profiles/lookup', manager, { type: text, value: text }),
        server.post('/api/v1/profiles/lookup', manager, { record: { source: text, key: text } }),
        server.post('/api/v1/profiles/lookup', manager, { record: { source: `${text}\u0000`, key: text } }),
        server.get(`/api/v1/profiles/${encodeURIComponent(text)}`, manager),
        server.get(`/api/v1/candidates?order=${encodeURIComponent(text)}`, manager),
        server.get(`/api/v1/changes?cursor=${encodeURIComponent(text)}`, manager),
        server.get(`/api/v1/export/${encodeURIComponent(text)}`, manager),
        server.get(`/api/v1/profiles/${before[place] ?? ''}/events?limit=${encodeURIComponent(text)}`, manager),
      ])
      expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    }
    expect(await people.profiles()).toHaveLength(texts.length)
    expect(await findSpaceFaults(server.database, people.spaceId)).toEqual([])
  })

  it('A30 no path in a request leads to a file', async () => {
    const manager = await server.apiKey('manager')
    const key = await server.writeKey('paths')
    const paths = [
      '../../../../etc/passwd',
      '..%2f..%2f..%2fetc%2fpasswd',
      '%2e%2e/%2e%2e/etc/passwd',
      '....//....//etc/passwd',
      '/etc/passwd',
      '..\\..\\etc\\passwd',
      'package.json',
      '%00',
    ]
    for (const base of ['/', '/docs/', '/docs/js/', '/api/v1/export/', '/api/v1/profiles/', '/sign-in/']) {
      for (const path of paths) {
        const { status, text } = await raw(server, `${base}${path}`, manager)
        expect(status, `${base}${path}`).toBeGreaterThanOrEqual(400)
        expect(status, `${base}${path}`).toBeLessThan(500)
        expect(text).not.toMatch(/root:|"dependencies"/)
      }
    }
    for (const path of paths) {
      const rows = await server.post(`/v1/records/${encodeURIComponent(path)}`, key, [{ id: '1' }])
      expect([403, 404]).toContain(rows.status)
    }
  })
})

/** Asks for a path as it is: `fetch` would put dots and slashes right. */
function raw(
  server: LiveServer,
  path: string,
  key: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(server.address)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, headers: { authorization: `Bearer ${key}` } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => void (text += piece))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end()
  })
}
