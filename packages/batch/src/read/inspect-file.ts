import { createReadStream, createWriteStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { UserFault } from '../user-fault.ts'
import { likeliestDelimiter } from './csv-header.ts'
import { decodeText, type TextEncoding } from './text-encoding.ts'
import { scanText, type TextScan } from './text-scan.ts'

/** An input as it lies on disk, ready to be parsed: Parquet, or text in UTF-8. */
export type InspectedFile = ParquetFile | TextFile

interface FileBase {
  /** As the user named it. */
  readonly name: string
  /** For sentences: the name, or `standard input`. */
  readonly shown: string
  /** File to read: the user's own, or a copy of it in the spill folder. */
  readonly path: string
  readonly compressed: boolean
  readonly bytes: number
}
export interface ParquetFile extends FileBase {
  readonly format: 'parquet'
  readonly encoding: null
}
export interface TextFile extends FileBase {
  readonly format: 'csv' | 'jsonl'
  /** How the input was encoded; the file at `path` is UTF-8. */
  readonly encoding: TextEncoding
  readonly scan: TextScan
  /** Bytes of the byte order mark at the beginning of `path`. */
  readonly markBytes: number
}

/** Bytes looked at to recognise what a file is. */
const headBytes = 1 << 16

/** Recognises a file by its content, and makes a UTF-8 copy where it is compressed, encoded otherwise, or a stream (`-`). */
export async function inspectFile(
  file: string,
  spillFolder: string,
  index: number,
  stdin: NodeJS.ReadableStream,
  name = file,
): Promise<InspectedFile> {
  const shown = name === '-' ? 'standard input' : name
  const spill = (suffix: string) => join(spillFolder, `input-${index}-${suffix}`)
  let path = file
  if (file === '-') {
    path = spill('stdin')
    await pipeline(stdin, createWriteStream(path))
  } else await checkReadable(file, name)
  let head = await readHead(path)
  if (head.length === 0) {
    throw new UserFault(
      'input.empty',
      `${shown} is empty; it needs a header line and rows, or one JSON object per line`,
      name,
    )
  }
  const compressed = head[0] === 0x1f && head[1] === 0x8b
  if (compressed) {
    const unpacked = spill('unpacked')
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(unpacked)).catch(() => {
      throw new UserFault(
        'input.corrupt',
        `${shown} is compressed with gzip but cannot be unpacked; it may be cut off`,
        name,
      )
    })
    path = unpacked
    head = await readHead(path)
    if (head.length === 0) throw new UserFault('input.empty', `${shown} holds nothing once it is unpacked`, name)
  }
  const base = { name, shown, compressed, bytes: (await stat(path)).size }
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return { ...base, path, format: 'parquet', encoding: null }
  const known = knownBinary(head)
  if (known !== null)
    throw new UserFault('input.binary', `${shown} is ${known}; export it as CSV, JSON lines or Parquet`, name)
  const decoded = await decodeText(path, head, spill('utf8'))
  if (!decoded) {
    throw new UserFault(
      'input.binary',
      `${shown} is a binary file; CSV, JSON lines and Parquet are read, each of them also gzipped`,
      name,
    )
  }
  head = await readHead(decoded.path)
  const markBytes = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? 3 : 0
  const text = head.subarray(markBytes).toString('utf8')
  const start = text.trimStart()
  if (start === '') throw new UserFault('input.empty', `${shown} holds nothing but white space`, name)
  if (/^\[\s*([[{\]]|$)/.test(start)) {
    throw new UserFault(
      'input.not_lines',
      `${shown} is one JSON array; write one JSON object per line instead, for instance with jq -c '.[]'`,
      name,
    )
  }
  const isJson = start.startsWith('{') || /\.(jsonl|ndjson)(\.gz)?$/i.test(name)
  const scan = decoded.scan ?? (await scanText(decoded.path, delimiterByte(text)))
  return { ...base, path: decoded.path, format: isJson ? 'jsonl' : 'csv', encoding: decoded.encoding, scan, markBytes }
}

/** The byte that likeliest parts the cells of a text, told by its first line; 0: none does. */
export function delimiterByte(text: string): number {
  return likeliestDelimiter(text.trimStart().split('\n', 1)[0] ?? '')?.charCodeAt(0) ?? 0
}

async function checkReadable(file: string, name: string): Promise<void> {
  try {
    const found = await stat(file)
    if (found.isDirectory()) throw new UserFault('input.directory', `${name} is a folder; name the files in it`, name)
    await (await open(file, 'r')).close()
  } catch (cause) {
    if (cause instanceof UserFault) throw cause
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new UserFault('input.missing', `${name} does not exist`, name)
    throw new UserFault('input.unreadable', `${name} cannot be read (${code ?? 'unknown reason'})`, name)
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
