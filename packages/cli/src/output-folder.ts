import { tableNames } from '@selfsame/batch'
import { readdirSync } from 'node:fs'
import { UsageFault } from './exit-code.ts'

const ownNames = new Set([
  'summary.json',
  'report.html',
  'run.json',
  'explain',
  ...tableNames.flatMap((name) => ['csv', 'parquet', 'jsonl'].map((format) => `${name}.${format}`)),
])

/**
 * A run replaces the folder of the run before it as a whole. What somebody else put into that folder would go with it:
 * then this throws, and nothing is touched.
 */
export function checkNothingForeign(folder: string): void {
  const foreign = entriesOf(folder)
    .filter((name) => !ownNames.has(name))
    .sort()
  if (foreign.length === 0) return
  const more = foreign.length > 1 ? ` and ${foreign.length - 1} more` : ''
  throw new UsageFault(
    `${folder} holds files that are not of an earlier run (${foreign[0]}${more}); move them away, or name a new or empty folder with --out`,
  )
}

/** Empty where the folder is not there, or is no folder: the engine has words for that. */
function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
