import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findSpaceFaults } from '@selfsame/store'
import { canonicalOfSpace, openLiveBench } from '../parity/live-space.ts'
import { arrivalAt, liveWorld } from '../parity/live-world.ts'
import { randomFrom } from '../parity/random-world.ts'
import { databaseKinds, type FreshDatabase } from '../postgres/fresh-databases.ts'
import { holdAgainstLedger } from './hold-ledger.ts'
import { Ledger, startLoad } from './load.ts'
import { prepareDatabase, startServing } from './serving.ts'
import { setTimeout as sleep } from 'node:timers/promises'

const seed = Number(process.env['SELFSAME_SEED'] ?? 1)
const tenYears = 10 * 365.25 * 86_400_000

describe.each(databaseKinds)('clocks on $name', ({ fresh }) => {
  let database: FreshDatabase
  beforeAll(async () => {
    database = await fresh()
  })
  afterAll(() => database.remove())

  it('I-28 jumps of ten years back and forth change neither the people nor the order in which records were received', async () => {
    const random = randomFrom(seed)
    let clock = arrivalAt
    let jumping = false
    const now = () => (jumping ? Math.round(arrivalAt + tenYears * random()) : clock++)
    const bench = await openLiveBench(database.url, now)
    try {
      for (let world = seed; world < seed + 6; world++) {
        const { body, records } = liveWorld(world)
        // Rows of one instant are told apart by when they came: here every record has a time of its own.
        const timed = records.map((record, index) => ({ ...record, observedAt: record.observedAt ?? 1000 + index }))
        const [steady, jumpy] = [await bench.openSpace(body), await bench.openSpace(body)]
        jumping = false
        for (const record of timed) await bench.engine.ingest(steady, [record])
        jumping = true
        for (const record of timed) await bench.engine.ingest(jumpy, [record])
        expect((await canonicalOfSpace(bench.database, jumpy)).partition, `world ${world}`).toEqual(
          (await canonicalOfSpace(bench.database, steady)).partition,
        )
        const received = await bench.database.all<{ received_at: number }>(
          `SELECT received_at FROM records WHERE space_id = ? AND kind = 'event' ORDER BY seq`,
          [jumpy],
        )
        const times = received.map(({ received_at }) => received_at)
        expect(times, `world ${world}`).toEqual(times.toSorted((a, b) => a - b))
        expect(await findSpaceFaults(bench.database, jumpy)).toEqual([])
      }
    } finally {
      await bench.close()
    }
  })

  it('I-28 a server in another time zone and language goes on where one stopped', async () => {
    const { url, spaceId, writeKey } = await prepareDatabase(database.url)
    const ledger = new Ledger()
    for (const [index, zone] of ['Pacific/Kiritimati', 'America/St_Johns'].entries()) {
      const serving = await startServing(url, { TZ: zone, LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' })
      const load = startLoad({ addresses: [serving.address], writeKey, ledger, senders: 2, seed, name: `z${index}` })
      await sleep(400)
      await load.stop()
      serving.signal('SIGTERM')
      await serving.finished
    }
    expect(await holdAgainstLedger(url, spaceId, ledger)).toEqual([])
    expect([...ledger.statuses.keys()]).toEqual([200])
  })
})
