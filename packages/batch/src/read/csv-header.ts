import { open } from 'node:fs/promises'
import type { RunFault, RunFaultCode } from '../options.ts'
import { splitCells } from './csv-cells.ts'
import { type Delimiter, likeliestDelimiter, type TextFile } from './input-file.ts'

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

export type HeaderRead = { readonly ok: true; readonly header: CsvHeader } | { readonly ok: false; readonly fault: RunFault }

/** Longest header taken. */
const longestHeader = 1 << 20

/** Reads the header line of a CSV file, and whether it can be one. */
export async function readCsvHeader(file: TextFile): Promise<HeaderRead> {
  const name = file.input.path === '-' ? 'standard input' : file.input.path
  const fault = (code: RunFaultCode, message: string): HeaderRead => ({ ok: false, fault: { code, message, path: file.input.path } })
  const newline = file.scan.carriageReturns === 0 && file.scan.loneCarriageReturns > 0 && file.scan.lines === 1 ? '\r' : '\n'
  const text = await readStart(file)
  const lines = text.split(newline)
  const first = lines.findIndex((line) => line.trim() !== '')
  let record = (lines[first] ?? '').replace(/\r$/, '')
  let last = first
  const delimiter = likeliestDelimiter(record)
  let split = splitCells(record, delimiter ?? '\u0001')
  while (!split.ok && split.fault === 'open' && last + 1 < lines.length && last - first < 20) {
    last++
    record += `\n${(lines[last] ?? '').replace(/\r$/, '')}`
    split = splitCells(record, delimiter ?? '\u0001')
  }
  if (!split.ok || record.includes('\ufffd')) {
    return fault('input.unreadable_header', `the header line of ${name} cannot be read; it needs one name per column`)
  }
  const named = split.cells.map((cell) => cell.trim())
  const width = named.length > 1 && named[named.length - 1] === '' ? named.length - 1 : named.length
  const headers = named.slice(0, width).map((cell, place) => cell || `column_${place + 1}`)
  if (named.every((cell) => cell === '')) return fault('input.unreadable_header', `the header line of ${name} names no column`)
  if (delimiter === null && !/^[\p{L}\p{N}_ .'()/-]+$/u.test(record.trim().replace(/^"|"$/g, ''))) {
    return fault('input.wrong_delimiter', `no comma, semicolon, tab or pipe parts the header of ${name}; only these are allowed between columns`)
  }
  if (headers.some((cell) => /^[^\s@]+@[^\s@]+\.[a-z]{2,}$/i.test(cell))) {
    return fault('input.unreadable_header', `the first line of ${name} is no header: it holds an e-mail address; put a line with one name per column before it`)
  }
  const twice = headers.find((cell, place) => headers.indexOf(cell) !== place)
  if (twice !== undefined) {
    return fault('input.duplicate_header', `${name} has several columns named "${twice}"; every column needs a name of its own`)
  }
  return { ok: true, header: { delimiter, headers, lines: last + 1, newline } }
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
