import type { Sql } from '../sql/sql.ts'

/** The draft of a space's ruleset: there is one at most, and who saves it says which revision they read. */
export interface StoredDraft {
  readonly body: string
  /** Ascends with every save. */
  readonly revision: number
  /** The published version when the draft was begun. */
  readonly based_on: number
  readonly actor: string
  readonly updated_at: number
}

export async function findDraft(sql: Sql, spaceId: string): Promise<StoredDraft | null> {
  const [row] = await sql.all<StoredDraft>(
    'SELECT body, revision, based_on, actor, updated_at FROM ruleset_drafts WHERE space_id = ? AND dropped = 0',
    [spaceId],
  )
  return row ?? null
}

/** Saves a draft over the revision that was read (0: none). false: somebody else saved another one meanwhile. */
export async function saveDraft(
  sql: Sql,
  spaceId: string,
  expectedRevision: number,
  draft: Omit<StoredDraft, 'revision'>,
): Promise<boolean> {
  if (((await findDraft(sql, spaceId))?.revision ?? 0) !== expectedRevision) return false
  // A revision is never used twice, also where a draft was dropped in between.
  await sql.run(
    `INSERT INTO ruleset_drafts (space_id, body, revision, based_on, actor, updated_at, dropped) VALUES (?, ?, 1, ?, ?, ?, 0)
     ON CONFLICT (space_id) DO UPDATE SET body = excluded.body, revision = ruleset_drafts.revision + 1,
       based_on = excluded.based_on, actor = excluded.actor, updated_at = excluded.updated_at, dropped = 0`,
    [spaceId, draft.body, draft.based_on, draft.actor, draft.updated_at],
  )
  return true
}

export async function dropDraft(sql: Sql, spaceId: string): Promise<void> {
  await sql.run(`UPDATE ruleset_drafts SET dropped = 1, body = '' WHERE space_id = ?`, [spaceId])
}
