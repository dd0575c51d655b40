import {
  appendAudit,
  createSpace,
  deleteSpace,
  findSpace,
  lockSpace,
  spacesOf,
  type StoredSpace,
} from '@selfsame/store'
import type { ControlContext } from './control-context.ts'
import { ControlFault } from './control-fault.ts'
import { checkSpaceName } from './names.ts'

/** Makes a space in which the default ruleset is active. Its id. */
export async function makeSpace(
  { database, now }: ControlContext,
  actor: string,
  workspaceId: string,
  name: string,
): Promise<StoredSpace> {
  checkSpaceName(name)
  return database.transaction(async (sql) => {
    if (sql.dialect === 'postgres') await sql.run('LOCK TABLE workspaces IN EXCLUSIVE MODE')
    const spaces = await spacesOf(sql, workspaceId)
    if (spaces.some((space) => space.name === name)) {
      throw new ControlFault('space.name_taken', `there is a space named ${name} already`)
    }
    const at = now()
    const spaceId = await createSpace(sql, workspaceId, name, actor, at)
    await appendAudit(sql, workspaceId, { at, actor, action: 'space.create', object: spaceId, details: { name } })
    return (await findSpace(sql, workspaceId, spaceId)) as StoredSpace
  })
}

/** Deletes a space with everything in it. Its name must be said again, and one space stays. */
export async function removeSpace(
  { database, now }: ControlContext,
  actor: string,
  workspaceId: string,
  spaceId: string,
  confirmedName: string,
): Promise<void> {
  await database.transaction(async (sql) => {
    const space = (await spacesOf(sql, workspaceId)).find(({ space_id }) => space_id === spaceId)
    if (!space || !(await lockSpace(sql, spaceId))) throw new ControlFault('space.unknown', 'there is no such space')
    if (confirmedName !== space.name) {
      throw new ControlFault('space.not_confirmed', 'deleting a space takes everything in it: confirm with its name')
    }
    if ((await spacesOf(sql, workspaceId)).length === 1) {
      throw new ControlFault('space.last', 'the last space of a workspace stays')
    }
    await deleteSpace(sql, spaceId)
    const details = { name: space.name }
    await appendAudit(sql, workspaceId, { at: now(), actor, action: 'space.delete', object: spaceId, details })
  })
}
