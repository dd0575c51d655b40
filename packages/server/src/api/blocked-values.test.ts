import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { makeApiKey } from '../control/keys.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

let world: ReadingWorld
let fresh: FreshDatabase
let manager: string
/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('blocked values on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
    manager = (await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'manager' })).text
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })
  const call = (what: 'block' | 'unblock', body: object, key = manager) => {
    const path = what === 'block' ? '/api/v1/blocked-values' : '/api/v1/blocked-values/unblock'
    return world.ask({ method: 'POST', path, body }, key)
  }
  const together = async (...events: readonly string[]) => {
    const { items } = (await world.ask({ path: '/api/v1/records' })).json<{
      items: { key: string; profileId: string | null }[]
    }>()
    const ids = events.map((key) => items.find((item) => item.key === key)?.profileId)
    return new Set(ids).size === 1
  }

  it('DIN-14 MAS-26 a value that is blocked sets apart those whom it joined, and unblocking joins them again', async () => {
    await world.tell('shop', {
      a: { anonymousId: 'a', traits: { email: 'reception@example.com' } },
      b: { anonymousId: 'b', traits: { email: 'Reception@Example.com' } },
    })
    expect(await together('a', 'b')).toBe(true)
    const blocked = await call('block', { type: 'email', value: 'RECEPTION@example.com' })
    expect(blocked.json()).toMatchObject({ version: 2, changes: ['1 value of email is blocked.'] })
    expect(await together('a', 'b')).toBe(false)
    await world.tell('shop', { c: { anonymousId: 'c', traits: { email: 'reception@example.com' } } })
    expect(await together('a', 'c')).toBe(false)
    const unblocked = await call('unblock', { type: 'email', value: 'reception@example.com' })
    expect(unblocked.json()).toMatchObject({ version: 3, changes: ['1 value of email is no longer blocked.'] })
    expect(await together('a', 'b', 'c')).toBe(true)
  })

  it('what cannot be blocked or unblocked is told, and nothing is published', async () => {
    const codes = []
    for (const [what, body] of [
      ['block', { type: 'email', value: 'test@test.com' }],
      ['unblock', { type: 'email', value: 'test@test.com' }],
      ['unblock', { type: 'email', value: 'ann@example.com' }],
      ['block', { type: 'nothing', value: 'x' }],
      ['block', { type: 'email', value: 'ann@example.com', expectedVersion: 1 }],
    ] as const)
      codes.push((await call(what, body)).json<{ code: string }>().code)
    expect(codes).toEqual([
      'blocked_value.known',
      'blocked_value.otherwise',
      'blocked_value.unknown',
      'identifier.unknown',
      'ruleset.version_conflict',
    ])
    const viewer = await call('block', { type: 'email', value: 'ann@example.com' }, world.devKey)
    expect(viewer.status).toBe(403)
    const { items } = (await world.ask({ path: '/api/v1/rulesets' })).json<{ items: object[] }>()
    expect(items).toHaveLength(3)
  })

  it('several who block at once all succeed', async () => {
    const answers = await Promise.all(
      ['one', 'two', 'three'].map((name) => call('block', { type: 'email', value: `${name}@example.com` })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const { document } = (await world.ask({ path: '/api/v1/rulesets/published' })).json<{
      document: { identifiers: { name: string; blocked_values?: string[] }[] }
    }>()
    const email = document.identifiers.find(({ name }) => name === 'email')
    expect(email?.blocked_values?.toSorted()).toEqual(['one@example.com', 'three@example.com', 'two@example.com'])
  })

  it('DIN-14 a value in quarantine that is allowed links again, and no more when that is taken back', async () => {
    const shared = async () =>
      (await world.ask({ path: '/api/v1/shared-values' }))
        .json<{ items: { value: string }[] }>()
        .items.map(({ value }) => value)
    for (let place = 0; place < 6; place++) {
      await world.tell('till', { [`till${place}`]: { userId: `till${place}`, traits: { email: 'till@example.com' } } })
    }
    await world.tell('till', { late: { anonymousId: 'late', traits: { email: 'till@example.com' } } })
    expect(await shared()).toEqual(['till@example.com'])
    expect(await together('till0', 'late')).toBe(false)
    const change = (what: 'allow' | 'disallow', value: string) =>
      world.ask({ method: 'POST', path: `/api/v1/shared-values/${what}`, body: { type: 'email', value } }, manager)
    const allowed = await change('allow', 'Till@Example.com')
    expect(allowed.json()).toMatchObject({ changes: ['1 value of email is never shared.'] })
    expect(await shared()).toEqual([])
    expect(await together('till0', 'late')).toBe(true)
    await world.tell('till', { later: { anonymousId: 'later', traits: { email: 'till@example.com' } } })
    expect(await together('till0', 'later')).toBe(true)
    expect((await change('allow', 'till@example.com')).json()).toMatchObject({ code: 'allowed_value.known' })
    expect((await change('disallow', 'till@example.com')).json()).toMatchObject({
      changes: ['1 value of email may be shared again.'],
    })
    expect(await shared()).toEqual(['till@example.com'])
    expect(await together('till0', 'late')).toBe(false)
    expect((await change('disallow', 'till@example.com')).json()).toMatchObject({ code: 'allowed_value.unknown' })
  })

  it('A25 the audit log tells who blocked a value of which identifier, and never the value', async () => {
    const { text } = await world.ask({ path: '/api/v1/audit' })
    expect(text).toContain('"value.block"')
    expect(text).toContain('"value.unblock"')
    expect(text.toLowerCase()).not.toContain('@example.com')
  })
})
