import { join } from 'node:path'
import { literal, quoted, type Database } from '../database.ts'
import type { TableFormat } from '../options.ts'
import { tableNames, type TableName } from '../summary.ts'
import { goldenFields } from './golden-fields.ts'
import { linkingTypeList, safeSql, sourceNameSql, timeSql, typeNamesSql } from './output-sql.ts'
import type { ResolvedRun } from './resolved-run.ts'
import { tableFile } from './run-folder.ts'
import type { StoredCounts } from './store-resolution.ts'

export interface WriteOptions {
  readonly folder: string
  readonly format: TableFormat
  readonly spreadsheetSafe: boolean
}

const copyOptions: Readonly<Record<TableFormat, string>> = {
  csv: 'FORMAT csv, HEADER',
  jsonl: 'FORMAT json',
  parquet: 'FORMAT parquet, COMPRESSION snappy',
}

/** Statements that write the output tables. Their tables are filled, but for those of `storeResolution`. */
export async function tableStatements(
  db: Database,
  run: ResolvedRun,
  options: WriteOptions,
): Promise<readonly string[]> {
  const { parts, ruleset, population } = run
  const fields = goldenFields(parts, ruleset)
  const time = (column: string) => timeSql(column, options.format)
  const safe = (column: string) => (options.spreadsheetSafe && options.format !== 'parquet' ? safeSql(column) : column)
  await storeReview(db, run)
  await db.run('CREATE TABLE rejected (source VARCHAR, line INTEGER, reason VARCHAR, raw VARCHAR)')
  await db.append('rejected', [
    { type: 'text', values: run.rejected.map(({ source }) => source) },
    { type: 'integer', values: Int32Array.from(run.rejected, ({ line }) => line) },
    { type: 'text', values: run.rejected.map(({ reason }) => reason) },
    { type: 'text', values: run.rejected.map(({ raw }) => raw) },
  ])
  const types = typeNamesSql(ruleset)
  const nameOf = (src: string) => sourceNameSql(src, run.sources)
  const isSenior = (side: string) => (population.recordCount === null ? '' : ` AND ${side}.s = 1`)
  const sides = `JOIN recs l ON l.t = link.lt${isSenior('l')} JOIN recs g ON g.t = link.rt${isSenior('g')}`
  const queries: Readonly<Record<TableName, string>> = {
    identity_golden: `SELECT profile_id${fields.map((field) => `, ${safe(quoted(field))} AS ${quoted(field)}`).join('')}, record_count, source_count, ${time('first')} AS first_seen, ${time('last')} AS last_seen FROM golden ORDER BY c`,
    identity_lookup: `SELECT ${nameOf('src')} AS source, ${safe('key')} AS record_key, profile_id FROM recs LEFT JOIN prof USING (c) ORDER BY r`,
    identity_identifiers: `SELECT profile_id, ${types} AS type, ${safe('std')} AS value, verified = 1 AS verified, active = 1 AS active, ${time('first')} AS first_seen, ${time('last')} AS last_seen, records AS record_count
      FROM ident JOIN prof USING (c) JOIN vals USING (code) WHERE vals.type IN (${linkingTypeList(ruleset)}) ORDER BY c, code`,
    identity_links: `SELECT profile_id, ${nameOf('l.src')} AS left_source, ${safe('l.key')} AS left_key, ${nameOf('g.src')} AS right_source, ${safe('g.key')} AS right_key, rule, coalesce(${types}, '') AS type, ${safe("coalesce(std, '')")} AS value
      FROM link ${sides} JOIN prof ON prof.c = link.c JOIN stages ON stages.stage = link.stage LEFT JOIN vals ON vals.code = link.code ORDER BY link.c, link.lt, link.rt, link.stage`,
    identity_unresolved_records: `SELECT ${nameOf('src')} AS source, ${safe('key')} AS record_key, profile_id, reason AS unresolved_reason, conflict_reasons
      FROM recs JOIN unres USING (t) LEFT JOIN prof USING (c) ORDER BY r`,
    identity_review: `SELECT s.profile_id AS survivor_profile_id, g.profile_id AS session_profile_id, reason, type, ${safe('value')} AS value, confidence, seen_count, ${time('last_seen')} AS last_seen
      FROM review JOIN prof s ON s.c = review.survivor JOIN prof g ON g.c = review.session ORDER BY review.survivor, review.session`,
    rejected: `SELECT source, line, reason, ${safe('raw')} AS raw FROM rejected ORDER BY source, line, raw`,
  }
  return tableNames.map((name) => {
    const file = join(options.folder, tableFile(name, options.format))
    return `COPY (${queries[name]}) TO ${literal(file)} (${copyOptions[options.format]})`
  })
}

/** What was written, with its row counts. */
export async function writtenTables(
  db: Database,
  { numbering, resolution, rejected }: ResolvedRun,
  format: TableFormat,
  counts: StoredCounts,
): Promise<readonly { readonly name: TableName; readonly file: string; readonly rows: number }[]> {
  const rows: Readonly<Record<TableName, number>> = {
    identity_golden: await db.number('SELECT count(*) FROM golden_ids'),
    identity_lookup: numbering.recordOfRank.length,
    identity_identifiers: counts.identifiers,
    identity_links: await db.number('SELECT count(*) FROM link'),
    identity_unresolved_records:
      resolution.unresolved.length === 0 ? 0 : await db.number('SELECT count(*) FROM recs JOIN unres USING (t)'),
    identity_review: resolution.candidates.length,
    rejected: rejected.length,
  }
  return tableNames.map((name) => ({ name, file: tableFile(name, format), rows: rows[name] }))
}

async function storeReview(db: Database, { resolution }: ResolvedRun): Promise<void> {
  const { candidates } = resolution
  await db.run(
    'CREATE TABLE review (survivor INTEGER, session INTEGER, reason VARCHAR, stage INTEGER, type VARCHAR, value VARCHAR, confidence DOUBLE, seen_count INTEGER, last_seen DOUBLE)',
  )
  await db.append('review', [
    { type: 'integer', values: Int32Array.from(candidates, ({ survivor }) => survivor) },
    { type: 'integer', values: Int32Array.from(candidates, ({ session }) => session) },
    { type: 'text', values: candidates.map(({ reason }) => reason) },
    { type: 'integer', values: Int32Array.from(candidates, ({ stage }) => stage) },
    { type: 'text', values: candidates.map(({ type }) => type) },
    { type: 'text', values: candidates.map(({ value }) => value) },
    { type: 'double', values: Float64Array.from(candidates, ({ confidence }) => Math.round(confidence * 1e6) / 1e6) },
    { type: 'integer', values: Int32Array.from(candidates, ({ seenCount }) => seenCount) },
    { type: 'double', values: Float64Array.from(candidates, ({ lastSeen }) => lastSeen) },
  ])
}
