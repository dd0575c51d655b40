import { Command } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function rulesetCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const command = new Command('ruleset')
    .summary('check, explain and compare rulesets')
    .description('Works on ruleset files: the YAML or JSON that decides who is who.')
  command
    .command('check')
    .summary('report every fault and warning, with path and line')
    .description(
      'Checks rulesets whole: every fault and warning at once, with its path and line. Warnings alone leave the exit code 0.',
    )
    .argument('<FILE...>', 'rulesets, YAML or JSON')
    .option('--json', 'print what was found as one JSON document')
    .action(async (files: readonly string[], flags: { readonly json?: boolean }) => {
      const { checkRulesets } = await import('./run-ruleset.ts')
      finish(checkRulesets(files, flags.json === true, terminal))
    })
  command
    .command('explain')
    .summary('say every rule in plain English')
    .argument('<FILE...>', 'rulesets, YAML or JSON')
    .action(async (files: readonly string[]) => {
      const { explainRulesets } = await import('./run-ruleset.ts')
      explainRulesets(files, terminal)
      finish(0)
    })
  command
    .command('diff')
    .summary('say what a new version changes')
    .description('Says what changes between two rulesets. The exit code is 0 whether they differ or not.')
    .argument('<OLD>', 'ruleset, YAML or JSON')
    .argument('<NEW>', 'ruleset, YAML or JSON')
    .action(async (older: string, newer: string) => {
      const { compareRulesets } = await import('./run-ruleset.ts')
      compareRulesets(older, newer, terminal)
      finish(0)
    })
  command
    .command('default')
    .summary('print the ruleset that applies where none is given')
    .action(async () => {
      const { defaultRulesetYaml } = await import('@selfsame/core')
      terminal.out(defaultRulesetYaml)
      finish(0)
    })
  command
    .command('schema')
    .summary('print the JSON Schema of the format')
    .action(async () => {
      const { rulesetJsonSchema } = await import('@selfsame/core')
      terminal.out(`${JSON.stringify(rulesetJsonSchema, null, 2)}\n`)
      finish(0)
    })
  return command.addHelpText(
    'after',
    `
Examples:
  selfsame ruleset check rules.yaml
  selfsame ruleset default > rules.yaml
  selfsame ruleset diff rules.yaml new.yaml

Exit codes: 0 no fault, 2 faults or wrong usage.`,
  )
}
