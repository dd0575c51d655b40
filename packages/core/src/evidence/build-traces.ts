import type { Decision } from '../resolve/decision.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'
import { compareSeniority, type Evidence } from './record.ts'
import { relevantTypes, shortestWindow } from './relevant-types.ts'
import type { Trace } from './trace.ts'

export interface Traces {
  /** By seniority. */
  readonly traces: readonly Trace[]
  /** The trace that holds a record. */
  traceOf(source: string, key: string): number | undefined
  /** Per trace its records, by seniority. */
  readonly recordsOf: readonly (readonly Evidence[])[]
}

/**
 * Cuts evidence into traces. A row is a trace of its own; events of one source that say the same are one, cut where a gap is
 * longer than the shortest time window, and where a split names records of a side. One record per key is expected:
 * see `latestVersions`.
 */
export function buildTraces(
  evidence: readonly Evidence[],
  ruleset: Ruleset,
  decisions: readonly Decision[] = [],
): Traces {
  const relevant = relevantTypes(ruleset)
  const gapMs = shortestWindow(ruleset)
  const splitSideOf = splitSides(decisions)
  const groups = new Map<string, Evidence[]>()
  for (const record of evidence) {
    const key =
      record.kind === 'row'
        ? JSON.stringify(['row', record.source, record.key])
        : signatureOf(record, relevant, splitSideOf(record.source, record.key))
    const group = groups.get(key)
    if (group) group.push(record)
    else groups.set(key, [record])
  }
  const cut = [...groups.values()].flatMap((group) => cutAtGaps(group.sort(compareSeniority), gapMs))
  cut.sort((a, b) => compareSeniority(a[0] as Evidence, b[0] as Evidence))
  const traceByRecord = new Map<string, number>()
  cut.forEach((records, trace) => {
    for (const { source, key } of records) traceByRecord.set(JSON.stringify([source, key]), trace)
  })
  const identifying = new Set(ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name])))
  return {
    traces: cut.map((records) => traceOfRecords(records, relevant, identifying)),
    traceOf: (source, key) => traceByRecord.get(JSON.stringify([source, key])),
    recordsOf: cut,
  }
}

/** What makes two events one trace. JSON of the parts, so that no two lists of values make one text. */
export function signatureOf(record: Evidence, relevant: ReadonlySet<string>, side: string | null): string {
  const sightings = record.sightings
    .filter((sighting) => relevant.has(sighting.type))
    .map(({ type, value, verified }) => [type, value, verified ? 1 : 0])
  return JSON.stringify(['event', record.source, side, sightings])
}

function traceOfRecords(
  records: readonly Evidence[],
  relevant: ReadonlySet<string>,
  identifying: ReadonlySet<string>,
): Trace {
  const senior = records[0] as Evidence
  return {
    source: senior.source,
    kind: senior.kind,
    seniorKey: senior.key,
    seniorAt: senior.effectiveAt,
    firstAt: senior.effectiveAt,
    lastAt: (records[records.length - 1] as Evidence).effectiveAt,
    recordCount: records.length,
    sightings: senior.sightings.filter((sighting) => relevant.has(sighting.type)),
    formsProfile: senior.kind === 'row' || senior.sightings.some(({ type }) => identifying.has(type)),
  }
}

function cutAtGaps(records: readonly Evidence[], gapMs: number): readonly (readonly Evidence[])[] {
  if (gapMs === Infinity || records.length < 2) return [records]
  const parts: Evidence[][] = []
  let last = -Infinity
  for (const record of records) {
    if (record.effectiveAt - last > gapMs) parts.push([record])
    else (parts[parts.length - 1] as Evidence[]).push(record)
    last = record.effectiveAt
  }
  return parts
}

/** The split sides that name a record, as one text; null: none. */
export function splitSides(decisions: readonly Decision[]): (source: string, key: string) => string | null {
  const sides = new Map<string, string[]>()
  for (const decision of decisions) {
    if (decision.kind !== 'split') continue
    for (const side of ['stay', 'leave'] as const) {
      for (const { source, key } of decision[side]) {
        const id = JSON.stringify([source, key])
        sides.set(id, [...(sides.get(id) ?? []), JSON.stringify([decision.id, side])])
      }
    }
  }
  return (source, key) => {
    const named = sides.get(JSON.stringify([source, key]))
    return named === undefined ? null : JSON.stringify([...new Set(named)].sort())
  }
}
