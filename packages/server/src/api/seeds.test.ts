import type { Candidate, Change, ProfileAnswer } from '@selfsame/contract'
import { defaultRulesetYaml, type JsonObject } from '@selfsame/core'
import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { makeApiKey } from '../control/keys.ts'
import { makeSpace } from '../control/spaces.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)
const phonesOn = defaultRulesetYaml.replace('enabled: false', 'enabled: true')
const strategyIs = (strategy: string) => defaultRulesetYaml.replace(/strategy: \w+/, `strategy: ${strategy}`)

let world: ReadingWorld
let fresh: FreshDatabase
let spaces = 0

/** A space of its own, with a ruleset. */
async function space(yaml = defaultRulesetYaml) {
  const { space_id: id } = await makeSpace(world, 'test', world.workspaceId, `seeds-${++spaces}`)
  const { text: key } = await makeApiKey(world, 'test', world.workspaceId, id, { role: 'manager' })
  if (yaml !== defaultRulesetYaml) await world.engine.publish(id, yaml, 'test', null)
  const get = async <T>(path: string) => (await world.ask({ path: `/api/v1${path}` }, key)).json<T>()
  return {
    id,
    get,
    text: async (path: string) => (await world.ask({ path: `/api/v1${path}` }, key)).text,
    post: async <T>(path: string, body: unknown) =>
      (await world.ask({ method: 'POST', path: `/api/v1${path}`, body }, key)).json<T>(),
    /** The profile that an event of a source reached. */
    tell: async (source: string, name: string, payload: JsonObject) =>
      (await world.tell(source, { [name]: payload }, id))[0] ?? '',
    now: async (profileId: string) => (await get<ProfileAnswer>(`/profiles/${profileId}`)).profileId,
    field: async (profileId: string, field: string) =>
      (await get<ProfileAnswer>(`/profiles/${profileId}`)).fields.find((one) => one.field === field)?.value,
    queue: async () => (await get<{ items: Candidate[] }>('/candidates')).items,
  }
}

describe.each(kinds)('what the seeds ask of rules and their guards, on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })

  it('BOT-8 where the keys of one event match two profiles, the key of higher priority decides who receives it', async () => {
    const { tell, now } = await space()
    const ann = await tell('crm', 'a', { userId: 'ann', traits: { email: 'ann@example.com' } })
    const bob = await tell('crm', 'b', { userId: 'bob', traits: { email: 'bob@example.com' } })
    const event = await tell('shop', 'c', { userId: 'ann', traits: { email: 'bob@example.com' } })
    expect(await now(event)).toBe(await now(ann))
    expect(await now(bob)).not.toBe(await now(ann))
  })

  it('BOT-9 an e-mail that is known brings its phone to that profile, and one that is not falls back to the phone', async () => {
    const { tell, now, field } = await space(phonesOn)
    const ann = await tell('crm', 'a', { userId: 'ann', traits: { email: 'ann@example.com' } })
    await tell('shop', 'b', { traits: { email: 'ann@example.com', phone: '+15551230001' } })
    expect(await field(ann, 'phone')).toBe('+15551230001')
    const other = await tell('shop', 'c', { traits: { email: 'ann.new@example.com', phone: '(555) 123-0001' } })
    expect(await now(other)).toBe(await now(ann))
  })

  it('BOT-10 SEG-17 of values that differ the most recent one survives', async () => {
    const { tell, field } = await space()
    const ann = await tell('crm', 'a', { userId: 'ann', traits: { city: 'Oslo', plan: 'free' } })
    await tell('shop', 'b', { userId: 'ann', traits: { city: 'Rome' } })
    expect([await field(ann, 'city'), await field(ann, 'plan')]).toEqual(['Rome', 'free'])
  })

  it('BOT-11 under "primary wins" the value of the primary side survives, also after a merge by hand', async () => {
    const { tell, field, post } = await space(strategyIs('primary'))
    const ann = await tell('crm', 'a', { userId: 'ann', traits: { city: 'Oslo' } })
    await tell('shop', 'b', { userId: 'ann', traits: { city: 'Rome' } })
    expect(await field(ann, 'city')).toBe('Oslo')
    const eve = await tell('crm', 'c', { userId: 'eve', traits: { city: 'Bonn' } })
    await post('/profiles/merge', { survivor: eve, session: ann })
    expect(await field(eve, 'city')).toBe('Bonn')
    const chosen = await post<{ decisionId: string }>(`/profiles/${eve}/primary`, {
      records: [{ source: 'shop', key: 'b' }],
    })
    expect(await field(eve, 'city')).toBe('Rome')
    await post(`/decisions/${chosen.decisionId}/revert`, {})
    expect(await field(eve, 'city')).toBe('Bonn')
    expect(await post(`/profiles/${eve}/primary`, { records: [{ source: 'shop', key: 'none' }] })).toMatchObject({
      code: 'primary.not_in_profile',
    })
  })

  it('BOT-12 under "manual review" records that differ in a name are flagged instead of merged', async () => {
    const { tell, now, queue } = await space(strategyIs('manual_review'))
    const ann = await tell('crm', 'a', { traits: { email: 'family@example.com', first_name: 'Ann' } })
    const bob = await tell('crm', 'b', { traits: { email: 'family@example.com', first_name: 'Bob' } })
    expect(await now(bob)).not.toBe(await now(ann))
    expect(await queue()).toMatchObject([{ reason: 'field_conflict', value: 'family@example.com' }])
  })

  it('BOT-13 with automatic resolution off an e-mail suggests and anchors alone merge', async () => {
    const { tell, now, queue } = await space(`${defaultRulesetYaml}\nautomatic: false\n`)
    const ann = await tell('crm', 'a', { userId: 'ann', traits: { email: 'ann@example.com' } })
    const same = await tell('shop', 'b', { traits: { email: 'ann@example.com' } })
    expect(await now(same)).not.toBe(await now(ann))
    expect(await queue()).toHaveLength(1)
    expect(await now(await tell('app', 'c', { userId: 'ann' }))).toBe(await now(ann))
  })

  it('BOT-33 a rule of first name and postcode is taken, and pointed out as risky', async () => {
    const { post } = await space()
    const yaml = `version: 1\nrules:\n  - { name: Namesakes, match: [{ exact: first_name }, { exact: postcode }] }\n`
    const { valid, warnings } = await post<{ valid: boolean; warnings: { message: string }[] }>('/rulesets/check', {
      yaml,
    })
    expect(valid).toBe(true)
    expect(warnings.length).toBeGreaterThan(0)
  })

  it('BOT-34 a family’s e-mail that two customers share reaches a person', async () => {
    const { tell, queue } = await space()
    await tell('crm', 'a', { traits: { customer_id: 'C1', email: 'family@example.com' } })
    await tell('crm', 'b', { traits: { customer_id: 'C2', email: 'family@example.com' } })
    expect(await queue()).toMatchObject([{ reason: 'identifier_conflict', type: 'email', value: 'family@example.com' }])
  })

  it('SEG-19 the feed names every id that was merged, into what and by what, so that each leads to where it is now', async () => {
    const { tell, now, get } = await space()
    const ids = [
      await tell('web', 'a', { anonymousId: 'c1' }),
      await tell('crm', 'b', { userId: 'ann', traits: { email: 'ann@example.com' } }),
      await tell('app', 'c', { anonymousId: 'c2' }),
    ]
    await tell('web', 'd', { anonymousId: 'c1', userId: 'ann' })
    await tell('app', 'e', { anonymousId: 'c2', traits: { email: 'ann@example.com' } })
    const { items } = await get<{ items: Change[] }>('/changes?limit=1000')
    const into = new Map(
      items
        .filter(({ kind }) => kind === 'merged')
        .flatMap(({ profileId, others }) => others.map((id) => [id, profileId])),
    )
    const follow = (id: string): string => (into.has(id) ? follow(into.get(id) ?? '') : id)
    const places = await Promise.all(ids.map(now))
    expect(new Set(places).size).toBe(1)
    expect(ids.map(follow)).toEqual(places)
    expect(items.every(({ cause }) => cause === 'ingest')).toBe(true)
  })

  it('DIN-13 a record that a limit keeps apart is kept, listed with its reason, and has a profile of its own', async () => {
    const { tell, get } = await space()
    await tell('crm', 'a', { userId: 'u1', traits: { email: 'x@example.com' } })
    const apart = await tell('crm', 'b', { userId: 'u2', traits: { email: 'x@example.com' } })
    const { items } = await get<{ items: object[] }>('/unresolved')
    expect(items).toMatchObject([
      {
        source: 'crm',
        key: 'b',
        profileId: apart,
        unresolvedReason: 'identifier_conflict',
        conflictReasons: 'user_id has too many unique values (2 > limit of 1)',
      },
    ])
    expect((await get<ProfileAnswer>(`/profiles/${apart}`)).recordCount).toBe(1)
  })

  it('DIN-C5 ids stay when the same ruleset is published again, and when records come again', async () => {
    const { id, tell, text } = await space()
    const told = async () => {
      await tell('web', 'a', { anonymousId: 'c1' })
      await tell('crm', 'b', { userId: 'ann', anonymousId: 'c1' })
      await tell('crm', 'c', { userId: 'bob' })
    }
    await told()
    const before = await text('/export/identity_lookup?format=jsonl')
    await world.engine.publish(id, defaultRulesetYaml, 'test', null)
    await told()
    expect(await text('/export/identity_lookup?format=jsonl')).toBe(before)
  })

  it('I-30 whatever happens in one space leaves another one’s customers, counts, feed and audit log as they were', async () => {
    const still = await space()
    const busy = await space()
    const one = await still.tell('crm', 'a', { userId: 'ann', traits: { email: 'ann@example.com' } })
    const seen = async () =>
      Promise.all(
        [
          '/export/identity_golden',
          '/export/identity_lookup',
          '/changes?limit=1000',
          '/metrics',
          '/audit',
          '/decisions',
          '/runs',
        ].map(still.text),
      )
    const before = await seen()
    const left = await busy.tell('crm', 'a', { userId: 'ann', traits: { email: 'ann@example.com' } })
    const right = await busy.tell('crm', 'b', { userId: 'bob', traits: { email: 'bob@example.com' } })
    await busy.post('/profiles/merge', { survivor: left, session: right })
    await world.engine.publish(busy.id, phonesOn, 'test', null)
    await world.engine.erase(busy.id, [left], { actor: 'test' })
    expect(await seen()).toEqual(before)
    expect(await busy.get(`/profiles/${one}`)).toMatchObject({ code: 'profile.unknown' })
  })
})
