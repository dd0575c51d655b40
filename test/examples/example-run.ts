import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunSummary } from '@selfsame/batch'
import { selfsame } from '../docs/cli.ts'
import { commandsOf, page, root } from '../docs/pages.ts'

export type Row = Readonly<Record<string, unknown>>

export interface ExampleRun {
  readonly summary: RunSummary
  readonly table: (name: string) => readonly Row[]
  /** Profile of a record. */
  readonly profileOf: (source: string, key: string) => unknown
  /** What the example's README says: `Eleven records, three profiles`. */
  readonly told: { readonly records: number; readonly profiles: number }
  readonly folder: string
  readonly remove: () => void
}

const numbers = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
  'twenty',
]

/** Runs the command that an example's README shows, into a folder of its own. */
export async function runExample(name: string): Promise<ExampleRun> {
  const readme = page(join('examples', name, 'README.md'))
  const command = commandsOf(readme).find((line) => line.startsWith('npx selfsame resolve '))
  const told = /([A-Z]\w+) records, (\w+) profiles/.exec(readme)
  if (command === undefined || told === null)
    throw new Error(`the README of ${name} shows no command or says no figures`)
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-example-'))
  const words = command
    .replace('npx selfsame ', '')
    .replace(/ --out \S+/, '')
    .split(' ')
    .flatMap((word) => (word.includes('*') ? globSync(word, { cwd: root }).sort() : [word]))
  const { code, stdout, stderr } = await selfsame([...words, '--out', folder, '--format', 'jsonl', '--json', '--quiet'])
  if (code !== 0) throw new Error(`${command} exits with ${code}: ${stderr}`)
  const table = (file: string) => rowsOf(join(folder, `${file}.jsonl`))
  return {
    summary: JSON.parse(stdout) as RunSummary,
    table,
    profileOf: (source, key) =>
      table('identity_lookup').find((row) => row['source'] === source && row['record_key'] === key)?.['profile_id'],
    told: { records: numbers.indexOf((told[1] ?? '').toLowerCase()), profiles: numbers.indexOf(told[2] ?? '') },
    folder,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function rowsOf(file: string): readonly Row[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)
}
