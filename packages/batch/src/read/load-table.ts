import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import { readColumns, type Ruleset, type TableReading } from '@selfsame/core'
import { literal, quoted, type Database } from '../database.ts'
import { UserFault } from '../user-fault.ts'
import type { InspectedFile } from './inspect-file.ts'
import { parseCsv } from './parse-csv.ts'
import type { ColumnSummary } from '../summary.ts'
import type { FileReading, Part, RejectedLine, TableContent } from './part.ts'

export interface LoadedTable {
  readonly table: string
  readonly headers: readonly string[]
  readonly rows: number
  readonly delimiter: string | null
  readonly rejected: readonly Omit<RejectedLine, 'source'>[]
}

const delimiters = [',', ';', '\t', '|'] as const

/** Loads a CSV or Parquet file as texts: columns c0 … cn and `line`. */
export async function loadTable(db: Database, file: InspectedFile, index: number, spillFolder: string): Promise<LoadedTable> {
  return file.format === 'parquet' ? loadParquet(db, file, index) : loadCsv(db, file, index, spillFolder)
}

async function loadParquet(db: Database, file: InspectedFile, index: number): Promise<LoadedTable> {
  const described = await db.rows(`DESCRIBE SELECT * FROM read_parquet(${literal(file.path)})`).catch((cause: Error) => {
    throw new UserFault('input.unreadable', `${file.name}: is no readable Parquet file (${firstLine(cause.message)})`)
  })
  const headers = described.map((row) => String(row[0]))
  const types = described.map((row) => String(row[1]))
  const columns = headers.map((header, column) => {
    const type = types[column] ?? ''
    const value = /STRUCT|MAP|\[\]/.test(type) ? `to_json(${quoted(header)})` : quoted(header)
    return `CAST(${value} AS VARCHAR) AS c${column}`
  })
  const table = `raw_${index}`
  await db.run(`CREATE TABLE ${table} AS SELECT ${columns.join(', ')} FROM read_parquet(${literal(file.path)})`)
  await db.run(`ALTER TABLE ${table} ADD COLUMN line INTEGER`)
  await db.run(`UPDATE ${table} SET line = rowid + 1`)
  return { table, headers, rows: await db.number(`SELECT count(*) FROM ${table}`), delimiter: null, rejected: [] }
}

async function loadCsv(db: Database, file: InspectedFile, index: number, spillFolder: string): Promise<LoadedTable> {
  const { headers, delimiter } = await readHeader(file)
  const table = `raw_${index}`
  const columns = headers.map((_, column) => `'c${column}': 'VARCHAR'`)
  const read = (path: string, extra: string) =>
    `read_csv(${literal(path)}, auto_detect = false, header = true, delim = ${literal(delimiter)}, quote = '"', escape = '"',
      strict_mode = true, null_padding = false, max_line_size = 4000000, columns = {${extra}${columns.join(', ')}})`
  try {
    await db.run(`CREATE TABLE ${table} AS SELECT * FROM ${read(file.path, '')}`)
    const rows = await db.number(`SELECT count(*) FROM ${table}`)
    if (rows + 1 === (await countLines(file.path))) return { table, headers, rows, delimiter, rejected: [] }
  } catch {
    // Some line is broken: what follows finds out which.
  }
  await db.run(`DROP TABLE IF EXISTS ${table}`)
  const clean = join(spillFolder, `clean-${index}.csv`)
  const rejected = await writeWholeRecords(file.path, delimiter, headers.length, clean)
  const plain = read(clean, "'line': 'INTEGER', ").replace(`delim = ${literal(delimiter)}`, "delim = ','")
  await db.run(`CREATE TABLE ${table} AS SELECT * FROM ${plain}`)
  return { table, headers, rows: await db.number(`SELECT count(*) FROM ${table}`), delimiter, rejected }
}

async function readHeader(file: InspectedFile): Promise<{ readonly headers: readonly string[]; readonly delimiter: string }> {
  const handle = await open(file.path)
  const buffer = Buffer.alloc(1 << 20)
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0)
  await handle.close()
  const text = buffer.toString('utf8', 0, bytesRead)
  const found: { delimiter: string; headers: readonly string[]; agreeing: number }[] = []
  for (const delimiter of delimiters) {
    const widths: number[] = []
    let headers: readonly string[] = []
    for await (const record of parseCsv([text], delimiter, null)) {
      if (widths.length === 0 && record.ok) headers = record.fields
      widths.push(record.ok ? record.fields.length : -1)
      if (widths.length > 50) break
    }
    if (headers.length > 1) found.push({ delimiter, headers, agreeing: widths.filter((width) => width === headers.length).length })
  }
  const best = found.sort((a, b) => b.agreeing - a.agreeing || b.headers.length - a.headers.length)[0]
  const firstLineText = text.split(/\r?\n/, 1)[0] ?? ''
  if (!best && !/^"?[\p{L}\p{N}_ .@-]+"?$/u.test(firstLineText)) {
    throw new UserFault('input.wrong_delimiter', `${file.name}: the header line is not parted by a comma, semicolon, tab or vertical bar; these are the delimiters that are recognised`)
  }
  const headers = (best?.headers ?? [firstLineText.replace(/^"|"$/g, '')]).map((header, column) => header.trim() || `column_${column + 1}`)
  const twice = headers.find((header, column) => headers.indexOf(header) !== column)
  if (twice !== undefined) throw new UserFault('input.duplicate_header', `${file.name}: two columns are named "${twice}"; every column needs a name of its own`)
  const looksLikeData = headers.length > 1 && headers.every((header) => /^[\d.+-]+$|@/.test(header))
  if (looksLikeData) throw new UserFault('input.unreadable_header', `${file.name}: the first line holds values, not column names; add a header line`)
  return { headers, delimiter: best?.delimiter ?? ',' }
}

async function countLines(path: string): Promise<number> {
  let lines = 0
  let last = 10
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = chunk as Buffer
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++
    last = bytes[bytes.length - 1] as number
  }
  return last === 10 ? lines : lines + 1
}

/** Writes the records that are whole, with their line numbers, as a plain CSV; gives the lines that are not. */
async function writeWholeRecords(
  path: string,
  delimiter: string,
  columns: number,
  target: string,
): Promise<readonly Omit<RejectedLine, 'source'>[]> {
  const rejected: Omit<RejectedLine, 'source'>[] = []
  const out = createWriteStream(target)
  const field = (text: string) => (text === '' ? '' : `"${text.replace(/"/g, '""')}"`)
  let isHeader = true
  let buffer = `line,${Array.from({ length: columns }, (_, column) => `c${column}`).join(',')}\n`
  for await (const record of parseCsv(createReadStream(path, { encoding: 'utf8', highWaterMark: 1 << 20 }), delimiter, columns)) {
    if (isHeader) {
      isHeader = false
      continue
    }
    if (!record.ok) rejected.push({ line: record.line, reason: record.reason, raw: record.raw })
    else if (record.fields.some((text) => text.includes('\ufffd'))) {
      rejected.push({ line: record.line, reason: 'the line holds bytes that are no UTF-8', raw: record.fields.join(delimiter) })
    } else if (record.fields.some((text) => text.includes('\u0000'))) {
      rejected.push({ line: record.line, reason: 'the line holds a NUL character', raw: record.fields.join(delimiter).replaceAll('\u0000', '') })
    } else buffer += `${record.line},${record.fields.map(field).join(',')}\n`
    if (buffer.length > 1 << 20) {
      if (!out.write(buffer)) await once(out, 'drain')
      buffer = ''
    }
  }
  out.end(buffer)
  await once(out, 'finish')
  return rejected
}

/** Cuts a loaded table into parts: one, or one per value of the source column. */
export async function partsOfTable(
  db: Database,
  file: InspectedFile,
  loaded: LoadedTable,
  source: string,
  sourceColumn: string | null,
  ruleset: Ruleset,
): Promise<{ readonly parts: readonly Omit<Part, 'sourceIndex'>[]; readonly readings: readonly FileReading[]; readonly rejected: readonly RejectedLine[] }> {
  const hasLine = await db.number(`SELECT count(*) FROM information_schema.columns WHERE table_name = ${literal(loaded.table)} AND column_name = 'line'`)
  const lineSql = hasLine > 0 ? 'line' : '(rowid + 2)::INTEGER'
  const rejected: RejectedLine[] = []
  const tables: { source: string; table: string; rows: number }[] = []
  if (sourceColumn === null) tables.push({ source, table: loaded.table, rows: loaded.rows })
  else {
    const column = loaded.headers.indexOf(sourceColumn)
    if (column < 0) {
      throw new UserFault('source_column.unknown', `${file.name}: has no column "${sourceColumn}" to take the source from; its columns are ${loaded.headers.join(', ')}`)
    }
    const names = await db.texts(`SELECT DISTINCT trim(c${column}) FROM ${loaded.table} WHERE trim(coalesce(c${column}, '')) <> '' ORDER BY 1`)
    if (names.length > 1000) {
      throw new UserFault('source_column.unknown', `${file.name}: column "${sourceColumn}" holds ${names.length} different values; at most 1000 sources are read`)
    }
    let number = 0
    for (const name of names) {
      const table = `${loaded.table}_${number++}`
      await db.run(`CREATE TABLE ${table} AS SELECT *, ${hasLine > 0 ? 'line' : lineSql} AS line_number FROM ${loaded.table} WHERE trim(c${column}) = ${literal(name)} ORDER BY rowid`)
      tables.push({ source: name, table, rows: await db.number(`SELECT count(*) FROM ${table}`) })
    }
    const lost = await db.rows(`SELECT ${lineSql}, ${rawSql(loaded.headers.length)} FROM ${loaded.table} WHERE trim(coalesce(c${column}, '')) = ''`)
    for (const [line, raw] of lost) rejected.push({ source, line: Number(line), reason: `column "${sourceColumn}" names no source`, raw: String(raw) })
  }
  for (const line of loaded.rejected) rejected.push({ source, ...line })
  const parts: Omit<Part, 'sourceIndex'>[] = []
  const readings: FileReading[] = []
  for (const { source: name, table, rows } of tables) {
    const line = sourceColumn === null ? lineSql : 'line_number'
    const headers = sourceColumn === null ? loaded.headers : loaded.headers.filter((header) => header !== sourceColumn)
    const reading = readColumns(headers, name, ruleset)
    if (reading.missing.length > 0) {
      throw new UserFault('column.unknown', `${file.name}: the ruleset reads column "${reading.missing[0] ?? ''}" of source "${name}", which is not there; its columns are ${headers.join(', ')}`)
    }
    const columnSql = (header: string) => `c${loaded.headers.indexOf(header)}`
    const keySql =
      reading.key.length === 0
        ? `CAST(${line} AS VARCHAR)`
        : reading.key.length === 1
          ? `trim(${columnSql(reading.key[0] as string)})`
          : `concat_ws('/', ${reading.key.map((header) => `trim(${columnSql(header)})`).join(', ')})`
    const keyless = reading.key.map((header) => `coalesce(trim(${columnSql(header)}), '') = ''`).join(' OR ')
    let kept = rows
    if (reading.key.length > 0) {
      const lost = await db.rows(`SELECT ${line}, ${rawSql(loaded.headers.length)} FROM ${table} WHERE ${keyless}`)
      if (lost.length > 0) {
        for (const [at, raw] of lost) {
          rejected.push({ source: name, line: Number(at), reason: `the primary key (${reading.key.join(', ')}) is empty`, raw: String(raw) })
        }
        await db.run(`CREATE TABLE ${table}_keyed AS SELECT * ${line === 'line' || line === 'line_number' ? '' : `, ${line} AS line`} FROM ${table} WHERE NOT (${keyless}) ORDER BY rowid`)
        kept = rows - lost.length
      }
    }
    const isRekeyed = kept !== rows
    parts.push(partOf(file, name, isRekeyed ? `${table}_keyed` : table, kept, keySql, reading, columnSql, isRekeyed && line.startsWith('(') ? 'line' : line))
    readings.push(describeReading(file, name, rows, loaded, headers, reading, ruleset))
  }
  return { parts, readings, rejected }
}

function partOf(
  file: InspectedFile,
  source: string,
  table: string,
  rows: number,
  keySql: string,
  reading: TableReading,
  columnSql: (header: string) => string,
  lineSql: string,
): Omit<Part, 'sourceIndex'> {
  const fields = new Map<string, string[]>()
  for (const { field, header } of reading.readings) {
    if (field === null) continue
    const known = fields.get(field)
    if (known) known.push(columnSql(header))
    else fields.set(field, [columnSql(header)])
  }
  const readings = reading.readings.map((column) => ({ ...column, columnSql: columnSql(column.header) }))
  const observedAtSql = reading.observedAt === null ? null : columnSql(reading.observedAt)
  const content: TableContent = { kind: 'table', reading, readings, observedAtSql, lineSql }
  return { file: file.name, source, table, rows, keySql, fields, content }
}

function describeReading(
  file: InspectedFile,
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
      return { ...base, role: kind === 'attribute' ? 'attribute' : 'identifier', to: column.type, verified: column.verified }
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
      delimiter: loaded.delimiter as ',' | ';' | '\t' | '|' | null,
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

function firstLine(text: string): string {
  return text.split('\n')[0] ?? ''
}
