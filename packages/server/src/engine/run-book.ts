import {
  abandonRuns,
  appendAudit,
  finishRun,
  noteProgress,
  startRun,
  type Database,
  type RunKind,
  type Sql,
} from '@selfsame/store'
import { randomUUID } from 'node:crypto'

/** How far a run is. */
export interface RunProgress {
  readonly phase: string
  /** Of the phase: e.g. records read; absent where nothing is counted. */
  readonly done?: number
  readonly total?: number
  /** Of an import: what tells its input again, and what was taken of it. */
  readonly of?: string
  readonly counts?: object
}

/** A run under way, and its row. */
export interface Run {
  readonly runId: string
  /** Tells the progress; written at most every half second. */
  note(progress: RunProgress): Promise<void>
  /** Within the transaction of what the run did. */
  finish(sql: Sql, summary: object): Promise<void>
  /** What it did came to nothing. `because` is a code. */
  fail(because: string): Promise<void>
}

export interface RunParts {
  readonly database: Database
  readonly now: () => number
}

/** A run says at least this often that its process lives. */
const heartbeatMs = 10_000
/** A run that was not heard of for so long is abandoned: its process died. */
export const abandonedAfterMs = 60_000
const notedEveryMs = 500

/** Begins a run. `audit`: how the audit log names the beginning; null: what the run does is logged by itself. */
export async function beginRun(
  { database, now }: RunParts,
  spaceId: string,
  kind: RunKind,
  actor: string,
  audit: { readonly action: string; readonly object: string } | null,
): Promise<Run> {
  const runId = `r_${randomUUID()}`
  const started_at = now()
  let latest: RunProgress = { phase: 'waiting' }
  await database.transaction(async (sql) => {
    await startRun(sql, spaceId, { run_id: runId, kind, actor, started_at, progress: JSON.stringify(latest) })
    if (audit) await appendAudit(sql, spaceId, { at: started_at, actor, ...audit, details: { run: runId } })
  })
  let notedAt = performance.now()
  const write = () => database.transaction((sql) => noteProgress(sql, spaceId, runId, now(), JSON.stringify(latest)))
  const heartbeat = setInterval(() => void write().catch(() => undefined), heartbeatMs)
  heartbeat.unref()
  return {
    runId,
    note: async (progress) => {
      const isNewPhase = progress.phase !== latest.phase
      latest = progress
      if (!isNewPhase && performance.now() - notedAt < notedEveryMs) return
      notedAt = performance.now()
      await write()
    },
    finish: async (sql, summary) => {
      clearInterval(heartbeat)
      const end = {
        state: 'done',
        progress: JSON.stringify({ phase: 'done' }),
        summary: JSON.stringify(summary),
      } as const
      await finishRun(sql, spaceId, runId, now(), end)
    },
    fail: async (because) => {
      clearInterval(heartbeat)
      const end = { state: 'failed', progress: JSON.stringify(latest), summary: JSON.stringify({ because }) } as const
      await database.transaction((sql) => finishRun(sql, spaceId, runId, now(), end))
    },
  }
}

/** Marks runs as abandoned whose process was not heard of for a while: nothing of them was written, and they may be begun again. */
export async function abandonLostRuns({ database, now }: RunParts, spaceIds: readonly string[]): Promise<void> {
  const at = now()
  for (const spaceId of spaceIds) {
    await database.transaction((sql) => abandonRuns(sql, spaceId, at - abandonedAfterMs, at))
  }
}
