import { appendAudit, createSpace, createUser, createWorkspace, findWorkspace } from '@selfsame/store'
import type { ControlContext } from './control-context.ts'
import { makeSignInLink } from './sign-in.ts'

export interface FirstStart {
  readonly workspaceId: string
  /** Token of the link that the first administrator signs in with, once; null: the workspace was there. */
  readonly signInToken: string | null
}

export const firstSpaces = ['dev', 'prod'] as const
export const firstUserName = 'admin'

/**
 * Makes the workspace on an empty database: the spaces `dev` and `prod`, each with the default ruleset as its active version
 * 1, and an administrator who signs in by link. Of several processes that start at once, one makes it.
 */
export async function firstStart({ database, now }: ControlContext): Promise<FirstStart> {
  const known = await findWorkspace(database)
  if (known !== null) return { workspaceId: known, signInToken: null }
  return database.transaction(async (sql) => {
    if (sql.dialect === 'postgres') await sql.run('LOCK TABLE workspaces IN EXCLUSIVE MODE')
    const made = await findWorkspace(sql)
    if (made !== null) return { workspaceId: made, signInToken: null }
    const at = now()
    const workspaceId = await createWorkspace(sql, 'Selfsame', at)
    for (const name of firstSpaces) await createSpace(sql, workspaceId, name, 'system', at)
    const userId = await createUser(sql, workspaceId, firstUserName, 'admin', at)
    const signInToken = await makeSignInLink(sql, userId, at)
    await appendAudit(sql, workspaceId, {
      at,
      actor: 'system',
      action: 'workspace.create',
      object: workspaceId,
      details: { spaces: firstSpaces, administrator: userId },
    })
    return { workspaceId, signInToken }
  })
}
