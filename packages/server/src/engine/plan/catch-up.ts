import { parseJson } from '@selfsame/core'
import type { JsonObject, RecordRef } from '@selfsame/core'
import {
  findRecords,
  followAllNamedRecords,
  moveRecords,
  recordsAfter,
  retraceRecords,
  saveAliases,
  storedRecordsOfTraces,
  tracesBySignature,
  type SpaceRow,
  type Sql,
  type StoredRecord,
  type StoredTrace,
} from '@selfsame/store'
import { aliasOf, evidenceOf, rowSignature, TraceCutter } from '../gather-group.ts'
import { nothingApplied, resolveGroup, type ResolvedGroup } from '../ingest-group.ts'
import type { SpaceRules } from '../space-rules.ts'

/** What changed while a plan was made. */
export interface LateChanges {
  /** Number of the last record that the plan knows. */
  readonly recordSeq: number
  /** Traces that hold nothing but late records, cut by the rules before. */
  readonly leaving: readonly StoredTrace[]
  /** Rows of the plan that have a newer version. */
  readonly changedRows: readonly StoredTrace[]
  /** Rows of the plan that were deleted at their source. */
  readonly withdrawn: readonly RecordRef[]
}

export interface CaughtUp extends Omit<ResolvedGroup, 'profileOf'> {
  readonly records: number
}

const recordsPerPage = 5_000

/** Resolves with the new rules what came while they were planned: as if it had come after they were published. */
export async function catchUp(
  sql: Sql,
  space: SpaceRow,
  rules: SpaceRules,
  rulesBefore: SpaceRules,
  at: number,
  late: LateChanges,
): Promise<CaughtUp> {
  const { spaceId } = space
  const records = await lateRecords(sql, spaceId, late)
  if (records.length === 0) return { ...nothingApplied, records: 0, changeSeq: space.changeSeq }
  const read = records.map((record) => ({
    record,
    evidence: record.withdrawn === 1 ? null : evidenceOf(record, parseJson(record.payload) as JsonObject, [], rules),
  }))
  const signatures = read.map(({ record, evidence }) =>
    evidence ? rules.traces.signatureOf(evidence) : rowSignature(record),
  )
  const leaving = new Map(late.leaving.map((trace) => [trace.id, trace]))
  const known = (await tracesBySignature(sql, spaceId, [...new Set(signatures)])).filter(({ id }) => !leaving.has(id))
  const cutter = new TraceCutter(known, rules)
  const cut = read.map(({ record, evidence }) => {
    if (evidence) return { record, traceId: cutter.put(evidence, record.seq) }
    cutter.withdraw(rowSignature(record))
    return { record, traceId: null }
  })
  const moves = [...cutter.moves]
  for (const { record, traceId } of cut) {
    const to = cutter.currentId(traceId)
    if (record.trace_id !== null && leaving.has(record.trace_id) && to !== null) {
      moves.push({ from: record.trace_id, to })
    }
  }
  await moveRecords(sql, spaceId, cutter.moves)
  await retraceRecords(
    sql,
    spaceId,
    cut.map(({ record: { source, record_key }, traceId }) => ({
      source,
      record_key,
      trace_id: cutter.currentId(traceId),
    })),
  )
  await followAllNamedRecords(sql, spaceId)
  const aliases = read.flatMap(({ evidence }) => (evidence ? aliasOf(evidence, rules.ruleset) : []))
  await saveAliases(sql, spaceId, aliases)
  const removed = new Set([...cutter.removed, ...[...leaving.keys()].filter((id) => !cutter.drafts.has(id))])
  const resolved = await resolveGroup(
    sql,
    space,
    {
      drafts: cutter.drafts,
      grown: new Map(),
      removed,
      before: [...known.filter(({ id }) => cutter.drafts.has(id) || removed.has(id)), ...leaving.values()],
      moves,
      currentId: (traceId) => cutter.currentId(traceId) ?? traceId,
      aliases,
      unanswered: new Set(leaving.keys()),
    },
    rules,
    at,
    `ruleset:${rules.version}`,
    (traceId) => (leaving.has(traceId) ? rulesBefore : rules).indexed,
  )
  return { ...resolved, records: records.length }
}

async function lateRecords(sql: Sql, spaceId: string, late: LateChanges): Promise<readonly StoredRecord[]> {
  const { recordSeq, leaving, changedRows, withdrawn } = late
  const found = new Map<number, StoredRecord>()
  for (let seq = recordSeq; ; ) {
    const page = await recordsAfter(sql, spaceId, seq, recordsPerPage)
    for (const record of page) found.set(record.seq, record)
    seq = page.at(-1)?.seq ?? seq
    if (page.length < recordsPerPage) break
  }
  const rows = [...leaving, ...changedRows].map(({ id }) => id)
  for (const record of await storedRecordsOfTraces(sql, spaceId, rows)) found.set(record.seq, record)
  for (const record of await findRecords(sql, spaceId, withdrawn)) found.set(record.seq, record)
  return [...found.values()].sort((a, b) => a.seq - b.seq)
}
