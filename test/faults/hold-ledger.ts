import { createEngine } from '@selfsame/server'
import {
  createSpace,
  findSpaceFaults,
  findWorkspace,
  openDatabase,
  recordsAfter,
  type Database,
  type StoredRecord,
} from '@selfsame/store'
import type { JsonObject } from '@selfsame/core'
import { canonicalOfSpace } from '../parity/live-space.ts'
import type { Ledger } from './load.ts'

/** What went wrong, as sentences without values; empty: everything holds. */
export type Findings = readonly string[]

/**
 * I-21 everything acknowledged is there once; I-22 and I-24 nothing is half there; nothing is there that nobody sent. `upTo`
 * leaves out what was acknowledged later.
 */
export async function holdAgainstLedger(
  url: string,
  spaceId: string,
  ledger: Ledger,
  upTo = Number.POSITIVE_INFINITY,
): Promise<Findings> {
  const database = openDatabase(url)
  try {
    const findings: string[] = []
    const rows = await database.all<{ record_key: string; n: number }>(
      `SELECT record_key, count(*) AS n FROM records WHERE space_id = ? AND source = 'load' GROUP BY record_key ORDER BY record_key`,
      [spaceId],
    )
    const stored = new Set(rows.map(({ record_key }) => record_key))
    const lost = [...ledger.acknowledged].filter(([id, at]) => at <= upTo && !stored.has(id))
    if (lost.length > 0) findings.push(`${lost.length} acknowledged events are lost, the first of them ${lost[0]?.[0]}`)
    const doubled = rows.filter(({ n }) => n > 1)
    if (doubled.length > 0) findings.push(`${doubled.length} events are there twice`)
    const unknown = rows.filter(({ record_key }) => !ledger.sent.has(record_key))
    if (unknown.length > 0) findings.push(`${unknown.length} events are there that nobody sent`)
    if (database.dialect === 'sqlite') {
      const [row] = await database.all<{ integrity_check: string }>('PRAGMA integrity_check')
      if (row?.integrity_check !== 'ok') findings.push('the file is damaged')
    }
    for (const { code, count } of await findSpaceFaults(database, spaceId)) findings.push(`${code}: ${count}`)
    return findings
  } finally {
    await database.close()
  }
}

/** I-2, I-24: what was stored, replayed into an empty space, gives the same people with the same golden records. */
export async function holdAgainstReplay(url: string, spaceId: string): Promise<Findings> {
  const database = openDatabase(url)
  try {
    const workspaceId = (await findWorkspace(database)) ?? ''
    const replay = await createSpace(database, workspaceId, `replay-${Math.random()}`, 'tester', 0)
    let now = 0
    const engine = createEngine({ database, now: () => now })
    for await (const group of storedGroups(database, spaceId)) {
      now = group[0]?.received_at ?? 0
      await engine.ingest(replay, group.map(incomingOf))
    }
    await engine.close()
    const [left, right] = [await canonicalOfSpace(database, spaceId), await canonicalOfSpace(database, replay)]
    const { partition, ...rest } = left
    const findings: string[] = []
    if (JSON.stringify(partition) !== JSON.stringify(right.partition)) findings.push('a replay gives other profiles')
    for (const [name, part] of Object.entries(rest)) {
      if (JSON.stringify(part) !== JSON.stringify(right[name as keyof typeof rest]))
        findings.push(`a replay gives other ${name}`)
    }
    if (partition.length === 0) findings.push('nothing was stored')
    return findings
  } finally {
    await database.close()
  }
}

/** Records that were received at one instant, in their order. */
async function* storedGroups(database: Database, spaceId: string): AsyncGenerator<readonly StoredRecord[]> {
  let group: StoredRecord[] = []
  for (let seq = 0; ; ) {
    const page = await recordsAfter(database, spaceId, seq, 1000)
    for (const record of page) {
      seq = record.seq
      if (group.length > 0 && (group[0]?.received_at !== record.received_at || group.length >= 500)) {
        yield group
        group = []
      }
      group.push(record)
    }
    if (page.length === 0) break
  }
  if (group.length > 0) yield group
}

function incomingOf(record: StoredRecord) {
  return {
    source: record.source,
    key: record.record_key,
    kind: record.kind,
    event: record.event,
    observedAt: record.observed_at,
    payload: JSON.parse(record.payload) as JsonObject,
    payloadText: record.payload,
    proven: record.proven === null ? [] : (JSON.parse(record.proven) as string[]),
    withdrawn: record.withdrawn === 1,
  }
}
