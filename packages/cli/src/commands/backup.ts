import { Command, Option } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface RestoreFlags {
  readonly database: string
  readonly replace?: boolean
  readonly keys?: 'keep' | 'revoke'
}

export function backupCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('backup')
    .summary('write a backup while the server goes on')
    .description(
      'Writes an embedded database into a new file as it is at this instant: everything that was acknowledged before is in it. The server may run, and goes on. For PostgreSQL, pg_dump is the tool.',
    )
    .argument('<FILE>', 'file to write; it appears when all of it is on the disk')
    .addOption(databaseOption())
    .action(async (file: string, flags: { readonly database: string }) => {
      const { runBackup } = await import('./run-backup.ts')
      runBackup(file, flags.database, terminal)
      finish(0)
    })
}

export function restoreCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('restore')
    .summary('put a backup in the place of a database')
    .description(
      'Checks a backup, brings its schema up to date, and puts it in the place of the database, which is kept beside it. No server may have it open. What was revoked since the backup stays revoked: the database that is there says so; where there is none, --keys decides.',
    )
    .argument('<FILE>', 'backup that selfsame backup wrote')
    .addOption(databaseOption())
    .option('--replace', 'the database that is there gives way; it is kept under another name')
    .addOption(
      new Option(
        '--keys <WHAT>',
        'keys that were live when the backup was made: keep them all, or revoke them all',
      ).choices(['keep', 'revoke']),
    )
    .action(async (file: string, flags: RestoreFlags) => {
      const { runRestore } = await import('./run-backup.ts')
      await runRestore(file, flags, terminal)
      finish(0)
    })
}
