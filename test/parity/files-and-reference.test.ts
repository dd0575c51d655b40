import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveFiles, type RunInput } from '@selfsame/batch'
import { afterAll, describe, expect, it } from 'vitest'
import { arrivalAt, canonicalOfReference, liveWorld, type LiveWorld } from './live-world.ts'

/** A run starts a database of its own: fewer worlds than elsewhere, through everything there is between a file and a table. */
const worlds = Math.max(10, Math.ceil(Number(process.env['SELFSAME_WORLDS'] ?? 600) / 30))
const firstSeed = Number(process.env['SELFSAME_SEED'] ?? 7_000)

describe('a run over files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-parity-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it(`gives the profiles, unresolved records and candidates of the reference in ${worlds} random worlds`, async () => {
    let candidates = 0
    let unresolved = 0
    for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
      const world = asFilesHold(liveWorld(seed))
      const expected = canonicalOfReference(world)
      const out = join(folder, `out-${seed}`)
      const result = await resolveFiles({
        inputs: writeInputs(world, join(folder, String(seed))),
        sourceColumn: null,
        ruleset: world.ruleset,
        rulesetOrigin: { file: null, text: world.body, warnings: [] },
        outputFolder: out,
        format: 'jsonl',
        spreadsheetSafe: false,
        memoryBytes: null,
        threads: 2,
        receivedAt: arrivalAt,
        engine: '0.0.0-test',
      })
      if (!result.ok) throw new Error(`seed ${seed}: ${result.faults.map(({ message }) => message).join('; ')}`)
      const table = async (name: string) =>
        (await readFile(join(out, `${name}.jsonl`), 'utf8'))
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as Readonly<Record<string, string | number | null>>)
      const members = Map.groupBy(
        (await table('identity_lookup')).filter((row) => row['profile_id'] !== null && row['profile_id'] !== ''),
        (row) => String(row['profile_id']),
      )
      const partition = [...members.values()]
        .map((rows) => rows.map((row) => `${row['source']}:${row['record_key']}`).sort())
        .sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1))
      expect(partition, `seed ${seed}`).toEqual(expected.partition)
      const refused = (await table('identity_unresolved_records')).map((row) =>
        JSON.stringify([`${row['source']}:${row['record_key']}`, row['unresolved_reason'], row['conflict_reasons']]),
      )
      expect(refused.sort(), `seed ${seed}`).toEqual(expected.unresolved)
      const review = (await table('identity_review')).map((row) => [
        row['type'],
        row['value'],
        row['reason'],
        row['seen_count'],
      ])
      const wanted = expected.candidates.map((text) => {
        const [, , reason, type, value, , , , , seen] = JSON.parse(text) as (string | number)[]
        return [type, value, reason, seen]
      })
      expect(review.map(String).sort(), `seed ${seed}`).toEqual(wanted.map(String).sort())
      candidates += wanted.length
      unresolved += refused.length
    }
    expect(candidates).toBeGreaterThan(0)
    expect(unresolved).toBeGreaterThan(0)
  }, 300_000)
})

/** Two bodies under one message id would be told apart by their texts, and the stream tells them by arrival. */
function asFilesHold(world: LiveWorld): LiveWorld {
  const seen = new Set<string>()
  const records = world.records.filter(({ kind, source, key, withdrawn }) => {
    const id = `${source}:${key}`
    return withdrawn !== true && (kind === 'row' || (!seen.has(id) && seen.add(id)))
  })
  return { ...world, records }
}

/** One file of rows and one of events per source, times and keys beside what the records hold. */
function writeInputs({ records }: LiveWorld, stem: string): readonly RunInput[] {
  const groups = Map.groupBy(records, ({ source, kind }) => `${source}-${kind}`)
  return [...groups].map(([name, members]) => {
    const path = `${stem}-${name}.jsonl`
    const lines = members.map(({ kind, key, observedAt, payload }) => {
      const at = new Date(observedAt ?? 0).toISOString()
      return JSON.stringify(
        kind === 'row' ? { id: key, updated_at: at, ...payload } : { messageId: key, timestamp: at, ...payload },
      )
    })
    writeFileSync(path, `${lines.join('\n')}\n`)
    return { source: members[0]?.source ?? '', path }
  })
}
