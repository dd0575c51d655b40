import type { DecisionAnswer, ExplainAnswer } from '@selfsame/contract'
import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { makeApiKey, makeWriteKey } from '../control/keys.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

let world: ReadingWorld
let fresh: FreshDatabase
let manager: string

describe.each(kinds)('explaining on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
    manager = (await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'manager' })).text
    await makeWriteKey(world, 'test', world.everywhere, world.dev, { source: 'site', class: 'public', mayView: false })
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })

  const post = <T>(path: string, body: unknown) =>
    world.ask({ method: 'POST', path: `/api/v1${path}`, body }, manager).then((answer) => answer.json<T>())
  const explain = (left: string, right: string) => {
    const refOf = (text: string) => ({ source: text.split(':')[0], key: text.split(':')[1] })
    return post<ExplainAnswer>('/explain', { left: refOf(left), right: refOf(right) })
  }

  it('I-13 tells the chain of links between two records, with rule, version, values, trust and times', async () => {
    await world.tell('web', { a1: { anonymousId: 'c-1', event: 'Seen' } })
    await world.tell('app', { a2: { anonymousId: 'c-1', userId: 'ann' } })
    await world.tell('crm', { a3: { userId: 'ann', traits: { email: 'ann@example.com' } } })
    const answer = await explain('web:a1', 'crm:a3')
    expect(answer).toMatchObject({ outcome: 'together', held: [], nearest: null })
    expect(answer.steps).toMatchObject([
      {
        left: { source: 'web', key: 'a1', verified: true },
        right: { source: 'app', key: 'a2' },
        type: 'anonymous_id',
        value: 'c-1',
        rulesetVersion: 1,
      },
      {
        left: { source: 'app', key: 'a2' },
        right: { source: 'crm', key: 'a3', verified: true },
        type: 'user_id',
        value: 'ann',
        decision: null,
      },
    ])
    expect(answer.sentences[0]).toMatch(/^web:a1 and crm:a3 are one profile/)
    const byProfile = await post<ExplainAnswer>('/explain', {
      left: { profileId: answer.left.profileId },
      right: { source: 'crm', key: 'a3' },
    })
    expect(byProfile.outcome).toBe('together')
  })

  it('an unverified claim is named as what keeps two apart', async () => {
    await world.tell('crm', { b1: { userId: 'bob', traits: { email: 'bob@example.com' } } })
    await world.tell('site', { b2: { anonymousId: 'c-bob', traits: { email: 'bob@example.com' } } })
    const answer = await explain('crm:b1', 'site:b2')
    expect(answer).toMatchObject({ outcome: 'apart', nearest: { stopped: 'unverified' } })
    expect(answer.nearest?.criteria).toMatchObject([{ types: ['email'], outcome: 'met', left: 'bob@example.com' }])
    expect(answer.sentences.join(' ')).toContain('unverified on one side')
  })

  it('a limit is named with the values that exceed it', async () => {
    await world.tell('crm', { d1: { userId: 'dan', anonymousId: 'c-dan' } })
    await world.tell('crm', { d2: { userId: 'eve', anonymousId: 'c-dan' } })
    const answer = await explain('crm:d1', 'crm:d2')
    expect(answer.held).toMatchObject([
      {
        left: { key: 'd1' },
        right: { key: 'd2' },
        type: 'anonymous_id',
        guard: 'conflict_limit',
        reasons: 'user_id has too many unique values (2 > limit of 1)',
      },
    ])
  })

  it('a decision is named, whether it joined, split or dismissed', async () => {
    const [left] = await world.tell('crm', { f1: { userId: 'fay' } })
    const [right] = await world.tell('crm', { f2: { userId: 'gus' } })
    const merge = await post<DecisionAnswer>('/profiles/merge', { survivor: left, session: right })
    expect((await explain('crm:f1', 'crm:f2')).steps).toMatchObject([{ decision: merge.decisionId, stage: null }])
    const split = await post<DecisionAnswer>(`/profiles/${left}/split`, { records: [{ source: 'crm', key: 'f2' }] })
    const apart = await explain('crm:f1', 'crm:f2')
    expect(apart).toMatchObject({ outcome: 'apart', decisions: [{ decisionId: split.decisionId, kind: 'split' }] })
    expect(apart.sentences.join(' ')).toContain('A person split them')
  })

  it('DIN-14 a blocked value that both carry is named', async () => {
    await world.tell('crm', { h1: { userId: 'hal', traits: { email: 'test@test.com' } } })
    await world.tell('crm', { h2: { userId: 'ida', traits: { email: 'test@test.com' } } })
    expect((await explain('crm:h1', 'crm:h2')).blocked).toEqual([{ type: 'email', value: 'test@test.com' }])
  })

  it('what a value carries is told: without it the profile falls into its parts', async () => {
    const [joe] = await world.tell('web', { j1: { anonymousId: 'c-joe', traits: { email: 'joe@example.com' } } })
    await world.tell('shop', { j2: { traits: { email: 'joe@example.com' }, userId: 'joe' } })
    await world.tell('shop', { j3: { userId: 'joe' } })
    const without = (type: string, value: string) =>
      post<{ parts: { recordCount: number }[] }>(`/profiles/${joe}/without`, { type, value })
    expect((await without('email', 'Joe@Example.com')).parts.map(({ recordCount }) => recordCount)).toEqual([2, 1])
    expect((await without('anonymous_id', 'c-joe')).parts).toHaveLength(1)
  })

  it('a record that does not exist is named as unknown', async () => {
    expect(await explain('crm:none', 'crm:b1')).toMatchObject({ code: 'record.unknown', status: 404 })
    expect(await post('/explain', { left: { source: 'crm' }, right: { profileId: 'p_none' } })).toMatchObject({
      code: 'request.invalid',
    })
  })
})
