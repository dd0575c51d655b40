import { Problem } from '../http/problem.ts'
import { checkLength } from './lines-of.ts'

/**
 * The rows of CSV text (RFC 4180: quoted cells, a header; parted by comma, semicolon, tab or bar, whichever the header has
 * most of) as JSON texts by column name, every filled cell as it was sent. A row with more or fewer cells than the header comes out
 * as it stands, which is no JSON, and ends among the dead letters. Memory is bounded by one row.
 */
export async function* csvRows(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const splitter = new RowSplitter()
  let header: readonly string[] | null = null
  const take = (row: string): string | null => {
    if (row.trim() === '') return null
    if (header === null) {
      splitter.delimiters = delimiterOf(row)
      header = cellsOf(row, splitter.delimiters)
      checkHeader(header)
      return null
    }
    const cells = cellsOf(row, splitter.delimiters)
    return cells.length === header.length ? jsonOfRow(header, cells) : row
  }
  for await (const piece of pieces) {
    for (const row of splitter.rowsOf(piece)) {
      const text = take(row)
      if (text !== null) yield text
    }
  }
  const last = take(splitter.rest())
  if (last !== null) yield last
}

const delimiters = [',', ';', '\t', '|'] as const
const quote = '"'

/** Parts text at line ends outside of quotes. A quote opens a cell only where the cell begins with it. */
class RowSplitter {
  /** What parts cells; any of the four until the header is read. */
  delimiters: string = delimiters.join('')
  private held = ''
  private quoted = false
  private afterQuote = false
  private cellBegins = true

  /** What stands after the last line end. */
  rest(): string {
    return this.held
  }

  *rowsOf(piece: string): Generator<string> {
    let start = 0
    for (let at = 0; at < piece.length; at++) {
      const sign = piece.charAt(at)
      if (sign === quote) {
        // Two quotes within a quoted cell close it and open it again.
        if (this.quoted || this.cellBegins || this.afterQuote) this.quoted = !this.quoted
        this.afterQuote = !this.quoted && !this.cellBegins
        this.cellBegins = false
        continue
      }
      this.afterQuote = false
      if (this.quoted) continue
      this.cellBegins = sign === '\n' || this.delimiters.includes(sign)
      if (sign !== '\n') continue
      const row = this.held + piece.slice(start, at)
      checkLength(row)
      this.held = ''
      start = at + 1
      yield row.endsWith('\r') ? row.slice(0, -1) : row
    }
    this.held += piece.slice(start)
    checkLength(this.held)
  }
}

function delimiterOf(header: string): string {
  const counts = delimiters.map((delimiter) => cellsOf(header, delimiter).length)
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ','
}

function checkHeader(header: readonly string[]): void {
  if (new Set(header).size < header.length) throw new Problem('request.invalid', 'two columns have one name')
}

/** An empty cell says nothing, as in a run over files: the field is missing, rather than an empty text. */
function jsonOfRow(header: readonly string[], cells: readonly string[]): string {
  const entries = header.flatMap((name, place) =>
    cells[place] ? [`${JSON.stringify(name)}:${JSON.stringify(cells[place])}`] : [],
  )
  return `{${entries.join(',')}}`
}

/** The cells of one row. What follows a closing quote within a cell belongs to it. */
function cellsOf(row: string, delimiter: string): readonly string[] {
  const cells: string[] = []
  let at = 0
  for (;;) {
    let cell = ''
    if (row[at] === quote) {
      for (at++; ; ) {
        const close = row.indexOf(quote, at)
        cell += row.slice(at, close < 0 ? row.length : close)
        at = close < 0 ? row.length : close + 1
        if (row[at] !== quote) break
        cell += quote
        at++
      }
    }
    const end = row.indexOf(delimiter, at)
    cells.push(cell + row.slice(at, end < 0 ? row.length : end))
    if (end < 0) return cells
    at = end + 1
  }
}
