/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as a quoted SQL identifier. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * What white space a text may have at its ends: none at all, spaces alone, or anything that JavaScript's `trim` removes.
 * The last costs ten times as much as the others, so files are looked through first.
 */
export type EdgeSpace = 'none' | 'spaces' | 'any'

/** What JavaScript's `trim` removes, as a class of RE2. */
const whiteSpaceClass =
  '[\\t\\n\\v\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]'

/** The same as `String.prototype.trim` on texts of that kind. */
export function trimmed(expression: string, edges: EdgeSpace): string {
  switch (edges) {
    case 'none':
      return expression
    case 'spaces':
      return `trim(${expression})`
    case 'any':
      return (
        `CASE WHEN regexp_matches(${expression}, '^${whiteSpaceClass}|${whiteSpaceClass}$') ` +
        `THEN regexp_replace(${expression}, '^${whiteSpaceClass}+|${whiteSpaceClass}+$', '', 'g') ELSE ${expression} END`
      )
  }
}

/** A blank text as null. */
export function filled(expression: string, edges: EdgeSpace): string {
  return `nullif(${trimmed(expression, edges)}, '')`
}

/** Whether a text is ASCII: as many bytes as characters. */
export function isAscii(expression: string): string {
  return `strlen(${expression}) = length(${expression})`
}
