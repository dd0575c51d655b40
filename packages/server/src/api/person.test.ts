import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ProfileAnswer } from '@selfsame/contract'
import { openDatabase, tablesOfSpace } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { makeApiKey, makeWriteKey } from '../control/keys.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

let world: ReadingWorld
let fresh: FreshDatabase
let admin: string
let manager: string

const canary = 'zebedee.quartermain'
const zebedee = {
  z1: { anonymousId: `cookie-${canary}`, event: 'Seen', traits: { page: canary } },
  z2: {
    anonymousId: `cookie-${canary}`,
    userId: `user-${canary}`,
    traits: { email: `${canary}@example.com`, first_name: canary },
  },
  z3: { userId: `user-${canary}`, event: 'Order Completed', properties: { note: `for ${canary}` } },
}

describe.each(kinds)('what a person may ask for, on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
    admin = (await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'admin' })).text
    manager = (await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'manager' })).text
    await makeWriteKey(world, 'test', world.everywhere, world.dev, { source: 'site', class: 'public', mayView: false })
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })
  const post = (path: string, body?: unknown, key = admin) =>
    world.ask({ method: 'POST', path: `/api/v1${path}`, ...(body !== undefined && { body }) }, key)
  const get = (path: string) => world.ask({ path: `/api/v1${path}` })
  const lookup = async (value: string) =>
    (await post('/profiles/lookup', { value }))
      .json<{ items: { profile: { profileId: string } }[] }>()
      .items.map(({ profile }) => profile.profileId)

  it('I-34 everything that is held about a person comes out, with every payload as it was sent', async () => {
    const ids = await world.tell('web', zebedee)
    const id = ids.at(-1) ?? ''
    const answer = await get(`/profiles/${id}/export`)
    expect(answer.status).toBe(200)
    const lines = answer.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, { key?: string; payload?: unknown }>)
    const records = lines.flatMap(({ record }) => record ?? [])
    expect(records.map(({ key }) => key).sort()).toEqual(['z1', 'z2', 'z3'])
    for (const { key, payload } of records) expect(payload).toEqual(zebedee[key as keyof typeof zebedee])
    expect(new Set(lines.map((line) => Object.keys(line)[0]))).toEqual(
      new Set(['profile', 'identifier', 'record', 'link', 'change']),
    )
    expect((await get('/profiles/p_none/export')).status).toBe(404)
  })

  it('I-32 after an erasure no byte of the person is left in the database or its log, and others are as they were', async () => {
    await world.tell('crm', { o1: { userId: 'other', traits: { email: 'other@example.com', first_name: 'Otto' } } })
    // A stranger typed the address of the person, another one who was erased by hand is dismissed, and a letter is dead.
    await world.tell('site', {
      s1: { anonymousId: 'cookie-stranger', traits: { email: `${canary}@example.com`, size: 42 } },
    })
    const [person] = await lookup(`user-${canary}`)
    const candidates = (await get('/candidates')).json<{ items: { candidateId: string }[] }>().items
    await post(`/candidates/${candidates[0]?.candidateId}/dismiss`, { reason: `not ${canary}` })
    await post(`/profiles/${person}/pin`, { field: 'first_name', value: canary.toUpperCase() })
    await world.database.run(
      `INSERT INTO dead_letters (space_id, letter_id, source, received_at, kind, code, payload) VALUES (?, 'l_1', 'web', 1, 'event', 'record.too_deep', ?)`,
      [world.dev, JSON.stringify({ email: `${canary}@EXAMPLE.com` })],
    )
    const others = await Promise.all(['other@example.com', 'cookie-stranger'].map((value) => lookup(value)))

    const tried = (await post(`/erasures?preview=true`, { profileId: person })).json<object>()
    expect(tried).toMatchObject({ preview: true, recordCount: 3, suppressedValues: 3, deadLetters: 1, decisions: 2 })
    expect((await get(`/profiles/${person}`)).status).toBe(200)
    expect((await post('/erasures', { profileId: person }, manager)).status).toBe(403)

    const done = (await post('/erasures', { profileId: person })).json<{ erasureId: string; profileIds: string[] }>()
    expect(done).toMatchObject({ preview: false, recordCount: 3 })
    expect(await lookup(`user-${canary}`)).toEqual([])
    const gone = await get(`/profiles/${person}`)
    expect([gone.status, gone.json<{ code: string }>().code]).toEqual([410, 'profile.gone'])
    const now = await Promise.all(['other@example.com', 'cookie-stranger'].map((value) => lookup(value)))
    expect(now).toEqual(others)
    expect((await get(`/profiles/${now[1]?.[0]}`)).json<ProfileAnswer>().recordCount).toBe(1)
    const feed = (await get('/changes?limit=1000')).json<{ items: { kind: string; profileId: string }[] }>().items
    expect(feed.at(-1)).toMatchObject({ kind: 'erased', profileId: person })
    const entry = await world.database.all<{ details: string }>(
      `SELECT details FROM audit WHERE space_id = ? AND action = 'person.erase'`,
      [world.dev],
    )
    expect(entry).toHaveLength(1)
    expect(entry[0]?.details).not.toContain(canary)
  })

  it('I-33 A28 what comes later of an erased person is taken and dropped, on any way, until the erasure is lifted', async () => {
    await post('/erasures', { identifier: { type: 'anonymous_id', value: 'cookie-stranger' } })
    const stored = async () =>
      (
        await world.database.all<{ count: number }>('SELECT count(*) AS count FROM records WHERE space_id = ?', [
          world.dev,
        ])
      )[0]?.count
    const before = await stored()
    expect(await world.tell('web', zebedee)).toEqual([null, null, null])
    expect(await world.tell('app', { fresh: { userId: `user-${canary}` } })).toEqual([null])
    expect(
      await world.tell('site', {
        fresh: { anonymousId: 'new', traits: { email: `${canary.toUpperCase()}@example.com` } },
      }),
    ).toEqual([null])
    expect(await stored()).toBe(before)
    const counters = (await get('/metrics')).json<{ counters: { name: string; value: number }[] }>().counters
    expect(
      counters
        .filter(({ name: counter }) => counter === 'records_suppressed')
        .reduce((sum, { value }) => sum + value, 0),
    ).toBe(5)

    const [latest, first] = (await get('/erasures')).json<{ items: { erasureId: string }[] }>().items
    await post(`/erasures/${latest?.erasureId}/lift`)
    await post(`/erasures/${first?.erasureId}/lift`)
    expect((await post(`/erasures/${first?.erasureId}/lift`)).json()).toMatchObject({ code: 'erasure.lifted' })
    const [id] = await world.tell('app', { again: { userId: `user-${canary}` } })
    expect(id).toMatch(/^p_/)
    expect((await get(`/profiles/${id}`)).json<ProfileAnswer>().recordCount).toBe(1)
    await post('/erasures', { profileId: id })
  })

  it('an identifier that names nobody, or too many, erases nobody', async () => {
    expect(
      (await post('/erasures', { identifier: { type: 'email', value: 'nobody@example.com' } })).json(),
    ).toMatchObject({ code: 'erasure.nobody' })
    for (let index = 0; index < 25; index++) {
      await world.tell('crm', { [`k${index}`]: { anonymousId: 'kiosk', userId: `visitor-${index}` } })
    }
    expect((await post('/erasures', { identifier: { type: 'anonymous_id', value: 'kiosk' } })).json()).toMatchObject({
      code: 'erasure.shared_value',
    })
  })

  it('I-32 no row of any table, and no file of an embedded database, holds a byte of the person, in any encoding', async () => {
    const tables = tablesOfSpace(world.database.dialect)
    const rows = await Promise.all(tables.map((table) => world.database.all(`SELECT * FROM ${table}`)))
    const held = [Buffer.from(JSON.stringify(rows)), ...filesOf(fresh.url)]
    for (const content of held.slice(0, 2)) expect(content.includes('other@example.com')).toBe(true)
    const plain = Buffer.from(canary)
    const encodings = [
      plain,
      Buffer.from(canary.toUpperCase()),
      Buffer.from(canary, 'utf16le'),
      Buffer.from(plain.toString('base64').slice(0, 24)),
      Buffer.from(plain.toString('hex')),
      Buffer.from(encodeURIComponent(canary)),
    ]
    for (const content of held) for (const wanted of encodings) expect(content.includes(wanted)).toBe(false)
  })
})

/** The file of an embedded database and its log, where it is not empty. PostgreSQL keeps bytes until its tables are written anew. */
function filesOf(url: string): readonly Buffer[] {
  if (!url.startsWith('sqlite:')) return []
  const file = url.replace(/^sqlite:/, '')
  return readdirSync(dirname(file))
    .map((entry) => join(dirname(file), entry))
    .filter((path) => path === file || path === `${file}-wal`)
    .map((path) => readFileSync(path))
    .filter((content) => content.length > 0)
}
