import { linkUser, listUsers, makeUser, signInUrl, type UserWithSpaces } from '@selfsame/server'
import { spacesOf, userOfName } from '@selfsame/store'
import { UsageFault } from '../exit-code.ts'
import { parseServerUrl } from '../server-url.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import { textTable } from '../terminal/text-table.ts'
import { inWorkspace } from '../workspace.ts'
import type { CreateUserFlags, LinkFlags } from './users.ts'

export async function createUserOf(name: string, flags: CreateUserFlags, terminal: Terminal): Promise<void> {
  const base = parseServerUrl(flags.url, '--url')
  await inWorkspace(flags.database, { mayMake: true }, terminal, async (workspace) => {
    const spaces = await Promise.all(flags.space.map((space) => workspace.space(space)))
    if (spaces.length === 0 && flags.administrator !== true) {
      throw new UsageFault('usage.option', 'name the spaces of the user with --space, or make an --administrator')
    }
    const { signInToken } = await makeUser(workspace, workspace.actor, workspace.workspaceId, {
      name,
      administrator: flags.administrator === true,
      memberships: [...new Set(spaces.map(({ space_id }) => space_id))].map((space_id) => ({
        space_id,
        role: flags.role,
      })),
    })
    showLink(base, signInToken, terminal)
  })
}

export async function linkFor(name: string, flags: LinkFlags, terminal: Terminal): Promise<void> {
  const base = parseServerUrl(flags.url, '--url')
  await inWorkspace(flags.database, { mayMake: false }, terminal, async (workspace) => {
    const user = await userOfName(workspace.database, workspace.workspaceId, name)
    if (!user)
      throw new UsageFault(
        'workspace.unknown_name',
        `there is no user ${plainText(name)}; selfsame users list shows them`,
      )
    showLink(base, await linkUser(workspace, workspace.actor, workspace.workspaceId, user.user_id), terminal)
  })
}

export async function listUsersOf(
  flags: { readonly database: string; readonly json?: boolean },
  terminal: Terminal,
): Promise<void> {
  await inWorkspace(flags.database, { mayMake: false }, terminal, async ({ database, workspaceId }) => {
    const users = await listUsers(database, workspaceId)
    const names = new Map((await spacesOf(database, workspaceId)).map(({ space_id, name }) => [space_id, name]))
    const described = users.map((user) => describe(user, names))
    if (flags.json) terminal.out(`${JSON.stringify(described, null, 2)}\n`)
    else {
      const columns = ['name', 'id', 'may', 'state'].map((name) => ({ name }))
      const rows = described.map(({ name, id, administrator, spaces, state }) =>
        [
          name,
          id,
          administrator ? 'administrator' : spaces.map(({ space, role }) => `${role} of ${space}`).join(', '),
          state,
        ].map(plainText),
      )
      terminal.out(textTable(columns, rows, terminal.outColors.dim))
    }
  })
}

function describe({ user, memberships }: UserWithSpaces, names: ReadonlyMap<string, string>) {
  return {
    name: user.name,
    id: user.user_id,
    administrator: user.role === 'admin',
    spaces: memberships.map(({ space_id, role }) => ({ space: names.get(space_id) ?? space_id, role })),
    state: user.disabled_at !== null ? 'shut out' : user.password_hash === null ? 'no password yet' : 'active',
  }
}

function showLink(base: string, token: string, terminal: Terminal): void {
  terminal.note('signs in once, within a day:\n')
  terminal.out(`${signInUrl(base, token)}\n`)
}
