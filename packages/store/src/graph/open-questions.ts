import { asRows, rowsOf, type Sql } from '../sql/sql.ts'
import type { StoredCandidate, StoredHeldLink, StoredLink } from './links.ts'
import { profileColumns, type StoredProfile } from './profiles.ts'

/** What the last resolution said of a whole space, beside its traces. */
export interface StoredAnswers {
  readonly profiles: readonly StoredProfile[]
  readonly links: readonly StoredLink[]
  readonly held: readonly StoredHeldLink[]
  readonly candidates: readonly StoredCandidate[]
}

const linkColumns = 'left_trace, right_trace, rule, stage, decision_id, type, value, ruleset_version'
const heldColumns = 'cluster_profile, refused_by_profile, rule, stage, type, value, guard, reasons, is_group'
const candidateColumns = `survivor_profile, session_profile, candidate_id, rule, stage, reason, type, value, confidence,
  trust, rarity, agreement, limits, seen_count, last_seen, first_shown_at`

/** Of active profiles. All of it is held in memory. */
export async function loadAnswers(sql: Sql, spaceId: string): Promise<StoredAnswers> {
  return {
    profiles: await everyPage((last: StoredProfile | null) =>
      sql.all<StoredProfile>(
        `SELECT ${profileColumns.join(', ')} FROM profiles WHERE space_id = ? AND profile_id > ? AND status = 'active'
         ORDER BY profile_id LIMIT ?`,
        [spaceId, last?.profile_id ?? '', rowsPerPage],
      ),
    ),
    links: await everyPage((last: StoredLink | null) =>
      sql.all<StoredLink>(
        `SELECT ${linkColumns} FROM links WHERE space_id = ? AND (left_trace, right_trace) > (?, ?)
         ORDER BY left_trace, right_trace LIMIT ?`,
        [spaceId, last?.left_trace ?? '', last?.right_trace ?? '', rowsPerPage],
      ),
    ),
    held: await sql.all<StoredHeldLink>(
      `SELECT ${heldColumns} FROM held_links WHERE space_id = ? ORDER BY cluster_profile, refused_by_profile`,
      [spaceId],
    ),
    candidates: await sql.all<StoredCandidate>(
      `SELECT ${candidateColumns} FROM candidates WHERE space_id = ? ORDER BY survivor_profile, session_profile`,
      [spaceId],
    ),
  }
}

const rowsPerPage = 2_000

/** Other work of the process comes in between. */
async function everyPage<Row>(load: (last: Row | null) => Promise<readonly Row[]>): Promise<readonly Row[]> {
  const found: Row[] = []
  for (let last: Row | null = null; ; ) {
    const rows = await load(last)
    for (const row of rows) found.push(row)
    last = rows.at(-1) ?? null
    if (last === null || rows.length < rowsPerPage) return found
    await new Promise((next) => setImmediate(next))
  }
}

/** The same of some profiles, which hold some traces: links and questions that begin at them. */
export async function answersOf(
  sql: Sql,
  spaceId: string,
  profileIds: readonly string[],
  traceIds: readonly string[],
): Promise<StoredAnswers> {
  const given = `SELECT value FROM ${rowsOf(sql, { value: 'text' }, 'given')}`
  const rows = (values: readonly string[]) => asRows(values.map((value) => ({ value })))
  return {
    profiles: await sql.all<StoredProfile>(
      `SELECT ${profileColumns.join(', ')} FROM profiles
       WHERE space_id = ? AND status = 'active' AND profile_id IN (${given}) ORDER BY profile_id`,
      [spaceId, rows(profileIds)],
    ),
    links: await sql.all<StoredLink>(
      `SELECT ${linkColumns} FROM links WHERE space_id = ? AND left_trace IN (${given}) ORDER BY left_trace, right_trace`,
      [spaceId, rows(traceIds)],
    ),
    held: await sql.all<StoredHeldLink>(
      `SELECT ${heldColumns} FROM held_links WHERE space_id = ? AND cluster_profile IN (${given})
       ORDER BY cluster_profile, refused_by_profile`,
      [spaceId, rows(profileIds)],
    ),
    candidates: await sql.all<StoredCandidate>(
      `SELECT ${candidateColumns} FROM candidates WHERE space_id = ? AND survivor_profile IN (${given})
       ORDER BY survivor_profile, session_profile`,
      [spaceId, rows(profileIds)],
    ),
  }
}

/** Some active profiles, old and new: ids begin with when they were given out, and end in nothing that means anything. */
export async function sampleOfProfiles(sql: Sql, spaceId: string, limit: number): Promise<readonly string[]> {
  const rows = await sql.all<{ profile_id: string }>(
    `SELECT profile_id FROM profiles WHERE space_id = ? AND status = 'active'
     ORDER BY substr(profile_id, 15), profile_id LIMIT ?`,
    [spaceId, limit],
  )
  return rows.map(({ profile_id }) => profile_id)
}
