import { defaultRulesetYaml, type JsonObject } from '@selfsame/core'
import { openDatabase, type Database } from '@selfsame/store'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { openControlWorld, type ControlWorld } from '../testing/control-world.ts'
import { createEngine } from './create-engine.ts'
import type { Engine } from './engine.ts'

const phonesOn = defaultRulesetYaml.replace('enabled: false', 'enabled: true')

let world: ControlWorld
let fresh: FreshDatabase
let engine: Engine
/** Called after every plan, before it is applied; how many plans were made. */
let afterPlan: () => Promise<void>
let plans: number
/** What the next transactions after a plan do. */
let breakSwitch: boolean
/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('a publication on $name', ({ fresh: make }) => {
  beforeEach(async () => {
    fresh = await make()
    world = await openControlWorld(openDatabase(fresh.url))
    plans = 0
    breakSwitch = false
    afterPlan = async () => undefined
    engine = createEngine({ database: watched(world.database), now: world.now })
    await tell({ p1: { userId: 'u1', traits: { phone: '+15551234567' } } })
    await tell({ p2: { anonymousId: 'a2', traits: { phone: '+15551234567' } } })
    await tell({ p3: { anonymousId: 'a3', traits: { email: 'three@example.com' } } })
  })
  afterEach(async () => {
    await engine.close()
    await world.close()
    await fresh.remove()
  })

  it('I-24 that is cut off in the middle of its switch leaves everything as it was, and may be begun again', async () => {
    const before = await everything()
    breakSwitch = true
    const { runId, done } = await engine.startPublication(world.dev, phonesOn, 'test', null, anyBasis)
    await expect(done).rejects.toThrow('the disk is gone')
    expect(await everything()).toEqual(before)
    expect(await runState(runId)).toEqual({ state: 'failed', finished: true })
    breakSwitch = false
    expect(await engine.publish(world.dev, phonesOn, 'test', null)).toBe(2)
    expect(await together('p1', 'p2')).toBe(true)
  })

  it('I-3 whose plan a decision overtakes is planned again with it', async () => {
    const [first, second] = [await profileOf('p1'), await profileOf('p3')]
    afterPlan = async () => {
      afterPlan = async () => undefined
      const request = { kind: 'merge', survivor: first, session: second, pinned: [], reason: null } as const
      const [made] = await engine.decide(world.dev, [request], { actor: 'test' })
      expect(made?.ok).toBe(true)
    }
    await engine.publish(world.dev, phonesOn, 'test', null)
    expect(plans).toBe(2)
    expect(await together('p1', 'p2', 'p3')).toBe(true)
  })

  it('I-3 that decisions overtake again and again is planned at last while the lane waits', async () => {
    const [first, second] = [await profileOf('p1'), await profileOf('p3')]
    let merged: string | null = null
    afterPlan = async () => {
      const request =
        merged === null
          ? ({ kind: 'merge', survivor: first, session: second, pinned: [], reason: null } as const)
          : ({ kind: 'revert', decisionId: merged, anyway: true, reason: null } as const)
      const [made] = await engine.decide(world.dev, [request], { actor: 'test' })
      merged = made?.ok && merged === null ? made.outcome.decisionId : null
    }
    await engine.publish(world.dev, phonesOn, 'test', null)
    expect(plans).toBe(3)
    expect(await together('p1', 'p2')).toBe(true)
    expect(await together('p1', 'p3')).toBe(merged !== null)
  })

  it('A28 that an erasure overtakes brings nobody back', async () => {
    const erased = await profileOf('p3')
    afterPlan = async () => {
      afterPlan = async () => undefined
      await engine.erase(world.dev, [erased], { actor: 'test' })
    }
    await engine.publish(world.dev, phonesOn, 'test', null)
    expect(plans).toBe(2)
    expect(await profileOf('p3')).toBe('')
    const left = await world.database.all(
      `SELECT profile_id FROM profiles WHERE space_id = ? AND golden LIKE '%three@example.com%'`,
      [world.dev],
    )
    expect(left).toEqual([])
    expect(await together('p1', 'p2')).toBe(true)
  })

  it('I-17 that another one overtakes wins, and nothing of either is lost', async () => {
    const tight = defaultRulesetYaml.replace('- name: Same e-mail', '- name: The same e-mail')
    afterPlan = async () => {
      afterPlan = async () => undefined
      const other = createEngine({ database: world.database, now: world.now })
      await other.publish(world.dev, tight, 'test', null)
      await other.close()
    }
    expect(await engine.publish(world.dev, phonesOn, 'test', null)).toBe(3)
    expect(await together('p1', 'p2')).toBe(true)
    expect((await engine.ruleset(world.dev)).version).toBe(3)
  })

  it('whose basis another one overtakes is refused, and says so in its run', async () => {
    afterPlan = async () => {
      afterPlan = async () => undefined
      const other = createEngine({ database: world.database, now: world.now })
      await other.publish(world.dev, defaultRulesetYaml, 'test', null)
      await other.close()
    }
    const basis = { expectedVersion: 1, draftRevision: null }
    const { runId, done } = await engine.startPublication(world.dev, phonesOn, 'test', null, basis)
    await expect(done).rejects.toMatchObject({ what: 'version', expected: 1, actual: 2 })
    expect(await runState(runId)).toEqual({ state: 'failed', finished: true })
    expect(await together('p1', 'p2')).toBe(false)
  })

  it('that the server stops in is given up, and nothing of it stands', async () => {
    afterPlan = async () => engine.stopRuns()
    const { runId, done } = await engine.startPublication(world.dev, phonesOn, 'test', null, anyBasis)
    await expect(done).rejects.toMatchObject({ code: 'server.stopping' })
    expect(await runState(runId)).toEqual({ state: 'failed', finished: true })
    expect((await engine.ruleset(world.dev)).version).toBe(1)
    await expect((await engine.startSimulation(world.dev, phonesOn, 'test', 'given', null)).done).rejects.toMatchObject(
      { code: 'server.stopping' },
    )
    expect(await together('p1', 'p2')).toBe(false)
  })

  it('I-4 sends the same record again while it goes on: nothing is stored twice', async () => {
    afterPlan = async () => {
      await tell({ p1: { userId: 'u1', traits: { phone: '+15551234567' } } })
      await tell({ p4: { anonymousId: 'a2', userId: 'u1' } })
      await tell({ p4: { anonymousId: 'a2', userId: 'u1' } })
    }
    await engine.publish(world.dev, phonesOn, 'test', null)
    expect(await together('p1', 'p2', 'p4')).toBe(true)
    const [profile] = await world.database.all<{ record_count: number }>(
      `SELECT record_count FROM profiles WHERE space_id = ? AND profile_id = ?`,
      [world.dev, await profileOf('p1')],
    )
    expect(profile?.record_count).toBe(3)
  })
})

const anyBasis = { expectedVersion: null, draftRevision: null } as const

/** The database, which tells of every plan and breaks where it is asked to. */
function watched(database: Database): Database {
  let planned = false
  return {
    dialect: database.dialect,
    all: (text, values) => database.all(text, values),
    run: (text, values) => database.run(text, values),
    runEach: (text, lists) => database.runEach(text, lists),
    script: (text) => database.script(text),
    close: () => database.close(),
    get commits() {
      return database.commits
    },
    snapshot: async (work) => {
      const result = await database.snapshot(work)
      plans++
      planned = true
      await afterPlan()
      return result
    },
    transaction: (work) =>
      database.transaction(async (sql) => {
        const result = await work(sql)
        const isSwitch = planned && result !== undefined
        if (breakSwitch && isSwitch) throw new Error('the disk is gone')
        return result
      }),
  }
}

async function tell(events: Readonly<Record<string, JsonObject>>): Promise<void> {
  world.pass(1_000)
  const records = Object.entries(events).map(([key, payload]) => ({
    source: 'shop',
    key,
    kind: 'event' as const,
    event: 'seen',
    observedAt: world.now(),
    payload,
    payloadText: JSON.stringify(payload),
    proven: [],
  }))
  await engine.ingest(world.dev, records)
}

async function profileOf(key: string): Promise<string> {
  const [row] = await world.database.all<{ profile_id: string }>(
    `SELECT t.profile_id FROM records r JOIN traces t ON t.space_id = r.space_id AND t.trace_id = r.trace_id
     WHERE r.space_id = ? AND r.source = 'shop' AND r.record_key = ?`,
    [world.dev, key],
  )
  return row?.profile_id ?? ''
}

async function together(...keys: readonly string[]): Promise<boolean> {
  return new Set(await Promise.all(keys.map(profileOf))).size === 1
}

async function everything(): Promise<object> {
  const of = (table: string, order: string) =>
    world.database.all(`SELECT * FROM ${table} WHERE space_id = ? ORDER BY ${order}`, [world.dev])
  return {
    space: await of('spaces', 'space_id'),
    rulesets: await of('rulesets', 'version'),
    traces: await of('traces', 'trace_id'),
    profiles: await of('profiles', 'profile_id'),
    records: await of('records', 'seq'),
    sightings: await of('sightings', 'type, value, trace_id'),
    changes: await of('changes', 'seq'),
    audit: await of('audit', 'seq'),
  }
}

async function runState(runId: string): Promise<object> {
  const [row] = await world.database.all<{ state: string; finished_at: number | null }>(
    'SELECT state, finished_at FROM runs WHERE space_id = ? AND run_id = ?',
    [world.dev, runId],
  )
  return { state: row?.state, finished: row?.finished_at !== null }
}
