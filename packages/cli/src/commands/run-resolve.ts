import { resolveFiles, type RunHooks, type RunInput, type RunOptions, type RunSummary } from '@selfsame/batch'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageFault } from '../exit-code.ts'
import { checkQuery, isPostgres, withQueriedRows } from '../postgres-input.ts'
import { parseMemorySize } from '../memory-size.ts'
import { renderReport } from '../report/render-report.ts'
import { issueLine, loadRuleset, showRulesetWarnings, type LoadedRuleset } from '../ruleset-file.ts'
import { inputOfAssignment, inputOfFile } from '../source-input.ts'
import { untilStopped } from '../stop-signal.ts'
import { columnsInWords } from '../terminal/columns-in-words.ts'
import { progressBar } from '../terminal/progress-bar.ts'
import { summaryInWords } from '../terminal/summary-in-words.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import { engineVersion } from '../version.ts'
import type { ResolveFlags } from './resolve.ts'

export async function runResolve(files: readonly string[], flags: ResolveFlags, terminal: Terminal): Promise<void> {
  const inputs = [...files.map(inputOfFile), ...flags.source.map(inputOfAssignment)]
  if (inputs.length === 0)
    throw new UsageFault('usage.no_input', 'no file was named; try: selfsame resolve customers.csv')
  checkQuery(inputs, flags.query)
  const memoryBytes = flags.memory === undefined ? null : parseMemorySize(flags.memory)
  const loaded = loadRuleset(flags.ruleset ?? null, terminal)
  if (loaded.file !== null && !flags.quiet) showRulesetWarnings(loaded.file, loaded.warnings, terminal)
  const summary = await withRows(inputs, flags.query, (files) =>
    resolveAndReport(runOptions(files, flags, loaded, memoryBytes), terminal, flags.quiet === true),
  )
  if (flags.json) terminal.out(`${JSON.stringify(summary, null, 2)}\n`)
  else if (!flags.quiet) terminal.out(summaryInWords(summary, terminal))
}

/** With a query, its rows stand in for the input that names the PostgreSQL. */
function withRows<T>(
  inputs: readonly RunInput[],
  query: string | undefined,
  work: (inputs: readonly RunInput[]) => Promise<T>,
): Promise<T> {
  const url = inputs.find(({ path }) => isPostgres(path))?.path
  if (url === undefined || query === undefined) return work(inputs)
  const stop = new AbortController()
  return withQueriedRows(url, query, stop.signal, (file) =>
    work(inputs.map((input) => (input.path === url ? { ...input, path: file } : input))),
  )
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
  for (const fault of result.faults) terminal.note(`selfsame: ${plainText(fault.message)} [${fault.code}]\n`)
  throw new UsageFault('run.not_started', 'the run could not start', true)
}

function runOptions(
  inputs: readonly RunInput[],
  flags: ResolveFlags,
  loaded: LoadedRuleset,
  memoryBytes: number | null,
): RunOptions {
  return {
    inputs,
    sourceColumn: flags.sourceColumn ?? null,
    ...rulesetOptions(loaded),
    outputFolder: flags.out,
    format: flags.format,
    spreadsheetSafe: flags.spreadsheetSafe === true,
    memoryBytes,
    threads: null,
    receivedAt: Date.now(),
    engine: engineVersion(),
  }
}

export function rulesetOptions(loaded: LoadedRuleset): Pick<RunOptions, 'ruleset' | 'rulesetOrigin'> {
  const warnings = loaded.warnings.map((issue) => issueLine(loaded.file ?? '', issue))
  return { ruleset: loaded.ruleset, rulesetOrigin: { file: loaded.file, text: loaded.text, warnings } }
}
