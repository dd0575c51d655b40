export type Cells =
  | { readonly ok: true; readonly cells: readonly string[] }
  /** open: the text ends inside of quotes, the record may go on in the next line. */
  | { readonly ok: false; readonly fault: 'open' | 'text_after_quote' }

/**
 * Splits one record into its cells, as RFC 4180 has them: a cell may be quoted, a quote inside is doubled. Spaces before an
 * opening and behind a closing quote are dropped; a quote inside of a bare cell is text.
 */
export function splitCells(record: string, delimiter: string): Cells {
  if (!record.includes('"')) return { ok: true, cells: record.split(delimiter) }
  const cells: string[] = []
  let at = 0
  for (;;) {
    let start = at
    while (record[start] === ' ') start++
    if (record[start] !== '"') {
      const end = record.indexOf(delimiter, at)
      cells.push(end < 0 ? record.slice(at) : record.slice(at, end))
      if (end < 0) return { ok: true, cells }
      at = end + 1
      continue
    }
    let cell = ''
    let from = start + 1
    for (;;) {
      const end = record.indexOf('"', from)
      if (end < 0) return { ok: false, fault: 'open' }
      cell += record.slice(from, end)
      if (record[end + 1] !== '"') {
        at = end + 1
        break
      }
      cell += '"'
      from = end + 2
    }
    cells.push(cell)
    while (record[at] === ' ' && delimiter !== ' ') at++
    if (at >= record.length) return { ok: true, cells }
    if (record[at] !== delimiter) return { ok: false, fault: 'text_after_quote' }
    at++
  }
}
