import { parseJson, splitSides, type JsonObject } from '@selfsame/core'
import type { RecordPlace, StoredAlias, StoredRecord, StoredTrace } from '@selfsame/store'
import { aliasOf, evidenceOf, TraceCutter } from '../gather-group.ts'
import type { Pace } from '../pace.ts'
import type { SpaceRules } from '../space-rules.ts'
import type { StoredState } from './stored-state.ts'

/** A record with the trace it is in now, and the one it would be in. null: none. */
export interface PlacedRecord {
  readonly source: string
  readonly record_key: string
  readonly kind: 'event' | 'row'
  readonly from: string | null
  readonly to: string | null
  /** The row was deleted at its source. */
  readonly isWithdrawn: boolean
  readonly effectiveAt: number
}

/** All records of a space in traces. */
export interface CutRecords {
  readonly placed: readonly PlacedRecord[]
  /** Every trace as it would be, by id. A trace keeps its id where its first-stored record stays the same. */
  readonly drafts: ReadonlyMap<string, StoredTrace>
  readonly aliases: readonly StoredAlias[]
  /** Whether a profile that keeps its traces keeps its golden record, unless more than its records concerns it. */
  readonly goldenStands: boolean
}

/** Told how many records were read. */
type OnRecords = (count: number) => Promise<void>

/** Reads all evidence anew from the payloads, and cuts the traces anew. */
export async function cutAnew(
  state: StoredState,
  rules: SpaceRules,
  records: AsyncIterable<readonly StoredRecord[]>,
  onRecords: OnRecords,
  pace: Pace,
): Promise<CutRecords> {
  const cutter = new TraceCutter([], rules)
  const sideOf = splitSides(state.decisions)
  const aliases: StoredAlias[] = []
  const cut: { readonly record: Omit<StoredRecord, 'payload'>; readonly traceId: string | null }[] = []
  for await (const page of records) {
    for (const { payload, ...record } of page) {
      if (record.withdrawn === 1) {
        cut.push({ record, traceId: null })
        continue
      }
      const evidence = evidenceOf({ ...record, payload }, parseJson(payload) as JsonObject, [], rules)
      cut.push({ record, traceId: cutter.put(evidence, record.seq, sideOf(record.source, record.record_key)) })
      aliases.push(...aliasOf(evidence, rules.ruleset))
    }
    await onRecords(cut.length)
    await pace()
  }
  const keptIds = new Map(state.traces.map(({ firstSeq, id }) => [firstSeq, id]))
  const newId = new Map([...cutter.drafts.values()].map(({ id, firstSeq }) => [id, keptIds.get(firstSeq) ?? id]))
  const nameOf = (traceId: string | null) => {
    const now = cutter.currentId(traceId)
    return now === null ? null : (newId.get(now) ?? now)
  }
  return {
    aliases,
    goldenStands: false,
    drafts: new Map(
      [...cutter.drafts].map(([id, draft]): [string, StoredTrace] => {
        const name = newId.get(id) ?? id
        return [name, { ...draft, id: name }]
      }),
    ),
    placed: cut.map(({ record, traceId }) => placeOf(record, nameOf(traceId))),
  }
}

/** The traces as they are stored: right where a ruleset reads and cuts them as the one before does. */
export async function cutAsStored(
  state: StoredState,
  places: AsyncIterable<readonly RecordPlace[]>,
  aliases: readonly StoredAlias[],
  goldenStands: boolean,
  onRecords: OnRecords,
  pace: Pace,
): Promise<CutRecords> {
  const placed: PlacedRecord[] = []
  for await (const page of places) {
    for (const record of page) placed.push(placeOf(record, record.trace_id))
    await onRecords(placed.length)
    await pace()
  }
  const drafts = new Map(
    state.traces.map((trace): [string, StoredTrace] => [
      trace.id,
      { ...trace, profileId: null, unresolvedReason: null, conflictReasons: null },
    ]),
  )
  return { placed, drafts, aliases, goldenStands }
}

function placeOf(record: Omit<RecordPlace, 'seq'>, to: string | null): PlacedRecord {
  const { source, record_key, kind, trace_id: from, first_effective_at: effectiveAt, withdrawn } = record
  return { source, record_key, kind, from, to, isWithdrawn: withdrawn === 1, effectiveAt }
}

/** Whether two rulesets read the same evidence out of every record, and cut it into the same traces. */
export function readAlike(a: SpaceRules, b: SpaceRules): boolean {
  return a.traces.gapMs === Infinity && b.traces.gapMs === Infinity && readingOf(a) === readingOf(b)
}

/** Settings of an identifier that decide about what was read, and have no say in reading it. */
const decidingOnly: ReadonlySet<string> = new Set([
  'maxUniqueValues',
  'whenExceeded',
  'strongerRules',
  'sharedWhen',
  'allowedValues',
  'stitch',
])

/** What reading and cutting depend on, as text: everything but what is known to decide only. */
function readingOf({ ruleset, traces, relevant, condenses }: SpaceRules): string {
  const { rules: _rules, automatic: _automatic, fuzzy: _fuzzy, merge, identifiers, sources, ...settings } = ruleset
  return JSON.stringify([
    settings,
    [...sources].sort(([one], [other]) => (one < other ? -1 : 1)),
    identifiers.map((type) => Object.entries(type).filter(([name]) => !decidingOnly.has(name))),
    [...relevant].sort(),
    traces.gapMs,
    // Condensed traces keep what may survive under this strategy.
    condenses ? [merge.strategy, merge.primary, [...merge.fields]] : null,
  ])
}

/** Whether two rulesets let the same values of the same records survive. */
export function surviveAlike(a: SpaceRules, b: SpaceRules): boolean {
  const textOf = ({ ruleset: { merge } }: SpaceRules) =>
    JSON.stringify([merge.strategy, merge.primary, [...merge.fields]])
  return textOf(a) === textOf(b)
}
