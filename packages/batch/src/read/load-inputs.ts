import { basename } from 'node:path'
import { compareText } from '@selfsame/core'
import { stopWhenAsked, type Clock } from '../clock.ts'
import type { Database } from '../database.ts'
import type { RunHooks, RunOptions } from '../options.ts'
import { FaultList, UserFault } from '../user-fault.ts'
import { inspectFile, type InspectedFile } from './inspect-file.ts'
import { type Alias, loadJsonLines } from './load-json-lines.ts'
import { loadTable, partsOfTable } from './load-table.ts'
import type { FileReading, Part, RejectedLine } from './part.ts'

/** Reads all inputs into the database, cut into parts of one source each. */
export async function loadInputs(
  db: Database,
  options: RunOptions,
  hooks: RunHooks,
  clock: Clock,
  spillFolder: string,
): Promise<{
  readonly parts: readonly Omit<Part, 'sourceIndex'>[]
  readonly readings: readonly FileReading[]
  readonly rejected: readonly RejectedLine[]
  readonly aliases: readonly Alias[]
}> {
  const { ruleset, sourceColumn } = options
  const files: { readonly file: InspectedFile; readonly source: string }[] = []
  const faults = new FaultList()
  for (const [index, { path, source, shownAs }] of options.inputs.entries()) {
    const file = await faults.attempt(async () => {
      if (source === '' || /\p{Cc}/u.test(source))
        throw new UserFault('input.unreadable', `${path}: the source needs a name without control characters`, path)
      return inspectFile(path, spillFolder, index, options.stdin ?? process.stdin, shownAs)
    })
    if (file) files.push({ file, source })
    stopWhenAsked(hooks)
  }
  faults.settle()
  clock.enter(
    'reading',
    files.reduce((sum, { file }) => sum + file.bytes, 0),
  )
  const parts: Omit<Part, 'sourceIndex'>[] = []
  const readings: FileReading[] = []
  const rejected: RejectedLine[] = []
  const aliases: Alias[] = []
  for (const [index, { file, source }] of files.entries()) {
    const prefix = linePrefixOf(options.inputs, index)
    const loaded = await faults.attempt(async () => {
      if (file.format === 'jsonl') {
        const { receivedAt } = options
        return loadJsonLines(db, file, index, source, sourceColumn, ruleset, receivedAt, spillFolder, prefix)
      }
      const table = await loadTable(db, file, index, source, sourceColumn, ruleset)
      return { ...(await partsOfTable(db, file, table, source, sourceColumn, ruleset, prefix)), aliases: [] }
    })
    if (loaded) {
      parts.push(...loaded.parts)
      readings.push(...loaded.readings)
      for (const line of loaded.rejected) rejected.push(line)
      aliases.push(...loaded.aliases)
    }
    clock.advance(file.bytes)
    stopWhenAsked(hooks)
  }
  faults.settle()
  return { parts, readings, rejected, aliases }
}

/** Where a source has several files, a line is told by its file's name, too; by the whole path where two have one name. */
function linePrefixOf(inputs: RunOptions['inputs'], index: number): string {
  const own = inputs[index]
  const others = inputs.filter((input, place) => place !== index && input.source === own?.source)
  if (!own || others.length === 0) return ''
  const name = basename(own.path)
  return `${others.some((input) => basename(input.path) === name) ? own.path : name}:`
}

/** Parts with the place of their source among all, in code point order. */
export function withSourceIndexes(parts: readonly Omit<Part, 'sourceIndex'>[]): {
  readonly parts: readonly Part[]
  readonly sources: readonly string[]
} {
  const sources = [...new Set(parts.map((part) => part.source))].sort(compareText)
  return { parts: parts.map((part) => ({ ...part, sourceIndex: sources.indexOf(part.source) })), sources }
}
