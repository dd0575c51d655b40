import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { JsonObject } from '@selfsame/core'
import { createEngine, firstStart, type DecisionRequest, type IncomingRecord } from '@selfsame/server'
import { migrate, openDatabase, spacesOf } from '@selfsame/store'

/**
 * What people wait for, on the embedded database: merging and reverting profiles of very many events (`--events N`, default
 * 1000000, shared by the two), and trying a draft on everything stored (`--profiles N`, default 20000; 0 leaves it out). Seconds
 * are of this machine; beside them stands the same work on two profiles of one event each.
 */
const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : Number(process.argv[at + 1])
}
const events = option('events', 1_000_000)
const profiles = option('profiles', 20_000)
const folder = mkdtempSync(join(tmpdir(), 'selfsame-bench-decide-'))
const database = openDatabase(`sqlite:${join(folder, 'bench.db')}`)
await migrate(database, Date.now())
const { workspaceId } = await firstStart({ database, now: Date.now })
const [space] = await spacesOf(database, workspaceId)
if (!space) throw new Error('the first start makes spaces')
const spaceId = space.space_id
const engine = createEngine({ database, now: Date.now })
const say = (text: string) => process.stdout.write(`${text}\n`)

const eventOf = (key: string, payload: JsonObject): IncomingRecord => ({
  source: 'web',
  key,
  kind: 'event',
  event: 'Page',
  observedAt: Date.now() - 1_000,
  payload,
  payloadText: JSON.stringify(payload),
  proven: [],
})
const profileWith = async (name: string, count: number): Promise<string> => {
  const payload = { anonymousId: `cookie-${name}`, userId: name, event: 'Page', properties: { path: '/' } }
  const [outcome] = await engine.ingest(spaceId, [eventOf(`${name}-0`, payload)], { wantProfiles: true })
  // The others are put beside it in SQL: they say the same, so that they belong to the trace of the first.
  await database.transaction(async (sql) => {
    await sql.run(
      `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?)
       INSERT INTO records (space_id, source, record_key, seq, kind, event, trace_id, observed_at, effective_at, received_at,
         first_effective_at, payload, proven, withdrawn)
       SELECT r.space_id, r.source, '${name}-' || n.i, (SELECT record_seq FROM spaces WHERE space_id = r.space_id) + n.i, r.kind,
         r.event, r.trace_id, r.observed_at, r.effective_at, r.received_at, r.first_effective_at, r.payload, r.proven, 0
       FROM n CROSS JOIN records r WHERE r.space_id = ? AND r.source = 'web' AND r.record_key = ?`,
      [count, spaceId, `${name}-0`],
    )
    await sql.run('UPDATE spaces SET record_seq = record_seq + ? WHERE space_id = ?', [count, spaceId])
    await sql.run(
      `UPDATE traces SET record_count = ? WHERE space_id = ? AND trace_id = (
         SELECT trace_id FROM records WHERE space_id = ? AND source = 'web' AND record_key = ?)`,
      [count, spaceId, spaceId, `${name}-0`],
    )
  })
  return outcome?.profileId ?? ''
}
const timed = async <T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> => {
  const from = performance.now()
  const result = await work()
  return { ms: performance.now() - from, result }
}
const decide = async (request: DecisionRequest): Promise<string> => {
  const [result] = await engine.decide(spaceId, [request], { actor: 'bench' })
  if (!result?.ok) throw result?.fault ?? new Error('nothing was decided')
  return result.outcome.decisionId
}
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const repeat = 7
const measure = async (
  label: string,
  survivor: string,
  session: string,
): Promise<{ merge: number; revert: number }> => {
  const merges: number[] = []
  const reverts: number[] = []
  for (let index = 0; index < repeat; index++) {
    const merge = await timed(() => decide({ kind: 'merge', survivor, session, pinned: [], reason: null }))
    merges.push(merge.ms)
    const revert = await timed(() => decide({ kind: 'revert', decisionId: merge.result, anyway: false, reason: null }))
    reverts.push(revert.ms)
  }
  const found = { merge: median(merges), revert: median(reverts) }
  say(`${label}: merge ${found.merge.toFixed(1)} ms, revert ${found.revert.toFixed(1)} ms (medians of ${repeat})`)
  return found
}

try {
  const small = await measure('two profiles of 1 event', await profileWith('a', 1), await profileWith('b', 1))
  const half = Math.floor(events / 2)
  const large = await measure(
    `two profiles of ${half.toLocaleString('en')} events`,
    await profileWith('c', half),
    await profileWith('d', half),
  )
  say(
    `against one event: merge ${(large.merge / small.merge).toFixed(2)} ×, revert ${(large.revert / small.revert).toFixed(2)} ×`,
  )
  if (profiles > 0) {
    const other = openDatabase(`sqlite:${join(folder, 'simulate.db')}`)
    await migrate(other, Date.now())
    const { workspaceId: otherWorkspace } = await firstStart({ database: other, now: Date.now })
    const [target] = await spacesOf(other, otherWorkspace)
    if (!target) throw new Error('the first start makes spaces')
    const trying = createEngine({ database: other, now: Date.now })
    const filling = await timed(async () => {
      for (let from = 0; from < profiles; from += 500) {
        const batch = Array.from({ length: Math.min(500, profiles - from) }, (_, index) => {
          const person = from + index
          return eventOf(`e${person}`, {
            anonymousId: `cookie-${person}`,
            traits: {
              email: `p${person % Math.ceil(profiles * 0.9)}@example.com`,
              phone: `+1555${String(person % Math.ceil(profiles * 0.95)).padStart(7, '0')}`,
            },
          })
        })
        await trying.ingest(target.space_id, batch)
      }
    })
    const [row] = await other.all<{ body: string; traces: number }>(
      `SELECT body, (SELECT count(*) FROM traces WHERE space_id = rulesets.space_id) AS traces FROM rulesets
       WHERE space_id = ? ORDER BY version DESC LIMIT 1`,
      [target.space_id],
    )
    const draft = (row?.body ?? '').replace('enabled: false', 'enabled: true')
    const simulation = await timed(
      async () => (await trying.startSimulation(target.space_id, draft, 'bench', 'given', null)).done,
    )
    say(
      `simulate a draft on ${(row?.traces ?? 0).toLocaleString('en')} traces: ${(simulation.ms / 1000).toFixed(1)} s, ` +
        `${(simulation.ms / filling.ms).toFixed(2)} × what taking these records took`,
    )
    await trying.close()
    await other.close()
  }
} finally {
  await engine.close()
  await database.close()
  rmSync(folder, { recursive: true, force: true })
}
