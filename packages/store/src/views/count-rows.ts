import type { Sql } from '../sql/sql.ts'

/** What a space holds now. */
export interface SpaceCounts {
  readonly profiles: number
  /** Profiles that hold more than one identifier value. */
  readonly profiles_of_many_keys: number
  readonly candidates: number
  /** When the candidate that waits longest was first shown, milliseconds; null: the queue is clear. */
  readonly oldest_candidate_at: number | null
  readonly held_links: number
  readonly shared_values: number
  /** Traces that a guard keeps apart. */
  readonly unresolved: number
}

export async function countSpace(sql: Sql, spaceId: string): Promise<SpaceCounts> {
  const [row] = await sql.all<SpaceCounts>(
    `SELECT
       (SELECT count(*) FROM profiles WHERE space_id = ? AND status = 'active') AS profiles,
       (SELECT count(*) FROM profiles WHERE space_id = ? AND status = 'active' AND key_count > 1) AS profiles_of_many_keys,
       (SELECT count(*) FROM candidates WHERE space_id = ?) AS candidates,
       (SELECT min(first_shown_at) FROM candidates WHERE space_id = ?) AS oldest_candidate_at,
       (SELECT count(*) FROM held_links WHERE space_id = ?) AS held_links,
       (SELECT count(*) FROM identifier_values WHERE space_id = ? AND shared_because IS NOT NULL) AS shared_values,
       (SELECT count(*) FROM traces WHERE space_id = ? AND unresolved_reason IS NOT NULL) AS unresolved`,
    Array.from({ length: 7 }, () => spaceId),
  )
  if (!row) throw new Error('a count has no answer')
  return row
}

/** A counter since the space was made. */
export interface CounterRow {
  readonly name: string
  /** The source, where it is counted by source; else empty. */
  readonly label: string
  readonly value: number
}

export async function counterTotals(sql: Sql, spaceId: string): Promise<readonly CounterRow[]> {
  return sql.all<CounterRow>(
    `SELECT name, label, sum(value) AS value FROM metrics WHERE space_id = ? GROUP BY name, label ORDER BY name, label`,
    [spaceId],
  )
}

/** Counters by hour, from an hour on. */
export async function counterHours(
  sql: Sql,
  spaceId: string,
  fromMs: number,
): Promise<readonly (CounterRow & { readonly hour: number })[]> {
  return sql.all<CounterRow & { readonly hour: number }>(
    `SELECT name, label, hour, value FROM metrics WHERE space_id = ? AND hour >= ? ORDER BY hour, name, label`,
    [spaceId, fromMs],
  )
}

/** The secret of a space, and when it was last restored from a backup, milliseconds or null; null: there is no such space. */
export async function secretOf(
  sql: Sql,
  spaceId: string,
): Promise<{ readonly secret: string; readonly restored_at: number | null } | null> {
  const [row] = await sql.all<{ secret: string; restored_at: number | null }>(
    'SELECT secret, restored_at FROM spaces WHERE space_id = ?',
    [spaceId],
  )
  return row ?? null
}

/** How long candidates have waited: one count per bound, of those first shown at it or later; the oldest are in none. */
export async function candidatesShownSince(
  sql: Sql,
  spaceId: string,
  boundsMs: readonly number[],
): Promise<readonly number[]> {
  const counts = boundsMs
    .map(() => 'count(CASE WHEN first_shown_at >= ? THEN 1 END)')
    .map((text, i) => `${text} AS n${i}`)
  const [row] = await sql.all<Readonly<Record<string, number>>>(
    `SELECT ${counts.join(', ')} FROM candidates WHERE space_id = ?`,
    [...boundsMs, spaceId],
  )
  return boundsMs.map((_, i) => row?.[`n${i}`] ?? 0)
}

/** Sums over the active profiles. */
export interface ProfileSums {
  readonly identifiers: number
  readonly records: number
  readonly sources: number
  /** Profiles that more than one source knows. */
  readonly of_many_sources: number
}

export async function sumProfiles(sql: Sql, spaceId: string): Promise<ProfileSums> {
  const [row] = await sql.all<ProfileSums>(
    `SELECT coalesce(sum(key_count), 0) AS identifiers, coalesce(sum(record_count), 0) AS records,
       coalesce(sum(source_count), 0) AS sources, count(CASE WHEN source_count > 1 THEN 1 END) AS of_many_sources
     FROM profiles WHERE space_id = ? AND status = 'active'`,
    [spaceId],
  )
  return row ?? { identifiers: 0, records: 0, sources: 0, of_many_sources: 0 }
}

/** Records of one source by how they were resolved. */
export interface ResolvedShare {
  readonly source: string
  readonly unique: number
  readonly matched: number
  readonly conflict: number
  readonly missing: number
}

/** By source. `types`: anchors and claims; a record without a value of any of them is missing. */
export async function resolutionBySource(
  sql: Sql,
  spaceId: string,
  types: readonly string[],
): Promise<readonly ResolvedShare[]> {
  const likes = types.map(() => `t.sightings LIKE ? ESCAPE '!'`).join(' OR ')
  const patterns = types.map((type) => `%"type":${JSON.stringify(type).replaceAll(/[!%_]/g, '!$&')}%`)
  const rows = await sql.all<{ source: string; part: keyof Omit<ResolvedShare, 'source'>; records: number }>(
    `SELECT source, part, sum(record_count) AS records FROM (
       SELECT t.source, t.record_count, CASE
         WHEN t.unresolved_reason IS NOT NULL THEN 'conflict'
         WHEN NOT (CASE WHEN t.kind = 'event' THEN t.forms_profile = 1 ELSE ${likes === '' ? '1 = 0' : likes} END) THEN 'missing'
         WHEN p.record_count > 1 THEN 'matched' ELSE 'unique' END AS part
       FROM traces t LEFT JOIN profiles p ON p.space_id = t.space_id AND p.profile_id = t.profile_id
       WHERE t.space_id = ?
       UNION ALL
       SELECT r.source, count(*) AS record_count, 'missing' AS part FROM records r
       WHERE r.space_id = ? AND r.trace_id IS NULL AND r.withdrawn = 0 GROUP BY r.source
     ) AS parts GROUP BY source, part ORDER BY source, part`,
    [...patterns, spaceId, spaceId],
  )
  const found = new Map<string, ResolvedShare>()
  for (const { source, part, records } of rows) {
    const known = found.get(source) ?? { source, unique: 0, matched: 0, conflict: 0, missing: 0 }
    found.set(source, { ...known, [part]: records })
  }
  return [...found.values()]
}
