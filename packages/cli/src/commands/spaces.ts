import { Command } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function spacesCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const command = new Command('spaces')
    .summary('make and list spaces')
    .description(
      'Works on the spaces of a server: each has its own people, rules and keys. The first ones are dev and prod.',
    )
  command
    .command('create')
    .summary('make a space in which the default ruleset is active')
    .argument('<NAME>', 'small letters, digits, - and _')
    .addOption(databaseOption())
    .action(async (name: string, flags: { readonly database: string }) => {
      const { createSpaceOf } = await import('./run-spaces.ts')
      await createSpaceOf(name, flags.database, terminal)
      finish(0)
    })
  command
    .command('list')
    .summary('list spaces')
    .addOption(databaseOption())
    .option('--json', 'print the list as one JSON document')
    .action(async (flags: { readonly database: string; readonly json?: boolean }) => {
      const { listSpaces } = await import('./run-spaces.ts')
      await listSpaces(flags, terminal)
      finish(0)
    })
  return command
}
