import {
  recordText,
  resolveNeighbourhood,
  splitSides,
  type Decision,
  type JsonObject,
  type LocatedRecord,
} from '@selfsame/core'
import {
  countMetrics,
  followAllNamedRecords,
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
import { noteOverruled } from './decide/overruled-dismissals.ts'
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
  const located = new Map<string, LocatedRecord>()
  const sideOf = splitSides(stored.decisions)
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
      const side = sideOf(record.source, record.record_key)
      moved.push({ ...record, trace_id: cutter.put(evidence, record.seq, side) })
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
  for (const { source, record_key: key, trace_id: traceId, first_effective_at: effectiveAt } of records) {
    if (traceId !== null) located.set(recordText({ source, key }), { traceId, effectiveAt })
  }
  await saveRecords(sql, spaceId, records)
  await followAllNamedRecords(sql, spaceId)
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
    located,
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
  await noteOverruled(sql, spaceId, at, neighbourhood, resolved)
  await countMetrics(sql, spaceId, at, [
    { name: 'merges_automatic', label: '', value: applied.merges },
    { name: 'splits', label: '', value: applied.splits },
  ])
  await saveSpace(sql, { ...space, clock: at, changeSeq: applied.changeSeq, rulesetVersion: version })
  return version
}
