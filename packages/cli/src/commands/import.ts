import { Command, Option } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface ImportFlags {
  readonly database: string
  readonly space: string
  readonly source: readonly string[]
  readonly query?: string
  readonly trust?: 'trusted' | 'untrusted'
  readonly as: 'auto' | 'rows' | 'events'
  readonly anew?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

export function importCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('import')
    .summary('take the records of files or of a PostgreSQL table into a space')
    .description(
      'Takes every row or event into a space of the server, resolves it as if it had been sent, and says what became of it. It works on the database itself; the server may run beside it. Run again, it goes on where it was broken off, and what is known changes nothing.',
    )
    .argument('[FILE...]', 'CSV, JSONL or Parquet, gzipped or not; - is standard input; or postgres://…, with --query')
    .addOption(databaseOption())
    .requiredOption('--space <NAME>', 'space, by name or id')
    .addOption(
      new Option('-s, --source <NAME=FILE>', 'a file with the name of its source; may be repeated')
        .argParser((value: string, earlier: readonly string[]) => [...earlier, value])
        .default([], 'base name of each file'),
    )
    .option('--query <SQL>', 'rows to take from the PostgreSQL that is named instead of a file')
    .addOption(
      new Option('--trust <TRUST>', 'whether claims of a source that is new to the space are believed').choices([
        'trusted',
        'untrusted',
      ]),
    )
    .addOption(
      new Option('--as <KIND>', 'what the lines are; auto looks at the first one')
        .choices(['auto', 'rows', 'events'])
        .default('auto'),
    )
    .option('--anew', 'begin at the first line, also where an earlier import was broken off')
    .option('--json', 'print what was done as one JSON document')
    .option('-q, --quiet', 'say nothing but what is wrong')
    .addHelpText('after', examples)
    .action(async (files: readonly string[], flags: ImportFlags) => {
      const { runImport } = await import('./run-import.ts')
      finish(await runImport(files, flags, terminal))
    })
}

const examples = `
Examples:
  selfsame import crm.csv --space dev
  selfsame import --source shop=orders.parquet --source web=events.jsonl.gz --space prod
  selfsame import --source crm=postgres://reader@db/crm --query 'SELECT * FROM customers' --space prod

A row is told by its key column, an event by its message id.`
