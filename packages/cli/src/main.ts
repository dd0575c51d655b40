import { runCommandLine } from './command-line.ts'
import { processTerminal } from './terminal/terminal.ts'

// A reader that has seen enough (`| head`) closes the pipe; that is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0)
    throw error
  })
}

process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal())
