import { type Database, literal } from '../database.ts'
import { readCsvHeader, type CsvHeader } from './csv-header.ts'
import { readCsvRecords } from './csv-records.ts'
import type { TextFile } from './inspect-file.ts'
import type { LoadedTable } from './load-table.ts'
import type { RejectedLine } from './part.ts'
import { longestLineBytes } from './text-lines.ts'
import { trimmedSql } from './trimmed-sql.ts'

/** What the rows of a table are needed for. */
export interface RowNeeds {
  /** Columns that make the key; a row where one of them is blank is rejected. */
  keyOf(headers: readonly string[]): readonly string[]
  /** Whether the line of every row must be known even where there is a key. */
  readonly lines: boolean
  /** Whether texts are needed with the white space at their ends, too. */
  readonly untrimmed: boolean
}

/**
 * Loads a CSV file. DuckDB reads it strictly; where it finds a fault, or not as many rows as there are lines, the file is
 * read again record by record, so that every line is either a row or rejected.
 */
export async function loadCsv(db: Database, file: TextFile, index: number, needs: RowNeeds): Promise<LoadedTable> {
  const header = await readCsvHeader(file)
  const key = needs.keyOf(header.headers).map((name) => header.headers.indexOf(name))
  const loaded = await loadStrictly(db, file, index, header, key, needs)
  if (loaded) return loaded
  await db.run(`DROP TABLE IF EXISTS raw_${index}`)
  return loadExactly(db, file, index, header, key, needs)
}

/** null: the file needs the exact way. */
async function loadStrictly(
  db: Database,
  file: TextFile,
  index: number,
  header: CsvHeader,
  key: readonly number[],
  needs: RowNeeds,
): Promise<LoadedTable | null> {
  const { scan } = file
  const isPlain = header.newline === '\n' && header.lines === 1 && scan.loneCarriageReturns === 0
  if (!isPlain || scan.brokenLines > 0 || scan.hasNul || scan.longestLine > longestLineBytes) return null
  const { headers } = header
  const table = `raw_${index}`
  const quote = scan.hasQuote ? '"' : ''
  const names = headers.map((_, column) => `'c${column}': 'VARCHAR'`)
  const read = `read_csv(${literal(file.path)}, auto_detect = false, header = false, skip = 1, delim = ${literal(header.delimiter ?? ',')},
    quote = '${quote}', escape = '${quote}', strict_mode = true, null_padding = false, max_line_size = ${2 * longestLineBytes},
    columns = {${names.join(', ')}})`
  const cells =
    scan.edges === 'none'
      ? '*'
      : headers.map((_, column) => `${trimmedSql(`c${column}`, scan.edges)} AS c${column}`).join(', ')
  const hasUntrimmed = needs.untrimmed && scan.edges !== 'none'
  const untrimmed = hasUntrimmed ? headers.map((_, column) => `, c${column} AS x${column}`).join('') : ''
  try {
    await db.run(`CREATE TABLE ${table} AS SELECT ${cells}${untrimmed} FROM ${read}`)
  } catch (cause) {
    if (isFaultOfText(cause)) return null
    throw cause
  }
  const rows = await db.number(`SELECT count(*) FROM ${table}`)
  const hasLines = rows === scan.lines - 1 && scan.blankLines === 0
  if (!hasLines) {
    if (needs.lines || key.length === 0) return null
    if (rows + (await lineBreaks(db, table, headers.length, scan.hasQuote)) !== scan.lines - 1 - scan.blankLines)
      return null
  }
  if (
    key.length > 0 &&
    (await db.number(`SELECT count(*) FROM ${table} WHERE ${key.map((column) => `c${column} IS NULL`).join(' OR ')}`)) >
      0
  )
    return null
  return {
    table,
    headers,
    rows,
    delimiter: header.delimiter,
    lineSql: hasLines ? `(${table}.rowid + 2)::INTEGER` : null,
    untrimmedPrefix: hasUntrimmed ? 'x' : 'c',
    rejected: [],
  }
}

/** Whether an error speaks of the file's text rather than of memory or disk. */
function isFaultOfText(cause: unknown): boolean {
  return (
    cause instanceof Error &&
    /CSV|Invalid Input|Invalid unicode|quote/i.test(cause.message) &&
    !/out of memory/i.test(cause.message)
  )
}

/** Line breaks inside of quoted cells. */
async function lineBreaks(db: Database, table: string, columns: number, hasQuote: boolean): Promise<number> {
  if (!hasQuote) return 0
  const count = Array.from(
    { length: columns },
    (_, column) => `coalesce(length(c${column}) - length(replace(c${column}, chr(10), '')), 0)`,
  )
  return db.number(`SELECT coalesce(sum(${count.join(' + ')}), 0) FROM ${table}`)
}

/** Rows put into the table at once. */
const batchRows = 20_000

async function loadExactly(
  db: Database,
  file: TextFile,
  index: number,
  header: CsvHeader,
  key: readonly number[],
  needs: RowNeeds,
): Promise<LoadedTable> {
  const { headers } = header
  const table = `raw_${index}`
  const columns = headers.flatMap((_, column) => [
    `c${column} VARCHAR`,
    ...(needs.untrimmed ? [`x${column} VARCHAR`] : []),
  ])
  await db.run(`CREATE TABLE ${table} (line INTEGER, ${columns.join(', ')})`)
  const rejected: Omit<RejectedLine, 'source'>[] = []
  let lines: number[] = []
  let cells: (string | null)[][] = columns.map(() => [])
  let rows = 0
  const flush = async () => {
    await db.append(table, [
      { type: 'integer', values: Int32Array.from(lines) },
      ...cells.map((values) => ({ type: 'text' as const, values })),
    ])
    lines = []
    cells = columns.map(() => [])
  }
  const shape = {
    delimiter: header.delimiter ?? '\u0001',
    width: headers.length,
    headerLines: header.lines,
    newline: header.newline,
  }
  const take = {
    record: (line: number, record: readonly string[], raw: string) => {
      if (key.some((column) => record[column]?.trim() === '')) {
        rejected.push({ line, reason: `has no primary key (${key.map((column) => headers[column]).join(', ')})`, raw })
        return
      }
      rows++
      lines.push(line)
      let place = 0
      for (const cell of record) {
        cells[place++]?.push(cell.trim() || null)
        if (needs.untrimmed) cells[place++]?.push(cell)
      }
    },
    rejected: (line: number, reason: string, raw: string) => {
      rejected.push({ line, reason, raw })
    },
  }
  await readCsvRecords(file.path, file.markBytes, shape, take, async () => {
    if (lines.length >= batchRows) await flush()
  })
  await flush()
  return {
    table,
    headers,
    rows,
    delimiter: header.delimiter,
    lineSql: 'line',
    untrimmedPrefix: needs.untrimmed ? 'x' : 'c',
    rejected,
  }
}
