import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { generateCustomers, generateHotValue, generatePeople } from './generate.ts'

/**
 * The batch budgets as ratios within one run: each job and DuckDB's bare copy of the same file in turn, medians. Options:
 * `--rows N` (default 100000 and 1000000), `--memory BYTES`, `--repeat N` (default 3), `--threads N` (default 2), `--no-fuzzy`.
 */
const option = (name: string): string | null => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? null : (process.argv[at + 1] ?? null)
}
const sizes = option('rows') === null ? [100_000, 1_000_000] : [Number(option('rows'))]
const repeat = Number(option('repeat') ?? 3)
const threads = option('threads') ?? '2'
const folder = mkdtempSync(join(tmpdir(), 'selfsame-bench-'))
const here = (name: string) => new URL(name, import.meta.url).pathname

interface Figures {
  readonly wall: number
  readonly cpu: number
  readonly peak: number
  readonly phases: unknown
}

function job(...args: readonly string[]): Figures {
  return JSON.parse(
    execFileSync(process.execPath, ['--max-old-space-size=12000', here('job.ts'), ...args], {
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    }),
  ) as Figures
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const say = (text: string) => process.stdout.write(`${text}\n`)

try {
  say(
    `${cpus().length} cores, ${Math.round(totalmem() / 1e9)} GB, Node ${process.version}, ${threads} threads for DuckDB, medians of ${repeat}`,
  )
  say(
    'job | rows | seconds | CPU seconds | CPU µs per row | peak MB | bare copy seconds | CPU | ratio of seconds | ratio of CPU',
  )
  for (const rows of sizes) {
    const customers = join(folder, `customers-${rows}.csv`)
    await generateCustomers(customers, rows)
    measure('exact', customers, rows, here('exact.yaml'))
    if (process.argv.includes('--no-fuzzy')) continue
    const people = join(folder, `people-${rows}.csv`)
    await generatePeople(people, rows)
    measure('fuzzy', people, rows, here('fuzzy.yaml'))
  }
  if (!process.argv.includes('--no-fuzzy')) {
    const rows = 100_000
    const hot = join(folder, `hot-${rows}.csv`)
    await generateHotValue(hot, rows)
    measure('one birth date on all rows, fuzzy last name', hot, rows, here('hot-value.yaml'))
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function measure(name: string, file: string, rows: number, ruleset: string): void {
  const copies: Figures[] = []
  const runs: Figures[] = []
  for (let round = 0; round < repeat; round++) {
    copies.push(job('copy', file, join(folder, 'copy.parquet'), threads))
    runs.push(job('resolve', file, join(folder, 'out'), threads, ruleset, option('memory') ?? ''))
  }
  const wall = median(runs.map((run) => run.wall))
  const cpu = median(runs.map((run) => run.cpu))
  const copyWall = median(copies.map((copy) => copy.wall))
  const copyCpu = median(copies.map((copy) => copy.cpu))
  const peak = median(runs.map((run) => run.peak)) / 1e6
  say(
    [
      name,
      rows,
      wall.toFixed(2),
      cpu.toFixed(2),
      ((cpu / rows) * 1e6).toFixed(1),
      peak.toFixed(0),
      copyWall.toFixed(2),
      copyCpu.toFixed(2),
      (wall / copyWall).toFixed(1),
      (cpu / copyCpu).toFixed(1),
    ].join(' | '),
  )
  say(`  ${JSON.stringify(runs[runs.length - 1]?.phases)}`)
}
