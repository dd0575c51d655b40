import { Command } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface DoctorFlags {
  readonly database: string
  readonly json?: boolean
}

export function doctorCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('doctor')
    .summary('look through a database for anything that does not fit together')
    .description(
      'Reads all of a database, or of a backup, and changes nothing: whether the file is whole, its schema, whether records, traces, profiles, links and counts agree, and whether the audit logs are unbroken. Exit code 1 where something is wrong.',
    )
    .addOption(databaseOption())
    .option('--json', 'print the findings as one JSON document')
    .action(async (flags: DoctorFlags) => {
      const { runDoctor } = await import('./run-doctor.ts')
      finish(await runDoctor(flags, terminal))
    })
}

export function dbCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const command = new Command('db')
    .summary('bring the schema of a database up to date')
    .description('Works on the schema of a database. A server does the same when it starts.')
  command
    .command('migrate')
    .summary('bring the schema up to date, all of it or nothing')
    .addOption(databaseOption())
    .action(async (flags: { readonly database: string }) => {
      const { runMigrate } = await import('./run-doctor.ts')
      await runMigrate(flags.database, terminal)
      finish(0)
    })
  return command
}
