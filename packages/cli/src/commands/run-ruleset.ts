import { diffRulesets, parseRuleset, ruleInEnglish } from '@selfsame/core'
import type { ExitCode } from '../exit-code.ts'
import { loadRuleset, readRulesetText, showFaults, showRulesetWarnings } from '../ruleset-file.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'

export function checkRulesets(files: readonly string[], json: boolean, terminal: Terminal): ExitCode {
  const results = files.map((file) => ({ file, result: parseRuleset(readRulesetText(file)) }))
  if (json) {
    const found = results.map(({ file, result }) => ({
      file,
      ok: result.ok,
      faults: result.ok ? [] : result.issues,
      warnings: result.warnings,
    }))
    terminal.out(`${JSON.stringify(found, null, 2)}\n`)
  } else {
    for (const { file, result } of results) {
      if (!result.ok) showFaults(file, result.issues, terminal)
      showRulesetWarnings(file, result.warnings, terminal)
      if (result.ok)
        terminal.out(
          `${plainText(file)}: ${terminal.outColors.green('no fault')}${result.warnings.length > 0 ? `, ${result.warnings.length} to think about` : ''}\n`,
        )
    }
  }
  return results.every(({ result }) => result.ok) ? 0 : 2
}

export function explainRulesets(files: readonly string[], terminal: Terminal): void {
  for (const file of files) terminal.out(inEnglish(file, files.length > 1, terminal))
}

/** One sentence per change on standard output; where nothing changes, that is said beside it. */
export function compareRulesets(older: string, newer: string, terminal: Terminal): void {
  const changes = diffRulesets(loadRuleset(older, terminal).ruleset, loadRuleset(newer, terminal).ruleset)
  for (const change of changes) terminal.out(`${plainText(change)}\n`)
  if (changes.length === 0) terminal.note('the two decide the same\n')
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
