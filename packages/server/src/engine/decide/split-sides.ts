import type { RecordRef, Ruleset, SplitDecision } from '@selfsame/core'
import { recordText } from '@selfsame/core'
import { recordsOfTraces, traceIdsOf, type Sql, type StoredTrace } from '@selfsame/store'
import { DecisionFault, type SplitOff } from './decision-request.ts'
import { ofEveryTrace, recordsIn, type Side } from './sides.ts'

/** Records that a split names on either side at most, each. */
const mostSplit = 20_000

type Value = { readonly type: string; readonly value: string }
type Sides = Pick<SplitDecision, 'stay' | 'leave' | 'inactive'>

/** Which records of a profile stay and which leave, and which values are inactive on which side. */
export async function splitSidesOf(
  sql: Sql,
  spaceId: string,
  side: Side,
  off: SplitOff,
  ruleset: Pick<Ruleset, 'identifiers'>,
): Promise<Sides> {
  const keys = new Set(ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name])))
  return off.by === 'records'
    ? byRecords(sql, spaceId, side, off.records, off.keeping, keys)
    : byIdentifiers(sql, spaceId, side, off.identifiers, keys)
}

async function byRecords(
  sql: Sql,
  spaceId: string,
  { traces }: Side,
  records: readonly RecordRef[],
  keeping: readonly Value[],
  keys: ReadonlySet<string>,
): Promise<Sides> {
  const leaving = new Set(records.map(recordText))
  const touched = await tracesWithRecords(sql, spaceId, traces, leaving)
  const found = touched.flatMap(({ refs }) => refs.filter((ref) => leaving.has(recordText(ref))))
  if (found.length < leaving.size) {
    throw new DecisionFault('split.not_in_profile', 'some of the records do not belong to the profile', {
      notInProfile: leaving.size - found.length,
    })
  }
  if (found.length === 0) throw new DecisionFault('split.nothing_leaves', 'name the records that leave')
  const left = new Set(
    touched.flatMap(({ trace, refs }) => (refs.every((ref) => leaving.has(recordText(ref))) ? [trace.id] : [])),
  )
  const staying = traces.filter(({ id }) => !left.has(id))
  if (staying.length === 0) throw new DecisionFault('split.nothing_stays', 'all records of the profile would leave')
  const inTouched = touched.flatMap(({ trace, refs }) =>
    left.has(trace.id) ? [] : refs.filter((ref) => !leaving.has(recordText(ref))),
  )
  const touchedIds = new Set(touched.map(({ trace }) => trace.id))
  const others = staying.filter(({ id }) => !touchedIds.has(id))
  const stay = [...inTouched, ...(await recordsStaying(sql, spaceId, others))]
  const leavingTraces = touched.map(({ trace }) => trace)
  return { stay, leave: found, inactive: inactiveOf(staying, leavingTraces, keeping, keys) }
}

async function byIdentifiers(
  sql: Sql,
  spaceId: string,
  { traces }: Side,
  identifiers: readonly Value[],
  keys: ReadonlySet<string>,
): Promise<Sides> {
  const off = new Set(identifiers.map(valueText))
  const carrying = traces.filter((trace) => trace.sightings.some((sighting) => off.has(valueText(sighting))))
  const missing = identifiers.filter(
    ({ type, value }) =>
      !traces.some(({ sightings }) => sightings.some((one) => one.type === type && one.value === value)),
  )
  if (missing.length > 0 || identifiers.length === 0) {
    throw new DecisionFault('split.not_in_profile', 'the profile does not hold all of these identifiers', {
      notInProfile: missing.length,
    })
  }
  const leaving = carrying.filter(
    (trace) => !trace.sightings.some((sighting) => keys.has(sighting.type) && !off.has(valueText(sighting))),
  )
  const leavingIds = new Set(leaving.map(({ id }) => id))
  const inactive = identifiers.map(({ type, value }) => ({ type, value, side: 'stay' as const }))
  if (leaving.length === 0) return { stay: await allRecords(sql, spaceId, carrying), leave: [], inactive }
  const staying = traces.filter(({ id }) => !leavingIds.has(id))
  if (staying.length === 0) throw new DecisionFault('split.nothing_stays', 'all records of the profile would leave')
  return {
    stay: [
      ...(await allRecords(
        sql,
        spaceId,
        staying.filter((trace) => carrying.includes(trace)),
      )),
      ...(await recordsStaying(
        sql,
        spaceId,
        staying.filter((trace) => !carrying.includes(trace)),
      )),
    ],
    leave: await allRecords(sql, spaceId, leaving),
    inactive,
  }
}

/** Values that both sides hold: inactive where they do not stay. */
function inactiveOf(
  staying: readonly StoredTrace[],
  leaving: readonly StoredTrace[],
  keeping: readonly Value[],
  keys: ReadonlySet<string>,
): SplitDecision['inactive'] {
  const held = new Set(staying.flatMap(({ sightings }) => sightings.map(valueText)))
  const kept = new Set(keeping.map(valueText))
  const both = new Map(
    leaving
      .flatMap(({ sightings }) => sightings)
      .filter((sighting) => keys.has(sighting.type) && held.has(valueText(sighting)))
      .map(({ type, value }) => [valueText({ type, value }), { type, value }]),
  )
  return [...both].map(([text, value]) => ({ ...value, side: kept.has(text) ? 'stay' : 'leave' }))
}

/** The traces that hold some of the records, each with all of its records. */
async function tracesWithRecords(
  sql: Sql,
  spaceId: string,
  traces: readonly StoredTrace[],
  wanted: ReadonlySet<string>,
): Promise<readonly { readonly trace: StoredTrace; readonly refs: readonly RecordRef[] }[]> {
  const wantedRefs = [...wanted].map((text): RecordRef => {
    const [source = '', key = ''] = JSON.parse(text) as string[]
    return { source, key }
  })
  const places = new Set((await traceIdsOf(sql, spaceId, wantedRefs)).map(({ traceId }) => traceId))
  const near = traces.filter(({ id }) => places.has(id))
  const refs = await recordsOfTraces(
    sql,
    spaceId,
    near.map(({ id }) => id),
    mostSplit + 1,
  )
  refuseTooMany(refs.length)
  const byTrace = Map.groupBy(refs, ({ traceId }) => traceId)
  return near.flatMap((trace) => {
    const own = (byTrace.get(trace.id) ?? []).map(({ source, key }) => ({ source, key }))
    return own.some((ref) => wanted.has(recordText(ref))) ? [{ trace, refs: own }] : []
  })
}

/** Records of traces nothing leaves: all of them, or, where they are very many, some of every trace. */
async function recordsStaying(
  sql: Sql,
  spaceId: string,
  traces: readonly StoredTrace[],
): Promise<readonly RecordRef[]> {
  return recordsIn(traces) > mostSplit ? ofEveryTrace(traces) : allRecords(sql, spaceId, traces)
}

async function allRecords(sql: Sql, spaceId: string, traces: readonly StoredTrace[]): Promise<readonly RecordRef[]> {
  refuseTooMany(recordsIn(traces))
  const ids = traces.map(({ id }) => id)
  return (await recordsOfTraces(sql, spaceId, ids, mostSplit)).map(({ source, key }) => ({ source, key }))
}

function refuseTooMany(count: number): void {
  if (count <= mostSplit) return
  throw new DecisionFault('split.too_many_records', `a split names at most ${mostSplit} records on one side`, {
    most: mostSplit,
  })
}

function valueText({ type, value }: Value): string {
  return JSON.stringify([type, value])
}
