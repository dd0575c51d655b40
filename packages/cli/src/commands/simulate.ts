import { Command, InvalidArgumentError } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface SimulateFlags {
  readonly database: string
  readonly space: string
  readonly sample?: number
  readonly json?: boolean
}

export function simulateCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('simulate')
    .summary('try a ruleset on what a space holds')
    .description(
      'Says what a ruleset would change if it were published: profiles merged, split and moved, candidates, guards, golden values, and the figures of every rule. Nothing changes. It works on the database itself; the server may run beside it.',
    )
    .argument('[RULESET]', 'YAML or JSON; without it the draft of the space')
    .addOption(databaseOption())
    .requiredOption('--space <NAME>', 'space, by name or id')
    .option(
      '--sample <PROFILES>',
      'try it on so many profiles, and whoever they could be brought together with',
      countOf,
    )
    .option('--json', 'print the whole report as one JSON document')
    .addHelpText(
      'after',
      `
Examples:
  selfsame simulate rules.yaml --space dev
  selfsame simulate --space prod --sample 1000`,
    )
    .action(async (file: string | undefined, flags: SimulateFlags) => {
      const { runSimulate } = await import('./run-simulate.ts')
      await runSimulate(file ?? null, flags, terminal)
      finish(0)
    })
}

function countOf(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= 10_000) return count
  throw new InvalidArgumentError('a whole number from 1 to 10000 is asked for.')
}
