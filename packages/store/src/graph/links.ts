import { asRows, rowsOf, type Sql } from '../sql/sql.ts'
import { deleteWhereIn, upsertRows, type TableShape } from '../sql/upsert.ts'

export interface StoredLink {
  readonly left_trace: string
  readonly right_trace: string
  readonly rule: string
  readonly stage: number
  readonly decision_id: string | null
  readonly type: string
  readonly value: string
  readonly ruleset_version: number
}

export interface StoredHeldLink {
  readonly cluster_profile: string
  readonly refused_by_profile: string
  readonly rule: string
  readonly stage: number
  readonly type: string
  readonly value: string
  readonly guard: string
  /** JSON list of texts. */
  readonly reasons: string
  readonly is_group: number
}

export interface StoredCandidate {
  readonly survivor_profile: string
  readonly session_profile: string
  readonly candidate_id: string
  readonly rule: string
  readonly stage: number
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

const linkTable: TableShape = {
  table: 'links',
  columns: {
    left_trace: 'text',
    right_trace: 'text',
    rule: 'text',
    stage: 'int',
    decision_id: 'text',
    type: 'text',
    value: 'text',
    ruleset_version: 'int',
  },
  key: ['left_trace', 'right_trace'],
}

const heldTable: TableShape = {
  table: 'held_links',
  columns: {
    cluster_profile: 'text',
    refused_by_profile: 'text',
    rule: 'text',
    stage: 'int',
    type: 'text',
    value: 'text',
    guard: 'text',
    reasons: 'text',
    is_group: 'int',
  },
  key: ['cluster_profile', 'refused_by_profile'],
}

const candidateColumns = {
  survivor_profile: 'text',
  session_profile: 'text',
  candidate_id: 'text',
  rule: 'text',
  stage: 'int',
  reason: 'text',
  type: 'text',
  value: 'text',
  confidence: 'real',
  trust: 'real',
  rarity: 'real',
  agreement: 'real',
  limits: 'real',
  seen_count: 'int',
  last_seen: 'int',
  first_shown_at: 'int',
  reach: 'int',
} as const

const candidateTable: TableShape = {
  table: 'candidates',
  columns: candidateColumns,
  key: ['survivor_profile', 'session_profile'],
  update: Object.fromEntries(
    Object.keys(candidateColumns)
      .filter((name) => !['survivor_profile', 'session_profile', 'candidate_id', 'first_shown_at'].includes(name))
      .map((name) => [name, `excluded.${name}`]),
  ),
}

/** The links of some traces become those given; a link between two of them is named once. */
export async function replaceLinks(
  sql: Sql,
  spaceId: string,
  traceIds: readonly string[],
  links: readonly StoredLink[],
): Promise<void> {
  await deleteWhereIn(sql, 'links', 'left_trace', spaceId, traceIds)
  await deleteWhereIn(sql, 'links', 'right_trace', spaceId, traceIds)
  await upsertRows(sql, linkTable, spaceId, links)
}

/** The held links and candidates of some profiles become those given. */
export async function replaceOpenQuestions(
  sql: Sql,
  spaceId: string,
  profileIds: readonly string[],
  held: readonly StoredHeldLink[],
  candidates: readonly StoredCandidate[],
): Promise<{ readonly added: number; readonly removed: number }> {
  await deleteWhereIn(sql, 'held_links', 'cluster_profile', spaceId, profileIds)
  await deleteWhereIn(sql, 'held_links', 'refused_by_profile', spaceId, profileIds)
  await upsertRows(sql, heldTable, spaceId, held)
  const pairOf = (row: { readonly survivor_profile: string; readonly session_profile: string }) =>
    JSON.stringify([row.survivor_profile, row.session_profile])
  const pairs = new Set(candidates.map(pairOf))
  const known = await candidatesOf(sql, spaceId, profileIds)
  const gone = known.filter((row) => !pairs.has(pairOf(row)))
  await deleteWhereIn(
    sql,
    'candidates',
    'candidate_id',
    spaceId,
    gone.map((row) => row.candidate_id),
  )
  await upsertRows(sql, candidateTable, spaceId, candidates)
  const knownPairs = new Set(known.map(pairOf))
  return { added: candidates.filter((row) => !knownPairs.has(pairOf(row))).length, removed: gone.length }
}

async function candidatesOf(
  sql: Sql,
  spaceId: string,
  profileIds: readonly string[],
): Promise<
  readonly { readonly survivor_profile: string; readonly session_profile: string; readonly candidate_id: string }[]
> {
  if (profileIds.length === 0) return []
  const ids = asRows(profileIds.map((value) => ({ value })))
  const given = rowsOf(sql, { value: 'text' }, 'given')
  return sql.all(
    `SELECT c.survivor_profile, c.session_profile, c.candidate_id FROM ${given}
       CROSS JOIN candidates c WHERE c.space_id = ? AND c.survivor_profile = given.value
     UNION
     SELECT c.survivor_profile, c.session_profile, c.candidate_id FROM ${given}
       CROSS JOIN candidates c WHERE c.space_id = ? AND c.session_profile = given.value`,
    [ids, spaceId, ids, spaceId],
  )
}
