import { Command, Option } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface ServeFlags {
  readonly database: string
  readonly host: string
  readonly port: number
  readonly publicUrl?: string
  /** Fills the space dev with an invented shop. */
  readonly demo?: boolean
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

export function serveCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('serve')
    .summary('start the server that resolves every record as it comes')
    .description(
      'Starts the server: it takes events and rows over HTTP, resolves each as it comes, and answers who it belongs to. On the first start it makes the spaces dev and prod, and prints a link to sign in with.',
    )
    .addOption(databaseOption())
    .addOption(new Option('--host <HOST>', 'address to listen on').default('127.0.0.1').env('HOST'))
    .addOption(
      new Option('-p, --port <PORT>', 'port to listen on; 0 is any free one')
        .default(4680)
        .env('PORT')
        .argParser(portOf),
    )
    .addOption(
      new Option('--public-url <URL>', 'address that people reach the server at, through a proxy that ends https').env(
        'PUBLIC_URL',
      ),
    )
    .option('--demo', 'fill the space dev with an invented shop, in ./selfsame-demo.db unless a database is named')
    .addOption(
      new Option('--log-level <LEVEL>', 'how much is logged, as JSON on standard error')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('warn')
        .env('LOG_LEVEL'),
    )
    .addHelpText('after', examples)
    .action(async (flags: ServeFlags) => {
      const { runServe } = await import('./run-serve.ts')
      finish(await runServe(flags, terminal))
    })
}

function portOf(text: string): number {
  const port = Number(text)
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : Number.NaN
}

const examples = `
Examples:
  selfsame serve
  selfsame serve --demo
  selfsame serve --database postgres://selfsame@db/selfsame --host 0.0.0.0 --port 8080

Flags come before the environment. DATABASE_URL_FILE names a file that holds the address of the database.
The server stops on ^C or SIGTERM, after everything that was sent is answered.`
