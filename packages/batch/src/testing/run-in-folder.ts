import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { defaultRuleset, parseRuleset, type Ruleset } from '@selfsame/core'
import { splitCells } from '../read/csv-cells.ts'
import {
  type RunHooks,
  type RunOptions,
  type RunResult,
  resolveFiles,
  type RunSummary,
  type TableName,
} from '../index.ts'

/** A folder for one test's files and runs. */
export class RunFolder {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async make(): Promise<RunFolder> {
    return new RunFolder(await mkdtemp(join(tmpdir(), 'selfsame-test-')))
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.path, name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, content)
    return path
  }

  /** Runs over files given as `source: content`, `source: { name: content }`, or with paths of their own in `options.inputs`. */
  async run(
    files: Readonly<Record<string, FileContent | Readonly<Record<string, FileContent>>>>,
    options: Partial<RunOptions> = {},
    hooks: RunHooks = {},
  ): Promise<RunResult> {
    const inputs: { source: string; path: string }[] = []
    for (const [source, content] of Object.entries(files)) {
      const named =
        typeof content === 'string' || content instanceof Uint8Array ? { [`${source}.csv`]: content } : content
      for (const [name, text] of Object.entries(named)) inputs.push({ source, path: await this.write(name, text) })
    }
    return resolveFiles(
      {
        inputs,
        sourceColumn: null,
        ruleset: defaultRuleset(),
        rulesetOrigin: { file: null, text: null, warnings: [] },
        outputFolder: join(this.path, 'out'),
        format: 'csv',
        spreadsheetSafe: false,
        memoryBytes: null,
        threads: 2,
        receivedAt: Date.parse('2026-01-01T00:00:00Z'),
        engine: '0.0.0-test',
        stdin: Readable.from([]),
        ...options,
      },
      hooks,
    )
  }

  /** The same, where the run must succeed: its summary. */
  async resolve(...args: Parameters<RunFolder['run']>): Promise<RunSummary> {
    const result = await this.run(...args)
    if (!result.ok) throw new Error(result.faults.map(({ code, message }) => `${code}: ${message}`).join('\n'))
    return result.summary
  }

  async tableText(table: TableName, folder = 'out', format = 'csv'): Promise<string> {
    return readFile(join(this.path, folder, `${table}.${format}`), 'utf8')
  }

  /** Rows of a table that was written as CSV. */
  async table(table: TableName, folder = 'out'): Promise<readonly Readonly<Record<string, string>>[]> {
    return parseTable(await this.tableText(table, folder))
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

export type FileContent = string | Uint8Array

/** Rows of a CSV text without line breaks inside of cells. */
export function parseTable(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = '', ...lines] = text.split('\n').filter((line) => line !== '')
  const cells = (line: string): readonly string[] => {
    const split = splitCells(line, ',')
    if (!split.ok) throw new Error('a table holds a line that is no CSV')
    return split.cells
  }
  const names = cells(header)
  return lines.map((line) => Object.fromEntries(cells(line).map((cell, place) => [names[place] ?? '', cell])))
}

export function rulesetOf(yaml: string): Ruleset {
  const parsed = parseRuleset(yaml)
  if (!parsed.ok) throw new Error(parsed.issues.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  return parsed.ruleset
}
