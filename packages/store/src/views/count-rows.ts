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
