import type { Database } from '../database.ts'
import type { RecordName } from '../summary.ts'

/** Source, key and profile of the most senior record of each trace. */
export async function namesOfTraces(db: Database, traces: Iterable<number>): Promise<ReadonlyMap<number, RecordName>> {
  const wanted = [...new Set(traces)]
  const found = new Map<number, RecordName>()
  if (wanted.length === 0) return found
  await db.run('CREATE OR REPLACE TEMP TABLE asked (t INTEGER)')
  await db.append('asked', [{ type: 'integer', values: Int32Array.from(wanted) }])
  const rows = await db.rows(
    `SELECT asked.t, srcs.name, recs.key, prof.profile_id FROM asked JOIN recs ON recs.t = asked.t AND recs.s = 1
     JOIN srcs USING (src) LEFT JOIN prof USING (c)`,
  )
  for (const [trace, source, key, profileId] of rows) {
    found.set(Number(trace), {
      source: String(source),
      key: String(key),
      profileId: profileId === null ? null : String(profileId),
    })
  }
  await db.run('DROP TABLE asked')
  return found
}
