import type { Ruleset } from '@selfsame/core'
import { literal } from '../database.ts'
import type { TableFormat } from '../options.ts'

/** The name of an identifier type by its position. */
export function typeNamesSql(ruleset: Ruleset): string {
  return `CASE vals.type ${ruleset.identifiers.map((type, position) => `WHEN ${position} THEN ${literal(type.name)}`).join(' ')} END`
}

/** Anchors and claims: what `identity_identifiers` lists. */
export function linkingTypeList(ruleset: Ruleset): string {
  return (
    ruleset.identifiers.flatMap((type, position) => (type.kind === 'attribute' ? [] : [position])).join(', ') || '-1'
  )
}

/** The name of a source by its index. */
export function sourceNameSql(src: string, sources: readonly string[]): string {
  const [only, ...others] = sources
  if (only !== undefined && others.length === 0) return literal(only)
  return `CASE ${src} ${sources.map((name, index) => `WHEN ${index} THEN ${literal(name)}`).join(' ')} END`
}

export function timeSql(ms: string, format: TableFormat): string {
  const stamp = `make_timestamp((${ms} * 1000)::BIGINT)`
  const value = format === 'parquet' ? `${stamp}::TIMESTAMPTZ` : `strftime(${stamp}, '%Y-%m-%dT%H:%M:%S.%gZ')`
  return `CASE WHEN ${ms} IS NULL OR isnan(${ms}) THEN NULL ELSE ${value} END`
}

/** Text that a spreadsheet would run gets an apostrophe before it; plain signed numbers stay. */
export function safeSql(column: string): string {
  return `CASE WHEN regexp_matches(${column}, '^[=+@\\t\\r-]') AND NOT regexp_full_match(${column}, '[+-]?[0-9]+([.][0-9]+)?') THEN '''' || ${column} ELSE ${column} END`
}
