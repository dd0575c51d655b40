import { open } from 'node:fs/promises'
import { UserFault } from '../user-fault.ts'
import { splitCells } from './csv-cells.ts'
import type { TextFile } from './inspect-file.ts'

export interface CsvHeader {
  /** null: one column. */
  readonly delimiter: Delimiter | null
  /** Trimmed; a column without a name is called `column_<place>`. */
  readonly headers: readonly string[]
  /** Physical lines up to the end of the header. */
  readonly lines: number
  /** What ends a line. */
  readonly newline: '\n' | '\r'
}

export const delimiters = [',', '\t', ';', '|'] as const
export type Delimiter = (typeof delimiters)[number]

/** Longest header taken, and most lines of it. */
const longestHeader = 1 << 20
const mostHeaderLines = 20

/** The delimiter that stands most often in a header outside of quotes; of two the one that comes first in `delimiters`. */
export function likeliestDelimiter(header: string): Delimiter | null {
  const bare = header.replace(/"(?:[^"]|"")*"/g, '')
  let best: Delimiter | null = null
  let most = 0
  for (const delimiter of delimiters) {
    const count = bare.split(delimiter).length - 1
    if (count > most) {
      best = delimiter
      most = count
    }
  }
  return best
}

/** Reads the header line of a CSV file. Faults: unreadable_header, wrong_delimiter, duplicate_header. */
export async function readCsvHeader(file: TextFile): Promise<CsvHeader> {
  const { name, shown } = file
  const newline =
    file.scan.carriageReturns === 0 && file.scan.loneCarriageReturns > 0 && file.scan.lines === 1 ? '\r' : '\n'
  const lines = (await readStart(file)).split(newline).map((line) => line.replace(/\r$/, ''))
  const first = lines.findIndex((line) => line.trim() !== '')
  let record = lines[first] ?? ''
  let last = first
  const delimiter = likeliestDelimiter(record)
  let split = splitCells(record, delimiter ?? '\u0001')
  while (!split.ok && split.fault === 'open' && last + 1 < lines.length && last - first < mostHeaderLines) {
    last++
    record += `\n${lines[last] ?? ''}`
    split = splitCells(record, delimiter ?? '\u0001')
  }
  if (!split.ok || /[\ufffd\u0000]/.test(record)) {
    throw new UserFault(
      'input.unreadable_header',
      `the header line of ${shown} cannot be read; it needs one name per column`,
      name,
    )
  }
  const cells = split.cells.map((cell) => cell.trim())
  if (cells.every((cell) => cell === '')) {
    throw new UserFault('input.unreadable_header', `the header line of ${shown} names no column`, name)
  }
  if (delimiter === null && !/^[\p{L}\p{N}_ .'()/-]+$/u.test(cells[0] ?? '')) {
    const found = `no comma, semicolon, tab or pipe parts the header of ${shown}`
    throw new UserFault('input.wrong_delimiter', `${found}; only these are allowed between columns`, name)
  }
  if (
    cells.some((cell) => /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(cell)) ||
    (cells.length > 1 && cells.every((cell) => /^[\d.+-]+$/.test(cell)))
  ) {
    const message = `the first line of ${shown} holds values, not names; put a line with one name per column before it`
    throw new UserFault('input.unreadable_header', message, name)
  }
  const width = cells.length > 1 && cells[cells.length - 1] === '' ? cells.length - 1 : cells.length
  const headers = cells.slice(0, width).map((cell, place) => cell || `column_${place + 1}`)
  const twice = headers.find((header, place) => headers.indexOf(header) !== place)
  if (twice !== undefined) {
    throw new UserFault(
      'input.duplicate_header',
      `${shown} has several columns named "${twice}"; every column needs a name of its own`,
      name,
    )
  }
  return { delimiter, headers, lines: last + 1, newline }
}

async function readStart(file: TextFile): Promise<string> {
  const handle = await open(file.path, 'r')
  try {
    const buffer = Buffer.alloc(Math.min(longestHeader, file.scan.bytes))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, file.markBytes)
    return buffer.subarray(0, bytesRead).toString('utf8')
  } finally {
    await handle.close()
  }
}
