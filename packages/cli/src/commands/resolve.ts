import { resolveFiles, type RunHooks, type RunInput, type RunOptions, type RunSummary, type TableFormat } from '@selfsame/batch'
import { Command, Option } from 'commander'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageFault, type ExitCode } from '../exit-code.ts'
import { parseMemorySize } from '../memory-size.ts'
import { renderReport } from '../report/render-report.ts'
import { issueLine, loadRuleset, showRulesetWarnings, type LoadedRuleset } from '../ruleset-file.ts'
import { inputOfAssignment, inputOfFile } from '../source-input.ts'
import { untilStopped } from '../stop-signal.ts'
import { progressBar } from '../terminal/progress-bar.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import { columnsInWords } from '../terminal/columns-in-words.ts'
import { summaryInWords } from '../terminal/summary-in-words.ts'
import { engineVersion } from '../version.ts'

interface ResolveFlags {
  readonly source: readonly string[]
  readonly sourceColumn?: string
  readonly ruleset?: string
  readonly out: string
  readonly format: TableFormat
  readonly memory?: string
  readonly json?: boolean
  readonly spreadsheetSafe?: boolean
  readonly quiet?: boolean
}

export const defaultOutputFolder = './selfsame-out'

export function resolveCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('resolve')
    .summary('resolve files into one profile per person')
    .description('Reads files of records, decides which belong to one person, and writes the profiles, a table that says which record went where, what was not merged and why, and a report.')
    .argument('[FILE...]', 'CSV, JSONL or Parquet, gzipped or not; - is standard input')
    .addOption(new Option('-s, --source <NAME=FILE>', 'a file with the name of its source; may be repeated').argParser(collect).default([], 'base name of each file'))
    .option('--source-column <COLUMN>', 'column whose value is the source of a row')
    .option('-r, --ruleset <FILE>', 'YAML or JSON file that decides who is who (default: the built-in ruleset)')
    .option('-o, --out <DIR>', 'folder for the results; an earlier run in it is replaced', defaultOutputFolder)
    .addOption(new Option('-f, --format <FORMAT>', 'format of the tables').choices(['csv', 'parquet', 'jsonl']).default('csv'))
    .option('--memory <SIZE>', 'most memory to use, such as 4GB or 512MB')
    .option('--json', 'print the summary as one JSON document instead of words')
    .option('--spreadsheet-safe', 'write text that a spreadsheet would run so that it does not')
    .option('-q, --quiet', 'say nothing but what is wrong')
    .addHelpText('after', examples)
    .action(async (files: readonly string[], flags: ResolveFlags) => {
      const inputs = [...files.map(inputOfFile), ...flags.source.map(inputOfAssignment)]
      if (inputs.length === 0) throw new UsageFault('no file was named; try: selfsame resolve customers.csv')
      const loaded = loadRuleset(flags.ruleset ?? null, terminal)
      if (loaded.file !== null && !flags.quiet) showRulesetWarnings(loaded.file, loaded.warnings, terminal)
      const summary = await resolveAndReport(runOptions(inputs, flags, loaded), terminal, flags.quiet === true)
      if (flags.json) terminal.out(`${JSON.stringify(summary, null, 2)}\n`)
      else if (!flags.quiet) terminal.out(summaryInWords(summary, terminal))
      finish(0)
    })
}

/** Runs, shows what is read and how far it is, and writes the report into the run's folder. Faults are shown, then it throws. */
export async function resolveAndReport(options: RunOptions, terminal: Terminal, quiet: boolean): Promise<RunSummary> {
  const { noteColors: colors } = terminal
  const bar = progressBar(terminal, !quiet)
  const say = (text: string) => {
    if (quiet) return
    bar.clear()
    terminal.note(text)
  }
  const result = await untilStopped(async (signal) => {
    const hooks: RunHooks = {
      signal,
      onSources: (sources) => say(columnsInWords(sources, terminal)),
      onProgress: bar.show,
      onWarning: (warning) => {
        const remedy = warning.remedy === null ? '' : `\n        ${plainText(warning.remedy)}`
        say(`${colors.yellow('warning')} ${plainText(warning.message)}${remedy}\n`)
      },
      beforeFinish: (summary, folder) => writeFile(join(folder, 'report.html'), renderReport(summary)),
    }
    try {
      return await resolveFiles(options, hooks)
    } finally {
      bar.clear()
    }
  })
  if (result.ok) return result.summary
  for (const fault of result.faults) terminal.note(`selfsame: ${plainText(fault.message)}\n`)
  throw new UsageFault('the run could not start', true)
}

function runOptions(inputs: readonly RunInput[], flags: ResolveFlags, loaded: LoadedRuleset): RunOptions {
  return {
    inputs,
    sourceColumn: flags.sourceColumn ?? null,
    ...rulesetOptions(loaded),
    outputFolder: flags.out,
    format: flags.format,
    spreadsheetSafe: flags.spreadsheetSafe === true,
    memoryBytes: flags.memory === undefined ? null : parseMemorySize(flags.memory),
    threads: null,
    receivedAt: Date.now(),
    engine: engineVersion(),
  }
}

export function rulesetOptions(loaded: LoadedRuleset): Pick<RunOptions, 'ruleset' | 'rulesetOrigin'> {
  const warnings = loaded.warnings.map((issue) => issueLine(loaded.file ?? '', issue))
  return { ruleset: loaded.ruleset, rulesetOrigin: { file: loaded.file, text: loaded.text, warnings } }
}

function collect(value: string, earlier: unknown): readonly string[] {
  return [...(Array.isArray(earlier) ? (earlier as readonly string[]) : []), value]
}

const examples = `
Examples:
  selfsame resolve crm.csv shop.parquet events.jsonl.gz
  selfsame resolve --source crm=exports/2026-11.csv --source crm=exports/2026-12.csv --ruleset rules.yaml --out november
  zcat big.jsonl.gz | selfsame resolve --source web=- --format parquet --memory 4GB
  selfsame resolve crm.csv --json --quiet | jq .counts

Without --source, the source of a file is its base name without extensions.
In the folder afterwards: identity_golden (one row per profile), identity_lookup (record to profile), identity_identifiers,
identity_links, identity_unresolved_records, identity_review, rejected; summary.json and report.html.
Exit codes: 0 done, 1 failed, 2 wrong usage or input, 130 stopped with ^C.`
