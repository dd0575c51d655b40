import { Database, quoted, literal } from '../database.ts'
import { UserFault } from '../user-fault.ts'
import { readCsvHeader } from './csv-header.ts'
import { faultOf, readCsvRecords } from './csv-records.ts'
import { inspectFile, type InspectedFile, type ParquetFile, type TextFile } from './inspect-file.ts'
import { parquetText } from './load-table.ts'
import { textLines } from './text-lines.ts'

/** A record as a JSON text, or a line that holds none. */
export type RecordText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly text: string }

export interface RecordTextsOptions {
  /** Path, or `-`. */
  readonly path: string
  /** Folder for what must be unpacked or decoded. */
  readonly spillFolder: string
  readonly stdin?: NodeJS.ReadableStream
}

/**
 * Reads a file as single records, in the order of its lines: an object of a JSONL file as it is written, a row of CSV or
 * Parquet as an object of its filled cells. `take` is waited for; memory is bounded by a block of lines. Throws `UserFault`.
 */
export async function readRecordTexts(
  { path, spillFolder, stdin = process.stdin }: RecordTextsOptions,
  take: (records: readonly RecordText[], share: number) => Promise<void>,
): Promise<{ readonly format: InspectedFile['format'] }> {
  const file = await inspectFile(path, spillFolder, 0, stdin)
  if (file.format === 'parquet') await takeParquet(file, spillFolder, take)
  else if (file.format === 'jsonl') await takeLines(file, take)
  else await takeCsv(file, take)
  return { format: file.format }
}

type Take = (records: readonly RecordText[], share: number) => Promise<void>

async function takeLines(file: TextFile, take: Take): Promise<void> {
  let bytes = 0
  for await (const lines of textLines(file.path, file.markBytes, '\n')) {
    const records: RecordText[] = []
    for (const line of lines) {
      bytes += line.bytes.length + 1
      const text = line.bytes.toString('utf8')
      if (text.trim() !== '') records.push({ ok: faultOf(line) === null, text })
    }
    await take(records, Math.min(1, bytes / file.bytes))
  }
}

async function takeCsv(file: TextFile, take: Take): Promise<void> {
  const { headers, delimiter, lines, newline } = await readCsvHeader(file)
  const names = headers.map((name) => JSON.stringify(name))
  let records: RecordText[] = []
  let last = 0
  const flush = async () => {
    const full = records
    records = []
    await take(full, Math.min(1, last / Math.max(1, file.scan.lines)))
  }
  await readCsvRecords(
    file.path,
    file.markBytes,
    { delimiter: delimiter ?? '\u0001', width: headers.length, headerLines: lines, newline },
    {
      record: (line, cells) => {
        last = line
        records.push({ ok: true, text: objectOf(names, cells) })
      },
      rejected: (line, _reason, raw) => {
        last = line
        records.push({ ok: false, text: raw })
      },
    },
    flush,
  )
  await flush()
}

async function takeParquet(file: ParquetFile, spillFolder: string, take: Take): Promise<void> {
  const db = await Database.open(spillFolder, null, 2)
  try {
    const from = `read_parquet(${literal(file.path)})`
    const described = await db.rows(`DESCRIBE SELECT * FROM ${from}`).catch(() => {
      throw new UserFault(
        'input.corrupt',
        `${file.shown} begins like a Parquet file but cannot be read; it may be cut off`,
        file.name,
      )
    })
    const names = described.map((row) => JSON.stringify(String(row[0])))
    const cells = described.map((row) => parquetText(quoted(String(row[0])), String(row[1])))
    const total = await db.number(`SELECT count(*) FROM ${from}`)
    let done = 0
    for await (const rows of db.textRows(`SELECT ${cells.join(', ')} FROM ${from}`)) {
      done += rows.length
      await take(
        rows.map((row) => ({ ok: true, text: objectOf(names, row) })),
        done / Math.max(1, total),
      )
    }
  } finally {
    db.close()
  }
}

/** `names` are JSON texts. An empty cell says nothing: the field is missing. */
function objectOf(names: readonly string[], cells: readonly (string | null)[]): string {
  const entries = names.flatMap((name, place) => (cells[place] ? [`${name}:${JSON.stringify(cells[place])}`] : []))
  return `{${entries.join(',')}}`
}
