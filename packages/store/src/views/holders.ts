import type { Sql } from '../sql/sql.ts'
import { beyond, pageOf, type Page, type PageRequest } from './page.ts'

/** A profile that holds a value. */
export interface Holder {
  readonly profile_id: string
  readonly type: string
  readonly value: string
  /** 1: some record of the profile carries it verified. */
  readonly verified: number
}

export interface Holders {
  /** Those with a verified sighting first, then by id. */
  readonly holders: readonly Holder[]
  /** The value is in quarantine: it links nobody. */
  readonly shared: boolean
  /** There are more than are listed. */
  readonly more: boolean
}

/** Sightings that are looked at for one value; a value held so often tells nothing anyway. */
const sightingsLookedAt = 2_000

/** The profiles that hold a standardized value. */
export async function holdersOf(
  sql: Sql,
  spaceId: string,
  type: string,
  value: string,
  limit: number,
): Promise<Holders> {
  const rows = await sql.all<{ profile_id: string | null; verified: number }>(
    `SELECT t.profile_id AS profile_id, held.verified AS verified FROM (
       SELECT s.trace_id, s.verified FROM sightings s WHERE s.space_id = ? AND s.type = ? AND s.value = ?
       ORDER BY s.verified DESC, s.trace_id LIMIT ?
     ) AS held JOIN traces t ON t.space_id = ? AND t.trace_id = held.trace_id
     ORDER BY held.verified DESC, t.profile_id`,
    [spaceId, type, value, sightingsLookedAt, spaceId],
  )
  const found = new Map<string, Holder>()
  for (const { profile_id, verified } of rows) {
    if (profile_id !== null && !found.has(profile_id)) found.set(profile_id, { profile_id, type, value, verified })
  }
  const [known] = await sql.all<{ shared_because: string | null }>(
    'SELECT shared_because FROM identifier_values WHERE space_id = ? AND type = ? AND value = ?',
    [spaceId, type, value],
  )
  return {
    holders: [...found.values()].slice(0, limit),
    shared: known?.shared_because != null,
    more: found.size > limit || rows.length >= sightingsLookedAt,
  }
}

/** Holders of the values of one type that begin so, by value. */
export async function holdersByBeginning(
  sql: Sql,
  spaceId: string,
  type: string,
  beginning: string,
  { limit, after }: PageRequest,
): Promise<Page<Holder & { readonly trace_id: string }>> {
  const { text, values } = beyond('s.value, s.trace_id', 'ascending', after)
  const rows = await sql.all<Holder & { readonly trace_id: string }>(
    `SELECT t.profile_id AS profile_id, held.type AS type, held.value AS value, held.verified AS verified, held.trace_id AS trace_id
     FROM (
       SELECT s.type, s.value, s.trace_id, s.verified FROM sightings s
       WHERE s.space_id = ? AND s.type = ? AND s.value >= ? AND s.value < ?${text}
       ORDER BY s.value, s.trace_id LIMIT ?
     ) AS held JOIN traces t ON t.space_id = ? AND t.trace_id = held.trace_id
     ORDER BY held.value, held.trace_id`,
    [spaceId, type, beginning, `${beginning}\u{10ffff}`, ...values, limit + 1, spaceId],
  )
  const page = pageOf(rows, limit, (row) => [row.value, row.trace_id])
  return { rows: page.rows.filter(({ profile_id }) => profile_id !== null), next: page.next }
}
