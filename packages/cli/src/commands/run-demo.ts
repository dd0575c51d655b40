import type { RunSummary } from '@selfsame/batch'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { formatCount, formatOf } from '../report/numbers.ts'
import { loadRuleset } from '../ruleset-file.ts'
import { inputOfFile } from '../source-input.ts'
import { shortPath } from '../terminal/summary-in-words.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { engineVersion } from '../version.ts'
import { resolveAndReport, rulesetOptions } from './run-resolve.ts'

/** The order in which they are best told; others follow by name. */
const tellingOrder = ['sarah', 'foodiechain', 'kiosk', 'family-phone']

export async function runDemo(out: string, terminal: Terminal): Promise<void> {
  const home = examplesFolder()
  const hints: string[] = []
  for (const name of exampleNames(home)) {
    const folder = join(home, name)
    const summary = await resolveExample(folder, join(out, name), terminal)
    terminal.out(storyInWords(titleOf(folder, name), summary, terminal))
    hints.push(...explainHint(summary))
  }
  terminal.out('Open a report in a browser.\n')
  if (hints[0]) terminal.out(`Or ask about one decision:\n  ${hints[0]}\n`)
}

/** A command that explains why two records of different sources are one profile. */
function explainHint(summary: RunSummary): readonly string[] {
  for (const { records } of summary.samples) {
    const first = records[0]
    const other = records.find((record) => first && record.source !== first.source)
    if (!first || !other) continue
    return [
      `npx selfsame explain ${first.source}:${first.key} ${other.source}:${other.key} --run ${shortPath(summary.output.folder)}`,
    ]
  }
  return []
}

async function resolveExample(folder: string, outputFolder: string, terminal: Terminal): Promise<RunSummary> {
  const files = dataFiles(folder)
  const ruleset = join(folder, 'ruleset.yaml')
  const loaded = loadRuleset(existsSync(ruleset) ? ruleset : null, terminal)
  // Where the package happens to lie is nobody's business who reads the report.
  const shownAs = (file: string) => `examples/${basename(folder)}/${file}`
  return await resolveAndReport(
    {
      inputs: files.map((file) => ({ ...inputOfFile(join(folder, file)), shownAs: shownAs(file) })),
      sourceColumn: null,
      ...shownRuleset(rulesetOptions(loaded), shownAs),
      outputFolder,
      format: 'csv',
      spreadsheetSafe: false,
      memoryBytes: null,
      threads: null,
      receivedAt: Date.now(),
      engine: engineVersion(),
    },
    terminal,
    true,
  )
}

function shownRuleset<T extends ReturnType<typeof rulesetOptions>>(options: T, shownAs: (file: string) => string): T {
  const { file, text, warnings } = options.rulesetOrigin
  if (file === null) return options
  const shown = shownAs(basename(file))
  const shownWarnings = warnings.map((warning) => warning.replaceAll(file, shown))
  return { ...options, rulesetOrigin: { file: shown, text, warnings: shownWarnings } }
}

/** `examples/` of the package, or of the checkout it runs in. */
function examplesFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const examples = join(folder, 'examples')
    if (existsSync(join(examples, tellingOrder[0] as string))) return examples
    if (dirname(folder) === folder) throw new Error('the examples are not where they were installed')
  }
}

function exampleNames(home: string): readonly string[] {
  const all = readdirSync(home)
    .filter((name) => statSync(join(home, name)).isDirectory() && dataFiles(join(home, name)).length > 0)
    .sort()
  const place = (name: string) => (tellingOrder.includes(name) ? tellingOrder.indexOf(name) : tellingOrder.length)
  return all.sort((a, b) => place(a) - place(b))
}

function dataFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => /\.(csv|jsonl|parquet)(\.gz)?$/.test(file))
    .sort()
}

function titleOf(folder: string, name: string): string {
  const readme = join(folder, 'README.md')
  const heading = existsSync(readme) ? /^# (.+)$/m.exec(readFileSync(readme, 'utf8')) : null
  return heading?.[1] ?? name
}

function storyInWords(title: string, summary: RunSummary, terminal: Terminal): string {
  const { outColors: colors } = terminal
  const { counts } = summary
  const facts = [
    `${formatOf(counts.records, 'record')} → ${formatOf(counts.profiles, 'profile')}`,
    counts.mergedProfiles > 0 ? `${formatCount(counts.mergedProfiles)} from several records` : null,
    summary.unresolved.total > 0 ? `${formatOf(summary.unresolved.total, 'record')} kept apart by a guard` : null,
    summary.sharedValues.total > 0 ? `${formatOf(summary.sharedValues.total, 'shared value')} found` : null,
    summary.candidates.total > 0 ? `${formatOf(summary.candidates.total, 'pair')} to review` : null,
  ].filter((fact) => fact !== null)
  return `${colors.bold(title)}\n  ${facts.join(', ')}\n  report  ${shortPath(join(summary.output.folder, 'report.html'))}\n\n`
}
