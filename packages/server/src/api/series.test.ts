import { defaultRulesetYaml, type JsonObject } from '@selfsame/core'
import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { makeApiKey, makeWriteKey } from '../control/keys.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

interface Point {
  readonly at: string
  readonly recordsStored: number
  readonly recordsAttributed: number
  readonly mergesAutomatic: number
  readonly mergesManual: number
  readonly splits: number
  readonly profilesCreated: number
  readonly decisions: number
  readonly profiles: number
  readonly candidates: number
  readonly matchedShare: number | null
}
interface Change {
  readonly at: string
  readonly kind: string
  readonly others: readonly string[]
  readonly cause: string
}
type Split = Readonly<Record<'unique' | 'matched' | 'conflict' | 'missing', number>>

let world: ReadingWorld
let fresh: FreshDatabase
let manager: string
const days = 9
/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('the metrics over time on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
    manager = (await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'manager' })).text
    await makeWriteKey(world, 'test', world.everywhere, world.dev, { source: 'form', class: 'public' })
    await live()
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })
  const get = async <T>(path: string) => {
    const answer = await world.ask({ path: `/api/v1/${path}` })
    expect(answer.status, answer.text).toBe(200)
    return answer.json<T>()
  }
  const post = (path: string, body: object) => world.ask({ method: 'POST', path: `/api/v1/${path}`, body }, manager)

  /** Days of arrivals, a rule switched on and off again, and people who decide. */
  async function live(): Promise<void> {
    let state = 11
    const draw = (below: number) => {
      state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
      return (state >>> 8) % below
    }
    for (let day = 0; day < days; day++) {
      for (let round = 0; round < 3; round++) {
        const events = Object.fromEntries(
          Array.from({ length: 6 }, (_, place): [string, JsonObject] => {
            const person = draw(25)
            const traits: JsonObject = {
              ...(draw(2) === 0 && { email: `e${draw(5) === 0 ? draw(25) : person}@example.com` }),
              ...(draw(3) === 0 && { phone: `+1555000${1000 + (draw(3) === 0 ? draw(25) : person)}` }),
            }
            return [
              `k${day}-${round}-${place}`,
              {
                ...(draw(2) === 0 && { userId: `u${person}` }),
                ...(draw(3) > 0 && { anonymousId: `a${person}` }),
                traits,
              },
            ]
          }),
        )
        await world.tell(['shop', 'crm', 'form'][draw(3)] ?? '', events)
        world.pass(3_600_000)
      }
      if (day === 3) await world.engine.publish(world.dev, phonesOn, 'test', null)
      if (day === 6) await world.engine.publish(world.dev, defaultRulesetYaml, 'test', null)
      if (day === 4) {
        const { items } = await get<{ items: { candidateId: string }[] }>('candidates')
        const [first, second] = items
        await post(`candidates/${first?.candidateId}/confirm`, { reason: 'the same' })
        await post(`candidates/${second?.candidateId}/dismiss`, { reason: 'others' })
      }
      world.pass(86_400_000 - 3 * 3_600_000 - 3_000)
    }
  }

  it('I-27 BOT-23 every point of the series is what a recount of the feed gives', async () => {
    const { points } = await get<{ points: Point[] }>('metrics/series?days=30')
    expect(points).toHaveLength(30)
    const changes = (await get<{ items: Change[] }>('changes?limit=1000')).items
    expect(changes.length).toBeLessThan(1000)
    const { items: records } = await get<{ items: { receivedAt: string }[] }>('records?limit=1000')
    const dayOf = (at: string) => `${at.slice(0, 10)}T00:00:00.000Z`
    const sum = (point: Point, kind: string, of: (change: Change) => number, cause = '') =>
      changes
        .filter((change) => dayOf(change.at) === point.at && change.kind === kind && change.cause.startsWith(cause))
        .reduce((total, change) => total + of(change), 0)
    const one = () => 1
    let busy = 0
    for (const point of points) {
      expect(point.profilesCreated, point.at).toBe(sum(point, 'created', one))
      expect(point.splits, point.at).toBe(sum(point, 'split', one))
      const merged = sum(point, 'merged', ({ others }) => others.length)
      const manual = sum(point, 'merged', ({ others }) => others.length, 'decision:')
      expect([point.mergesAutomatic, point.mergesManual], point.at).toEqual([merged - manual, manual])
      expect(point.recordsStored).toBe(records.filter(({ receivedAt }) => dayOf(receivedAt) === point.at).length)
      if (point.recordsStored > 0) busy++
    }
    expect(busy).toBeGreaterThan(5)
    expect(points.reduce((total, { mergesManual }) => total + mergesManual, 0)).toBeGreaterThan(0)
    expect(points.reduce((total, { decisions }) => total + decisions, 0)).toBe(2)
  })

  it('I-27 BOT-25 BOT-26 the series ends at what is there now, and adds up hour by hour as well', async () => {
    const now = await get<{ profiles: number; candidates: number }>('metrics')
    const byDay = (await get<{ points: Point[] }>('metrics/series?days=30')).points
    const byHour = (await get<{ points: Point[] }>('metrics/series?days=30&step=hour')).points
    expect(byDay.at(-1)).toMatchObject({ profiles: now.profiles, candidates: now.candidates })
    expect(byHour.at(-1)).toMatchObject({ profiles: now.profiles, candidates: now.candidates })
    expect(byHour).toHaveLength(30 * 24)
    for (const point of byDay) {
      const hours = byHour.filter(({ at }) => at.slice(0, 10) === point.at.slice(0, 10))
      if (hours.length < 24) continue
      expect(hours.reduce((total, { recordsStored }) => total + recordsStored, 0)).toBe(point.recordsStored)
      expect(hours.at(-1)?.profiles).toBe(point.profiles)
    }
    expect(now.candidates).toBeGreaterThan(0)
  })

  it('DIN-C2 every record is unique, matched, in conflict or missing, by source too, as a simulation counts it', async () => {
    const { run } = (await post('rulesets/draft/simulate', { ruleset: 'published' })).json<{
      run: {
        runId: string
        report: { records: number; split: { after: Split }; rules: object[]; identifiers: object[] }
      }
    }>()
    const found = await get<{
      records: number
      resolution: Split
      rate: number
      sources: readonly (Split & { source: string; records: number })[]
      figures: { runId: string; rules: object[]; identifiers: { type: string; completeness: number }[] }
    }>('metrics/resolution')
    expect(found.resolution).toEqual(run.report.split.after)
    expect(found.records).toBe(run.report.records)
    expect(Object.values(found.resolution).reduce((sum, part) => sum + part, 0)).toBe(found.records)
    for (const part of ['records', 'unique', 'matched', 'conflict', 'missing'] as const) {
      const whole = part === 'records' ? found.records : found.resolution[part]
      expect(found.sources.reduce((sum, source) => sum + source[part], 0)).toBe(whole)
    }
    expect(found.sources.map(({ source }) => source)).toEqual(['crm', 'form', 'shop'])
    expect(Object.values(found.resolution).every((part) => part > 0)).toBe(true)
    expect(found.figures).toMatchObject({
      runId: run.runId,
      rules: run.report.rules,
      identifiers: run.report.identifiers,
    })
    const email = found.figures.identifiers.find(({ type }) => type === 'email')
    expect(email?.completeness).toBeGreaterThan(0)
  })

  it('BOT-36 the queue is shown by how long its candidates have waited', async () => {
    const { queueAges, candidates } = await get<{
      queueAges: { days: number; candidates: number }[]
      candidates: number
    }>('metrics')
    expect(queueAges.map(({ days: bound }) => bound)).toEqual([1, 7, 30, 0])
    expect(queueAges.reduce((sum, age) => sum + age.candidates, 0)).toBe(candidates)
    const { items } = await get<{ items: { firstShownAt: string }[] }>('candidates?limit=1000')
    const weeks = items.filter(({ firstShownAt }) => world.now() - Date.parse(firstShownAt) <= 7 * 86_400_000)
    expect((queueAges[0]?.candidates ?? 0) + (queueAges[1]?.candidates ?? 0)).toBe(weeks.length)
  })

  it('BOT-35 a merge that people split again shows as undone', async () => {
    const before = await get<{ merges: { undone: number; automatic: number; manual: number } }>('metrics')
    expect(before.merges.undone).toBe(0)
    await world.tell('shop', {
      wrong1: { anonymousId: 'w1', traits: { email: 'both@example.com' } },
      wrong2: { anonymousId: 'w2', traits: { email: 'both@example.com' } },
    })
    const { items } = await get<{ items: { key: string; profileId: string }[] }>('records?limit=2')
    const split = await post(`profiles/${items[0]?.profileId}/split`, {
      records: [{ source: 'shop', key: 'wrong2' }],
      reason: 'two people',
    })
    expect(split.status, split.text).toBe(200)
    const { merges } = await get<{
      merges: { undone: number; undoneShare: number; automatic: number; manual: number }
    }>('metrics')
    expect(merges.undone).toBe(1)
    expect(merges.undoneShare).toBe(1 / (merges.automatic + merges.manual))
  })

  it('MAS-27 profiles get richer as sources tell of the same people', async () => {
    const read = async () =>
      (await get<{ richness: { recordsPerProfile: number; profilesOfManySources: number } }>('metrics')).richness
    const before = await read()
    const { text } = await world.ask({ path: '/api/v1/export/identity_golden?format=jsonl' })
    const rows = text.trim().split('\n')
    const golden = rows.map((line) => JSON.parse(line) as { source_count: number; record_count: number })
    expect(before.profilesOfManySources).toBe(golden.filter((row) => row.source_count > 1).length)
    const sum = golden.reduce((total, row) => total + row.record_count, 0)
    expect(before.recordsPerProfile).toBe(sum / golden.length)
    await world.tell('support', { s1: { userId: 'rich' } })
    await world.tell('billing', { s2: { userId: 'rich' } })
    const after = await read()
    expect(after.profilesOfManySources).toBe(before.profilesOfManySources + 1)
  })
})

const phonesOn = defaultRulesetYaml.replace('enabled: false', 'enabled: true')
