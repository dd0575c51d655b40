import { Command, Option } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { defaultOutputFolder } from './resolve.ts'

export interface ExplainFlags {
  readonly run: string
  /** A space of a server's database, in place of a run. */
  readonly space?: string
  readonly database: string
  readonly json?: boolean
}

export function explainCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  return new Command('explain')
    .summary('say why two records are one person, or why not')
    .description(
      'Joined: the chain of links between the two records, with rule, value, trust and times. Apart: the nearest link and what stopped it.',
    )
    .argument('<SOURCE:KEY>', 'a record: the name of its source, a colon, its key')
    .argument('<SOURCE:KEY>', 'another record')
    .option('--run <DIR>', 'folder of the run', defaultOutputFolder)
    .addOption(new Option('--space <NAME>', 'a space of a server, by name or id, in place of a run'))
    .addOption(databaseOption())
    .option('--json', 'print the explanation as one JSON document')
    .addHelpText('after', examples)
    .action(async (left: string, right: string, flags: ExplainFlags) => {
      const { runExplain } = await import('./run-explain.ts')
      await runExplain(left, right, flags, terminal)
      finish(0)
    })
}

const examples = `
Examples:
  selfsame explain crm:1042 shop:ORD-77120
  selfsame explain crm:1042 shop:ORD-77120 --run november --json
  selfsame explain crm:1042 web:msg-1 --space prod

Exit codes: 0 explained, 1 failed, 2 wrong usage, no run in the folder, no such space or record.`
