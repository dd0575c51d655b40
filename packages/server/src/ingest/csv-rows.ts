import { Problem } from '../http/problem.ts'
import { longestLine } from './lines-of.ts'

/**
 * The rows of a CSV stream (RFC 4180: comma, quoted cells, a header) as JSON texts by column name. A row with more or fewer
 * cells than the header comes out as text that is no JSON, so that it ends among the dead letters as it is.
 */
export async function* csvRows(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let header: readonly string[] | null = null
  let open = ''
  for await (const line of lines) {
    open = open === '' ? line : `${open}\n${line}`
    if (open.length > longestLine) throw new Problem('request.too_large', `a row has at most ${longestLine} bytes`)
    const cells = cellsOf(open)
    if (cells === null) continue
    const raw = open
    open = ''
    if (raw.trim() === '') continue
    if (header === null) {
      header = cells.map((cell) => cell.replace(/^\ufeff/, ''))
      continue
    }
    if (cells.length !== header.length) yield raw
    else yield JSON.stringify(Object.fromEntries(header.map((name, place) => [name, cells[place] ?? ''])))
  }
  if (open.trim() !== '') yield open
}

/** The cells of a row; null: a quoted cell goes on in the next line. */
function cellsOf(text: string): readonly string[] | null {
  const cells: string[] = []
  let at = 0
  for (;;) {
    if (text[at] === '"') {
      let cell = ''
      for (at++; ; ) {
        const close = text.indexOf('"', at)
        if (close < 0) return null
        cell += text.slice(at, close)
        at = close + 1
        if (text[at] !== '"') break
        cell += '"'
        at++
      }
      const end = text.indexOf(',', at)
      cells.push(cell + text.slice(at, end < 0 ? text.length : end))
      if (end < 0) return cells
      at = end + 1
    } else {
      const end = text.indexOf(',', at)
      cells.push(text.slice(at, end < 0 ? text.length : end))
      if (end < 0) return cells
      at = end + 1
    }
  }
}
