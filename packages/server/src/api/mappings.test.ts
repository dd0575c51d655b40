import type { JsonObject } from '@selfsame/core'
import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { makeWriteKey } from '../control/keys.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

interface Preview {
  readonly fires: boolean
  readonly because: string | null
  readonly path: readonly string[] | null
  readonly value: unknown
  readonly target: string
  readonly key: string | null
  readonly standardized: string | null
  readonly rejected: string | null
  readonly verified: boolean
  readonly outcome: string | null
}
interface Answer {
  readonly issues: readonly { readonly path: string; readonly message: string }[]
  readonly event: string | null
  readonly refused: string | null
  readonly place: number | null
  readonly mappings: readonly Preview[]
  readonly reading: {
    readonly sightings: readonly { readonly type: string; readonly value: string; readonly verified: boolean }[]
    readonly rejected: readonly { readonly type: string; readonly value: string; readonly code: string }[]
    readonly fields: readonly { readonly field: string; readonly value: unknown }[]
  } | null
}

let world: ReadingWorld
let fresh: FreshDatabase
const keys = new Map<string, string>()

const envelopes = Number(process.env['SELFSAME_ENVELOPES'] ?? 1_000)
const firstSeed = Number(process.env['SELFSAME_SEED'] ?? 16)
/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('the preview of mappings on $name', ({ name, fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
    for (const [source, keyClass] of [
      ['app', 'server'],
      ['form', 'public'],
    ] as const) {
      const made = await makeWriteKey(world, 'test', world.everywhere, world.dev, { source, class: keyClass })
      keys.set(source, made.text)
    }
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })
  const preview = async (body: object) =>
    (await world.ask({ method: 'POST', path: '/api/v1/mappings/preview', body })).json<Answer>()

  const envelope = {
    event: 'Order Completed',
    props: { user: { email: ' Ann@Example.com ' }, plan: 'gold', list: [1], empty: '' },
    context: { customer_id: 'c-7' },
  }
  const one = async (mapping: object, source = 'app', sent: object = envelope) => {
    const answer = await preview({ source, mapping, sample: { envelope: sent } })
    return answer.mappings[answer.place ?? 0]
  }

  it('COM-27 COM-28 COM-29 it says whether a rule fires, which leaf it matched, and what the value becomes', async () => {
    expect(await one({ when: 'order_completed', read: 'props.user.email', to: 'email', verified: true })).toMatchObject(
      {
        fires: true,
        path: ['props', 'user', 'email'],
        value: ' Ann@Example.com ',
        target: 'email',
        standardized: 'ann@example.com',
        verified: true,
      },
    )
    for (const [mapping, because] of [
      [{ when: 'identify', read: 'props.user.email', to: 'email' }, 'other_event'],
      [{ read: 'props.user.phone', to: 'phone' }, 'path_absent'],
      [{ read: 'props.list', to: 'email' }, 'not_a_value'],
      [{ read: 'props.user', to: 'email' }, 'not_a_value'],
      [{ read: 'props.plan', to: 'trait', key: 'plan', enabled: false }, 'disabled'],
    ] as const) {
      expect(await one(mapping)).toMatchObject({ fires: false, because })
    }
  })

  it('COM-30 the outcome is one of five: stitches, merges, waits for review, hints a name, writes a trait', async () => {
    const outcomes = []
    for (const mapping of [
      { read: 'context.customer_id', to: 'customer_id' },
      { read: 'props.user.email', to: 'email', verified: true },
      { read: 'props.user.email', to: 'email', verified: false },
      { read: 'props.plan', to: 'first_name' },
      { read: 'props.plan', to: 'trait', key: 'plan' },
    ])
      outcomes.push((await one(mapping))?.outcome)
    expect(outcomes).toEqual([
      'anchor_stitches',
      'verified_claim_merges',
      'unverified_waits_for_review',
      'name_hints',
      'trait_writes',
    ])
  })

  it('COM-25 COM-26 whether a claim is verified is said by the rule, and by its source where it says nothing', async () => {
    const verified = async (source: string, mapping: object) =>
      (await one({ read: 'props.user.email', to: 'email', ...mapping }, source))?.verified
    expect(await verified('app', {})).toBe(true)
    expect(await verified('form', {})).toBe(false)
    expect(await verified('app', { verified: false })).toBe(false)
    expect((await one({ read: 'context.customer_id', to: 'customer_id' }, 'form'))?.outcome).toBe(
      'unverified_waits_for_review',
    )
  })

  it('COM-7 COM-9 a name that is no snake_case and a path with an index are refused with their place', async () => {
    const answer = await preview({
      source: 'app',
      mapping: { read: 'items[0].mail', to: 'email' },
      sample: { envelope },
    })
    expect(answer.issues[0]?.path).toBe('/sources/app/mappings/0/read')
    const named = await world.ask({
      method: 'POST',
      path: '/api/v1/mappings/preview',
      body: { source: 'app', mapping: { when: 'Order Completed', read: 'a', to: 'email' }, sample: { envelope } },
    })
    expect(named.status).toBe(400)
  })

  it('COM-7 a record that came lately is a sample, and the events among them are named', async () => {
    const body = { batch: [{ ...envelope, type: 'track', messageId: 'sample', userId: 'u-7' }] }
    await world.ask({ method: 'POST', path: '/v1/batch', body }, keys.get('app'))
    const { items, events } = (
      await world.ask({ path: '/api/v1/mappings/samples?event=order_completed&source=app' })
    ).json<{ items: { key: string; envelope: JsonObject }[]; events: { event: string }[] }>()
    expect(items.map(({ key }) => key)).toEqual(['sample'])
    expect(events.map(({ event }) => event)).toContain('order_completed')
    const answer = await preview({
      source: 'app',
      mapping: { read: 'props.plan', to: 'trait', key: 'plan' },
      sample: { record: { source: 'app', key: 'sample' } },
    })
    expect(answer.mappings[0]).toMatchObject({ fires: true, value: 'gold' })
    const unknown = { source: 'app', sample: { record: { source: 'app', key: 'nothing' } } }
    expect((await world.ask({ method: 'POST', path: '/api/v1/mappings/preview', body: unknown })).status).toBe(404)
  })

  it('COM-24 a rule that is edited is previewed in its place, with the others of its source', async () => {
    const yaml = `version: 1\nsources: { app: { mappings: [ { read: a, to: email }, { read: b, to: phone } ] } }\n`
    const answer = await preview({
      source: 'app',
      ruleset: { yaml },
      mapping: { read: 'c', to: 'email' },
      place: 0,
      sample: { envelope: { event: 'x', a: 'a@x.test', b: '+15551234567', c: 'c@x.test' } },
    })
    expect(answer.place).toBe(0)
    expect(answer.mappings.map(({ standardized }) => standardized)).toEqual(['c@x.test', '+15551234567'])
  })

  const total = name === 'SQLite' ? envelopes : Math.ceil(envelopes / 5)
  const perRuleset = total / 20

  it(`COM-31 I-16 ${total} random envelopes: what the preview says is what ingestion stores`, {
    timeout: 120_000,
  }, async () => {
    const fired = new Map<string, number>()
    for (let seed = firstSeed, sent = 0; sent < total; seed++) {
      const random = randomFrom(seed)
      const yaml = randomRuleset(random)
      const batch = Array.from({ length: perRuleset }, (_, index) => randomEnvelope(random, `${seed}-${index}`))
      const source = random() < 0.5 ? 'app' : 'form'
      const said = []
      for (const sample of batch) said.push(await preview({ source, ruleset: { yaml }, sample: { envelope: sample } }))
      await world.engine.publish(world.dev, yaml, 'test', null)
      await world.ask({ method: 'POST', path: '/v1/batch', body: { batch } }, keys.get(source))
      sent += perRuleset
      for (const [index, answer] of said.entries()) {
        const stored = await storedReading(source, `${seed}-${index}`)
        expect(answer.issues, `seed ${seed}: ${yaml}`).toEqual([])
        expect(answer.reading?.sightings, `seed ${seed} ${index}`).toEqual(stored.sightings)
        expect(
          new Map(answer.reading?.fields.map(({ field, value }) => [field, value])),
          `seed ${seed} ${index}`,
        ).toEqual(stored.fields)
        for (const mapping of answer.mappings) {
          const said = mapping.fires ? (mapping.outcome ?? mapping.rejected ?? 'blank') : (mapping.because ?? '')
          fired.set(said, (fired.get(said) ?? 0) + 1)
          if (!mapping.fires || mapping.outcome === null || mapping.outcome === 'trait_writes') continue
          // Of several readings of one value the verified one counts.
          const { target: type, standardized: value, verified } = mapping
          const found = stored.sightings.find((one) => one.type === type && one.value === value)
          expect(found, `seed ${seed} ${index} ${type}`).toBeDefined()
          if (verified) expect(found?.verified).toBe(true)
        }
      }
    }
    for (const outcome of [
      'anchor_stitches',
      'verified_claim_merges',
      'unverified_waits_for_review',
      'name_hints',
      'trait_writes',
      'email.malformed',
      'value.blocked',
      'other_event',
      'path_absent',
      'not_a_value',
      'disabled',
    ])
      expect(fired.get(outcome) ?? 0, outcome).toBeGreaterThan(0)
  })

  async function storedReading(source: string, key: string) {
    const [row] = await world.database.all<{ sightings: string; golden: string; record_count: number }>(
      `SELECT t.sightings, t.golden, t.record_count FROM records r JOIN traces t ON t.space_id = r.space_id AND t.trace_id = r.trace_id
       WHERE r.space_id = ? AND r.source = ? AND r.record_key = ?`,
      [world.dev, source, key],
    )
    expect(row?.record_count).toBe(1)
    const golden = JSON.parse(row?.golden ?? '') as { members: { fields: [string, unknown][] }[] }
    return {
      sightings: JSON.parse(row?.sightings ?? '[]') as { type: string; value: string; verified: boolean }[],
      fields: new Map(golden.members[0]?.fields),
    }
  }
})

type Random = () => number

function randomRuleset(random: Random): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const mappings = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, index) => {
    const to = pick(['customer_id', 'user_id', 'email', 'email', 'phone', 'first_name', 'last_name', 'trait', 'trait'])
    return {
      ...(random() < 0.4 && { when: pick(['identify', 'order_completed', 'seen']) }),
      read: pick(paths),
      to,
      ...(to === 'trait' && { key: pick(['plan', 'city', 'email']) }),
      ...(random() < 0.5 && { verified: random() < 0.5 }),
      ...(random() < 0.5 && { precedence: Math.floor(random() * 4) + index / 10 }),
      ...(random() < 0.2 && { enabled: false }),
    }
  })
  const trust = pick(['trusted', 'untrusted'])
  const settings = random() < 0.15 ? { trust } : { trust, mappings }
  return JSON.stringify({
    version: 1,
    sources: { app: settings, form: settings },
    identifiers: [
      { name: 'customer_id', kind: 'anchor' },
      { name: 'user_id', kind: 'anchor' },
      { name: 'email', kind: 'claim', standardize: ['email'], max_unique_values: 3, blocked_values: ['blocked@*'] },
      { name: 'phone', kind: 'claim', standardize: ['phone'], max_unique_values: 2 },
      { name: 'conversation_id', kind: 'anchor' },
      { name: 'device_id', kind: 'anchor' },
      { name: 'anonymous_id', kind: 'anchor' },
    ],
    rules: [
      {
        name: 'All',
        match: ['email', 'phone', 'first_name', 'last_name', 'display_name', 'birth_date', 'postcode'].map((exact) => ({
          exact,
        })),
      },
    ],
  })
}

const paths = [
  'a',
  'b',
  'props.a',
  'props.b',
  'props.deep.a',
  'traits.email',
  'userId',
  'toString',
  'props.list.length',
]

function randomEnvelope(random: Random, messageId: string): JsonObject {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const leaf = () =>
    pick<JsonObject[string]>([
      `Mail${Math.floor(random() * 9)}@Example.com`,
      'blocked@example.com',
      '+1 555 123 4567',
      'Ann',
      ' ',
      '',
      7,
      -0.5,
      true,
      null,
      [1, 2],
      { a: 'inside' },
      'n/a',
      'bob at example.com',
    ])
  const fill = (names: readonly string[]) =>
    Object.fromEntries(names.filter(() => random() < 0.7).map((name) => [name, leaf()]))
  const calls: readonly JsonObject[] = [
    { type: 'identify', traits: fill(['email', 'phone', 'first_name', 'city']) },
    { type: 'track', event: pick(['Order Completed', 'seen', 'Identify']), properties: fill(['email', 'a']) },
    { event: 'seen' },
  ]
  return {
    ...pick(calls),
    messageId,
    anonymousId: `visitor ${messageId}`,
    ...fill(['a', 'b', 'userId']),
    ...(random() < 0.9 && { props: { ...fill(['a', 'b']), list: [1], deep: fill(['a']) } }),
    ...(random() < 0.2 && { context: { customer_id: leaf(), device: { id: leaf() } } }),
  }
}

function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
