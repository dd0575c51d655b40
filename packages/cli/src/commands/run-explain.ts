import { explainRecords } from '../explain/explain-records.ts'
import { explanationInWords } from '../explain/explanation-in-words.ts'
import { openRun } from '../explain/open-run.ts'
import { parseRecordName } from '../source-input.ts'
import type { Terminal } from '../terminal/terminal.ts'
import type { ExplainFlags } from './explain.ts'

export async function runExplain(left: string, right: string, flags: ExplainFlags, terminal: Terminal): Promise<void> {
  const names = [parseRecordName(left), parseRecordName(right)] as const
  const run = await openRun(flags.run)
  try {
    const explanation = await explainRecords(run, ...names)
    terminal.out(flags.json ? `${JSON.stringify(explanation, null, 2)}\n` : explanationInWords(explanation, terminal.outColors))
  } finally {
    run.close()
  }
}
