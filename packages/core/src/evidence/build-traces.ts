import { agreementTypes } from '../resolve/agreement.ts'
import type { Decision } from '../resolve/decision.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'
import { compareSeniority, type Evidence, type Sighting } from './record.ts'
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
export function buildTraces(evidence: readonly Evidence[], ruleset: Ruleset, decisions: readonly Decision[] = []): Traces {
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
  return {
    traces: cut.map((records) => traceOfRecords(records, relevant, ruleset)),
    traceOf: (source, key) => traceByRecord.get(JSON.stringify([source, key])),
    recordsOf: cut,
  }
}

/**
 * Types whose sightings make a difference to the answer: anchors and claims, and the attributes that rules, limits,
 * `shared_when`, fields under review and confidence read.
 */
export function relevantTypes(ruleset: Ruleset): ReadonlySet<string> {
  return new Set([...agreementTypes, ...linkingTypes(ruleset)])
}

/** The relevant types without those that confidence alone reads. Sources of derived attributes are among them. */
export function linkingTypes(ruleset: Ruleset): ReadonlySet<string> {
  const read = new Set<string>()
  for (const rule of ruleset.rules) if (rule.enabled) for (const criterion of rule.match) for (const type of criterion.types) read.add(type)
  for (const type of ruleset.identifiers) {
    if (type.kind !== 'attribute' || type.maxUniqueValues !== null) read.add(type.name)
    for (const condition of type.sharedWhen) read.add(condition.type)
  }
  if (ruleset.merge.strategy === 'manual_review') for (const field of ruleset.merge.reviewOnConflict) read.add(field)
  for (const type of [...ruleset.identifiers].reverse()) if (read.has(type.name)) for (const from of type.derive?.from ?? []) read.add(from)
  return read
}

/** Shortest window of the enabled rules, milliseconds; Infinity: none. */
export function shortestWindow(ruleset: Ruleset): number {
  return Math.min(Infinity, ...ruleset.rules.flatMap((rule) => (rule.enabled && rule.withinMs !== null ? [rule.withinMs] : [])))
}

/** What makes two events one trace. JSON of the parts, so that no two lists of values make one text. */
export function signatureOf(record: Evidence, relevant: ReadonlySet<string>, side: string | null): string {
  const sightings = record.sightings
    .filter((sighting) => relevant.has(sighting.type))
    .map(({ type, value, verified }) => [type, value, verified ? 1 : 0])
  return JSON.stringify(['event', record.source, side, sightings])
}

/** Of several versions of one record key the one that counts, with the seniority of the first; the others are counted. */
export function latestVersions(
  versions: readonly (Evidence & { readonly receivedAt: number; readonly text: string })[],
): { readonly records: readonly Evidence[]; readonly superseded: number } {
  const byKey = new Map<string, (typeof versions)[number]>()
  const firstAt = new Map<string, number>()
  for (const version of versions) {
    const key = JSON.stringify([version.source, version.key])
    const known = byKey.get(key)
    firstAt.set(key, Math.min(version.effectiveAt, firstAt.get(key) ?? Infinity))
    if (!known || isNewer(version, known)) byKey.set(key, version)
  }
  const records = [...byKey].map(([key, version]) => ({ ...version, effectiveAt: firstAt.get(key) ?? version.effectiveAt }))
  return { records, superseded: versions.length - records.length }
}

/** Events: the first received counts. Rows: the later version. Text decides last, so that the order of arrival never does. */
function isNewer(
  a: { readonly kind: string; readonly effectiveAt: number; readonly receivedAt: number; readonly text: string },
  b: { readonly kind: string; readonly effectiveAt: number; readonly receivedAt: number; readonly text: string },
): boolean {
  if (a.kind === 'event') return a.receivedAt !== b.receivedAt ? a.receivedAt < b.receivedAt : a.text < b.text
  if (a.effectiveAt !== b.effectiveAt) return a.effectiveAt > b.effectiveAt
  return a.receivedAt !== b.receivedAt ? a.receivedAt > b.receivedAt : a.text > b.text
}

function traceOfRecords(records: readonly Evidence[], relevant: ReadonlySet<string>, ruleset: Ruleset): Trace {
  const senior = records[0] as Evidence
  const kindOf = (sighting: Sighting) => ruleset.identifiers.find((type) => type.name === sighting.type)?.kind
  return {
    source: senior.source,
    kind: senior.kind,
    seniorKey: senior.key,
    seniorAt: senior.effectiveAt,
    firstAt: senior.effectiveAt,
    lastAt: (records[records.length - 1] as Evidence).effectiveAt,
    recordCount: records.length,
    sightings: senior.sightings.filter((sighting) => relevant.has(sighting.type)),
    formsProfile: senior.kind === 'row' || senior.sightings.some((sighting) => kindOf(sighting) !== 'attribute'),
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
function splitSides(decisions: readonly Decision[]): (source: string, key: string) => string | null {
  const sides = new Map<string, string[]>()
  for (const decision of decisions) {
    if (decision.kind !== 'split') continue
    for (const [side, records] of [['stay', decision.stay], ['leave', decision.leave]] as const) {
      for (const { source, key } of records) {
        const id = JSON.stringify([source, key])
        sides.set(id, [...(sides.get(id) ?? []), `${decision.id}/${side}`])
      }
    }
  }
  return (source, key) => sides.get(JSON.stringify([source, key]))?.sort().join(' ') ?? null
}
