/** One record of a CSV text, or a fault with the lines it covers. */
export type CsvRecord =
  | { readonly ok: true; readonly line: number; readonly fields: readonly string[] }
  | { readonly ok: false; readonly line: number; readonly reason: string; readonly raw: string }

/** Longest line that is read, in characters. */
export const longestLine = 1_000_000

/**
 * Reads CSV (RFC 4180) record by record with exact line numbers, for files that hold a fault. A quoted field may hold the
 * delimiter, doubled quotes and line breaks. A quote that is never closed spoils its own line only. Blank lines are passed over.
 */
export async function* parseCsv(
  chunks: AsyncIterable<string> | Iterable<string>,
  delimiter: string,
  columns: number | null,
): AsyncGenerator<CsvRecord> {
  let width = columns
  const lines = linesOf(chunks)
  /** Lines read ahead while a quoted field was open. */
  const ahead: NumberedLine[] = []
  const next = async (): Promise<NumberedLine | null> => {
    const waiting = ahead.shift()
    if (waiting) return waiting
    const { value, done } = await lines.next()
    return done ? null : value
  }
  for (let first = await next(); first !== null; first = await next()) {
    if (first.text === '') continue
    if (first.text.length > longestLine) {
      yield { ok: false, line: first.line, reason: `the line is longer than ${longestLine} characters`, raw: first.text.slice(0, 200) }
      continue
    }
    let text = first.text
    const taken: NumberedLine[] = []
    let fields = splitFields(text, delimiter)
    while (fields === 'open' && text.length < longestLine) {
      const more = await next()
      if (more === null) break
      taken.push(more)
      text += `\n${more.text}`
      fields = splitFields(text, delimiter)
    }
    const isWhole = fields !== 'open' && fields !== 'broken' && (width === null || fields.length === width)
    if (isWhole && fields !== 'open' && fields !== 'broken') {
      width ??= fields.length
      yield { ok: true, line: first.line, fields }
      continue
    }
    ahead.unshift(...taken)
    const alone = splitFields(first.text, delimiter)
    const reason =
      alone === 'open'
        ? 'a quote is never closed'
        : alone === 'broken'
          ? 'text stands behind a closing quote'
          : `found ${alone.length} ${alone.length === 1 ? 'field' : 'fields'} where the header has ${width ?? 0}`
    yield { ok: false, line: first.line, reason, raw: first.text }
  }
}

interface NumberedLine {
  readonly line: number
  readonly text: string
}

/** Lines without their ends (LF, CRLF or CR alone), numbered from 1. */
async function* linesOf(chunks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<NumberedLine> {
  let rest = ''
  let line = 1
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) yield { line: line++, text: part.endsWith('\r') ? part.slice(0, -1) : part }
  }
  if (rest !== '') yield { line, text: rest.endsWith('\r') ? rest.slice(0, -1) : rest }
}

function splitFields(text: string, delimiter: string): readonly string[] | 'open' | 'broken' {
  if (!text.includes('"')) return text.split(delimiter)
  const fields: string[] = []
  let at = 0
  for (;;) {
    if (text[at] === '"') {
      let field = ''
      let from = at + 1
      for (;;) {
        const quote = text.indexOf('"', from)
        if (quote < 0) return 'open'
        field += text.slice(from, quote)
        if (text[quote + 1] !== '"') {
          at = quote + 1
          break
        }
        field += '"'
        from = quote + 2
      }
      fields.push(field)
      if (at === text.length) return fields
      if (!text.startsWith(delimiter, at)) return 'broken'
      at += delimiter.length
    } else {
      const end = text.indexOf(delimiter, at)
      fields.push(end < 0 ? text.slice(at) : text.slice(at, end))
      if (end < 0) return fields
      at = end + delimiter.length
    }
  }
}
