import type { Database } from '../database.ts'
import type { RecordName } from '../summary.ts'
import type { ResolvedRun } from '../write/tables.ts'

/** Source, key and profile of the most senior record of each trace. */
export async function namesOfTraces(
  db: Database,
  { numbering }: Pick<ResolvedRun, 'numbering'>,
  traces: Iterable<number>,
): Promise<ReadonlyMap<number, RecordName>> {
  const wanted = [...new Set(traces)]
  const found = new Map<number, RecordName>()
  if (wanted.length === 0) return found
  await db.run('CREATE OR REPLACE TEMP TABLE asked (t INTEGER, record INTEGER)')
  await db.append('asked', [
    { type: 'integer', values: Int32Array.from(wanted) },
    { type: 'integer', values: Int32Array.from(wanted, (trace) => numbering.seniorOfTrace[trace] as number) },
  ])
  const rows = await db.rows(
    `SELECT asked.t, srcs.name, rec.key, prof.profile_id FROM asked JOIN rec ON rec.record = asked.record JOIN srcs USING (src)
     JOIN trc ON trc.t = asked.t LEFT JOIN prof ON prof.c = trc.c`,
  )
  for (const [trace, source, key, profileId] of rows) {
    found.set(Number(trace), { source: String(source), key: String(key), profileId: profileId === null ? null : String(profileId) })
  }
  await db.run('DROP TABLE asked')
  return found
}
