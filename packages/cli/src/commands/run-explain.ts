import { explainRecords } from '../explain/explain-records.ts'
import { explanationInWords } from '../explain/explanation-in-words.ts'
import { openRun } from '../explain/open-run.ts'
import { parseRecordName } from '../source-input.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import type { ExplainFlags } from './explain.ts'

export async function runExplain(left: string, right: string, flags: ExplainFlags, terminal: Terminal): Promise<void> {
  const names = [parseRecordName(left), parseRecordName(right)] as const
  const run = await openRun(flags.run)
  try {
    const explanation = await explainRecords(run, ...names)
    const { file, sha256 } = run.ruleset
    if (flags.json) terminal.out(`${JSON.stringify({ ruleset: run.ruleset, ...explanation }, null, 2)}\n`)
    else {
      const by = `\n  by ${file === null ? 'the default ruleset' : plainText(file)}, sha256 ${sha256.slice(0, 12)}\n`
      terminal.out(`${explanationInWords(explanation, terminal.outColors)}${terminal.outColors.dim(by)}`)
    }
  } finally {
    run.close()
  }
}
