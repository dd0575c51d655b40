import { recordsNamedBy, type Decision, type RecordRef } from '@selfsame/core'
import { asRows, rowsOf, type Sql } from '../sql/sql.ts'
import { upsertRows, type TableShape } from '../sql/upsert.ts'

/** A decision as it is stored: superseded or reverted, never erased. Instants are milliseconds. */
export interface StoredDecision {
  readonly decision_id: string
  readonly kind: Decision['kind']
  readonly decided_at: number
  readonly actor: string
  readonly reason: string | null
  /** The candidate it answered; null: none. */
  readonly candidate_id: string | null
  /** JSON of the decision as `resolve` takes it. */
  readonly body: string
  /** JSON of what it did to profiles. */
  readonly outcome: string
  /** Number of the last record that was stored when it was made. */
  readonly record_seq: number
  /** null: it stands. */
  readonly reverted_at: number | null
  readonly reverted_by: string | null
  readonly revert_reason: string | null
}

const columns = {
  decision_id: 'text',
  kind: 'text',
  decided_at: 'int',
  actor: 'text',
  reason: 'text',
  candidate_id: 'text',
  body: 'text',
  outcome: 'text',
  record_seq: 'int',
  reverted_at: 'int',
  reverted_by: 'text',
  revert_reason: 'text',
} as const
const picked = Object.keys(columns)
  .map((column) => `d.${column}`)
  .join(', ')

const decisionTable: TableShape = { table: 'decisions', columns, key: ['decision_id'] }

const namedTable: TableShape = {
  table: 'decision_records',
  columns: { decision_id: 'text', source: 'text', record_key: 'text' },
  key: ['decision_id', 'source', 'record_key'],
  update: {},
}

/** Stores a decision, or what became of it. */
export async function saveDecision(sql: Sql, spaceId: string, decision: StoredDecision): Promise<void> {
  await upsertRows(sql, decisionTable, spaceId, [decision])
}

/** Stores which records a decision names. */
export async function saveNamedRecords(sql: Sql, spaceId: string, decision: Decision): Promise<void> {
  const refs = recordsNamedBy(decision)
  await upsertRows(
    sql,
    namedTable,
    spaceId,
    refs.map(({ source, key }) => ({ decision_id: decision.id, source, record_key: key })),
  )
  await followNamedRecords(sql, spaceId, refs)
}

/** Notes the traces that named records are in, after these records changed theirs. */
export async function followNamedRecords(sql: Sql, spaceId: string, refs: readonly RecordRef[]): Promise<void> {
  if (refs.length === 0 || !(await hasDecisions(sql, spaceId))) return
  await sql.run(
    `UPDATE decision_records SET trace_id = (
       SELECT r.trace_id FROM records r WHERE r.space_id = decision_records.space_id
         AND r.source = decision_records.source AND r.record_key = decision_records.record_key)
     WHERE space_id = ? AND (source, record_key) IN (
       SELECT source, key FROM ${rowsOf(sql, { source: 'text', key: 'text' }, 'given')})`,
    [spaceId, asRows(refs)],
  )
}

/** The same, for all of them. */
export async function followAllNamedRecords(sql: Sql, spaceId: string): Promise<void> {
  await sql.run(
    `UPDATE decision_records SET trace_id = (
       SELECT r.trace_id FROM records r WHERE r.space_id = decision_records.space_id
         AND r.source = decision_records.source AND r.record_key = decision_records.record_key)
     WHERE space_id = ?`,
    [spaceId],
  )
}

/** Where traces went into others, the named records in them did too. */
export async function moveNamedRecords(
  sql: Sql,
  spaceId: string,
  moves: readonly { readonly from: string; readonly to: string }[],
): Promise<void> {
  if (moves.length === 0 || !(await hasDecisions(sql, spaceId))) return
  for (const { from, to } of moves) {
    await sql.run('UPDATE decision_records SET trace_id = ? WHERE space_id = ? AND trace_id = ?', [to, spaceId, from])
  }
}

/** The standing decisions that name a record of some traces, beside those that are known; `reverted`: all of them. */
export async function decisionsNaming(
  sql: Sql,
  spaceId: string,
  traceIds: readonly string[],
  known: readonly string[],
  { reverted = false }: { readonly reverted?: boolean } = {},
): Promise<readonly Decision[]> {
  if (traceIds.length === 0 || !(await hasDecisions(sql, spaceId))) return []
  const found = await sql.all<{ decision_id: string }>(
    `SELECT DISTINCT n.decision_id FROM ${rowsOf(sql, { trace_id: 'text' }, 'given')}
       CROSS JOIN decision_records n WHERE n.space_id = ? AND n.trace_id = given.trace_id`,
    [asRows(traceIds.map((trace_id) => ({ trace_id }))), spaceId],
  )
  const before = new Set(known)
  const ids = found.flatMap(({ decision_id }) => (before.has(decision_id) ? [] : [{ decision_id }]))
  if (ids.length === 0) return []
  const rows = await sql.all<{ body: string }>(
    `SELECT d.body FROM ${rowsOf(sql, { decision_id: 'text' }, 'given')} CROSS JOIN decisions d
     WHERE d.space_id = ? AND d.decision_id = given.decision_id${reverted ? '' : ' AND d.reverted_at IS NULL'}
     ORDER BY d.decision_id`,
    [asRows(ids), spaceId],
  )
  return rows.map(({ body }) => JSON.parse(body) as Decision)
}

/** Where the records are that some decisions name; those that are gone are left out. */
export async function locateNamedRecords(
  sql: Sql,
  spaceId: string,
  decisionIds: readonly string[],
): Promise<readonly (RecordRef & { readonly traceId: string; readonly effectiveAt: number })[]> {
  if (decisionIds.length === 0) return []
  const rows = await sql.all<{ source: string; record_key: string; trace_id: string; first_effective_at: number }>(
    `SELECT DISTINCT r.source, r.record_key, r.trace_id, r.first_effective_at
     FROM ${rowsOf(sql, { decision_id: 'text' }, 'given')} CROSS JOIN decision_records n CROSS JOIN records r
     WHERE n.space_id = ? AND n.decision_id = given.decision_id
       AND r.space_id = ? AND r.source = n.source AND r.record_key = n.record_key AND r.trace_id IS NOT NULL`,
    [asRows(decisionIds.map((decision_id) => ({ decision_id }))), spaceId, spaceId],
  )
  return rows.map(({ source, record_key, trace_id, first_effective_at }) => ({
    source,
    key: record_key,
    traceId: trace_id,
    effectiveAt: first_effective_at,
  }))
}

export async function findDecision(sql: Sql, spaceId: string, decisionId: string): Promise<StoredDecision | null> {
  const [row] = await sql.all<StoredDecision>(
    `SELECT ${picked} FROM decisions d WHERE d.space_id = ? AND d.decision_id = ?`,
    [spaceId, decisionId],
  )
  return row ?? null
}

/** The latest decision on a candidate; null: nobody decided it. */
export async function decisionOnCandidate(
  sql: Sql,
  spaceId: string,
  candidateId: string,
): Promise<StoredDecision | null> {
  const [row] = await sql.all<StoredDecision>(
    `SELECT ${picked} FROM decisions d WHERE d.space_id = ? AND d.candidate_id = ?
     ORDER BY d.decided_at DESC, d.decision_id DESC LIMIT 1`,
    [spaceId, candidateId],
  )
  return row ?? null
}

/** The standing decisions made after one, that name a record it names; the earliest first. */
export async function laterDecisions(
  sql: Sql,
  spaceId: string,
  { decision_id, decided_at }: Pick<StoredDecision, 'decision_id' | 'decided_at'>,
): Promise<readonly StoredDecision[]> {
  return sql.all<StoredDecision>(
    `SELECT ${picked} FROM decisions d WHERE d.space_id = ? AND d.reverted_at IS NULL AND d.decided_at > ?
       AND d.decision_id IN (
         SELECT later.decision_id FROM decision_records earlier JOIN decision_records later
           ON later.space_id = earlier.space_id AND later.source = earlier.source AND later.record_key = earlier.record_key
         WHERE earlier.space_id = ? AND earlier.decision_id = ?)
     ORDER BY d.decided_at, d.decision_id`,
    [spaceId, decided_at, spaceId, decision_id],
  )
}

/** When the latest decision of a space was made, milliseconds; null: none was. */
export async function lastDecisionAt(sql: Sql, spaceId: string): Promise<number | null> {
  const [row] = await sql.all<{ at: number | null }>('SELECT max(decided_at) AS at FROM decisions WHERE space_id = ?', [
    spaceId,
  ])
  return row?.at ?? null
}

async function hasDecisions(sql: Sql, spaceId: string): Promise<boolean> {
  const found = await sql.all('SELECT 1 AS found FROM decision_records WHERE space_id = ? LIMIT 1', [spaceId])
  return found.length > 0
}
