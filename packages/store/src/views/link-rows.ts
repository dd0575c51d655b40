import type { Sql } from '../sql/sql.ts'
import { beyond, pageOf, type Page, type PageRequest } from './page.ts'

/** A link that joined something, each side by the senior record of its trace. */
export interface LinkRow {
  readonly profile_id: string
  readonly left_trace: string
  readonly right_trace: string
  /** Seniority of the two records: effective time, milliseconds. */
  readonly left_at: number
  readonly right_at: number
  readonly left_source: string
  readonly left_key: string
  readonly right_source: string
  readonly right_key: string
  readonly rule: string
  readonly stage: number
  /** The decision that joined them; null: a rule did. */
  readonly decision_id: string | null
  readonly type: string
  readonly value: string
  readonly ruleset_version: number
}

const columns = `l.left_trace, l.right_trace, a.senior_at AS left_at, b.senior_at AS right_at, a.source AS left_source, a.senior_key AS left_key, b.source AS right_source,
  b.senior_key AS right_key, l.rule, l.stage, l.decision_id, l.type, l.value, l.ruleset_version`

export async function linksOfProfile(
  sql: Sql,
  spaceId: string,
  profileId: string,
  { limit, after }: PageRequest,
): Promise<Page<LinkRow>> {
  const { text, values } = beyond('l.left_trace, l.right_trace', 'ascending', after)
  const rows = await sql.all<LinkRow>(
    `SELECT a.profile_id, ${columns} FROM traces a
       JOIN links l ON l.space_id = ? AND l.left_trace = a.trace_id
       JOIN traces b ON b.space_id = ? AND b.trace_id = l.right_trace
     WHERE a.space_id = ? AND a.profile_id = ?${text} ORDER BY l.left_trace, l.right_trace LIMIT ?`,
    [spaceId, spaceId, spaceId, profileId, ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.left_trace, row.right_trace])
}

/** Every link of a space. */
export async function allLinks(sql: Sql, spaceId: string, { limit, after }: PageRequest): Promise<Page<LinkRow>> {
  const { text, values } = beyond('l.left_trace, l.right_trace', 'ascending', after)
  const rows = await sql.all<LinkRow>(
    `SELECT a.profile_id, ${columns} FROM links l
       JOIN traces a ON a.space_id = l.space_id AND a.trace_id = l.left_trace
       JOIN traces b ON b.space_id = l.space_id AND b.trace_id = l.right_trace
     WHERE l.space_id = ?${text} ORDER BY l.left_trace, l.right_trace LIMIT ?`,
    [spaceId, ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.left_trace, row.right_trace])
}

/** A strong link that a guard refused. */
export interface HeldLinkRow {
  readonly cluster_profile: string
  readonly refused_by_profile: string
  readonly rule: string
  readonly stage: number
  readonly type: string
  readonly value: string
  readonly guard: string
  /** JSON list of texts. */
  readonly reasons: string
  /** 1: a whole group was refused. */
  readonly is_group: number
}

const heldColumns = `h.cluster_profile, h.refused_by_profile, h.rule, h.stage, h.type, h.value, h.guard, h.reasons, h.is_group`

/** Held links of a space, or of one profile on either side. */
export async function heldLinks(
  sql: Sql,
  spaceId: string,
  profileId: string | null,
  { limit, after }: PageRequest,
): Promise<Page<HeldLinkRow>> {
  const { text, values } = beyond('h.cluster_profile, h.refused_by_profile', 'ascending', after)
  const order = 'ORDER BY cluster_profile, refused_by_profile LIMIT ?'
  const keyOf = (row: HeldLinkRow) => [row.cluster_profile, row.refused_by_profile]
  if (profileId === null) {
    const rows = await sql.all<HeldLinkRow>(
      `SELECT ${heldColumns} FROM held_links h WHERE h.space_id = ?${text} ${order}`,
      [spaceId, ...values, limit + 1],
    )
    return pageOf(rows, limit, keyOf)
  }
  const side = (column: string) =>
    `SELECT ${heldColumns} FROM held_links h WHERE h.space_id = ? AND h.${column} = ?${text}`
  const rows = await sql.all<HeldLinkRow>(`${side('cluster_profile')} UNION ${side('refused_by_profile')} ${order}`, [
    spaceId,
    profileId,
    ...values,
    spaceId,
    profileId,
    ...values,
    limit + 1,
  ])
  return pageOf(rows, limit, keyOf)
}
