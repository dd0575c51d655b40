import {
  buildTraces,
  evidenceReader,
  latestVersions,
  parseRuleset,
  resolveReference,
  choicesByProfile,
  decidedValues,
  nothingDecided,
  goldenRecord,
  type Decision,
  type JsonObject,
  type Resolution,
  type Ruleset,
  type Suggestion,
  type Trace,
  type Traces,
} from '@selfsame/core'
import type { IncomingRecord } from '@selfsame/server'
import { randomFrom, randomRulesetObject } from './random-world.ts'

/** Records with payloads, as sources send them, and the ruleset that reads them. */
export interface LiveWorld {
  readonly seed: number
  readonly body: string
  readonly ruleset: Ruleset
  readonly records: readonly IncomingRecord[]
}

const day = 86_400_000
/** When the streams begin to arrive: after everything the records tell of, within the backdating of the untrusted. */
export const arrivalAt = 6 * day

export function liveWorld(seed: number, size = 14): LiveWorld {
  const random = randomFrom(seed)
  const below = (count: number) => Math.floor(random() * count)
  const chance = (share: number) => random() < share
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T
  const body = JSON.stringify(randomRulesetObject(chance, below, pick))
  const parsed = parseRuleset(body)
  if (!parsed.ok) throw new Error(parsed.issues.map(({ path, message }) => `${path} ${message}`).join('\n'))
  const names = ['smith', 'smyth', 'smithe', 'jones', 'jonas', 'garcia']
  const records = Array.from({ length: 2 + below(size) }, (_, index): IncomingRecord => {
    const source = pick(['crm', 'shop', 'web'])
    const kind = source === 'web' || chance(0.3) ? 'event' : 'row'
    const traits: Record<string, string> = {}
    if (chance(0.5)) traits['email'] = `e${below(5)}@example.com`
    if (chance(0.4)) traits['phone'] = `${below(4)}`
    if (chance(0.15)) traits['work_phone'] = `${below(4)}`
    if (chance(0.5)) traits['last_name'] = pick(names)
    if (chance(0.3)) traits['birth_date'] = `1990-01-0${1 + below(2)}`
    if (chance(0.3)) traits['city'] = pick(['Rome', 'Oslo', ''])
    if (chance(0.25)) traits['customer_id'] = `c${below(4)}`
    const user = chance(0.25) ? `u${below(4)}` : null
    const cookie = chance(0.4) || (user === null && Object.keys(traits).length === 0) ? `a${below(4)}` : null
    const payload: JsonObject =
      kind === 'row'
        ? { ...traits, ...(user && { user_id: user }), ...(cookie && { anonymous_id: cookie }) }
        : { type: 'identify', ...(user && { userId: user }), ...(cookie && { anonymousId: cookie }), traits }
    // Versions of one row differ in time: between two of one instant the time of arrival would decide.
    return recordOf(
      source,
      `k${chance(0.1) ? 0 : index}`,
      kind,
      below(8) * (day / 2) + (kind === 'row' ? index : 0),
      payload,
    )
  })
  const rows = records.filter(({ kind }) => kind === 'row')
  const withdrawals = rows
    .filter(() => chance(0.15))
    .flatMap((row, index): IncomingRecord[] => {
      const at = (row.observedAt ?? 0) + (below(3) - 1) * day + 500 + index
      const deleted = { ...recordOf(row.source, '', 'row', at, row.payload), key: row.key, withdrawn: true }
      const again = { ...recordOf(row.source, '', 'row', at + 100, row.payload), key: row.key }
      return chance(0.3) ? [deleted, again] : [deleted]
    })
  const aliases = chance(0.2)
    ? [
        recordOf(pick(['crm', 'web']), 'alias0', 'event', below(8) * (day / 2), {
          type: 'alias',
          previousId: `a${below(4)}`,
          userId: `u${below(4)}`,
        }),
      ]
    : []
  return { seed, body, ruleset: parsed.ruleset, records: [...records, ...withdrawals, ...aliases] }
}

function recordOf(
  source: string,
  key: string,
  kind: 'event' | 'row',
  observedAt: number,
  payload: JsonObject,
): IncomingRecord {
  const event = kind === 'event' ? String(payload['type']) : null
  const payloadText = JSON.stringify(payload)
  return { source, key: `${kind}-${key}`, kind, event, observedAt, payload, payloadText, proven: [] }
}

/** What a resolution says, with every profile named by its senior record, so that two ways of resolving can be compared. */
export interface Canonical {
  readonly partition: readonly (readonly string[])[]
  readonly held: readonly string[]
  readonly candidates: readonly string[]
  readonly unresolved: readonly string[]
  readonly golden: readonly string[]
}

/** The oracle's answer to the records that count, with decisions of people. Of events under one id the first of the list does. */
export function canonicalOfReference({ records, ruleset }: LiveWorld, made: readonly Decision[] = []): Canonical {
  const read = evidenceReader(ruleset)
  const firstEvents = new Set<string>()
  const counted = records.filter(({ kind, source, key }) => {
    const id = `${source}:${key}`
    return kind === 'row' || (!firstEvents.has(id) && firstEvents.add(id))
  })
  const versions = counted.map((record) => ({
    ...read({ ...record, receivedAt: arrivalAt }),
    receivedAt: arrivalAt,
    text: record.payloadText,
    withdrawn: record.withdrawn === true,
  }))
  const evidence = (latestVersions(versions).records as typeof versions).filter(({ withdrawn }) => !withdrawn)
  const traces = buildTraces(evidence, ruleset, made)
  const ofAliases = evidence.flatMap(({ source, key, effectiveAt, alias }): Decision[] => {
    if (!alias || ruleset.sources.get(source)?.class === 'public') return []
    const holding = (types: readonly string[], value: string) =>
      evidence
        .filter((record) => record.sightings.some((one) => types.includes(one.type) && one.value === value))
        .map((record) => ({ source: record.source, key: record.key }))
    const survivor = holding(['user_id'], alias.userId)
    const session = holding(['anonymous_id', 'user_id'], alias.previousId)
    const base = { id: `alias:${source}:${key}`, actor: '', at: effectiveAt, reason: null, confirmed: null, pinned: [] }
    return survivor.length === 0 || session.length === 0 ? [] : [{ ...base, kind: 'merge', survivor, session }]
  })
  const decisions = [...made, ...ofAliases]
  const suggestions = evidence.flatMap(({ source, key, alias }): Suggestion[] => {
    if (!alias || ruleset.sources.get(source)?.class !== 'public') return []
    const holding = (types: readonly string[], value: string) =>
      evidence
        .filter((record) => record.sightings.some((one) => types.includes(one.type) && one.value === value))
        .map((record) => ({ source: record.source, key: record.key }))
    const type = holding(['anonymous_id'], alias.previousId).length > 0 ? 'anonymous_id' : 'user_id'
    return [
      {
        id: `alias:${source}:${key}`,
        survivor: holding(['user_id'], alias.userId),
        survivorType: 'user_id',
        session: holding(['anonymous_id', 'user_id'], alias.previousId),
        type,
        value: alias.previousId,
      },
    ]
  })
  const { traceOf } = traces
  const resolution = resolveReference({ traces: traces.traces, ruleset, decisions, suggestions, traceOf })
  return canonicalOf(traces, resolution, ruleset, decisions)
}

function canonicalOf(
  traces: Traces,
  resolution: Resolution,
  ruleset: Ruleset,
  decisions: readonly Decision[],
): Canonical {
  const forms = (trace: number) => traces.traces[trace]?.formsProfile === true
  const clusters = Map.groupBy(
    [...resolution.clusterOf.keys()].filter(forms),
    (trace) => resolution.clusterOf[trace] as number,
  )
  const recordsOf = (trace: number) => traces.recordsOf[trace] ?? []
  const nameOf = (cluster: number) => {
    const [first] = clusters.get(cluster) ?? []
    return first === undefined ? '' : refOf(traces.traces[first] as Trace)
  }
  const choices = choicesByProfile(decisions, ({ source, key }) => {
    const trace = traces.traceOf(source, key)
    if (trace === undefined) return undefined
    const record = recordsOf(trace).find((one) => one.source === source && one.key === key)
    return { profile: resolution.clusterOf[trace] as number, effectiveAt: record?.effectiveAt ?? 0 }
  })
  const decided = decidedValues(decisions, traces.traces, resolution.clusterOf, traces.traceOf)
  return {
    partition: [...clusters.values()]
      .map((members) =>
        members.flatMap((trace) => recordsOf(trace).map(({ source, key }) => `${source}:${key}`)).sort(),
      )
      .sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1)),
    held: resolution.held
      .filter((link) => clusters.has(link.cluster) && clusters.has(link.refusedBy))
      .map((link) =>
        JSON.stringify([nameOf(link.cluster), nameOf(link.refusedBy), link.type, link.value, link.guard, link.reasons]),
      )
      .sort(),
    candidates: resolution.candidates
      .filter((one) => clusters.has(one.survivor) && clusters.has(one.session))
      .map((one) =>
        JSON.stringify([
          nameOf(one.survivor),
          nameOf(one.session),
          one.reason,
          one.type,
          one.value,
          one.parts.trust,
          round(one.parts.rarity),
          round(one.parts.agreement),
          round(one.parts.limits),
          one.seenCount,
          one.lastSeen,
        ]),
      )
      .sort(),
    unresolved: resolution.unresolved
      .flatMap(({ trace, reason, conflictReasons }) =>
        recordsOf(trace).map(({ source, key }) => JSON.stringify([`${source}:${key}`, reason, conflictReasons])),
      )
      .sort(),
    golden: [...clusters]
      .map(([cluster, members]) => {
        const off = new Set(
          [...resolution.shared, ...resolution.demoted.filter((one) => one.cluster === cluster)].map(
            ({ type, value }) => JSON.stringify([type, value]),
          ),
        )
        const { confirmed, inactive } = decided.get(cluster) ?? nothingDecided
        const { pins = [], primarySide = [] } = choices.get(cluster) ?? {}
        const primary = new Set(primarySide.map(({ source, key }) => traces.traceOf(source, key)))
        const golden = goldenRecord(members.flatMap(recordsOf), ruleset, {
          pins,
          primarySide: members.flatMap((trace) => (primary.has(trace) ? recordsOf(trace) : [])),
          isActive: (type, value) =>
            !off.has(JSON.stringify([type, value])) && !inactive.has(JSON.stringify([type, value])),
          isConfirmed: (type, value) => confirmed.has(JSON.stringify([type, value])),
        })
        return JSON.stringify([nameOf(cluster), Object.fromEntries(golden.fields), golden.recordCount, golden.lastSeen])
      })
      .sort(),
  }
}

export function refOf(trace: Pick<Trace, 'source' | 'seniorKey'>): string {
  return `${trace.source}:${trace.seniorKey}`
}

export function round(value: number): number {
  return Math.round(value * 1e9) / 1e9
}
