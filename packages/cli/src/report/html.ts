/** Markup that was built here, and needs no escaping any more. */
export interface Html {
  readonly markup: string
}

type Piece = Html | string | number | null | false | readonly Piece[]

/** Builds markup. Whatever is put in as text is escaped; only other `Html` goes in as it is; null and false leave nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Piece[]): Html {
  let markup = parts[0] as string
  values.forEach((value, index) => {
    markup += markupOf(value) + (parts[index + 1] as string)
  })
  return { markup }
}

/** For text that this program wrote itself, such as a style sheet. */
export function trusted(markup: string): Html {
  return { markup }
}

export function joined(pieces: readonly Html[], between = ''): Html {
  return { markup: pieces.map((piece) => piece.markup).join(between) }
}

/** For elements and attributes in quotes alike. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

function markupOf(piece: Piece): string {
  if (piece === null || piece === false) return ''
  if (typeof piece === 'string') return escapeHtml(visibleText(piece))
  if (typeof piece === 'number') return escapeHtml(String(piece))
  if ('markup' in piece) return piece.markup
  return piece.map(markupOf).join('')
}

/**
 * Text in which nothing acts: control characters, bidirectional overrides and marks, zero-width characters and lone
 * surrogates are written as `\u{202e}`. Line ends and tabs become spaces.
 */
export function visibleText(text: string): string {
  return text.replace(/[\t\n\r]/g, ' ').replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, writtenOut)
}

function writtenOut(sign: string): string {
  return `\\u{${(sign.codePointAt(0) as number).toString(16)}}`
}

/** Visible text of at most `limit` characters (code points); what is cut off ends in `…`. */
export function shortened(text: string, limit: number): string {
  const all = [...visibleText(text)]
  if (all.length <= limit) return all.join('')
  return `${all.slice(0, limit - 1).join('')}…`
}
