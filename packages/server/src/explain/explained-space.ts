import {
  compareSeniority,
  recordText,
  type Decision,
  type ExplainedDecision,
  type ExplainedEnd,
  type ExplainedHeldLink,
  type ExplainedRecord,
  type ExplainedWorld,
  type JsonObject,
  type RecordRef,
  type Ruleset,
  type SightingState,
  type StoredSighting,
  parseJson,
} from '@selfsame/core'
import {
  decisionsNaming,
  findProfiles,
  findRecords,
  heldLinks,
  linksOfProfile,
  locateNamedRecords,
  rulesetBody,
  sharedAmong,
  sourcesOf,
  tracesById,
  tracesByProfile,
  valueText,
  type HeldLinkRow,
  type Sql,
  type StoredTrace,
} from '@selfsame/store'
import { evidenceOf } from '../engine/gather-group.ts'
import { compileRules, type SpaceRules } from '../engine/space-rules.ts'

/** What an explanation asks of a live space. Traces get numbers as they are met. */
export interface ExplainedSpace extends ExplainedWorld {
  /** null: there is no such record. */
  readonly findRecord: (ref: RecordRef) => Promise<ExplainedRecord | null>
}

/** Links of one profile that are read at most; a longer chain is not told. */
const mostLinks = 50_000

export function explainedSpace(sql: Sql, spaceId: string, rules: Pick<SpaceRules, 'ruleset' | 'read'>): ExplainedSpace {
  const numbers = new Map<string, number>()
  const ids: string[] = []
  const numberOf = (traceId: string) => {
    const known = numbers.get(traceId)
    if (known !== undefined) return known
    numbers.set(traceId, ids.length)
    return ids.push(traceId) - 1
  }
  const sightings = async (traces: readonly StoredTrace[]) => {
    const states = await statesOf(sql, spaceId, traces, rules.ruleset)
    return traces.flatMap((trace) =>
      trace.sightings.map(
        (sighting): StoredSighting => ({
          trace: numberOf(trace.id),
          type: sighting.type,
          value: sighting.value,
          verified: sighting.verified,
          state: states(trace, sighting),
          firstAt: trace.firstAt,
          lastAt: trace.lastAt,
          observedAt: trace.firstSeen,
        }),
      ),
    )
  }
  const held = async (row: HeldLinkRow): Promise<ExplainedHeldLink> => {
    const [cluster, refusing] = await Promise.all(
      [row.cluster_profile, row.refused_by_profile].map((id) => tracesByProfile(sql, spaceId, [id])),
    )
    const end = (traces: readonly StoredTrace[] = []): ExplainedEnd => {
      const holding = traces.filter((trace) => trace.sightings.some(({ value }) => value === row.value))
      const senior = seniorOf(holding.length > 0 ? holding : traces)
      return senior
        ? { trace: numberOf(senior.id), source: senior.source, key: senior.seniorKey }
        : { trace: -1, source: '', key: '' }
    }
    return {
      left: end(refusing),
      right: end(cluster),
      rule: row.rule,
      stage: row.stage,
      type: row.type,
      value: row.value,
      guard: row.guard,
      reasons: (JSON.parse(row.reasons) as string[]).join('; '),
    }
  }
  return {
    ruleset: rules.ruleset,
    findRecord: async (ref) => {
      const [record] = await findRecords(sql, spaceId, [ref])
      if (!record) return null
      const [trace] = record.trace_id === null ? [] : await tracesById(sql, spaceId, [record.trace_id])
      return {
        source: record.source,
        key: record.record_key,
        profileId: trace?.profileId ?? null,
        trace: trace?.profileId == null ? -1 : numberOf(trace.id),
        observedAt: record.observed_at,
        effectiveAt: record.first_effective_at,
      }
    },
    linksOf: async (profileId) => {
      const { rows } = await linksOfProfile(sql, spaceId, profileId, { limit: mostLinks, after: null })
      return rows.map((row) => ({
        left: { trace: numberOf(row.left_trace), source: row.left_source, key: row.left_key },
        right: { trace: numberOf(row.right_trace), source: row.right_source, key: row.right_key },
        rule: row.rule,
        stage: row.stage,
        type: row.type,
        value: row.value,
        decision: row.decision_id,
        rulesetVersion: row.ruleset_version,
      }))
    },
    heldBetween: async (profileId, otherProfileId) => {
      const { rows } = await heldLinks(sql, spaceId, profileId, { limit: 1_000, after: null })
      const between = rows.filter((row) => [row.cluster_profile, row.refused_by_profile].includes(otherProfileId))
      return Promise.all(between.map(held))
    },
    heldOf: async (profileId, limit) => {
      const { rows } = await heldLinks(sql, spaceId, profileId, { limit, after: null })
      return Promise.all(rows.map(held))
    },
    sightingsOf: async (profileId) => sightings(await tracesByProfile(sql, spaceId, [profileId])),
    sightingsOfTrace: async (trace) => {
      const id = ids[trace]
      return id === undefined ? [] : sightings(await tracesById(sql, spaceId, [id]))
    },
    rejectedValues: async (source, key) => {
      const [record] = await findRecords(sql, spaceId, [{ source, key }])
      if (!record) return []
      return evidenceOf(record, parseJson(record.payload) as JsonObject, [], rules).rejected
    },
    decisionsBetween: (left, right) => decisionsBetween(sql, spaceId, left, right),
  }
}

/** The same, with the ruleset that a space has published. */
export async function openExplainedSpace(
  sql: Sql,
  spaceId: string,
): Promise<{ readonly space: ExplainedSpace; readonly rulesetVersion: number }> {
  const [row] = await sql.all<{ ruleset_version: number }>('SELECT ruleset_version FROM spaces WHERE space_id = ?', [
    spaceId,
  ])
  const version = row?.ruleset_version ?? 0
  const body = await rulesetBody(sql, spaceId, version)
  if (body === null) throw new Error(`version ${version} of the ruleset is missing`)
  const rules = compileRules(body, version, await sourcesOf(sql, spaceId))
  return { space: explainedSpace(sql, spaceId, rules), rulesetVersion: version }
}

/** What became of every sighting of some traces. */
async function statesOf(
  sql: Sql,
  spaceId: string,
  traces: readonly StoredTrace[],
  ruleset: Ruleset,
): Promise<(trace: StoredTrace, sighting: StoredTrace['sightings'][number]) => SightingState> {
  const shared = await sharedAmong(
    sql,
    spaceId,
    traces.flatMap((trace) => trace.sightings),
  )
  const profiles = await findProfiles(sql, spaceId, [...new Set(traces.flatMap(({ profileId }) => profileId ?? []))])
  const listed = (json: string) => new Set((JSON.parse(json) as { type: string; value: string }[]).map(valueText))
  const demoted = new Map(profiles.map((profile) => [profile.profile_id, listed(profile.demoted)]))
  const inactive = await takenByTrace(sql, spaceId, traces)
  const keys = new Set(ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name])))
  return (trace, sighting) => {
    const text = valueText(sighting)
    if (shared.has(text)) return 'shared'
    if (inactive.get(trace.id)?.has(text)) return 'inactive'
    if (demoted.get(trace.profileId ?? '')?.has(text)) return 'demoted'
    return sighting.verified || !keys.has(sighting.type) ? 'active' : 'unverified'
  }
}

/** Values that standing splits took from traces. */
async function takenByTrace(
  sql: Sql,
  spaceId: string,
  traces: readonly StoredTrace[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const decisions = await decisionsNaming(
    sql,
    spaceId,
    traces.map(({ id }) => id),
    [],
  )
  const taken = new Map<string, Set<string>>()
  const splits = decisions.filter((decision) => decision.kind === 'split' && decision.inactive.length > 0)
  const places = await placesOf(sql, spaceId, splits)
  for (const decision of splits) {
    if (decision.kind !== 'split') continue
    for (const value of decision.inactive) {
      for (const ref of decision[value.side]) {
        const trace = places.get(recordText(ref))
        if (trace !== undefined) taken.set(trace, (taken.get(trace) ?? new Set()).add(valueText(value)))
      }
    }
  }
  return taken
}

async function placesOf(
  sql: Sql,
  spaceId: string,
  decisions: readonly Decision[],
): Promise<ReadonlyMap<string, string>> {
  const located = await locateNamedRecords(
    sql,
    spaceId,
    decisions.map(({ id }) => id),
  )
  return new Map(located.map(({ source, key, traceId }) => [recordText({ source, key }), traceId]))
}

/** Standing splits and dismissals that name records of the one profile and of the other on opposite sides. */
async function decisionsBetween(
  sql: Sql,
  spaceId: string,
  left: ExplainedRecord,
  right: ExplainedRecord,
): Promise<readonly ExplainedDecision[]> {
  if (left.profileId === null || right.profileId === null) return []
  const lefts = new Set((await tracesByProfile(sql, spaceId, [left.profileId])).map(({ id }) => id))
  const rights = new Set((await tracesByProfile(sql, spaceId, [right.profileId])).map(({ id }) => id))
  const decisions = await decisionsNaming(sql, spaceId, [...lefts], [])
  const places = await placesOf(sql, spaceId, decisions)
  const touches = (refs: readonly RecordRef[], traces: ReadonlySet<string>) =>
    refs.some((ref) => traces.has(places.get(recordText(ref)) ?? ''))
  return decisions.flatMap((decision): ExplainedDecision[] => {
    if (decision.kind !== 'split' && decision.kind !== 'dismiss') return []
    const [one, other] = decision.kind === 'split' ? [decision.stay, decision.leave] : [decision.left, decision.right]
    const opposite = (touches(one, lefts) && touches(other, rights)) || (touches(one, rights) && touches(other, lefts))
    return opposite ? [{ id: decision.id, kind: decision.kind }] : []
  })
}

function seniorOf(traces: readonly StoredTrace[]): StoredTrace | undefined {
  const place = (trace: StoredTrace) => ({ effectiveAt: trace.seniorAt, source: trace.source, key: trace.seniorKey })
  return [...traces].sort((a, b) => compareSeniority(place(a), place(b)))[0]
}
