import { profileIdOf } from '@selfsame/core'
import type { Database } from '../database.ts'
import type { RecordName } from '../summary.ts'

/** Source, key and profile of the most senior record of each trace. */
export async function namesOfTraces(db: Database, traces: Iterable<number>): Promise<ReadonlyMap<number, RecordName>> {
  const wanted = new Set(traces)
  const named = await seniorRecords(db, wanted)
  const heads = new Set([...named.values()].map(({ profile }) => profile).filter((profile) => !named.has(profile)))
  const records = new Map([...named, ...(await seniorRecords(db, heads))])
  return new Map(
    [...named].map(([trace, { source, key, profile }]) => {
      const head = records.get(profile)
      return [trace, { source, key, profileId: head ? profileIdOf(head.source, head.key) : null }]
    }),
  )
}

interface SeniorRecord {
  readonly source: string
  readonly key: string
  /** Its profile, by the most senior trace; −1: none. */
  readonly profile: number
}

async function seniorRecords(db: Database, traces: ReadonlySet<number>): Promise<ReadonlyMap<number, SeniorRecord>> {
  const found = new Map<number, SeniorRecord>()
  if ([...traces].every((trace) => trace < 0)) return found
  await db.run('CREATE OR REPLACE TEMP TABLE asked (t INTEGER)')
  await db.append('asked', [{ type: 'integer', values: Int32Array.from(traces) }])
  const rows = await db.rows(
    'SELECT t, name, key, c FROM recs SEMI JOIN asked USING (t) JOIN srcs USING (src) WHERE s = 1',
  )
  for (const [trace, source, key, profile] of rows)
    found.set(Number(trace), { source: String(source), key: String(key), profile: Number(profile) })
  await db.run('DROP TABLE asked')
  return found
}
