import { isUtf8 } from 'node:buffer'
import { splitCells } from './csv-cells.ts'
import { longestLineBytes, type TextLine, textLines } from './text-lines.ts'

export interface CsvShape {
  readonly delimiter: string
  /** Cells per record. */
  readonly width: number
  /** Lines before the first record. */
  readonly headerLines: number
  readonly newline: '\n' | '\r'
}

export interface CsvTake {
  /** `line` is the physical line a record begins on. */
  readonly record: (line: number, cells: readonly string[], raw: string) => void
  readonly rejected: (line: number, reason: string, raw: string) => void
}

/**
 * The slow and exact way through a CSV file: every physical line ends up in a record or is rejected, once, and blank lines
 * are passed over. Where a quoted cell is not closed, or closed in a way that makes no sense, its first line alone is
 * rejected and reading goes on with the next.
 */
export async function readCsvRecords(
  path: string,
  start: number,
  shape: CsvShape,
  take: CsvTake,
  afterBlock?: () => Promise<void>,
): Promise<void> {
  /** Lines of a record whose quotes are not closed yet. */
  let open: NumberedLine[] = []
  let openLength = 0

  const settle = (next: NumberedLine): void => {
    const waiting = [next]
    for (let line = waiting.pop(); line; line = waiting.pop()) {
      const isOpen = open.length > 0
      if (!isOpen && line.text.trim() === '') continue
      open.push(line)
      openLength += line.text.length + 1
      let reason: string | null = null
      if (!isOpen || line.text.includes('"')) {
        const raw = open.length === 1 ? line.text : open.map(({ text }) => text).join('\n')
        const split = splitCells(raw, shape.delimiter)
        if (split.ok) {
          const cells = withoutTrailingCell(split.cells, shape.width)
          if (cells.length === shape.width) {
            const first = open[0] as NumberedLine
            open = []
            openLength = 0
            take.record(first.number, cells, raw)
            continue
          }
          reason = `has ${count(split.cells.length)} where the header has ${shape.width}`
        } else if (split.fault === 'text_after_quote') reason = 'has text behind a closing quote'
      }
      if (reason === null && openLength > longestLineBytes) reason = 'opens a quote that is never closed'
      if (reason !== null) giveUp(reason, waiting)
    }
  }
  /** Rejects the first of the open lines; the others are looked at again. */
  const giveUp = (reason: string, waiting: NumberedLine[]): void => {
    const [first, ...others] = open
    open = []
    openLength = 0
    if (first) take.rejected(first.number, reason, first.text)
    for (const line of others.reverse()) waiting.push(line)
  }
  const giveUpAll = (): void => {
    while (open.length > 0) {
      const waiting: NumberedLine[] = []
      giveUp('opens a quote that is never closed', waiting)
      for (let line = waiting.pop(); line; line = waiting.pop()) settle(line)
    }
  }

  for await (const lines of textLines(path, start, shape.newline)) {
    for (const line of lines) {
      if (line.number <= shape.headerLines) continue
      const reason = faultOf(line)
      const text = line.bytes.toString('utf8')
      if (reason === null) {
        settle({ number: line.number, text })
        continue
      }
      giveUpAll()
      take.rejected(line.number, reason, text)
    }
    await afterBlock?.()
  }
  giveUpAll()
}

interface NumberedLine {
  readonly number: number
  readonly text: string
}

/** Why no record can be made of a line; null: it may be one. */
export function faultOf(line: TextLine): string | null {
  if (line.tooLong) return 'is longer than 1 MB'
  if (!isUtf8(line.bytes)) return 'is not valid UTF-8'
  if (line.bytes.includes(0)) return 'holds a zero byte'
  return null
}

/** A delimiter at the end of the line makes no cell of its own. */
function withoutTrailingCell(cells: readonly string[], width: number): readonly string[] {
  return cells.length === width + 1 && cells[width]?.trim() === '' ? cells.slice(0, width) : cells
}

function count(cells: number): string {
  return cells === 1 ? '1 cell' : `${cells} cells`
}
