import { Command, Option } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface ConnectFlags {
  readonly database: string
  readonly space: string
  readonly class: 'public' | 'server'
  readonly trust?: 'trusted' | 'untrusted'
}

export interface SourceListFlags {
  readonly database: string
  readonly space?: string
  readonly json?: boolean
}

export function sourcesCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const command = new Command('sources')
    .summary('connect and list sources')
    .description('Works on the sources of a server: where records come from, and which spaces they feed.')
  command
    .command('connect')
    .summary('connect a source to a space')
    .description('Connects a source to a space. Its keys then feed that space too.')
    .argument('<NAME>', 'name of the source')
    .addOption(databaseOption())
    .requiredOption('--space <NAME>', 'space that the source feeds')
    .addOption(
      new Option('--class <CLASS>', 'where its keys live: public in a browser or an app, server on your servers')
        .choices(['public', 'server'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--trust <TRUST>', 'whether claims of a new source are believed; public ones never are').choices([
        'trusted',
        'untrusted',
      ]),
    )
    .action(async (name: string, flags: ConnectFlags) => {
      const { connect } = await import('./run-sources.ts')
      await connect(name, flags, terminal)
      finish(0)
    })
  command
    .command('list')
    .summary('list sources and the spaces they feed')
    .addOption(databaseOption())
    .option('--space <NAME>', 'only sources of this space')
    .option('--json', 'print the list as one JSON document')
    .action(async (flags: SourceListFlags) => {
      const { listSources } = await import('./run-sources.ts')
      await listSources(flags, terminal)
      finish(0)
    })
  command
    .command('secret')
    .summary('print the secret with which your servers prove ids of visitors')
    .argument('<NAME>', 'name of the source')
    .addOption(databaseOption())
    .requiredOption('--space <NAME>', 'a space that the source feeds')
    .action(async (name: string, flags: { readonly database: string; readonly space: string }) => {
      const { showSecret } = await import('./run-sources.ts')
      await showSecret(name, flags, terminal)
      finish(0)
    })
  return command
}
