import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

export const checkout = realpathSync(fileURLToPath(new URL('../..', import.meta.url)))
export const launcher = join(checkout, 'packages/cli/bin/selfsame.js')

export interface Finished {
  /** null: ended by a signal. */
  readonly code: number | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

export interface StartOptions {
  readonly cwd?: string
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Node to start it with. Default: the one that runs the tests. */
  readonly node?: string
  readonly nodeArgs?: readonly string[]
  /** Default: the launcher of the checkout. */
  readonly script?: string
}

/** Starts the command line as a process of its own. */
export function start(
  args: readonly string[],
  options: StartOptions = {},
): { readonly child: ChildProcess; readonly finished: Promise<Finished> } {
  const env = { ...process.env, NO_COLOR: undefined, FORCE_COLOR: undefined, ...options.env }
  const child = spawn(
    options.node ?? process.execPath,
    [...(options.nodeArgs ?? []), options.script ?? launcher, ...args],
    { cwd: options.cwd ?? checkout, env },
  )
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (out += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (err += chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, out, err }))
  })
  return { child, finished }
}

export async function run(args: readonly string[], options: StartOptions = {}): Promise<Finished> {
  return await start(args, options).finished
}

const folders: string[] = []
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A new folder with the files named. It goes when the tests of the file are done. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'selfsame-test-')))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), content)
  }
  return folder
}

/** Rows of a CSV table without line ends inside its values. */
export function rowsOf(csv: string): readonly Readonly<Record<string, string>>[] {
  const [head, ...lines] = csv.trimEnd().split(/\r?\n/).map(cellsOf)
  return lines.map((cells) => Object.fromEntries((head ?? []).map((name, index) => [name, cells[index] ?? ''])))
}

function cellsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    (match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? '',
  )
}
