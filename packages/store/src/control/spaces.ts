import { defaultRulesetYaml } from '@selfsame/core'
import { saveRuleset } from '../graph/space.ts'
import { tablesOfSpace } from '../schema/migrations.ts'
import type { Sql } from '../sql/sql.ts'
import { newControlId, newSecret } from './ids.ts'

export interface StoredSpace {
  readonly space_id: string
  readonly workspace_id: string
  readonly name: string
  readonly ruleset_version: number
  readonly created_at: number
}

/** The workspace of this database; null: the first start is yet to come. */
export async function findWorkspace(sql: Sql): Promise<string | null> {
  const [row] = await sql.all<{ workspace_id: string }>(
    'SELECT workspace_id FROM workspaces ORDER BY created_at, workspace_id LIMIT 1',
  )
  return row?.workspace_id ?? null
}

export async function createWorkspace(sql: Sql, name: string, nowMs: number): Promise<string> {
  const id = newControlId('w')
  await sql.run('INSERT INTO workspaces (workspace_id, name, created_at) VALUES (?, ?, ?)', [id, name, nowMs])
  return id
}

/** Makes a space with the default ruleset published as its version 1. The space's id. */
export async function createSpace(
  sql: Sql,
  workspaceId: string,
  name: string,
  actor: string,
  nowMs: number,
): Promise<string> {
  const id = newControlId('s')
  await sql.run(
    `INSERT INTO spaces (space_id, workspace_id, name, secret, clock, record_seq, change_seq, ruleset_version, created_at)
     VALUES (?, ?, ?, ?, ?, 0, 0, 1, ?)`,
    [id, workspaceId, name, newSecret(), nowMs, nowMs],
  )
  await saveRuleset(sql, id, { body: defaultRulesetYaml, actor, note: 'The default ruleset', created_at: nowMs })
  return id
}

/** By name. */
export async function spacesOf(sql: Sql, workspaceId: string): Promise<readonly StoredSpace[]> {
  return sql.all<StoredSpace>(
    `SELECT space_id, workspace_id, name, ruleset_version, created_at FROM spaces
     WHERE workspace_id = ? ORDER BY name, space_id`,
    [workspaceId],
  )
}

/** A space of the workspace by its id or its name; null: there is none. */
export async function findSpace(sql: Sql, workspaceId: string, idOrName: string): Promise<StoredSpace | null> {
  const [row] = await sql.all<StoredSpace>(
    `SELECT space_id, workspace_id, name, ruleset_version, created_at FROM spaces
     WHERE workspace_id = ? AND (space_id = ? OR name = ?) ORDER BY CASE WHEN space_id = ? THEN 0 ELSE 1 END, space_id LIMIT 1`,
    [workspaceId, idOrName, idOrName, idOrName],
  )
  return row ?? null
}

/** Deletes a space with everything in it, keys that belong to it alone included. What it held cannot be brought back. */
export async function deleteSpace(sql: Sql, spaceId: string): Promise<void> {
  for (const table of tablesOfSpace(sql.dialect)) await sql.run(`DELETE FROM ${table} WHERE space_id = ?`, [spaceId])
}
