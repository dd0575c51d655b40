import type { RunSummary } from '@selfsame/batch'
import { Command } from 'commander'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExitCode } from '../exit-code.ts'
import { formatCount, formatOf } from '../report/numbers.ts'
import { loadRuleset } from '../ruleset-file.ts'
import { inputOfFile } from '../source-input.ts'
import { shortPath } from '../terminal/summary-in-words.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { engineVersion } from '../version.ts'
import { defaultOutputFolder, resolveAndReport, rulesetOptions } from './resolve.ts'

/** The order in which they are best told; others follow by name. */
const tellingOrder = ['sarah', 'foodiechain', 'kiosk', 'family-phone']

export function demoCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('demo')
    .summary('resolve the examples that come with Selfsame')
    .description('Resolves the examples that come with Selfsame, each into a folder of its own, and says where the reports are.')
    .option('-o, --out <DIR>', 'folder for the results', join(defaultOutputFolder, 'demo'))
    .action(async (flags: { readonly out: string }) => {
      const home = examplesFolder()
      for (const name of exampleNames(home)) {
        const folder = join(home, name)
        const summary = await resolveExample(folder, join(flags.out, name), terminal)
        terminal.out(storyInWords(titleOf(folder, name), summary, terminal))
      }
      const first = shortPath(join(process.cwd(), flags.out))
      terminal.out(`Open a report in a browser. Then look into one decision:\n  npx selfsame explain newsletter:2 orders:ORD-1001 --run ${join(first, 'sarah')}\n`)
      finish(0)
    })
}

async function resolveExample(folder: string, outputFolder: string, terminal: Terminal): Promise<RunSummary> {
  const files = readdirSync(folder).filter((file) => /\.(csv|jsonl|parquet)(\.gz)?$/.test(file)).sort()
  const ruleset = join(folder, 'ruleset.yaml')
  const loaded = loadRuleset(existsSync(ruleset) ? ruleset : null, terminal)
  return await resolveAndReport(
    {
      inputs: files.map((file) => inputOfFile(join(folder, file))),
      sourceColumn: null,
      ...rulesetOptions(loaded),
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

/** `examples/` of the package, or of the checkout it runs in. */
function examplesFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const examples = join(folder, 'examples')
    if (existsSync(join(examples, tellingOrder[0] as string))) return examples
    if (dirname(folder) === folder) throw new Error('the examples are not where they were installed')
  }
}

function exampleNames(home: string): readonly string[] {
  const all = readdirSync(home).filter((name) => statSync(join(home, name)).isDirectory()).sort()
  const place = (name: string) => (tellingOrder.includes(name) ? tellingOrder.indexOf(name) : tellingOrder.length)
  return all.sort((a, b) => place(a) - place(b))
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
