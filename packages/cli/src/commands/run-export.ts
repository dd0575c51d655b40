import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  exportCanonical,
  exportTable,
  headerText,
  rowsText,
  type ExportedTable,
  type TextOptions,
} from '@selfsame/store'
import { UsageFault } from '../exit-code.ts'
import { untilStopped } from '../stop-signal.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import { inWorkspace } from '../workspace.ts'
import type { ExportFlags, TableName } from './export.ts'

/** Writes a table to standard output, or to a file that appears when all of it is written. */
export async function runExport(table: TableName, flags: ExportFlags, terminal: Terminal): Promise<void> {
  await inWorkspace(flags.database, { mayMake: false }, terminal, async ({ database, space }) => {
    const { space_id: spaceId } = await space(flags.space)
    const open = flags.canonical ? exportCanonical : exportTable
    const exported = await open(database, spaceId, table)
    const options = { format: flags.format, spreadsheetSafe: flags.spreadsheetSafe === true }
    await untilStopped((signal) =>
      flags.output === undefined || flags.output === '-'
        ? toTerminal(textOf(exported, options), terminal, signal)
        : toFile(textOf(exported, options), flags.output, signal),
    )
  })
}

async function* textOf({ columns, pages }: ExportedTable, options: TextOptions): AsyncGenerator<string> {
  yield headerText(columns, options)
  for await (const rows of pages) yield rowsText(columns, rows, options)
}

async function toTerminal(text: AsyncIterable<string>, terminal: Terminal, signal: AbortSignal): Promise<void> {
  for await (const piece of text) {
    signal.throwIfAborted()
    terminal.out(piece)
    await terminal.outDrained()
  }
}

async function toFile(text: AsyncIterable<string>, file: string, signal: AbortSignal): Promise<void> {
  const partial = `${file}.partial`
  try {
    await pipeline(Readable.from(text), createWriteStream(partial), { signal })
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    if (signal.aborted) throw signal.reason
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR', 'EPERM', 'EROFS'].includes(code)) {
      throw new UsageFault('output.not_writable', `${plainText(file)} cannot be written there`)
    }
    throw error
  }
}
