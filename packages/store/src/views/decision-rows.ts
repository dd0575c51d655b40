import type { Sql } from '../sql/sql.ts'
import type { StoredDecision } from '../graph/decisions.ts'
import { beyond, pageOf, type Page, type PageRequest } from './page.ts'

/** A decision without the records it names. */
export type DecisionListRow = Omit<StoredDecision, 'body' | 'record_seq'>

export interface DecisionFilter {
  /** Decisions that name a record of this profile. */
  readonly profileId?: string | undefined
  readonly kind?: string | undefined
  readonly standing?: boolean | undefined
}

const columns = `d.decision_id, d.kind, d.decided_at, d.actor, d.reason, d.candidate_id, d.outcome, d.reverted_at,
  d.reverted_by, d.revert_reason`

/** The latest first. */
export async function decisionRows(
  sql: Sql,
  spaceId: string,
  { profileId, kind, standing }: DecisionFilter,
  { limit, after }: PageRequest,
): Promise<Page<DecisionListRow>> {
  const { text, values } = beyond('d.decided_at, d.decision_id', 'descending', after)
  const ofProfile =
    profileId === undefined
      ? ''
      : ` AND d.decision_id IN (SELECT n.decision_id FROM traces t CROSS JOIN decision_records n
           WHERE t.space_id = ? AND t.profile_id = ? AND n.space_id = ? AND n.trace_id = t.trace_id)`
  const ofKind = kind === undefined ? '' : ' AND d.kind = ?'
  const ofState = standing === undefined ? '' : ` AND d.reverted_at IS ${standing ? '' : 'NOT '}NULL`
  const rows = await sql.all<DecisionListRow>(
    `SELECT ${columns} FROM decisions d WHERE d.space_id = ?${ofProfile}${ofKind}${ofState}${text}
     ORDER BY d.decided_at DESC, d.decision_id DESC LIMIT ?`,
    [
      spaceId,
      ...(profileId === undefined ? [] : [spaceId, profileId, spaceId]),
      ...(kind === undefined ? [] : [kind]),
      ...values,
      limit + 1,
    ],
  )
  return pageOf(rows, limit, (row) => [row.decided_at, row.decision_id])
}
