import { Argument, Command, Option } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface ExportFlags {
  readonly database: string
  readonly space: string
  readonly format: 'csv' | 'jsonl'
  readonly output?: string
  readonly canonical?: boolean
  readonly spreadsheetSafe?: boolean
}

/** The tables of a run over files. The command loads no database to say its help. */
export const tableNames = [
  'identity_golden',
  'identity_lookup',
  'identity_identifiers',
  'identity_links',
  'identity_unresolved_records',
  'identity_review',
  'rejected',
] as const
export type TableName = (typeof tableNames)[number]

export function exportCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('export')
    .summary('write a table of a space')
    .description(
      "Writes a table of one of a server's spaces, as a run over files would write it. It reads the database itself; the server may run beside it.",
    )
    .addArgument(new Argument('<TABLE>', 'table').choices([...tableNames]))
    .addOption(databaseOption())
    .option('--space <NAME>', 'space, by name or id', 'prod')
    .addOption(new Option('-f, --format <FORMAT>', 'csv or jsonl').choices(['csv', 'jsonl']).default('csv'))
    .option('-o, --output <FILE>', 'file to write; without it the table goes to standard output')
    .option('--canonical', 'sort everything and name each profile by its senior record: equal records give equal bytes')
    .option('--spreadsheet-safe', 'write text that a spreadsheet would run so that it does not')
    .addHelpText('after', examples)
    .action(async (table: TableName, flags: ExportFlags) => {
      const { runExport } = await import('./run-export.ts')
      await runExport(table, flags, terminal)
      finish(0)
    })
}

const examples = `
Examples:
  selfsame export identity_golden --space dev
  selfsame export identity_lookup --format jsonl --output lookup.jsonl
  selfsame export identity_golden --canonical > golden.csv`
