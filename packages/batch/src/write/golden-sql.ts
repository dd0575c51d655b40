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
      return `arg_min(${column}, ${orderSql(column, 1)}) ${some}`
    case 'max':
      return `arg_max(${column}, ${orderSql(column, -1)}) ${some}`
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

/**
 * Numbers before days and instants, these before other texts; of equal ones the senior record first. `direction` −1 makes the
 * greatest key that of the value which `max` prefers.
 */
function orderSql(column: string, direction: 1 | -1): string {
  const number = `regexp_full_match(${column}, '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?')`
  const instant = `regexp_full_match(${column}, '[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?')`
  const ms = `epoch_ms(try_cast(regexp_replace(${column}, ' ?(Z|z|UTC)$', '') AS TIMESTAMPTZ))::DOUBLE`
  const kind = `CASE WHEN ${number} THEN 0 WHEN ${instant} AND ${ms} IS NOT NULL THEN 1 ELSE 2 END`
  const sortable = `CASE WHEN ${number} THEN try_cast(${column} AS DOUBLE) WHEN ${instant} THEN coalesce(${ms}, 0) ELSE 0 END`
  const text = `CASE WHEN (${kind}) = 2 THEN ${column} ELSE '' END`
  return `{'kind': ${direction} * (${kind}), 'number': ${sortable}, 'text': ${text}, 'r': ${direction} * r}`
}
