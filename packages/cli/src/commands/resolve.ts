import { Command, Option } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface ResolveFlags {
  readonly source: readonly string[]
  readonly sourceColumn?: string
  readonly query?: string
  readonly ruleset?: string
  readonly out: string
  readonly format: 'csv' | 'parquet' | 'jsonl'
  readonly memory?: string
  readonly json?: boolean
  readonly spreadsheetSafe?: boolean
  readonly quiet?: boolean
}

export const defaultOutputFolder = './selfsame-out'

export function resolveCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('resolve')
    .summary('resolve files into one profile per person')
    .description(
      'Reads files of records, decides which belong to one person, and writes the profiles, a table that says which record went where, what was not merged and why, and a report.',
    )
    .argument('[FILE...]', 'CSV, JSONL or Parquet, gzipped or not; - is standard input; or postgres://…, with --query')
    .addOption(
      new Option('-s, --source <NAME=FILE>', 'a file with the name of its source; may be repeated')
        .argParser(collect)
        .default([], 'base name of each file'),
    )
    .option('--source-column <COLUMN>', 'column whose value is the source of a row')
    .option('--query <SQL>', 'rows to read from the PostgreSQL that is named instead of a file')
    .option('-r, --ruleset <FILE>', 'YAML or JSON file that decides who is who (default: the built-in ruleset)')
    .option('-o, --out <DIR>', 'folder for the results; an earlier run in it is replaced', defaultOutputFolder)
    .addOption(
      new Option('-f, --format <FORMAT>', 'format of the tables').choices(['csv', 'parquet', 'jsonl']).default('csv'),
    )
    .option('--memory <SIZE>', 'most memory to use, such as 4GB or 512MB')
    .option('--json', 'print the summary as one JSON document instead of words')
    .option('--spreadsheet-safe', 'write text that a spreadsheet would run so that it does not')
    .option('-q, --quiet', 'say nothing but what is wrong')
    .addHelpText('after', examples)
    .action(async (files: readonly string[], flags: ResolveFlags) => {
      const { runResolve } = await import('./run-resolve.ts')
      await runResolve(files, flags, terminal)
      finish(0)
    })
}

function collect(value: string, earlier: unknown): readonly string[] {
  return [...(Array.isArray(earlier) ? (earlier as readonly string[]) : []), value]
}

const examples = `
Examples:
  selfsame resolve crm.csv shop.parquet events.jsonl.gz
  selfsame resolve --source crm=exports/2026-11.csv --source crm=exports/2026-12.csv --ruleset rules.yaml --out november
  zcat big.jsonl.gz | selfsame resolve --source web=- --format parquet --memory 4GB
  selfsame resolve --source crm=postgres://reader@db/crm --query 'SELECT * FROM customers'
  selfsame resolve crm.csv --json --quiet | jq .counts

Without --source, the source of a file is its base name without extensions.
In the folder afterwards: identity_golden (one row per profile), identity_lookup (record to profile), identity_identifiers,
identity_links, identity_unresolved_records, identity_review, rejected; summary.json and report.html.
Exit codes: 0 done, 1 failed, 2 wrong usage or input, 130 stopped with ^C.`
