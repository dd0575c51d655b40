import { recordsAfter, suppressedAmong, tracesById, type Database } from '@selfsame/store'
import type { Engine } from '../engine.ts'
import { suppressionHasher } from './suppression.ts'

const recordsPerPage = 5_000

/**
 * Erases whoever is in a database although an erasure says that they are forgotten, as after restoring an older backup. A
 * person is told by the hashes of their records. How many profiles there were.
 */
export async function eraseAgain(database: Database, engine: Engine, actor: string): Promise<number> {
  let erased = 0
  const spaces = await database.all<{ space_id: string; secret: string }>(
    `SELECT s.space_id, s.secret FROM spaces s WHERE EXISTS (SELECT 1 FROM suppressions f WHERE f.space_id = s.space_id)
     ORDER BY s.space_id`,
  )
  for (const { space_id: spaceId, secret } of spaces) {
    const profiles = await profilesOfForgotten(database, spaceId, secret)
    if (profiles.length > 0) await engine.erase(spaceId, profiles, { actor })
    erased += profiles.length
  }
  return erased
}

async function profilesOfForgotten(database: Database, spaceId: string, secret: string): Promise<readonly string[]> {
  const hasher = suppressionHasher(secret)
  const traces = new Set<string>()
  for (let seq = 0; ; ) {
    const page = await recordsAfter(database, spaceId, seq, recordsPerPage)
    const hashes = page.map(({ source, record_key: key }) => hasher.ofRecord({ source, key }))
    const forgotten = await suppressedAmong(database, spaceId, hashes)
    page.forEach(({ trace_id }, place) => {
      if (trace_id !== null && forgotten.has(hashes[place] ?? '')) traces.add(trace_id)
    })
    seq = page.at(-1)?.seq ?? seq
    if (page.length < recordsPerPage) break
  }
  const stored = await tracesById(database, spaceId, [...traces])
  return [...new Set(stored.flatMap(({ profileId }) => profileId ?? []))].sort()
}
