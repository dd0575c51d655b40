import { setTimeout as sleep } from 'node:timers/promises'
import { firstStart, makeWriteKey } from '@selfsame/server'
import { migrate, openDatabase, spacesOf } from '@selfsame/store'
import { start, type Finished } from '../e2e/cli-process.ts'

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
  /** Sends a signal; `SIGKILL` asks nobody. */
  signal(signal: NodeJS.Signals): void
  /** Everything that was printed, when it has ended. */
  readonly finished: Promise<Finished>
}

/** `selfsame serve` as a process of its own. */
export async function startServing(
  url: string,
  env: Readonly<Record<string, string>> = {},
  port = 0,
): Promise<ServingProcess> {
  const { child, finished } = start(['serve', '--port', String(port), '--database', url], { env })
  let printed = ''
  child.stdout?.on('data', (text: string) => void (printed += text))
  for (let tries = 0; tries < 600; tries++) {
    await sleep(20)
    const address = /listens on (http:\/\/\S+)/.exec(printed)?.[1]
    if (address !== undefined) return { address, finished, signal: (signal) => void child.kill(signal) }
    if (child.exitCode !== null) break
  }
  child.kill('SIGKILL')
  const { err } = await finished
  throw new Error(`the server did not start: ${err}`)
}
