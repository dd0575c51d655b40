import { Command } from 'commander'
import { databaseOption } from '../database-address.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { SpaceRulesetFlags } from './run-space-ruleset.ts'

export function rulesetCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const command = new Command('ruleset')
    .summary('check, explain, compare and publish rulesets')
    .description('Works on rulesets: the YAML or JSON that decides who is who, in files and in the spaces of a server.')
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
  command
    .command('pull')
    .summary('print the published ruleset of a space')
    .addOption(databaseOption())
    .requiredOption('--space <NAME>', 'space, by name or id')
    .argument('[VERSION]', 'number of an older version')
    .action(async (version: string | undefined, flags: SpaceRulesetFlags) => {
      const { pullRuleset } = await import('./run-space-ruleset.ts')
      await pullRuleset(version ?? null, flags, terminal)
      finish(0)
    })
  command
    .command('publish')
    .summary('publish a ruleset in a space')
    .description(
      'Publishes a ruleset: it counts at once, for the past as well. Says what it changes. It works on the database itself; the server may run beside it.',
    )
    .argument('<FILE>', 'ruleset, YAML or JSON')
    .addOption(databaseOption())
    .requiredOption('--space <NAME>', 'space, by name or id')
    .option('--note <TEXT>', 'why, for whoever looks at the versions later')
    .action(async (file: string, flags: SpaceRulesetFlags) => {
      const { publishRulesetFile } = await import('./run-space-ruleset.ts')
      await publishRulesetFile(file, flags, terminal)
      finish(0)
    })
  return command.addHelpText(
    'after',
    `
Examples:
  selfsame ruleset check rules.yaml
  selfsame ruleset default > rules.yaml
  selfsame ruleset diff rules.yaml new.yaml
  selfsame ruleset pull --space dev > rules.yaml
  selfsame ruleset publish rules.yaml --space dev

Exit codes: 0 no fault, 2 faults or wrong usage.`,
  )
}
