import { explainRecords, explanationInWords, type Explanation, type RecordName } from '@selfsame/core'
import { openRun } from '../explain/open-run.ts'
import { UsageFault } from '../exit-code.ts'
import { parseRecordName } from '../source-input.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import type { ExplainFlags } from './explain.ts'

export async function runExplain(left: string, right: string, flags: ExplainFlags, terminal: Terminal): Promise<void> {
  const names = [parseRecordName(left), parseRecordName(right)] as const
  const { explanation, ruleset, by } =
    flags.space === undefined
      ? await explainRun(names, flags.run)
      : await explainSpace(names, flags.space, flags, terminal)
  if (flags.json) terminal.out(`${JSON.stringify({ ruleset, ...explanation }, null, 2)}\n`)
  else terminal.out(`${explanationInWords(explanation, terminal.outColors)}${terminal.outColors.dim(`\n  by ${by}\n`)}`)
}

interface Explained {
  readonly explanation: Explanation
  /** Which ruleset decided, as data and in words. */
  readonly ruleset: object
  readonly by: string
}

async function explainRun([left, right]: readonly [RecordName, RecordName], folder: string): Promise<Explained> {
  const run = await openRun(folder)
  try {
    const [one, other] = [await run.existingRecord(left), await run.existingRecord(right)]
    const { file, sha256 } = run.decidedBy
    return {
      explanation: await explainRecords(run, one, other),
      ruleset: run.decidedBy,
      by: `${file === null ? 'the default ruleset' : plainText(file)}, sha256 ${sha256.slice(0, 12)}`,
    }
  } finally {
    run.close()
  }
}

async function explainSpace(
  [left, right]: readonly [RecordName, RecordName],
  spaceName: string,
  { database }: Pick<ExplainFlags, 'database'>,
  terminal: Terminal,
): Promise<Explained> {
  // A run over files is explained without loading the server.
  const { openExplainedSpace } = await import('@selfsame/server')
  const { inWorkspace } = await import('../workspace.ts')
  return inWorkspace(database, { mayMake: false }, terminal, async (workspace) => {
    const { space_id: spaceId, name } = await workspace.space(spaceName)
    const { space, rulesetVersion } = await openExplainedSpace(workspace.database, spaceId)
    const existing = async (ref: RecordName) => {
      const found = await space.findRecord(ref)
      if (found) return found
      throw new UsageFault(
        'run.unknown_record',
        `the space ${plainText(name)} has no record ${plainText(`${ref.source}:${ref.key}`)}`,
      )
    }
    const [one, other] = [await existing(left), await existing(right)]
    return {
      explanation: await explainRecords(space, one, other),
      ruleset: { space: name, version: rulesetVersion },
      by: `version ${rulesetVersion} of the ruleset of ${plainText(name)}`,
    }
  })
}
