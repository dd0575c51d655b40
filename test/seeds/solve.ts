import {
  buildTraces,
  defaultRuleset,
  describeLinks,
  evidenceReader,
  parseInstant,
  parseRuleset,
  populationOf,
  resolveBulk,
  resolveReference,
  type Decision,
  type Evidence,
  type JsonObject,
  type Resolution,
  type Ruleset,
  type SourceRecord,
} from '@selfsame/core'
import { expect } from 'vitest'

const now = Date.parse('2026-06-01T00:00:00Z')

/** A row of a table; `id` is its key. */
export function row(source: string, values: JsonObject): SourceRecord {
  return {
    source,
    key: String(values['id']),
    kind: 'row',
    event: null,
    observedAt: parseInstant(values['updated_at'] ?? null),
    receivedAt: now,
    payload: values,
  }
}

let nextMessage = 0

/** An event; without a message id it gets one. */
export function event(source: string, payload: JsonObject): SourceRecord {
  const type = typeof payload['type'] === 'string' ? payload['type'] : null
  const name = typeof payload['event'] === 'string' ? payload['event'] : null
  const key = typeof payload['messageId'] === 'string' ? payload['messageId'] : `m${nextMessage++}`
  const observedAt = parseInstant(payload['timestamp'] ?? null)
  return {
    source,
    key,
    kind: 'event',
    event: type === null || type === 'track' ? name : type,
    observedAt,
    receivedAt: now,
    payload,
  }
}

export function rulesetOf(yaml: string): Ruleset {
  const result = parseRuleset(`version: 1\n${yaml}`)
  if (!result.ok) throw new Error(result.issues.map((issue) => `${issue.path} ${issue.message}`).join('\n'))
  return result.ruleset
}

export interface Solved {
  /** Record keys of each profile, the most senior profile first. */
  readonly profiles: readonly (readonly string[])[]
  readonly resolution: Resolution
  readonly evidence: readonly Evidence[]
  together(a: string, b: string): boolean
  /** Key → `reason | conflict reasons`. */
  readonly unresolved: Readonly<Record<string, string>>
  /** `survivor ← session reason type=value` by senior record keys. */
  readonly candidates: readonly string[]
  /** Candidates with keys in place of numbers. */
  candidate(survivor: string, session: string): Resolution['candidates'][number] | undefined
}

/** Resolves records by the oracle, and by bulk, which must give the same. */
export async function solve(
  records: readonly SourceRecord[],
  ruleset: Ruleset = defaultRuleset(),
  decisions: readonly Decision[] = [],
): Promise<Solved> {
  const read = evidenceReader(ruleset)
  const evidence = records.map((record) => read(record))
  const { traces, traceOf, recordsOf } = buildTraces(evidence, ruleset, decisions)
  const resolution = resolveReference({ traces, ruleset, decisions, traceOf })
  const population = populationOf(traces, ruleset, traceOf)
  const bulk = await resolveBulk(population, ruleset, decisions)
  expect([...bulk.clusterOf]).toEqual([...resolution.clusterOf])
  expect(bulk.candidates).toEqual(resolution.candidates)
  expect(await describeLinks(bulk.links, population, ruleset)).toEqual(resolution.links)
  const keysOf = (trace: number) => (recordsOf[trace] ?? []).map(({ key }) => key)
  const profiles = new Map<number, string[]>()
  resolution.clusterOf.forEach((cluster, trace) => {
    const members = profiles.get(cluster) ?? []
    if (traces[trace]?.formsProfile) profiles.set(cluster, [...members, ...keysOf(trace)])
  })
  const seniorKey = (trace: number) => traces[trace]?.seniorKey ?? ''
  return {
    profiles: [...profiles.values()].map((keys) => keys.sort()),
    resolution,
    evidence,
    together: (a, b) => [...profiles.values()].some((keys) => keys.includes(a) && keys.includes(b)),
    unresolved: Object.fromEntries(
      resolution.unresolved.flatMap(({ trace, reason, conflictReasons }) =>
        keysOf(trace).map((key) => [key, `${reason} | ${conflictReasons}`]),
      ),
    ),
    candidates: resolution.candidates.map(
      ({ survivor, session, reason, type, value }) =>
        `${seniorKey(survivor)} ← ${seniorKey(session)} ${reason} ${type}=${value}`,
    ),
    candidate: (survivor, session) =>
      resolution.candidates.find(
        (candidate) => seniorKey(candidate.survivor) === survivor && seniorKey(candidate.session) === session,
      ),
  }
}
