import { Command } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function demoCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('demo')
    .summary('resolve the examples that come with Selfsame')
    .description(
      'Resolves the examples that come with Selfsame, each into a folder of its own, and says where the reports are.',
    )
    .option('-o, --out <DIR>', 'folder for the results', './selfsame-demo')
    .action(async (flags: { readonly out: string }) => {
      const { runDemo } = await import('./run-demo.ts')
      await runDemo(flags.out, terminal)
      finish(0)
    })
}
