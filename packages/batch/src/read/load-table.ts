import { readColumns, type Ruleset, type TableReading } from '@selfsame/core'
import { literal, quoted, type Database } from '../database.ts'
import type { ColumnSummary } from '../summary.ts'
import { UserFault } from '../user-fault.ts'
import type { Delimiter } from './csv-header.ts'
import type { InspectedFile, ParquetFile } from './inspect-file.ts'
import { loadCsv } from './load-csv.ts'
import type { FileReading, Part, RejectedLine, TableContent } from './part.ts'
import { trimmedSql } from './trimmed-sql.ts'

export type TableFile = Exclude<InspectedFile, { readonly format: 'jsonl' }>

/** A file as texts in the DuckDB table `table`: columns c0 … cn, trimmed, a blank cell NULL. */
export interface LoadedTable {
  readonly table: string
  readonly headers: readonly string[]
  readonly rows: number
  readonly delimiter: Delimiter | null
  /** SQL of the line a row stands on (the header is line 1); null: not known. */
  readonly lineSql: string | null
  /** `x` where columns x0 … xn hold the texts with the white space at their ends; else `c`. */
  readonly untrimmedPrefix: 'x' | 'c'
  readonly rejected: readonly Omit<RejectedLine, 'source'>[]
}

export async function loadTable(
  db: Database,
  file: TableFile,
  index: number,
  source: string,
  sourceColumn: string | null,
  ruleset: Ruleset,
): Promise<LoadedTable> {
  const untrimmed = ruleset.identifiers.some((type) => type.derive === null && !dropsWhiteSpace(type.standardize[0]))
  if (file.format === 'parquet') return loadParquet(db, file, index, untrimmed)
  return loadCsv(db, file, index, {
    keyOf: (headers) => (sourceColumn === null ? readColumns(headers, source, ruleset).key : []),
    lines: sourceColumn !== null,
    untrimmed,
  })
}

function dropsWhiteSpace(first: string | undefined): boolean {
  return first !== undefined && first !== 'case_insensitive'
}

async function loadParquet(db: Database, file: ParquetFile, index: number, untrimmed: boolean): Promise<LoadedTable> {
  const from = `read_parquet(${literal(file.path)})`
  const described = await db.rows(`DESCRIBE SELECT * FROM ${from}`).catch(() => {
    throw new UserFault(
      'input.corrupt',
      `${file.shown} begins like a Parquet file but cannot be read; it may be cut off`,
      file.name,
    )
  })
  const headers = described.map((row) => String(row[0]))
  const texts = described.map(
    (row, column) => `${parquetText(quoted(headers[column] ?? ''), String(row[1]))} AS c${column}`,
  )
  const cells = headers.map(
    (_, column) => `${trimmedSql(`c${column}`, 'any')} AS c${column}${untrimmed ? `, c${column} AS x${column}` : ''}`,
  )
  const table = `raw_${index}`
  await db.run(`CREATE TABLE ${table} AS SELECT ${cells.join(', ')} FROM (SELECT ${texts.join(', ')} FROM ${from})`)
  const rows = await db.number(`SELECT count(*) FROM ${table}`)
  return {
    table,
    headers,
    rows,
    delimiter: null,
    lineSql: `(${table}.rowid + 1)::INTEGER`,
    untrimmedPrefix: untrimmed ? 'x' : 'c',
    rejected: [],
  }
}

/** A Parquet value as text: whole numbers without a fraction (an id read as a float stays an id), nested values as JSON. */
export function parquetText(column: string, type: string): string {
  if (/STRUCT|MAP|LIST|\[/.test(type)) return `CAST(to_json(${column}) AS VARCHAR)`
  if (type === 'DOUBLE' || type === 'FLOAT') {
    const whole = `CAST(CAST(${column} AS HUGEINT) AS VARCHAR)`
    return `CASE WHEN isnan(${column}) THEN NULL WHEN abs(${column}) < 1e30 AND ${column} = trunc(${column}) THEN ${whole} ELSE CAST(${column} AS VARCHAR) END`
  }
  return `CAST(${column} AS VARCHAR)`
}

/** Cuts a loaded table into parts: one, or one per value of the source column. */
export async function partsOfTable(
  db: Database,
  file: TableFile,
  loaded: LoadedTable,
  source: string,
  sourceColumn: string | null,
  ruleset: Ruleset,
  /** Stands before the line where the line is the key: tells the files of a source apart. */
  linePrefix: string,
): Promise<{
  readonly parts: readonly Omit<Part, 'sourceIndex'>[]
  readonly readings: readonly FileReading[]
  readonly rejected: readonly RejectedLine[]
}> {
  const { lineSql } = loaded
  const rejected: RejectedLine[] = loaded.rejected.map((line) => ({ source, ...line }))
  const parts: Omit<Part, 'sourceIndex'>[] = []
  const readings: FileReading[] = []
  for (const cut of await cutBySource(db, file, loaded, source, sourceColumn, rejected)) {
    const headers = loaded.headers.filter((header) => header !== sourceColumn)
    const reading = readColumns(headers, cut.source, ruleset)
    const [missing] = reading.missing
    if (missing !== undefined) {
      const message = `the ruleset reads column "${missing}" of source "${cut.source}", which ${file.shown} does not have; its columns are ${headers.join(', ')}`
      throw new UserFault('column.unknown', message, file.name)
    }
    const columnSql = (header: string) => `c${loaded.headers.indexOf(header)}`
    const line = cut.lineSql ?? '0'
    const { table, rows } = await withoutKeyless(
      db,
      { ...cut, reading, columnSql, columns: loaded.headers.length },
      rejected,
    )
    const isCut = table !== loaded.table
    const part = partOf(
      file,
      cut.source,
      table,
      rows,
      keySqlOf(reading, columnSql, isCut ? 'line' : line, linePrefix),
      reading,
      loaded,
      isCut ? 'line' : line,
    )
    parts.push(part)
    readings.push(
      describeReading(
        file,
        cut.source,
        cut.rows + (sourceColumn === null ? loaded.rejected.length : 0),
        loaded,
        headers,
        reading,
        ruleset,
      ),
    )
  }
  if (lineSql === null && parts.some(({ content }) => content.kind === 'table' && content.reading.key.length === 0)) {
    throw new Error('a table without a key was loaded without its lines')
  }
  return { parts, readings, rejected }
}

interface CutTable {
  readonly source: string
  readonly table: string
  readonly rows: number
  readonly lineSql: string | null
}

/** The table whole, or a table per value of the source column; rows that name none belong to the file's source. */
async function cutBySource(
  db: Database,
  file: TableFile,
  loaded: LoadedTable,
  source: string,
  sourceColumn: string | null,
  rejected: RejectedLine[],
): Promise<readonly CutTable[]> {
  if (sourceColumn === null) return [{ source, table: loaded.table, rows: loaded.rows, lineSql: loaded.lineSql }]
  const column = loaded.headers.indexOf(sourceColumn)
  if (column < 0) {
    const message = `${file.shown} has no column "${sourceColumn}" to take the source from; its columns are ${loaded.headers.join(', ')}`
    throw new UserFault('source_column.unknown', message, file.name)
  }
  const names = await db.texts(
    `SELECT DISTINCT c${column} FROM ${loaded.table} WHERE c${column} IS NOT NULL ORDER BY 1`,
  )
  if (names.length > mostSources) {
    const message = `column "${sourceColumn}" of ${file.shown} holds ${names.length} different values; at most ${mostSources} sources are read`
    throw new UserFault('source_column.unknown', message, file.name)
  }
  const lost = await db.rows(
    `SELECT ${loaded.lineSql ?? '0'}, ${rawSql(loaded.headers.length)} FROM ${loaded.table} WHERE c${column} IS NULL ORDER BY rowid`,
  )
  for (const [line, raw] of lost)
    rejected.push({
      source,
      line: Number(line),
      reason: `names no source in column "${sourceColumn}"`,
      raw: String(raw),
    })
  const cuts: CutTable[] = []
  for (const [number, name] of names.entries()) {
    const table = `${loaded.table}_${number}`
    const line = loaded.lineSql === 'line' ? '' : `, ${loaded.lineSql ?? '0'} AS line`
    await db.run(
      `CREATE TABLE ${table} AS SELECT *${line} FROM ${loaded.table} WHERE c${column} = ${literal(name)} ORDER BY rowid`,
    )
    cuts.push({ source: name, table, rows: await db.number(`SELECT count(*) FROM ${table}`), lineSql: 'line' })
  }
  return cuts
}

const mostSources = 1000

/** The table without the rows that lack a key, which are rejected. */
async function withoutKeyless(
  db: Database,
  cut: CutTable & {
    readonly reading: TableReading
    readonly columnSql: (header: string) => string
    readonly columns: number
  },
  rejected: RejectedLine[],
): Promise<{ readonly table: string; readonly rows: number }> {
  const { reading, table, rows, source } = cut
  if (reading.key.length === 0) return { table, rows }
  const keyless = reading.key.map((header) => `${cut.columnSql(header)} IS NULL`).join(' OR ')
  const lost = await db.rows(
    `SELECT ${cut.lineSql ?? '0'}, ${rawSql(cut.columns)} FROM ${table} WHERE ${keyless} ORDER BY rowid`,
  )
  if (lost.length === 0) return { table, rows }
  for (const [line, raw] of lost) {
    rejected.push({
      source,
      line: Number(line),
      reason: `has no primary key (${reading.key.join(', ')})`,
      raw: String(raw),
    })
  }
  const line = cut.lineSql === 'line' ? '' : `, ${cut.lineSql ?? '0'} AS line`
  await db.run(`CREATE TABLE ${table}_keyed AS SELECT *${line} FROM ${table} WHERE NOT (${keyless}) ORDER BY rowid`)
  return { table: `${table}_keyed`, rows: rows - lost.length }
}

/** Of several columns the key is their texts joined by `|`, with a backslash before a `|` or backslash inside. */
function keySqlOf(
  reading: TableReading,
  columnSql: (header: string) => string,
  line: string,
  linePrefix: string,
): string {
  const [only, ...others] = reading.key
  if (only === undefined) return `${literal(linePrefix)} || CAST(${line} AS VARCHAR)`
  if (others.length === 0) return columnSql(only)
  return reading.key
    .map((header) => `replace(replace(${columnSql(header)}, '\\', '\\\\'), '|', '\\|')`)
    .join(` || '|' || `)
}

function partOf(
  file: TableFile,
  source: string,
  table: string,
  rows: number,
  keySql: string,
  reading: TableReading,
  loaded: LoadedTable,
  lineSql: string,
): Omit<Part, 'sourceIndex'> {
  const columnSql = (header: string, prefix: 'c' | 'x' = 'c') => `${prefix}${loaded.headers.indexOf(header)}`
  const fields = new Map<string, string[]>()
  for (const { field, header } of reading.readings) {
    if (field === null) continue
    const known = fields.get(field)
    if (known) known.push(columnSql(header))
    else fields.set(field, [columnSql(header)])
  }
  const readings = reading.readings.map((column) => ({
    ...column,
    columnSql: columnSql(column.header, loaded.untrimmedPrefix),
  }))
  const observedAtSql = reading.observedAt === null ? null : columnSql(reading.observedAt)
  const content: TableContent = { kind: 'table', reading, readings, observedAtSql, lineSql }
  return { file: file.name, source, table, rows, keySql, fields, content }
}

function describeReading(
  file: TableFile,
  source: string,
  rows: number,
  loaded: LoadedTable,
  headers: readonly string[],
  reading: TableReading,
  ruleset: Ruleset,
): FileReading {
  const columns = headers.flatMap((name): ColumnSummary[] => {
    const base = { name, verified: null, filled: null }
    const readings = reading.readings.filter((column) => column.header === name)
    const read = readings.map((column): ColumnSummary => {
      const kind = ruleset.identifiers.find((type) => type.name === column.type)?.kind
      if (column.type === null || kind === undefined) return { ...base, role: 'trait', to: column.field }
      return {
        ...base,
        role: kind === 'attribute' ? 'attribute' : 'identifier',
        to: column.type,
        verified: column.verified,
      }
    })
    if (reading.key.includes(name)) return [{ ...base, role: 'key', to: null }, ...read]
    if (reading.observedAt === name) return [{ ...base, role: 'observed_at', to: null }]
    return read.length > 0 ? read : [{ ...base, role: 'ignored', to: null }]
  })
  return {
    file: {
      path: file.name,
      format: file.format,
      encoding: file.encoding,
      delimiter: loaded.delimiter,
      gzip: file.compressed,
      lines: rows,
    },
    source,
    kind: 'rows',
    key: reading.key,
    observedAt: reading.observedAt,
    columns,
  }
}

/** A row put together again, for showing what was rejected. */
function rawSql(columns: number): string {
  return `concat_ws(',', ${Array.from({ length: columns }, (_, column) => `coalesce(c${column}, '')`).join(', ')})`
}
