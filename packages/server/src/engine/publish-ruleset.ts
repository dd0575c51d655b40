import { resolveNeighbourhood, type Decision, type JsonObject } from '@selfsame/core'
import {
  countMetrics,
  loadEverything,
  lockSpace,
  recordsAfter,
  replaceAliases,
  saveRecords,
  saveRuleset,
  saveSpace,
  type Sql,
  type StoredAlias,
  type StoredRecord,
} from '@selfsame/store'
import { decisionOfAlias, suggestionOfAlias } from './alias-decision.ts'
import { applyResolution } from './apply-resolution.ts'
import { aliasOf, evidenceOf, TraceCutter } from './gather-group.ts'
import { candidateIdMaker, profileIdMaker } from './ids.ts'
import { UnknownSpace } from './ingest-group.ts'
import type { RulesCache } from './space-rules.ts'

const recordsPerPage = 5_000

/**
 * Publishes a ruleset and resolves everything stored again within one transaction: evidence is read anew from the payloads,
 * traces are cut anew, ids stay. The lane waits meanwhile. The new version's number.
 */
export async function publishRuleset(
  sql: Sql,
  spaceId: string,
  body: string,
  actor: string,
  note: string | null,
  nowMs: number,
  cache: RulesCache,
): Promise<number> {
  const space = await lockSpace(sql, spaceId)
  if (!space) throw new UnknownSpace('there is no such space')
  const at = Math.max(nowMs, space.clock)
  const version = await saveRuleset(sql, spaceId, { body, actor, note, created_at: at })
  const rules = await cache.load(sql, spaceId, version)

  const stored = await loadEverything(sql, spaceId)
  const cutter = new TraceCutter([], rules)
  const aliases: StoredAlias[] = []
  const traceByRecord = new Map<string, string>()
  const moved: StoredRecord[] = []
  const formerTrace = new Map<number, string | null>()
  const successors = new Map<string, Set<string>>()
  for (let seq = 0; ; ) {
    const page = await recordsAfter(sql, spaceId, seq, recordsPerPage)
    for (const record of page) {
      seq = record.seq
      if (record.withdrawn === 1) continue
      const evidence = evidenceOf(record, JSON.parse(record.payload) as JsonObject, [], rules)
      formerTrace.set(record.seq, record.trace_id)
      moved.push({ ...record, trace_id: cutter.put(evidence, record.seq) })
      aliases.push(...aliasOf(evidence, rules.ruleset))
    }
    if (page.length < recordsPerPage) break
  }
  const records = moved.map((record) => {
    const traceId = cutter.currentId(record.trace_id)
    const earlier = formerTrace.get(record.seq)
    if (earlier != null && traceId !== null)
      successors.set(earlier, (successors.get(earlier) ?? new Set()).add(traceId))
    return { ...record, trace_id: traceId }
  })
  for (const { source, record_key, trace_id } of records) {
    if (trace_id !== null) traceByRecord.set(JSON.stringify([source, record_key]), trace_id)
  }
  await saveRecords(sql, spaceId, records)
  await replaceAliases(sql, spaceId, aliases)

  const traces = [...cutter.drafts.values()]
  const before = new Map(stored.traces.map((trace) => [trace.id, trace]))
  const decisions: readonly Decision[] = [
    ...stored.decisions,
    ...aliases.flatMap((alias) => decisionOfAlias(alias, traces, rules.ruleset) ?? []),
  ]
  const neighbourhood = {
    traces,
    stored: before,
    decisions,
    suggestions: aliases.flatMap((alias) => suggestionOfAlias(alias, traces, rules.ruleset) ?? []),
    traceByRecord,
    shared: [],
    aliases,
    sharedBefore: stored.shared,
  }
  const resolved = await resolveNeighbourhood(neighbourhood, rules.ruleset, profileIdMaker(space.secret))
  const applied = await applyResolution(sql, neighbourhood, cutter.drafts, new Set(before.keys()), resolved, {
    spaceId,
    at,
    cause: `ruleset:${version}`,
    changeSeq: space.changeSeq,
    rules,
    candidateId: candidateIdMaker(space.secret),
    successorsOf: (traceId) => [...(successors.get(traceId) ?? [])],
  })
  await countMetrics(sql, spaceId, at, [
    { name: 'merges_automatic', label: '', value: applied.merges },
    { name: 'splits', label: '', value: applied.splits },
  ])
  await saveSpace(sql, { ...space, clock: at, changeSeq: applied.changeSeq, rulesetVersion: version })
  return version
}
