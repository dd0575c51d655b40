import { Command, Option } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface CreateKeyFlags {
  readonly database: string
  readonly space: string
  readonly source?: string
  readonly class?: 'public' | 'server'
  readonly trust?: 'trusted' | 'untrusted'
  readonly view?: boolean
  readonly role?: 'viewer' | 'manager' | 'admin'
  readonly label?: string
  readonly expires?: string
  readonly json?: boolean
}

export interface ListFlags {
  readonly database: string
  readonly space?: string
  readonly json?: boolean
}

export interface RotateFlags {
  readonly database: string
  readonly keep: string
  readonly json?: boolean
}

export function keysCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const command = new Command('keys')
    .summary('make, list, rotate and revoke keys')
    .description('Works on the keys of a server: write keys bring the records of one source, API keys open one space.')
  command
    .command('create')
    .summary('make a key; it is printed once')
    .description(
      'Makes a write key of a source (--source and --class) or an API key (--role). The key goes to standard output and is shown this once.',
    )
    .addOption(databaseOption())
    .requiredOption('--space <NAME>', 'space that the key opens or feeds')
    .option('--source <NAME>', 'source whose records the key brings; it is connected to the space')
    .addOption(
      new Option(
        '--class <CLASS>',
        'where the key lives: public in a browser or an app, server on your servers',
      ).choices(['public', 'server']),
    )
    .addOption(
      new Option('--trust <TRUST>', 'whether claims of a new source are believed; public ones never are').choices([
        'trusted',
        'untrusted',
      ]),
    )
    .option('--view', 'answers to this write key may name the profile (?wait=true)')
    .addOption(new Option('--role <ROLE>', 'make an API key with this role').choices(['viewer', 'manager', 'admin']))
    .option('--label <TEXT>', 'what the key is for, shown in lists')
    .option('--expires <TIME>', 'the key ends after this long, such as 90d')
    .option('--json', 'print the key and what is known of it as one JSON document')
    .addHelpText('after', examples)
    .action(async (flags: CreateKeyFlags) => {
      const { createKey } = await import('./run-keys.ts')
      await createKey(flags, terminal)
      finish(0)
    })
  command
    .command('list')
    .summary('list keys: last four characters, last use, and what became of them')
    .addOption(databaseOption())
    .option('--space <NAME>', 'only keys that open or feed this space')
    .option('--json', 'print the list as one JSON document')
    .action(async (flags: ListFlags) => {
      const { listKeysOf } = await import('./run-keys.ts')
      await listKeysOf(flags, terminal)
      finish(0)
    })
  command
    .command('rotate')
    .summary('make a second key with the same rights; the older one ends later')
    .argument('<KEY-ID>', 'id of the key, as in the list')
    .addOption(databaseOption())
    .option('--keep <TIME>', 'how long the older key goes on', '24h')
    .option('--json', 'print the key and what is known of it as one JSON document')
    .action(async (keyId: string, flags: RotateFlags) => {
      const { rotate } = await import('./run-keys.ts')
      await rotate(keyId, flags, terminal)
      finish(0)
    })
  command
    .command('revoke')
    .summary('end a key: within a second no server takes it')
    .argument('<KEY-ID>', 'id of the key, as in the list')
    .addOption(databaseOption())
    .action(async (keyId: string, flags: { readonly database: string }) => {
      const { revoke } = await import('./run-keys.ts')
      await revoke(keyId, flags.database, terminal)
      finish(0)
    })
  return command
}

const examples = `
Examples:
  selfsame keys create --source web --class public --space dev
  selfsame keys create --source backend --class server --space dev --view
  selfsame keys create --role viewer --space prod --label dashboard --expires 90d`
