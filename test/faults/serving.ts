import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { firstStart, makeWriteKey } from '@selfsame/server'
import { migrate, openDatabase, spacesOf } from '@selfsame/store'

/** A database with a workspace, and a key that writes into its space `dev`. */
export interface PreparedDatabase {
  readonly url: string
  readonly spaceId: string
  readonly writeKey: string
}

export async function prepareDatabase(url: string): Promise<PreparedDatabase> {
  const database = openDatabase(url)
  const now = Date.now
  await migrate(database, now())
  const { workspaceId } = await firstStart({ database, now })
  const dev = (await spacesOf(database, workspaceId)).find(({ name }) => name === 'dev')
  const spaceId = dev?.space_id ?? ''
  const made = await makeWriteKey({ database, now }, 'tester', { workspaceId, spaceId: null }, spaceId, {
    source: 'load',
    class: 'server',
    mayView: true,
  })
  await database.close()
  return { url, spaceId, writeKey: made.text }
}

export interface ServingProcess {
  readonly address: string
  readonly pid: number
  /** Sends a signal; `SIGKILL` asks nobody. */
  signal(signal: NodeJS.Signals): void
  /** How it ended: its exit code, null where a signal ended it. */
  readonly finished: Promise<{ readonly code: number | null }>
}

const launcher = fileURLToPath(new URL('../../packages/cli/bin/selfsame.js', import.meta.url))

/** `selfsame serve` as a process of its own. */
export async function startServing(
  url: string,
  env: Readonly<Record<string, string>> = {},
  port = 0,
): Promise<ServingProcess> {
  const child = spawn(process.execPath, [launcher, 'serve', '--port', String(port), '--database', url], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let complained = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (printed += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (complained += text))
  const finished = new Promise<{ readonly code: number | null }>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code }))
  })
  for (let tries = 0; tries < 3_000; tries++) {
    await sleep(20)
    const address = /listens on (http:\/\/\S+)/.exec(printed)?.[1]
    if (address !== undefined) {
      return { address, pid: child.pid ?? 0, finished, signal: (signal) => void child.kill(signal) }
    }
    if (child.exitCode !== null) break
  }
  child.kill('SIGKILL')
  await finished
  throw new Error(`the server did not start: ${complained}`)
}
