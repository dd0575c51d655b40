import { appendAudit, dropDraft, findDraft, finishRun, startRun, type Database, type Sql } from '@selfsame/store'
import { randomUUID } from 'node:crypto'
import type { JsonObject } from '@selfsame/core'
import { publishRuleset } from './publish-ruleset.ts'
import type { RulesCache } from './space-rules.ts'

/** What somebody worked from is no longer what counts. Nothing was changed. */
export class RulesetConflict extends Error {
  readonly what: 'version' | 'draft'
  readonly expected: number
  readonly actual: number
  constructor(what: 'version' | 'draft', expected: number, actual: number) {
    super(`${what} ${actual} stands, not ${expected}`)
    this.what = what
    this.expected = expected
    this.actual = actual
  }
}

/** What a publication was made from; null: whatever stands. */
export interface PublicationBasis {
  readonly expectedVersion: number | null
  /** The draft of this revision is dropped with it. */
  readonly draftRevision: number | null
  /** What the audit log calls it. Default `ruleset.publish`. */
  readonly audit?: { readonly action: string; readonly details: Readonly<Record<string, string>> }
}

export interface Publication {
  readonly runId: string
  /** The new version. Rejects with `RulesetConflict` where something else was published meanwhile. */
  readonly done: Promise<number>
}

export interface PublicationParts {
  readonly database: Database
  readonly now: () => number
  readonly cache: RulesCache
}

/** Begins a run that publishes a ruleset without faults. */
export async function startPublication(
  { database, now, cache }: PublicationParts,
  spaceId: string,
  body: string,
  actor: string,
  note: string | null,
  basis: PublicationBasis,
): Promise<Publication> {
  const runId = `r_${randomUUID()}`
  const started_at = now()
  await database.transaction((sql) =>
    startRun(sql, spaceId, { run_id: runId, kind: 'publish', actor, started_at, progress: progressOf('resolving') }),
  )
  const publish = async (): Promise<number> => {
    try {
      return await database.transaction(async (sql) => {
        await checkBasis(sql, spaceId, basis)
        const at = now()
        const version = await publishRuleset(sql, spaceId, body, actor, note, at, cache)
        if (basis.draftRevision !== null) await dropDraft(sql, spaceId)
        const { action = 'ruleset.publish', details = {} } = basis.audit ?? {}
        const object = `ruleset:${version}`
        await appendAudit(sql, spaceId, { at, actor, action, object, details: { ...details, run: runId } })
        await finishRun(sql, spaceId, runId, now(), {
          state: 'done',
          progress: progressOf('done'),
          summary: JSON.stringify({ version }),
        })
        return version
      })
    } catch (error) {
      const summary = JSON.stringify({ failure: error instanceof RulesetConflict ? 'conflict' : 'failed' })
      await database.transaction((sql) =>
        finishRun(sql, spaceId, runId, now(), { state: 'failed', progress: progressOf('failed'), summary }),
      )
      throw error
    }
  }
  return { runId, done: publish() }
}

export async function checkBasis(sql: Sql, spaceId: string, basis: PublicationBasis): Promise<void> {
  const lock = sql.dialect === 'postgres' ? ' FOR UPDATE' : ''
  const [space] = await sql.all<{ ruleset_version: number }>(
    `SELECT ruleset_version FROM spaces WHERE space_id = ?${lock}`,
    [spaceId],
  )
  const version = space?.ruleset_version ?? 0
  if (basis.expectedVersion !== null && basis.expectedVersion !== version) {
    throw new RulesetConflict('version', basis.expectedVersion, version)
  }
  if (basis.draftRevision === null) return
  const revision = (await findDraft(sql, spaceId))?.revision ?? 0
  if (revision !== basis.draftRevision) throw new RulesetConflict('draft', basis.draftRevision, revision)
}

function progressOf(phase: string): string {
  return JSON.stringify({ phase } satisfies JsonObject)
}
