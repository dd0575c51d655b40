import type { StoredRun } from '../graph/runs.ts'
import { asRows, rowsOf, type Sql } from '../sql/sql.ts'
import { beyond, pageOf, type Page, type PageRequest } from './page.ts'

/** An entry of the changes feed. See `StoredChange`. */
export interface ChangeRow {
  readonly seq: number
  readonly at: number
  readonly kind: 'created' | 'updated' | 'merged' | 'split' | 'erased'
  readonly profile_id: string
  /** JSON list of profile ids. */
  readonly others: string
  readonly cause: string
}

/** Changes after a number, in their order. */
export async function changesAfter(sql: Sql, spaceId: string, seq: number, limit: number): Promise<Page<ChangeRow>> {
  const rows = await sql.all<ChangeRow>(
    `SELECT seq, at, kind, profile_id, others, cause FROM changes WHERE space_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
    [spaceId, seq, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.seq])
}

/** Number of the last change; 0: there is none. */
export async function lastChange(sql: Sql, spaceId: string): Promise<number> {
  const [row] = await sql.all<{ change_seq: number }>('SELECT change_seq FROM spaces WHERE space_id = ?', [spaceId])
  return row?.change_seq ?? 0
}

/** Ids of one history at most; merges beyond them are not followed. */
const mostIds = 1_000

/** The history of a profile and of all that were ever merged into it, the latest change first. */
export async function profileHistory(
  sql: Sql,
  spaceId: string,
  profileId: string,
  { limit, after }: PageRequest,
): Promise<Page<ChangeRow>> {
  const ids = await idsMergedInto(sql, spaceId, profileId)
  const { text, values } = beyond('c.seq', 'descending', after)
  const rows = await sql.all<ChangeRow>(
    `SELECT c.seq, c.at, c.kind, c.profile_id, c.others, c.cause FROM ${rowsOf(sql, { value: 'text' }, 'given')}
       CROSS JOIN changes c WHERE c.space_id = ? AND c.profile_id = given.value${text} ORDER BY c.seq DESC LIMIT ?`,
    [asRows(ids.map((value) => ({ value }))), spaceId, ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.seq])
}

async function idsMergedInto(sql: Sql, spaceId: string, profileId: string): Promise<readonly string[]> {
  const found = new Set([profileId])
  let asked = [profileId]
  while (asked.length > 0 && found.size < mostIds) {
    const rows = await sql.all<{ others: string }>(
      `SELECT c.others FROM ${rowsOf(sql, { value: 'text' }, 'given')}
       CROSS JOIN changes c WHERE c.space_id = ? AND c.profile_id = given.value AND c.kind = 'merged' ORDER BY c.seq LIMIT ?`,
      [asRows(asked.map((value) => ({ value }))), spaceId, mostIds],
    )
    const fresh = new Set(rows.flatMap(({ others }) => JSON.parse(others) as string[]).filter((id) => !found.has(id)))
    asked = [...fresh].slice(0, mostIds - found.size)
    for (const id of asked) found.add(id)
  }
  return [...found]
}

/** The latest first. */
export async function runRows(sql: Sql, spaceId: string, { limit, after }: PageRequest): Promise<Page<StoredRun>> {
  const { text, values } = beyond('started_at, run_id', 'descending', after)
  const rows = await sql.all<StoredRun>(
    `SELECT run_id, kind, state, actor, started_at, finished_at, seen_at, progress, summary FROM runs
     WHERE space_id = ?${text} ORDER BY started_at DESC, run_id DESC LIMIT ?`,
    [spaceId, ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.started_at, row.run_id])
}

/** A version of the ruleset. */
export interface RulesetRow {
  readonly version: number
  readonly note: string | null
  readonly actor: string
  readonly created_at: number
}

/** The latest first. */
export async function rulesetRows(sql: Sql, spaceId: string, { limit, after }: PageRequest): Promise<Page<RulesetRow>> {
  const { text, values } = beyond('version', 'descending', after)
  const rows = await sql.all<RulesetRow>(
    `SELECT version, note, actor, created_at FROM rulesets WHERE space_id = ?${text} ORDER BY version DESC LIMIT ?`,
    [spaceId, ...values, limit + 1],
  )
  return pageOf(rows, limit, (row) => [row.version])
}

export async function findRuleset(
  sql: Sql,
  spaceId: string,
  version: number,
): Promise<(RulesetRow & { readonly body: string }) | null> {
  const [row] = await sql.all<RulesetRow & { readonly body: string }>(
    'SELECT version, note, actor, created_at, body FROM rulesets WHERE space_id = ? AND version = ?',
    [spaceId, version],
  )
  return row ?? null
}
