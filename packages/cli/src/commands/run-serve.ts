import { signInUrl, startServer, type RunningServer } from '@selfsame/server'
import { DatabaseUrlFault, SchemaTooNew, StoreUnavailable } from '@selfsame/store'
import { databaseUrlOf, defaultDatabase } from '../database-address.ts'
import { UsageFault, type ExitCode } from '../exit-code.ts'
import { parseServerUrl } from '../server-url.ts'
import { openShop } from '../shop/open-shop.ts'
import { shopClock } from '../shop/shop-clock.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { engineVersion } from '../version.ts'
import type { ServeFlags } from './serve.ts'

/** Longest time that requests under way get when the server stops, milliseconds. */
const drainMs = 5_000

export async function runServe(flags: ServeFlags, terminal: Terminal): Promise<ExitCode> {
  if (Number.isNaN(flags.port)) throw new UsageFault('usage.option', '--port takes a number from 0 to 65535')
  const database = databaseOf(flags)
  const clock = shopClock(flags.demo === true)
  const server = await start(flags, database, clock.now)
  const shop = flags.demo ? await openShop(server.address, database, clock, terminal) : null
  terminal.out(greeting({ ...server, ...shop }, flags))
  await stopSignal()
  shop?.close()
  const late = setTimeout(() => process.exit(1), drainMs)
  late.unref()
  await server.close()
  clearTimeout(late)
  return 0
}

/** A demo does not mix with what is yours. */
function databaseOf(flags: ServeFlags): string {
  const url = databaseUrlOf(flags.database)
  return flags.demo && url === defaultDatabase ? 'sqlite:./selfsame-demo.db' : url
}

async function start(flags: ServeFlags, databaseUrl: string, now: () => number): Promise<RunningServer> {
  try {
    return await startServer({
      databaseUrl,
      now,
      host: flags.host,
      port: flags.port,
      publicUrl: flags.publicUrl === undefined ? null : parseServerUrl(flags.publicUrl, '--public-url'),
      config: { version: engineVersion(), logLevel: flags.logLevel },
    })
  } catch (error) {
    if (error instanceof DatabaseUrlFault || error instanceof SchemaTooNew)
      throw new UsageFault('database.not_usable', error.message)
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'EADDRINUSE') {
      throw new UsageFault(
        'server.port_taken',
        `port ${flags.port} is taken: another server runs there, or name another with --port`,
      )
    }
    if (code === 'SQLITE_CANTOPEN')
      throw new UsageFault('database.not_usable', 'the file of the database cannot be opened or made there')
    if (error instanceof StoreUnavailable)
      throw new UsageFault('database.unreachable', `the database cannot be used now (${error.reason})`)
    throw error
  }
}

function greeting({ address, signInToken }: Pick<RunningServer, 'address' | 'signInToken'>, flags: ServeFlags): string {
  const lines = [`Selfsame ${engineVersion()} listens on ${address}`]
  if (signInToken !== null) {
    lines.push(`Sign in once, within a day: ${signInUrl(flags.publicUrl ?? address, signInToken)}`)
  } else {
    lines.push(`The console: ${flags.publicUrl ?? address}/admin; a new link to sign in: selfsame users link admin`)
  }
  if (flags.host !== '127.0.0.1' && flags.host !== 'localhost' && flags.publicUrl === undefined) {
    lines.push(
      'Others can reach this address: put it behind https and say so with --public-url, or sign-in is refused.',
    )
  }
  lines.push('A key for a source: selfsame keys create --source web --class server --space dev')
  return `${lines.join('\n')}\n`
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      process.off('SIGINT', stop)
      process.off('SIGTERM', stop)
      resolve()
    }
    process.on('SIGINT', stop)
    process.on('SIGTERM', stop)
  })
}
