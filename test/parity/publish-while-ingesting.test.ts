import { parseRuleset } from '@selfsame/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds } from '../postgres/fresh-databases.ts'
import { canonicalOfSpace, openLiveBench, type LiveBench } from './live-space.ts'
import { canonicalOfReference, liveWorld, type LiveWorld } from './live-world.ts'
import { randomFrom } from './random-world.ts'

const allWorlds = Number(process.env['SELFSAME_WORLDS'] ?? 60)
const firstSeed = Number(process.env['SELFSAME_SEED'] ?? 7_001)
const timeoutMs = 300_000

describe.each(databaseKinds)('publishing on $name while records come', ({ name, fresh }) => {
  const worlds = name === 'SQLite' ? allWorlds : Math.ceil(allWorlds / 5)
  let bench: LiveBench
  let remove: () => Promise<void>
  beforeAll(async () => {
    const database = await fresh()
    remove = database.remove
    bench = await openLiveBench(database.url)
  })
  afterAll(async () => {
    await bench.close()
    await remove()
  })

  it(
    `I-3 I-17 in ${worlds} random worlds what comes between the plan and the switch is resolved by the new ruleset`,
    async () => {
      let caughtUp = 0
      for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
        const world = liveWorld(seed, 24)
        const other = liveWorld(seed + 500_000)
        const random = randomFrom(seed)
        const space = await bench.openSpace(world.body)
        const [early, late, after] = [
          world.records.slice(0, Math.ceil(world.records.length * random())),
          [] as LiveWorld['records'][number][],
          [] as LiveWorld['records'][number][],
        ]
        for (const record of world.records.slice(early.length)) (random() < 0.7 ? late : after).push(record)
        for (const record of early) await bench.engine.ingest(space, [record])
        const switchOver = await bench.prepare(space, other.body)
        for (const record of late) await bench.engine.ingest(space, [record])
        const applied = await switchOver()
        expect(applied, `seed ${seed}`).not.toBeNull()
        caughtUp += applied?.caughtUp ?? 0
        const under = { ...world, body: other.body, ruleset: other.ruleset }
        const known = [...early, ...late]
        expect(await canonicalOfSpace(bench.database, space), `seed ${seed} at the switch`).toEqual(
          canonicalOfReference({ ...under, records: known }),
        )
        for (const record of after) await bench.engine.ingest(space, [record])
        expect(await canonicalOfSpace(bench.database, space), `seed ${seed} after it`).toEqual(
          canonicalOfReference({ ...under, records: [...known, ...after] }),
        )
        await bench.engine.publish(space, world.body, 'tester', null)
        expect(await canonicalOfSpace(bench.database, space), `seed ${seed} published back`).toEqual(
          canonicalOfReference({ ...world, records: [...known, ...after] }),
        )
        expect(await staleRows(bench, space), `seed ${seed}`).toEqual([])
      }
      expect(caughtUp).toBeGreaterThan(worlds)
    },
    timeoutMs,
  )

  it(
    `I-3 I-17 in ${worlds} random worlds rules that read the same records are resolved over what was read`,
    async () => {
      let alike = 0
      for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
        const world = liveWorld(seed, 24)
        const other = otherRules(world)
        const space = await bench.openSpace(world.body)
        const half = Math.ceil(world.records.length / 2)
        for (const record of world.records.slice(0, half)) await bench.engine.ingest(space, [record])
        alike += (await bench.readAlike(space, other.body)) ? 1 : 0
        const switchOver = await bench.prepare(space, other.body)
        for (const record of world.records.slice(half)) await bench.engine.ingest(space, [record])
        expect(await switchOver(), `seed ${seed}`).not.toBeNull()
        expect(await canonicalOfSpace(bench.database, space), `seed ${seed}`).toEqual(canonicalOfReference(other))
        expect(await staleRows(bench, space), `seed ${seed}`).toEqual([])
      }
      expect(alike).toBeGreaterThan(worlds / 10)
    },
    timeoutMs,
  )

  it(
    'I-17 records that are sent while rulesets are published one after the other are all resolved by the last one',
    async () => {
      for (let seed = firstSeed; seed < firstSeed + Math.ceil(worlds / 6); seed++) {
        const world = liveWorld(seed, 40)
        const others = [1, 2, 3].map((step) => liveWorld(seed + step * 100_000))
        const space = await bench.openSpace(world.body)
        const last = others.at(-1) ?? world
        const send = async () => {
          for (const record of world.records) {
            await bench.engine.ingest(space, [record])
            await new Promise((next) => setTimeout(next, 1))
          }
        }
        const publish = async () => {
          for (const { body } of others) await bench.engine.publish(space, body, 'tester', null)
        }
        await Promise.all([send(), publish()])
        expect(await canonicalOfSpace(bench.database, space), `seed ${seed}`).toEqual(
          canonicalOfReference({ ...world, body: last.body, ruleset: last.ruleset }),
        )
        expect(await staleRows(bench, space), `seed ${seed}`).toEqual([])
      }
    },
    timeoutMs,
  )
})

/** A world whose rules decide otherwise about the same evidence. */
function otherRules(world: LiveWorld): LiveWorld {
  interface Written {
    readonly automatic?: boolean
    readonly rules?: readonly { readonly within?: string }[]
    readonly identifiers?: readonly { readonly kind: string; readonly max_unique_values?: number }[]
  }
  const written = JSON.parse(world.body) as Written
  const body = JSON.stringify({
    ...written,
    automatic: written.automatic === false,
    ...(written.rules && { rules: written.rules.toReversed() }),
    ...(written.identifiers && {
      identifiers: written.identifiers.map((type) =>
        type.max_unique_values === undefined || type.kind === 'attribute'
          ? type
          : { ...type, max_unique_values: type.max_unique_values + 1 },
      ),
    }),
  })
  const parsed = parseRuleset(body)
  if (!parsed.ok) throw new Error(parsed.issues.map(({ path, message }) => `${path} ${message}`).join('\n'))
  return { ...world, body, ruleset: parsed.ruleset }
}

/** Entries of the inverted index, and counts of it, that no trace explains; links and records that lead nowhere. */
async function staleRows({ database }: LiveBench, space: string): Promise<readonly object[]> {
  const index = await database.all(
    `SELECT s.type, s.value, s.trace_id FROM sightings s LEFT JOIN traces t
       ON t.space_id = s.space_id AND t.trace_id = s.trace_id
     WHERE s.space_id = ? AND t.trace_id IS NULL ORDER BY s.type, s.value, s.trace_id`,
    [space],
  )
  const counts = await database.all(
    `SELECT v.type, v.value, v.verified_traces, v.unverified_traces FROM identifier_values v
     WHERE v.space_id = ? AND (
       v.verified_traces <> (SELECT count(*) FROM sightings s WHERE s.space_id = v.space_id AND s.type = v.type AND s.value = v.value AND s.verified = 1)
       OR v.unverified_traces <> (SELECT count(*) FROM sightings s WHERE s.space_id = v.space_id AND s.type = v.type AND s.value = v.value AND s.verified = 0)
     ) ORDER BY v.type, v.value`,
    [space],
  )
  const links = await database.all(
    `SELECT l.left_trace, l.right_trace FROM links l LEFT JOIN traces a ON a.space_id = l.space_id AND a.trace_id = l.left_trace
       LEFT JOIN traces b ON b.space_id = l.space_id AND b.trace_id = l.right_trace
     WHERE l.space_id = ? AND (a.trace_id IS NULL OR b.trace_id IS NULL) ORDER BY l.left_trace, l.right_trace`,
    [space],
  )
  const records = await database.all(
    `SELECT r.source, r.record_key FROM records r LEFT JOIN traces t ON t.space_id = r.space_id AND t.trace_id = r.trace_id
     WHERE r.space_id = ? AND r.trace_id IS NOT NULL AND t.trace_id IS NULL ORDER BY r.source, r.record_key`,
    [space],
  )
  return [...index, ...counts, ...links, ...records]
}
