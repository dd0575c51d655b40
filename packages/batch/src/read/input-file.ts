import { createReadStream, createWriteStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import type { RunFault, RunFaultCode, RunInput } from '../options.ts'
import { scanText, type TextScan } from './text-scan.ts'
import { decodeText, type TextEncoding } from './text-encoding.ts'

/** An input as it lies on disk, ready to be parsed: Parquet, or text in UTF-8. */
export type InputFile = ParquetFile | TextFile

interface InputFileBase {
  readonly input: RunInput
  /** Position among the inputs. */
  readonly index: number
  /** File to read: the input's own, or a copy of it in the temporary folder. */
  readonly path: string
  readonly gzip: boolean
  readonly bytes: number
}
export interface ParquetFile extends InputFileBase {
  readonly format: 'parquet'
}
export interface TextFile extends InputFileBase {
  readonly format: 'csv' | 'jsonl'
  /** How the input was encoded; the file at `path` is UTF-8. */
  readonly encoding: TextEncoding
  readonly scan: TextScan
  /** Bytes of the byte order mark at the beginning of `path`. */
  readonly markBytes: number
}

export type Opened = { readonly ok: true; readonly file: InputFile } | { readonly ok: false; readonly fault: RunFault }

/** Bytes looked at to recognise what a file is. */
const headBytes = 1 << 16

/** Recognises what an input is, and makes a UTF-8 copy in `folder` where it is compressed, encoded otherwise, or a stream. */
export async function openInput(
  input: RunInput,
  index: number,
  folder: string,
  stdin: Readable,
  onBytes?: (bytes: number) => void,
): Promise<Opened> {
  const name = input.path === '-' ? 'standard input' : input.path
  const fault = (code: RunFaultCode, message: string): Opened => ({ ok: false, fault: { code, message, path: input.path } })
  let path = input.path
  if (path === '-') {
    path = join(folder, `input-${index}.spool`)
    await pipeline(stdin, createWriteStream(path))
  } else {
    const refused = await refusal(path)
    if (refused) return fault(...refused)
  }
  let head = await readHead(path)
  if (head.length === 0) return fault('input.empty', `${name} is empty; it needs a header line and rows, or one JSON object per line`)
  const gzip = head[0] === 0x1f && head[1] === 0x8b
  if (gzip) {
    const unpacked = join(folder, `input-${index}.unpacked`)
    try {
      await pipeline(createReadStream(path), createGunzip(), createWriteStream(unpacked))
    } catch {
      return fault('input.corrupt', `${name} is compressed with gzip, but cannot be unpacked; it may be cut off`)
    }
    path = unpacked
    head = await readHead(path)
    if (head.length === 0) return fault('input.empty', `${name} holds nothing once it is unpacked`)
  }
  const base = { input, index, gzip, bytes: (await stat(path)).size }
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return { ok: true, file: { ...base, format: 'parquet', path } }
  const known = knownBinary(head)
  if (known) return fault('input.binary', `${name} is ${known}; export it as CSV, JSON lines or Parquet`)
  const decoded = await decodeText(path, head, join(folder, `input-${index}.utf8`))
  if (!decoded) return fault('input.binary', `${name} is no text; give CSV, JSON lines, Parquet, or one of them compressed with gzip`)
  path = decoded.path
  head = await readHead(path)
  const markBytes = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
  const text = head.subarray(markBytes).toString('utf8')
  const start = text.trimStart()
  if (start === '') return fault('input.empty', `${name} holds nothing but white space`)
  if (start.startsWith('[') && /^\[\s*[[{\]]/.test(start)) {
    return fault('input.not_lines', `${name} is one JSON array; write one JSON object per line instead (jq -c '.[]')`)
  }
  const isJson = start.startsWith('{') || /\.(jsonl|ndjson)(\.gz)?$/i.test(input.path)
  const scan = decoded.scan ?? (await scanText(path, delimiterByte(text), onBytes))
  return { ok: true, file: { ...base, format: isJson ? 'jsonl' : 'csv', path, encoding: decoded.encoding, scan, markBytes } }
}

/** The byte of a file's likeliest delimiter, for telling where cells begin: told by its first line. */
export function delimiterByte(text: string): number {
  const end = text.indexOf('\n')
  return likeliestDelimiter(end < 0 ? text : text.slice(0, end))?.charCodeAt(0) ?? 0
}

export const delimiters = [',', '\t', ';', '|'] as const
export type Delimiter = (typeof delimiters)[number]

/** The delimiter that stands most often in a header outside of quotes; of two the one that comes first in `delimiters`. */
export function likeliestDelimiter(header: string): Delimiter | null {
  const bare = header.replace(/"(?:[^"]|"")*"/g, '')
  let best: Delimiter | null = null
  let most = 0
  for (const delimiter of delimiters) {
    const count = bare.split(delimiter).length - 1
    if (count > most) {
      best = delimiter
      most = count
    }
  }
  return best
}

async function refusal(path: string): Promise<readonly [RunFaultCode, string] | null> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) return ['input.directory', `${path} is a folder; name the files in it`]
    await (await open(path, 'r')).close()
    return null
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return ['input.missing', `${path} does not exist`]
    return ['input.unreadable', `${path} cannot be read (${code ?? 'unknown error'})`]
  }
}

async function readHead(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    const buffer = Buffer.alloc(headBytes)
    let filled = 0
    while (filled < headBytes) {
      const { bytesRead } = await file.read(buffer, filled, headBytes - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  } finally {
    await file.close()
  }
}

function knownBinary(head: Buffer): string | null {
  const begins = (...bytes: readonly number[]) => bytes.every((byte, i) => head[i] === byte)
  if (begins(0x50, 0x4b, 0x03, 0x04)) return 'a ZIP archive or a spreadsheet (.xlsx)'
  if (begins(0xd0, 0xcf, 0x11, 0xe0)) return 'an old spreadsheet (.xls)'
  if (begins(0x28, 0xb5, 0x2f, 0xfd)) return 'compressed with zstd'
  if (begins(0x42, 0x5a, 0x68)) return 'compressed with bzip2'
  if (begins(0x25, 0x50, 0x44, 0x46)) return 'a PDF document'
  if (begins(0x89, 0x50, 0x4e, 0x47)) return 'a picture'
  if (head.subarray(0, 15).toString('latin1') === 'SQLite format 3') return 'an SQLite database'
  return null
}
