import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { resolveFiles } from '@selfsame/batch'
import { parseRuleset } from '@selfsame/core'

/**
 * One measured job in a process of its own: `copy IN OUT THREADS` is DuckDB's bare copy (trimmed, lower-cased, Parquet);
 * `resolve IN OUT THREADS RULESET [MEMORY]` resolves. Prints wall seconds, CPU seconds and peak memory as JSON.
 */
const [kind = '', input = '', output = '', threads = '2', ruleset = '', memory = ''] = process.argv.slice(2)
const began = performance.now()
let phases: unknown = null
if (kind === 'copy') {
  const instance = await DuckDBInstance.create(':memory:', { threads })
  const connection = await instance.connect()
  const header = firstLine(input)
  const columns = header.split(',').map((name) => `lower(trim("${name}")) AS "${name}"`)
  await connection.run(
    `COPY (SELECT ${columns.join(', ')} FROM read_csv('${input}', all_varchar = true)) TO '${output}' (FORMAT parquet, COMPRESSION zstd)`,
  )
} else {
  const text = readFileSync(ruleset, 'utf8')
  const parsed = parseRuleset(text)
  if (!parsed.ok) throw new Error(parsed.issues.map((issue) => issue.message).join('\n'))
  const result = await resolveFiles({
    inputs: [{ source: 'crm', path: input }],
    sourceColumn: null,
    ruleset: parsed.ruleset,
    rulesetOrigin: { file: ruleset, text, warnings: [] },
    outputFolder: output,
    format: 'parquet',
    spreadsheetSafe: false,
    memoryBytes: memory === '' ? null : Number(memory),
    threads: Number(threads),
    receivedAt: Date.now(),
    engine: 'bench',
  })
  if (!result.ok) throw new Error(result.faults.map((fault) => fault.message).join('\n'))
  phases = { ...result.summary.counts, phases: result.summary.timings.phases }
}
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
process.stdout.write(
  `${JSON.stringify({ wall: (performance.now() - began) / 1000, cpu: (userCPUTime + systemCPUTime) / 1e6, peak: maxRSS * 1024, phases })}\n`,
)

function firstLine(path: string): string {
  const file = openSync(path, 'r')
  const head = Buffer.alloc(4096)
  const length = readSync(file, head)
  closeSync(file)
  return head.toString('utf8', 0, length).split('\n')[0] ?? ''
}
