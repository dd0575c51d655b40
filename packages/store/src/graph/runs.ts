import type { Sql } from '../sql/sql.ts'

export type RunKind = 'publish' | 'simulate' | 'import' | 'resolve'
export type RunState = 'running' | 'done' | 'failed' | 'abandoned'

/** A run that was begun. `progress` and `summary` are JSON. */
export interface StoredRun {
  readonly run_id: string
  readonly kind: RunKind
  readonly state: RunState
  readonly actor: string
  readonly started_at: number
  readonly finished_at: number | null
  readonly seen_at: number
  readonly progress: string
  readonly summary: string | null
}

const columns = 'run_id, kind, state, actor, started_at, finished_at, seen_at, progress, summary'

export async function startRun(
  sql: Sql,
  spaceId: string,
  run: Pick<StoredRun, 'run_id' | 'kind' | 'actor' | 'started_at' | 'progress'>,
): Promise<void> {
  await sql.run(`INSERT INTO runs (space_id, ${columns}) VALUES (?, ?, ?, 'running', ?, ?, NULL, ?, ?, NULL)`, [
    spaceId,
    run.run_id,
    run.kind,
    run.actor,
    run.started_at,
    run.started_at,
    run.progress,
  ])
}

/** Says how far a run is, and that its process lives. */
export async function noteProgress(
  sql: Sql,
  spaceId: string,
  runId: string,
  at: number,
  progress: string,
): Promise<void> {
  await sql.run(`UPDATE runs SET progress = ?, seen_at = ? WHERE space_id = ? AND run_id = ? AND state = 'running'`, [
    progress,
    at,
    spaceId,
    runId,
  ])
}

export async function finishRun(
  sql: Sql,
  spaceId: string,
  runId: string,
  at: number,
  end: { readonly state: Exclude<RunState, 'running'>; readonly progress: string; readonly summary: string | null },
): Promise<void> {
  await sql.run(
    'UPDATE runs SET state = ?, finished_at = ?, seen_at = ?, progress = ?, summary = ? WHERE space_id = ? AND run_id = ?',
    [end.state, at, at, end.progress, end.summary, spaceId, runId],
  )
}

export async function findRun(sql: Sql, spaceId: string, runId: string): Promise<StoredRun | null> {
  const [row] = await sql.all<StoredRun>(`SELECT ${columns} FROM runs WHERE space_id = ? AND run_id = ?`, [
    spaceId,
    runId,
  ])
  return row ?? null
}

/** The latest first. */
export async function latestRuns(
  sql: Sql,
  spaceId: string,
  kind: RunKind,
  limit: number,
): Promise<readonly StoredRun[]> {
  return sql.all<StoredRun>(
    `SELECT ${columns} FROM runs WHERE space_id = ? AND kind = ? ORDER BY started_at DESC, run_id DESC LIMIT ?`,
    [spaceId, kind, limit],
  )
}

/** Runs of a space whose process has not been heard of since `before` are abandoned: it died with them. How many. */
export async function abandonRuns(sql: Sql, spaceId: string, before: number, at: number): Promise<number> {
  return sql.run(
    `UPDATE runs SET state = 'abandoned', finished_at = ? WHERE space_id = ? AND state = 'running' AND seen_at < ?`,
    [at, spaceId, before],
  )
}
