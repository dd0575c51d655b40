import { type Decision, type JsonObject, parseJson, type RecordRef, splitSides } from '@selfsame/core'
import {
  findRecords,
  followNamedRecords,
  retraceRecords,
  storedRecordsOfTraces,
  tracesById,
  tracesBySignature,
  type Sql,
  type StoredTrace,
} from '@selfsame/store'
import { evidenceOf, TraceCutter } from '../gather-group.ts'
import type { SpaceRules } from '../space-rules.ts'

/** Traces that a split, or the end of one, cuts anew. */
export interface Retraced {
  readonly drafts: ReadonlyMap<string, StoredTrace>
  readonly removed: ReadonlySet<string>
  /** As the store has them. */
  readonly before: readonly StoredTrace[]
  /** Where the records of a former trace are now. */
  readonly successorsOf: (traceId: string) => readonly string[]
}

export const nothingRetraced: Retraced = {
  drafts: new Map(),
  removed: new Set(),
  before: [],
  successorsOf: () => [],
}

/**
 * Cuts the traces of some records anew, with the sides of the splits that stand: records named on a side form traces of
 * their own, and go back to those of their signature when the split is no more. Rows are traces of their own anyway.
 */
export async function retrace(
  sql: Sql,
  spaceId: string,
  refs: readonly RecordRef[],
  standing: readonly Decision[],
  rules: SpaceRules,
): Promise<Retraced> {
  const sideOf = splitSides(standing)
  const named = (await findRecords(sql, spaceId, refs)).filter(
    ({ kind, trace_id }) => kind === 'event' && trace_id !== null,
  )
  if (named.length === 0) return nothingRetraced
  const evidenceFor = (record: (typeof named)[number]) =>
    evidenceOf(record, parseJson(record.payload) as JsonObject, [], rules)
  const signatures = new Set(
    named.flatMap((record) => {
      const evidence = evidenceFor(record)
      const side = sideOf(record.source, record.record_key)
      return [rules.traces.signatureOf(evidence), rules.traces.signatureOf(evidence, side)]
    }),
  )
  const before = new Map(
    [
      ...(await tracesById(sql, spaceId, [...new Set(named.flatMap(({ trace_id }) => trace_id ?? []))])),
      ...(await tracesBySignature(sql, spaceId, [...signatures])),
    ].map((trace) => [trace.id, trace]),
  )

  const records = await storedRecordsOfTraces(sql, spaceId, [...before.keys()])
  const cutter = new TraceCutter([], rules)
  const placed = records.map((record) => ({
    record,
    traceId: cutter.put(evidenceFor(record), record.seq, sideOf(record.source, record.record_key)),
  }))
  const successors = new Map<string, Set<string>>()
  const moved = placed.flatMap(({ record, traceId }) => {
    const now = cutter.currentId(traceId)
    if (record.trace_id !== null && now !== null) {
      successors.set(record.trace_id, (successors.get(record.trace_id) ?? new Set()).add(now))
    }
    return now === record.trace_id ? [] : [{ source: record.source, record_key: record.record_key, trace_id: now }]
  })
  await retraceRecords(sql, spaceId, moved)
  await followNamedRecords(
    sql,
    spaceId,
    moved.map(({ source, record_key }) => ({ source, key: record_key })),
  )
  return {
    drafts: cutter.drafts,
    removed: new Set([...before.keys()].filter((id) => !cutter.drafts.has(id))),
    before: [...before.values()],
    successorsOf: (traceId) => [...(successors.get(traceId) ?? [])],
  }
}
