import { Command, Option } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface CreateUserFlags {
  readonly database: string
  readonly administrator?: boolean
  readonly role: 'viewer' | 'manager' | 'admin'
  readonly space: readonly string[]
  readonly url: string
}

export interface LinkFlags {
  readonly database: string
  readonly url: string
}

function urlOption(): Option {
  return new Option('--url <URL>', 'address of the server, as users reach it')
    .default('http://127.0.0.1:4680')
    .env('PUBLIC_URL')
}

export function usersCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const command = new Command('users')
    .summary('make and list users, and make sign-in links')
    .description('Works on the people who sign in to a server.')
  command
    .command('create')
    .summary('make a user, and a link that signs in once')
    .description('Makes a user and prints a link that signs in once, within a day; a password is chosen there.')
    .argument('<NAME>', 'name to sign in with, such as an e-mail address')
    .addOption(databaseOption())
    .option('--administrator', 'administers the workspace: every space, users and spaces themselves')
    .addOption(
      new Option('--role <ROLE>', 'role in the spaces named').choices(['viewer', 'manager', 'admin']).default('viewer'),
    )
    .addOption(
      new Option('--space <NAME>', 'space that the user belongs to; may be repeated')
        .argParser((value: string, earlier: readonly string[] | undefined) => [...(earlier ?? []), value])
        .default([], 'none'),
    )
    .addOption(urlOption())
    .action(async (name: string, flags: CreateUserFlags) => {
      const { createUserOf } = await import('./run-users.ts')
      await createUserOf(name, flags, terminal)
      finish(0)
    })
  command
    .command('link')
    .summary('make a link that signs a user in once, within a day')
    .argument('<NAME>', 'name of the user; the first one is admin')
    .addOption(databaseOption())
    .addOption(urlOption())
    .action(async (name: string, flags: LinkFlags) => {
      const { linkFor } = await import('./run-users.ts')
      await linkFor(name, flags, terminal)
      finish(0)
    })
  command
    .command('list')
    .summary('list users and what they may do where')
    .addOption(databaseOption())
    .option('--json', 'print the list as one JSON document')
    .action(async (flags: { readonly database: string; readonly json?: boolean }) => {
      const { listUsersOf } = await import('./run-users.ts')
      await listUsersOf(flags, terminal)
      finish(0)
    })
  return command
}
