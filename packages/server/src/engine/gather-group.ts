import {
  compareText,
  type Evidence,
  type JsonObject,
  parseJson,
  type RecordRef,
  recordText,
  type Ruleset,
  standardizeValue,
} from '@selfsame/core'
import {
  findRecords,
  tracesBySignature,
  type SpaceRow,
  type Sql,
  type StoredAlias,
  type StoredRecord,
  type StoredTrace,
} from '@selfsame/store'
import type { IncomingRecord, IngestOutcome } from './engine.ts'
import { suppressedRecords } from './erase/suppression.ts'
import { traceIdOf } from './ids.ts'
import type { SpaceRules } from './space-rules.ts'
import { storedSignature } from './stored-signature.ts'
import { unprovedIds } from './unproved-ids.ts'

/** What a group of records does to the records and traces of a space, before anything is resolved. */
export interface GatheredGroup {
  readonly outcomes: readonly { readonly status: IngestOutcome['status']; readonly otherBody: boolean }[]
  /** New and changed records, as they will be. */
  readonly records: readonly StoredRecord[]
  /** New traces, and those that now say something else, or are more senior. */
  readonly drafts: ReadonlyMap<string, StoredTrace>
  /** Traces that only got more records: as they will be. */
  readonly grown: ReadonlyMap<string, StoredTrace>
  readonly removed: ReadonlySet<string>
  /** Changed and removed traces as the store has them. */
  readonly before: readonly StoredTrace[]
  /** Traces that went into others: their records follow. */
  readonly moves: readonly { readonly from: string; readonly to: string }[]
  /** Known records that are in another trace now, or in none. */
  readonly retraced: readonly RecordRef[]
  /** The trace that one of `moves` ended in. */
  readonly currentId: (traceId: string) => string
  readonly aliases: readonly StoredAlias[]
  /** Records by public source that claim an id without its proof. */
  readonly unproved: ReadonlyMap<string, number>
  /** Sequence number of the last record. */
  readonly lastSeq: number
}

/**
 * Takes records in their order: an event whose message id is known changes nothing; a row's newer version replaces the older.
 * `receivedAt` is given to all of them.
 */
export async function gatherGroup(
  sql: Sql,
  { spaceId, secret }: Pick<SpaceRow, 'spaceId' | 'secret'>,
  incoming: readonly IncomingRecord[],
  rules: SpaceRules,
  receivedAt: number,
  firstSeq: number,
): Promise<GatheredGroup> {
  const known = new Map(
    (await findRecords(sql, spaceId, incoming)).map((record) => [
      recordText({ source: record.source, key: record.record_key }),
      record,
    ]),
  )
  const changed = new Map<string, { record: StoredRecord; payload: JsonObject; proven: readonly string[] }>()
  let seq = firstSeq
  const taken = incoming.map((given): Pick<IngestOutcome, 'status' | 'otherBody'> => {
    const id = recordText(given)
    const existing = changed.get(id)?.record ?? known.get(id)
    const version = takeVersion(given, existing, receivedAt, seq, rules)
    if (version.record === null) return { status: 'duplicate', otherBody: version.otherBody }
    if (!existing) seq++
    changed.set(id, {
      record: version.record,
      payload: version.counts ? given.payload : (parseJson(version.record.payload) as JsonObject),
      proven: version.counts ? given.proven : [],
    })
    return { status: 'stored', otherBody: false }
  })

  const read = [...changed.values()].map(({ record, payload, proven }) => ({
    record,
    evidence: record.withdrawn === 1 ? null : evidenceOf(record, payload, proven, rules),
  }))
  const suppressed = await suppressedRecords(
    sql,
    spaceId,
    secret,
    read.map(({ record, evidence: found }) => ({ source: record.source, key: record.record_key, evidence: found })),
    rules.keyTypes,
  )
  const evidence = suppressed.size === 0 ? read : read.filter((_, place) => !suppressed.has(place))
  const dropped = new Set([...suppressed].map((place) => [...changed.keys()][place]))
  const outcomes = taken.map((outcome, index) =>
    outcome.status === 'stored' && dropped.has(recordText(incoming[index] as IncomingRecord))
      ? { status: 'suppressed' as const, otherBody: false }
      : outcome,
  )
  const signatures = evidence.flatMap(({ record, evidence: found }) =>
    found ? [rules.traces.signatureOf(found)] : [rowSignature(record)],
  )
  const stored = await tracesBySignature(sql, spaceId, [...new Set(signatures)])
  const cutter = new TraceCutter(stored, rules)
  const records = evidence.map(({ record, evidence: found }): StoredRecord => {
    if (found === null) {
      cutter.withdraw(rowSignature(record))
      return { ...record, trace_id: null }
    }
    return { ...record, trace_id: cutter.put(found, record.seq) }
  })
  const storedById = new Map(stored.map((trace) => [trace.id, trace]))
  const grown = new Map(
    [...cutter.drafts].filter(([id, draft]) => onlyGrew(draft, storedById.get(id), rules.traces.gapMs)),
  )
  const drafts = new Map([...cutter.drafts].filter(([id]) => !grown.has(id)))
  const placed = records.map((record) => ({ ...record, trace_id: cutter.currentId(record.trace_id) }))
  const refOf = ({ source, record_key }: StoredRecord): RecordRef => ({ source, key: record_key })
  const isElsewhere = (record: StoredRecord) => {
    const before = known.get(recordText(refOf(record)))
    return before !== undefined && before.trace_id !== record.trace_id
  }
  return {
    outcomes,
    records: placed,
    retraced: placed.filter(isElsewhere).map(refOf),
    drafts,
    grown,
    removed: cutter.removed,
    before: stored.filter(({ id }) => drafts.has(id) || cutter.removed.has(id)),
    moves: cutter.moves,
    currentId: (traceId) => cutter.currentId(traceId) ?? traceId,
    aliases: evidence.flatMap(({ evidence: found }) => (found ? aliasOf(found, rules.ruleset) : [])),
    unproved: unprovedIds(
      evidence.map(({ evidence: found }) => found),
      rules,
    ),
    lastSeq: seq - 1,
  }
}

/** Whether nothing that decides who is who differs: with time windows the span of a trace does, otherwise its seniority. */
function onlyGrew(draft: StoredTrace, stored: StoredTrace | undefined, gapMs: number): boolean {
  return (
    stored !== undefined &&
    gapMs === Infinity &&
    draft.kind === 'event' &&
    stored.profileId !== null &&
    draft.seniorAt === stored.seniorAt &&
    draft.seniorKey === stored.seniorKey &&
    draft.firstSeq === stored.firstSeq
  )
}

/** Whether a delivery counts. `counts` false: an older version of a row, which only makes the row more senior. */
function takeVersion(
  given: IncomingRecord,
  existing: StoredRecord | undefined,
  receivedAt: number,
  nextSeq: number,
  rules: SpaceRules,
): { record: StoredRecord | null; otherBody: boolean; counts: boolean } {
  const { effectiveAt } = rules.read({ ...given, receivedAt, payload: {} })
  const fresh: StoredRecord = {
    source: given.source,
    record_key: given.key,
    seq: existing?.seq ?? nextSeq,
    kind: given.kind,
    event: given.event,
    trace_id: existing?.trace_id ?? null,
    observed_at: given.observedAt,
    effective_at: effectiveAt,
    received_at: receivedAt,
    first_effective_at: Math.min(effectiveAt, existing?.first_effective_at ?? effectiveAt),
    payload: given.payloadText,
    proven: given.proven.length > 0 ? JSON.stringify(given.proven) : null,
    withdrawn: given.withdrawn === true ? 1 : 0,
  }
  if (!existing) return { record: fresh, otherBody: false, counts: true }
  const sameBody = existing.payload === given.payloadText && existing.withdrawn === fresh.withdrawn
  if (existing.kind === 'event' || given.kind === 'event') {
    return { record: null, otherBody: !sameBody, counts: false }
  }
  const newer =
    effectiveAt - existing.effective_at ||
    receivedAt - existing.received_at ||
    compareText(given.payloadText, existing.payload)
  if (newer > 0 && !(sameBody && given.observedAt !== null && effectiveAt === existing.effective_at)) {
    return { record: fresh, otherBody: false, counts: true }
  }
  const isSenior = fresh.first_effective_at < existing.first_effective_at
  const record = isSenior ? { ...existing, first_effective_at: fresh.first_effective_at } : null
  return { record, otherBody: !sameBody, counts: false }
}

export function evidenceOf(
  record: StoredRecord,
  payload: JsonObject,
  proven: readonly string[],
  rules: Pick<SpaceRules, 'read'>,
): Evidence {
  const evidence = rules.read(
    {
      source: record.source,
      key: record.record_key,
      kind: record.kind,
      event: record.event,
      observedAt: record.observed_at,
      receivedAt: record.received_at,
      payload,
    },
    new Set(proven.length > 0 || record.proven === null ? proven : (JSON.parse(record.proven) as string[])),
  )
  return record.kind === 'row' ? { ...evidence, effectiveAt: record.first_effective_at } : evidence
}

export function rowSignature({ source, record_key }: StoredRecord): string {
  return storedSignature(JSON.stringify(['row', source, record_key]))
}

export function aliasOf(evidence: Evidence, ruleset: Ruleset): readonly StoredAlias[] {
  if (evidence.alias === null) return []
  const type = ruleset.identifiers.find(({ name }) => name === 'user_id')
  const standard = (value: string) => {
    const result = standardizeValue(value, type?.standardize ?? [], ruleset)
    return result.ok ? result.value : null
  }
  const user = standard(evidence.alias.userId)
  const previous = standard(evidence.alias.previousId)
  if (user === null || previous === null) return []
  const { source, key, effectiveAt } = evidence
  return [{ source, record_key: key, at: effectiveAt, user_id: user, previous_id: previous }]
}

/** Puts records into traces, cutting and joining them as their times demand. */
export class TraceCutter {
  readonly drafts = new Map<string, StoredTrace>()
  readonly removed = new Set<string>()
  readonly moves: { from: string; to: string }[] = []
  private readonly movedTo = new Map<string, string>()
  private readonly bySignature = new Map<string, StoredTrace[]>()
  private readonly rules: Pick<SpaceRules, 'traces' | 'version'>

  constructor(stored: readonly StoredTrace[], rules: Pick<SpaceRules, 'traces' | 'version'>) {
    this.rules = rules
    for (const trace of stored) this.bySignature.set(trace.signature, [...this.tracesOf(trace.signature), trace])
  }

  /** The trace that a record belongs to now; null: it says nothing that could ever count. `side`: see `splitSides`. */
  put(evidence: Evidence, seq: number, side: string | null = null): string | null {
    const single = {
      ...this.rules.traces.startTrace(evidence, traceIdOf(this.rules.version, seq), seq, side),
      ...nothingUnresolved,
    }
    if (evidence.kind === 'event' && single.sightings.length === 0 && !single.formsProfile) return null
    const same = this.tracesOf(single.signature)
    if (evidence.kind === 'row') {
      const [old] = same
      const trace = old
        ? { ...single, id: old.id, profileId: old.profileId, firstSeq: old.firstSeq, firstKey: old.firstKey }
        : single
      this.bySignature.set(single.signature, [trace])
      this.drafts.set(trace.id, trace)
      return trace.id
    }
    const { gapMs } = this.rules.traces
    const near = same.filter(
      (trace) => single.firstAt <= trace.lastAt + gapMs && single.firstAt >= trace.firstAt - gapMs,
    )
    const united = near.length === 0 ? single : { ...this.rules.traces.unite([...near, single]), ...nothingUnresolved }
    for (const trace of near) {
      if (trace.id === united.id) continue
      this.drafts.delete(trace.id)
      this.removed.add(trace.id)
      this.moves.push({ from: trace.id, to: united.id })
      this.movedTo.set(trace.id, united.id)
    }
    this.bySignature.set(single.signature, [...same.filter((trace) => !near.includes(trace)), united])
    this.drafts.set(united.id, united)
    return united.id
  }

  withdraw(signature: string): void {
    for (const trace of this.tracesOf(signature)) {
      this.drafts.delete(trace.id)
      this.removed.add(trace.id)
    }
    this.bySignature.delete(signature)
  }

  /** Where the records of a trace are after everything was put. */
  currentId(id: string | null): string | null {
    let at = id
    for (let to = at; to !== null; to = this.movedTo.get(to) ?? null) at = to
    return at
  }

  private tracesOf(signature: string): readonly StoredTrace[] {
    return this.bySignature.get(signature) ?? []
  }
}

const nothingUnresolved = { unresolvedReason: null, conflictReasons: null } as const
