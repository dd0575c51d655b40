import type { Sql } from '../sql/sql.ts'

/** A saved filter. */
export interface StoredAudience {
  readonly audience_id: string
  readonly name: string
  /** JSON of the rule as it was written. */
  readonly rule: string
  /** Ascends with every change. */
  readonly revision: number
  readonly created_at: number
  readonly created_by: string
  readonly updated_at: number
  readonly updated_by: string
}

const columns = 'audience_id, name, rule, revision, created_at, created_by, updated_at, updated_by'

/** By name. */
export async function audiencesOf(sql: Sql, spaceId: string): Promise<readonly StoredAudience[]> {
  return sql.all<StoredAudience>(`SELECT ${columns} FROM audiences WHERE space_id = ? ORDER BY name, audience_id`, [
    spaceId,
  ])
}

export async function findAudience(sql: Sql, spaceId: string, audienceId: string): Promise<StoredAudience | null> {
  const [row] = await sql.all<StoredAudience>(
    `SELECT ${columns} FROM audiences WHERE space_id = ? AND audience_id = ?`,
    [spaceId, audienceId],
  )
  return row ?? null
}

export async function saveAudience(sql: Sql, spaceId: string, audience: StoredAudience): Promise<void> {
  const { audience_id, name, rule, revision, created_at, created_by, updated_at, updated_by } = audience
  await sql.run(
    `INSERT INTO audiences (space_id, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (space_id, audience_id) DO UPDATE SET name = excluded.name, rule = excluded.rule,
       revision = excluded.revision, updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
    [spaceId, audience_id, name, rule, revision, created_at, created_by, updated_at, updated_by],
  )
}

export async function deleteAudience(sql: Sql, spaceId: string, audienceId: string): Promise<void> {
  await sql.run('DELETE FROM audiences WHERE space_id = ? AND audience_id = ?', [spaceId, audienceId])
}
