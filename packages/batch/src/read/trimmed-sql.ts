/**
 * What white space a cell may have at its ends: none at all, spaces alone, or anything that JavaScript's `trim` removes.
 * The last costs ten times as much as the others, so files are looked through first.
 */
export type EdgeSpace = 'none' | 'spaces' | 'any'

/** What JavaScript's `trim` removes, as a class of RE2. */
const whiteSpace =
  '[\\t\\n\\v\\f\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]'

/**
 * A text without white space at its ends, as `String.prototype.trim` gives it; a blank one as NULL. Where there is no other
 * than spaces, an empty text is NULL already: so CSV is read.
 */
export function trimmedSql(text: string, edges: EdgeSpace): string {
  switch (edges) {
    case 'none':
      return text
    case 'spaces':
      // Few cells have any, and looking is cheaper than copying.
      return `CASE WHEN ${text} LIKE ' %' OR ${text} LIKE '% ' THEN nullif(trim(${text}), '') ELSE ${text} END`
    case 'any':
      return (
        `nullif(CASE WHEN regexp_matches(${text}, '^${whiteSpace}|${whiteSpace}$') ` +
        `THEN regexp_replace(${text}, '^${whiteSpace}+|${whiteSpace}+$', '', 'g') ELSE ${text} END, '')`
      )
  }
}
