import { makeSpace } from '@selfsame/server'
import { spacesOf } from '@selfsame/store'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import { textTable } from '../terminal/text-table.ts'
import { inWorkspace } from '../workspace.ts'

export async function createSpaceOf(name: string, database: string, terminal: Terminal): Promise<void> {
  await inWorkspace(database, { mayMake: true }, terminal, async (workspace) => {
    const space = await makeSpace(workspace, workspace.actor, workspace.workspaceId, name)
    terminal.out(`${space.space_id}\n`)
  })
}

export async function listSpaces(
  flags: { readonly database: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  await inWorkspace(flags.database, { mayMake: false }, terminal, async ({ database, workspaceId }) => {
    const spaces = (await spacesOf(database, workspaceId)).map(({ name, space_id, ruleset_version }) => ({
      name,
      id: space_id,
      rulesetVersion: ruleset_version,
    }))
    if (flags.json) terminal.out(`${JSON.stringify(spaces, null, 2)}\n`)
    else {
      const columns = [{ name: 'name' }, { name: 'id' }, { name: 'ruleset', numeric: true }]
      const rows = spaces.map(({ name, id, rulesetVersion }) => [plainText(name), id, String(rulesetVersion)])
      terminal.out(textTable(columns, rows, terminal.outColors.dim))
    }
  })
}
