import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds } from '../postgres/fresh-databases.ts'
import { canonicalOfSpace, openLiveBench, type LiveBench } from './live-space.ts'
import { canonicalOfReference, liveWorld, type LiveWorld } from './live-world.ts'
import { randomFrom } from './random-world.ts'

const allWorlds = Number(process.env['SELFSAME_WORLDS'] ?? 75)
const timeoutMs = 300_000 + allWorlds * 1000
const firstSeed = Number(process.env['SELFSAME_SEED'] ?? 1)

describe.each(databaseKinds)('a stream on $name', ({ name, fresh }) => {
  // Every statement is a round trip there: fewer worlds take as long.
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
    `I-3 gives the answer of the reference in ${worlds} random worlds, in any order, chunking and duplication`,
    async () => {
      for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
        const world = liveWorld(seed)
        const expected = canonicalOfReference(world)
        for (const stream of [inOrder(world), shuffled(world)]) {
          const space = await bench.openSpace(world.body)
          for (const chunk of stream) await bench.engine.ingest(space, chunk)
          expect(await canonicalOfSpace(bench.database, space), `seed ${seed}`).toEqual(expected)
        }
      }
    },
    timeoutMs,
  )

  it(
    `I-17 a ruleset published on ${Math.ceil(worlds / 3)} stored streams gives its own answer, and the old one published again gives the old`,
    async () => {
      for (let seed = firstSeed; seed < firstSeed + worlds / 3; seed++) {
        const world = liveWorld(seed)
        const other = liveWorld(seed + 500_000)
        const space = await bench.openSpace(world.body)
        const half = Math.ceil(world.records.length / 2)
        for (const record of world.records.slice(0, half)) await bench.engine.ingest(space, [record])
        await bench.engine.publish(space, other.body, 'tester', null)
        for (const record of world.records.slice(half)) await bench.engine.ingest(space, [record])
        const under = canonicalOfReference({ ...world, body: other.body, ruleset: other.ruleset })
        expect(await canonicalOfSpace(bench.database, space), `seed ${seed}`).toEqual(under)
        await bench.engine.publish(space, world.body, 'tester', null)
        expect(await canonicalOfSpace(bench.database, space), `seed ${seed}`).toEqual(canonicalOfReference(world))
      }
    },
    timeoutMs,
  )

  it(
    `I-20 sixteen writers at once${name === 'SQLite' ? '' : ' on four engines'} give the answer of one`,
    async () => {
      const engines = await Promise.all(
        Array.from({ length: name === 'SQLite' ? 1 : 4 }, () => openLiveBench(bench.url, bench.now)),
      )
      try {
        for (let seed = firstSeed; seed < firstSeed + worlds / 3; seed++) {
          const world = liveWorld(seed, 40)
          const space = await bench.openSpace(world.body)
          const writers = Array.from({ length: 16 }, (_, index) => ({ index, chunks: [] as (readonly Record[])[] }))
          shuffled(world).forEach((chunk, index) => writers[index % 16]?.chunks.push(chunk))
          await Promise.all(
            writers.map(async ({ index, chunks }) => {
              const engine = engines[index % engines.length]?.engine ?? bench.engine
              for (const chunk of chunks) await engine.ingest(space, chunk)
            }),
          )
          expect(await canonicalOfSpace(bench.database, space), `seed ${seed}`).toEqual(canonicalOfReference(world))
        }
      } finally {
        for (const { close } of engines) await close()
      }
    },
    timeoutMs,
  )

  it(
    'I-6 every profile id that was ever told leads to the profile that holds its record now',
    async () => {
      let told = 0
      for (let seed = firstSeed; seed < firstSeed + worlds / 3; seed++) {
        const world = liveWorld(seed)
        const space = await bench.openSpace(world.body)
        const ids = new Map<string, { readonly source: string; readonly key: string }>()
        // A record that was deleted at its source holds no profile; its id leads to whoever took over.
        for (const record of world.records.filter(({ withdrawn }) => withdrawn !== true)) {
          const [outcome] = await bench.engine.ingest(space, [record])
          if (outcome?.profileId != null) ids.set(outcome.profileId, record)
        }
        for (const id of ids.keys()) {
          told++
          const found = await bench.database.all<{ profile_id: string }>(
            `SELECT t.profile_id FROM profiles p JOIN records r ON r.space_id = p.space_id AND r.source = p.record_source
             AND r.record_key = p.record_key JOIN traces t ON t.space_id = r.space_id AND t.trace_id = r.trace_id
           JOIN profiles now ON now.space_id = t.space_id AND now.profile_id = t.profile_id AND now.status = 'active'
           WHERE p.space_id = ? AND p.profile_id = ?`,
            [space, id],
          )
          expect(found.length, `seed ${seed}`).toBe(1)
        }
      }
      expect(told).toBeGreaterThan(worlds / 3)
    },
    timeoutMs,
  )
})

type Record = LiveWorld['records'][number]

function inOrder(world: LiveWorld): readonly (readonly Record[])[] {
  return world.records.map((record) => [record])
}

/** Shuffled and doubled, cut into chunks of any size; deliveries of one message id keep their order. */
function shuffled(world: LiveWorld): readonly (readonly Record[])[] {
  const random = randomFrom(world.seed + 31)
  const firsts = new Set<string>()
  const unique = world.records.filter(({ kind, source, key }) => {
    const id = `${source}:${key}`
    return kind === 'row' || (!firsts.has(id) && firsts.add(id))
  })
  const again = unique.filter(() => random() < 0.4)
  const all = [...unique, ...again].map((record) => ({ record, at: random() })).sort((a, b) => a.at - b.at)
  const chunks: Record[][] = [[]]
  for (const { record } of all) {
    if (random() < 0.4) chunks.push([])
    chunks[chunks.length - 1]?.push(record)
  }
  return chunks.filter((chunk) => chunk.length > 0)
}
