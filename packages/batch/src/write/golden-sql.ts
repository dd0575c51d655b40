import type { Survivorship } from '@selfsame/core'

/**
 * SQL aggregate that gives a field's surviving value over the records of a profile. Columns at hand: the field's text, `r`
 * (seniority of the record, 0 first), `mr` (recency: later is greater, at one instant the senior record is the greater),
 * `src` (index of the source), `filled` (fields of the record that hold something). Blank values never survive.
 */
export function survivingValueSql(column: string, rule: Survivorship, sources: readonly string[]): string {
  const some = `FILTER (WHERE ${column} <> '')`
  const seniorLast = (score: string) => `(${score})::BIGINT * 4294967296 - r`
  switch (rule.by) {
    case 'most_recent':
      return `arg_max(${column}, mr) ${some}`
    case 'primary':
      return `arg_min(${column}, r) ${some}`
    case 'longest':
      return `arg_max(${column}, ${seniorLast(`length(${column})`)}) ${some}`
    case 'most_frequent':
      return `most_frequent(list({'v': ${column}, 'r': r}) ${some})`
    case 'min':
      return `arg_min(${column}, ${orderSql(column)}) ${some}`
    case 'max':
      return `arg_max(${column}, ${orderSql(column)}) ${some}`
    case 'source_priority': {
      const rank = rule.sources.map((name, place) => {
        const index = sources.indexOf(name)
        return index < 0 ? '' : `WHEN ${index} THEN ${place}`
      })
      const cases = rank.filter((text) => text !== '')
      const priority = cases.length === 0 ? '0' : `CASE src ${cases.join(' ')} ELSE ${rule.sources.length} END`
      return `arg_min(${column}, (${priority})::BIGINT * 4294967296 - mr) ${some}`
    }
  }
}

/** The most complete record first, the senior one of equals: for `primary: most_complete`. */
export function mostCompleteSql(column: string): string {
  return `arg_max(${column}, filled::BIGINT * 4294967296 - r) FILTER (WHERE ${column} <> '')`
}

/** The most frequent of a list of values; of equals the one whose most senior record is senior. */
export const mostFrequentMacro = `CREATE OR REPLACE MACRO most_frequent(entries) AS (
  SELECT v FROM (SELECT e.v AS v, count(*) AS n, min(e.r) AS s FROM (SELECT unnest(entries) AS e) GROUP BY 1) ORDER BY n DESC, s LIMIT 1)`

/** Numbers in their order before texts in theirs (dates in ISO notation sort as texts). */
function orderSql(column: string): string {
  return `{'text': CASE WHEN try_cast(${column} AS DOUBLE) IS NULL THEN 1 ELSE 0 END, 'n': coalesce(try_cast(${column} AS DOUBLE), 0), 't': ${column}}`
}

