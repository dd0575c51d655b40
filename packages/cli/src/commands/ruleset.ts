import { defaultRulesetYaml, diffRulesets, parseRuleset, ruleInEnglish, rulesetJsonSchema } from '@selfsame/core'
import { Command } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import { loadRuleset, readRulesetText, showFaults, showRulesetWarnings } from '../ruleset-file.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'

export function rulesetCommand(terminal: Terminal, finish: (code: ExitCode) => void): Command {
  const command = new Command('ruleset')
    .summary('check, explain and compare rulesets')
    .description('Works on ruleset files: the YAML or JSON that decides who is who.')
  command
    .command('check')
    .summary('report every fault and warning, with path and line')
    .description('Checks rulesets whole: every fault and warning at once, with its path and line. Warnings alone leave the exit code 0.')
    .argument('<FILE...>', 'rulesets, YAML or JSON')
    .option('--json', 'print what was found as one JSON document')
    .action((files: readonly string[], flags: { readonly json?: boolean }) => finish(checkFiles(files, flags.json === true, terminal)))
  command
    .command('explain')
    .summary('say every rule in plain English')
    .argument('<FILE...>', 'rulesets, YAML or JSON')
    .action((files: readonly string[]) => {
      for (const file of files) terminal.out(inEnglish(file, files.length > 1, terminal))
      finish(0)
    })
  command
    .command('diff')
    .summary('say what a new version changes')
    .description('Says what changes between two rulesets. The exit code is 0 whether they differ or not.')
    .argument('<OLD>', 'ruleset, YAML or JSON')
    .argument('<NEW>', 'ruleset, YAML or JSON')
    .action((older: string, newer: string) => {
      const before = loadRuleset(older, terminal).ruleset
      const after = loadRuleset(newer, terminal).ruleset
      const changes = diffRulesets(before, after)
      if (changes.length === 0) terminal.note('the two decide the same\n')
      for (const change of changes) terminal.out(`${plainText(changeLine(change))}\n`)
      finish(0)
    })
  command
    .command('default')
    .summary('print the ruleset that applies where none is given')
    .action(() => {
      terminal.out(defaultRulesetYaml)
      finish(0)
    })
  command
    .command('schema')
    .summary('print the JSON Schema of the format')
    .action(() => {
      terminal.out(`${JSON.stringify(rulesetJsonSchema, null, 2)}\n`)
      finish(0)
    })
  return command.addHelpText('after', `
Examples:
  selfsame ruleset check rules.yaml
  selfsame ruleset default > rules.yaml
  selfsame ruleset diff rules.yaml new.yaml

Exit codes: 0 no fault, 2 faults or wrong usage.`)
}

function checkFiles(files: readonly string[], json: boolean, terminal: Terminal): ExitCode {
  const results = files.map((file) => ({ file, result: parseRuleset(readRulesetText(file)) }))
  if (json) {
    const found = results.map(({ file, result }) => ({ file, ok: result.ok, faults: result.ok ? [] : result.issues, warnings: result.warnings }))
    terminal.out(`${JSON.stringify(found, null, 2)}\n`)
  } else {
    for (const { file, result } of results) {
      if (!result.ok) showFaults(file, result.issues, terminal)
      showRulesetWarnings(file, result.warnings, terminal)
      if (result.ok) terminal.out(`${plainText(file)}: ${terminal.outColors.green('no fault')}${result.warnings.length > 0 ? `, ${result.warnings.length} to think about` : ''}\n`)
    }
  }
  return results.every(({ result }) => result.ok) ? 0 : 2
}

function inEnglish(file: string, named: boolean, terminal: Terminal): string {
  const { ruleset } = loadRuleset(file, terminal)
  const { outColors: colors } = terminal
  const lines = ruleset.rules.map((rule, index) => {
    const off = rule.enabled ? '' : colors.dim(' (switched off)')
    return `${String(index + 1).padStart(3)}  ${colors.bold(plainText(rule.name))}${off}\n     ${plainText(ruleInEnglish(rule, ruleset))}\n`
  })
  const head = named ? `${plainText(file)}\n` : ''
  return `${head}${lines.length > 0 ? lines.join('') : 'no written rule: only anchors link, by themselves\n'}`
}
