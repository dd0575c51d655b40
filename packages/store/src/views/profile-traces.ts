import { compareText, type Sighting } from '@selfsame/core'
import { asRows, rowsOf, type Sql } from '../sql/sql.ts'

/** What a trace says, as the pages of its profile need it. Instants are milliseconds. */
export interface TraceView {
  readonly traceId: string
  readonly profileId: string
  readonly source: string
  readonly kind: 'event' | 'row'
  readonly seniorAt: number
  readonly seniorKey: string
  readonly recordCount: number
  /** Earliest and latest time that its records carry; null: none carries one. */
  readonly firstSeen: number | null
  readonly lastSeen: number | null
  readonly unresolvedReason: string | null
  readonly conflictReasons: string | null
  readonly sightings: readonly Sighting[]
}

/** Only active values link. `inactive`: a split took it away. */
export type IdentifierState = 'active' | 'demoted' | 'inactive' | 'shared'

/** A value that some records of a profile carry. */
export interface IdentifierView {
  readonly type: string
  readonly value: string
  readonly verified: boolean
  readonly state: IdentifierState
  readonly firstSeen: number | null
  readonly lastSeen: number | null
  readonly recordCount: number
  /** By name: the channels that contributed it. */
  readonly sources: readonly {
    readonly source: string
    readonly recordCount: number
    readonly firstSeen: number | null
    readonly lastSeen: number | null
  }[]
}

/** The traces of some profiles, senior first within each; at most `limit` in all. */
export async function tracesOfProfiles(
  sql: Sql,
  spaceId: string,
  profileIds: readonly string[],
  limit: number,
): Promise<readonly TraceView[]> {
  if (profileIds.length === 0) return []
  const only = profileIds.length === 1 ? profileIds[0] : undefined
  const which =
    only === undefined
      ? `${rowsOf(sql, { value: 'text' }, 'given')} CROSS JOIN traces t WHERE t.profile_id = given.value AND t.space_id = ?`
      : 'traces t WHERE t.profile_id = ? AND t.space_id = ?'
  const seen = (name: 'firstSeen' | 'lastSeen') =>
    sql.dialect === 'sqlite' ? `t.golden ->> '${name}'` : `(t.golden::json ->> '${name}')::bigint`
  const rows = await sql.all<{
    trace_id: string
    profile_id: string
    source: string
    kind: 'event' | 'row'
    senior_at: number
    senior_key: string
    record_count: number
    seen_first: number | null
    seen_last: number | null
    unresolved_reason: string | null
    conflict_reasons: string | null
    sightings: string
  }>(
    `SELECT t.trace_id, t.profile_id, t.source, t.kind, t.senior_at, t.senior_key, t.record_count,
       ${seen('firstSeen')} AS seen_first, ${seen('lastSeen')} AS seen_last, t.unresolved_reason, t.conflict_reasons, t.sightings
     FROM ${which} ORDER BY t.profile_id, t.senior_at, t.source, t.senior_key, t.trace_id LIMIT ?`,
    [only ?? asRows(profileIds.map((value) => ({ value }))), spaceId, limit],
  )
  return rows.map((row) => ({
    traceId: row.trace_id,
    profileId: row.profile_id,
    source: row.source,
    kind: row.kind,
    seniorAt: row.senior_at,
    seniorKey: row.senior_key,
    recordCount: row.record_count,
    firstSeen: row.seen_first,
    lastSeen: row.seen_last,
    unresolvedReason: row.unresolved_reason,
    conflictReasons: row.conflict_reasons,
    sightings: JSON.parse(row.sightings) as readonly Sighting[],
  }))
}

/** Which of some values are in quarantine, as `valueText`. */
export async function sharedAmong(
  sql: Sql,
  spaceId: string,
  values: readonly { readonly type: string; readonly value: string }[],
): Promise<ReadonlySet<string>> {
  if (values.length === 0) return new Set()
  const rows = await sql.all<{ type: string; value: string }>(
    `SELECT v.type, v.value FROM ${rowsOf(sql, { type: 'text', value: 'text' }, 'given')}
     CROSS JOIN identifier_values v
     WHERE v.space_id = ? AND v.type = given.type AND v.value = given.value AND v.shared_because IS NOT NULL`,
    [asRows(values.map(({ type, value }) => ({ type, value }))), spaceId],
  )
  return new Set(rows.map(valueText))
}

export function valueText({ type, value }: { readonly type: string; readonly value: string }): string {
  return JSON.stringify([type, value])
}

/** The values of a profile that link no more, by `valueText`. */
export function quietValues(
  profile: { readonly demoted: string; readonly inactive: string },
  shared: ReadonlySet<string>,
): ReadonlyMap<string, IdentifierState> {
  const listed = (json: string) => (JSON.parse(json) as { type: string; value: string }[]).map(valueText)
  return new Map<string, IdentifierState>([
    ...listed(profile.inactive).map((text) => [text, 'inactive'] as const),
    ...listed(profile.demoted).map((text) => [text, 'demoted'] as const),
    ...[...shared].map((text) => [text, 'shared'] as const),
  ])
}

/**
 * The identifier values of one profile's traces: by the place of their type in `types`, then by value. Types that are not
 * listed are left out.
 */
export function identifiersOf(
  traces: readonly TraceView[],
  types: readonly string[],
  quiet: ReadonlyMap<string, IdentifierState>,
): readonly IdentifierView[] {
  const places = new Map(types.map((type, place) => [type, place]))
  const found = new Map<string, IdentifierView>()
  for (const trace of traces) {
    for (const { type, value, verified } of trace.sightings) {
      if (!places.has(type)) continue
      const text = valueText({ type, value })
      const known = found.get(text)
      const seen = { firstSeen: trace.firstSeen, lastSeen: trace.lastSeen, recordCount: trace.recordCount }
      const of = known?.sources.find(({ source }) => source === trace.source)
      const others = known?.sources.filter(({ source }) => source !== trace.source) ?? []
      found.set(text, {
        type,
        value,
        verified: verified || known?.verified === true,
        state: quiet.get(text) ?? 'active',
        ...(known ? together(known, seen) : seen),
        sources: [...others, { source: trace.source, ...(of ? together(of, seen) : seen) }].sort((a, b) =>
          compareText(a.source, b.source),
        ),
      })
    }
  }
  return [...found.values()].sort(
    (a, b) => (places.get(a.type) ?? 0) - (places.get(b.type) ?? 0) || compareText(a.value, b.value),
  )
}

interface Seen {
  readonly firstSeen: number | null
  readonly lastSeen: number | null
  readonly recordCount: number
}

function together(a: Seen, b: Seen): Seen {
  return {
    firstSeen: a.firstSeen === null ? b.firstSeen : Math.min(a.firstSeen, b.firstSeen ?? a.firstSeen),
    lastSeen: a.lastSeen === null ? b.lastSeen : Math.max(a.lastSeen, b.lastSeen ?? a.lastSeen),
    recordCount: a.recordCount + b.recordCount,
  }
}
