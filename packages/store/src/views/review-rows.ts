import type { Sql, SqlValue } from '../sql/sql.ts'
import { beyond, pageOf, type Page, type PageRequest } from './page.ts'

/** A pair of profiles that a person should look at. Instants are milliseconds. */
export interface CandidateRow {
  readonly candidate_id: string
  readonly survivor_profile: string
  readonly session_profile: string
  readonly rule: string
  readonly reason: string
  readonly type: string
  readonly value: string
  readonly confidence: number
  readonly trust: number
  readonly rarity: number
  readonly agreement: number
  readonly limits: number
  readonly seen_count: number
  readonly last_seen: number
  readonly first_shown_at: number
  /** Records of both profiles. */
  readonly reach: number
}

const columns = `c.candidate_id, c.survivor_profile, c.session_profile, c.rule, c.reason, c.type, c.value, c.confidence, c.trust,
  c.rarity, c.agreement, c.limits, c.seen_count, c.last_seen, c.first_shown_at, c.reach`

/** `newest` collision, `oldest` question, `confidence`, or `reach`: how many records the answer moves. */
export type CandidateOrder = 'newest' | 'oldest' | 'confidence' | 'reach'

export interface CandidateFilter {
  readonly order: CandidateOrder
  readonly reason?: string | undefined
  readonly type?: string | undefined
  readonly rule?: string | undefined
  /** Candidates in which this profile takes part. */
  readonly profileId?: string | undefined
  /** Inclusive. */
  readonly leastConfidence?: number | undefined
  readonly mostConfidence?: number | undefined
}

const orders = {
  newest: { column: 'last_seen', direction: 'descending' },
  oldest: { column: 'first_shown_at', direction: 'ascending' },
  confidence: { column: 'confidence', direction: 'descending' },
  reach: { column: 'reach', direction: 'descending' },
} as const

/** The merge review queue. */
export async function candidateRows(
  sql: Sql,
  spaceId: string,
  filter: CandidateFilter,
  { limit, after }: PageRequest,
): Promise<Page<CandidateRow>> {
  const { column, direction } = orders[filter.order]
  const { text, values } = beyond(`c.${column}, c.candidate_id`, direction, after)
  const wanted = conditionsOf(filter)
  const sort = direction === 'descending' ? 'DESC' : 'ASC'
  const rows = await sql.all<CandidateRow>(
    `SELECT ${columns} FROM candidates c WHERE c.space_id = ?${wanted.map((one) => one.text).join('')}${text}
     ORDER BY c.${column} ${sort}, c.candidate_id ${sort} LIMIT ?`,
    [spaceId, ...wanted.flatMap((one) => one.values), ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row[column], row.candidate_id])
}

function conditionsOf({
  reason,
  type,
  rule,
  profileId,
  leastConfidence,
  mostConfidence,
}: CandidateFilter): readonly { readonly text: string; readonly values: readonly SqlValue[] }[] {
  const when = (text: string, ...values: readonly (SqlValue | undefined)[]) => {
    const given = values.filter((value) => value !== undefined)
    return given.length === 0 ? [] : [{ text, values: given }]
  }
  return [
    ...when(' AND c.reason = ?', reason),
    ...when(' AND c.type = ?', type),
    ...when(' AND c.rule = ?', rule),
    ...when(' AND (c.survivor_profile = ? OR c.session_profile = ?)', profileId, profileId),
    ...when(' AND c.confidence >= ?', leastConfidence),
    ...when(' AND c.confidence <= ?', mostConfidence),
  ]
}

export async function findCandidate(sql: Sql, spaceId: string, candidateId: string): Promise<CandidateRow | null> {
  const [row] = await sql.all<CandidateRow>(
    `SELECT ${columns} FROM candidates c WHERE c.space_id = ? AND c.candidate_id = ?`,
    [spaceId, candidateId],
  )
  return row ?? null
}

/** Every candidate of a space, by its pair. */
export async function candidatesByPair(
  sql: Sql,
  spaceId: string,
  { limit, after }: PageRequest,
): Promise<Page<CandidateRow>> {
  const { text, values } = beyond('c.survivor_profile, c.session_profile', 'ascending', after)
  const rows = await sql.all<CandidateRow>(
    `SELECT ${columns} FROM candidates c WHERE c.space_id = ?${text} ORDER BY c.survivor_profile, c.session_profile LIMIT ?`,
    [spaceId, ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.survivor_profile, row.session_profile])
}

/** A record that a guard kept apart from something it was strongly linked to. */
export interface UnresolvedRow {
  readonly trace_id: string
  readonly source: string
  readonly record_key: string
  readonly first_effective_at: number
  readonly profile_id: string
  readonly unresolved_reason: string
  readonly conflict_reasons: string
}

export async function unresolvedRows(
  sql: Sql,
  spaceId: string,
  { limit, after }: PageRequest,
): Promise<Page<UnresolvedRow>> {
  const { text, values } = beyond('t.trace_id, r.source, r.record_key', 'ascending', after)
  // The first column alone lets the index of traces begin where the page does.
  const from = after === null ? '' : ' AND t.trace_id >= ?'
  const rows = await sql.all<UnresolvedRow>(
    `SELECT t.trace_id, r.source, r.record_key, r.first_effective_at, t.profile_id, t.unresolved_reason, t.conflict_reasons
     FROM traces t JOIN records r ON r.space_id = t.space_id AND r.trace_id = t.trace_id
     WHERE t.space_id = ? AND t.unresolved_reason IS NOT NULL${from}${text}
     ORDER BY t.trace_id, r.source, r.record_key LIMIT ?`,
    [spaceId, ...(after === null ? [] : [after[0] ?? '']), ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.trace_id, row.source, row.record_key])
}

/** A value in quarantine. */
export interface SharedValueRow {
  readonly type: string
  readonly value: string
  readonly shared_because: string
  readonly shared_count: number
  readonly shared_limit: number
  readonly verified_traces: number
  readonly unverified_traces: number
}

export async function sharedValueRows(
  sql: Sql,
  spaceId: string,
  { limit, after }: PageRequest,
): Promise<Page<SharedValueRow>> {
  const { text, values } = beyond('v.type, v.value', 'ascending', after)
  const rows = await sql.all<SharedValueRow>(
    `SELECT v.type, v.value, v.shared_because, v.shared_count, v.shared_limit, v.verified_traces, v.unverified_traces
     FROM identifier_values v WHERE v.space_id = ? AND v.shared_because IS NOT NULL${text} ORDER BY v.type, v.value LIMIT ?`,
    [spaceId, ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.type, row.value])
}
