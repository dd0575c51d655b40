import { isUtf8 } from 'node:buffer'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { UserFault } from '../user-fault.ts'

export interface InspectedFile {
  /** As the user named it. */
  readonly name: string
  /** UTF-8 text without byte order mark, or Parquet; the user's own file, or a converted copy in the spill folder. */
  readonly path: string
  readonly format: 'csv' | 'jsonl' | 'parquet'
  /** As recognised: `UTF-8`, `UTF-8 with byte order mark`, `UTF-16 LE`, `UTF-16 BE`, `Windows-1252 (Latin-1)`. */
  readonly encoding: string | null
  readonly compressed: boolean
  readonly bytes: number
}

/** Recognises a file by its content and makes it readable as UTF-8. `-` is standard input. */
export async function inspectFile(name: string, spillFolder: string, index: number, stdin: NodeJS.ReadableStream): Promise<InspectedFile> {
  const shown = name === '-' ? 'standard input' : name
  const spill = (suffix: string) => join(spillFolder, `input-${index}${suffix}`)
  let path = name
  if (name === '-') {
    path = spill('-stdin')
    await pipeline(stdin, createWriteStream(path))
  }
  const info = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT'
      ? new UserFault('input.missing', `${shown}: there is no such file`)
      : new UserFault('input.unreadable', `${shown}: cannot be read (${cause.code ?? 'unknown reason'})`)
  })
  if (info.isDirectory()) throw new UserFault('input.directory', `${shown}: is a folder; name the files in it`)
  let head = await readHead(path, shown)
  if (head.length === 0) throw new UserFault('input.empty', `${shown}: is empty; a table needs at least a header line`)
  const compressed = head[0] === 0x1f && head[1] === 0x8b
  if (compressed) {
    const target = spill('-inflated')
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(target)).catch((cause: Error) => {
      throw new UserFault('input.corrupt', `${shown}: is not a whole gzip file (${cause.message})`)
    })
    path = target
    head = await readHead(path, shown)
    if (head.length === 0) throw new UserFault('input.empty', `${shown}: holds nothing once unpacked`)
  }
  const bytes = (await stat(path)).size
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return { name, path, format: 'parquet', encoding: null, compressed, bytes }
  const text = await asUtf8(path, head, shown, () => spill('-utf8'))
  const start = (await readHead(text.path, shown)).toString('utf8').trimStart()
  if (start === '') throw new UserFault('input.empty', `${shown}: holds nothing but white space`)
  if (start.startsWith('[')) {
    throw new UserFault('input.not_lines', `${shown}: is one JSON array; write one object per line (JSON Lines), for instance with: jq -c '.[]' ${basename(shown)}`)
  }
  return { name, path: text.path, format: start.startsWith('{') ? 'jsonl' : 'csv', encoding: text.encoding, compressed, bytes }
}

async function readHead(path: string, shown: string): Promise<Buffer> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new UserFault('input.unreadable', `${shown}: cannot be read (${cause.code ?? 'unknown reason'})`)
  })
  try {
    const buffer = Buffer.alloc(65_536)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function asUtf8(path: string, head: Buffer, shown: string, spill: () => string): Promise<{ path: string; encoding: string }> {
  if (head[0] === 0xff && head[1] === 0xfe) return { path: await transcode(path, 'utf-16le', spill()), encoding: 'UTF-16 LE' }
  if (head[0] === 0xfe && head[1] === 0xff) return { path: await transcode(path, 'utf-16be', spill()), encoding: 'UTF-16 BE' }
  if (head.includes(0)) {
    const zeros = [0, 1].map((parity) => head.filter((byte, index) => byte === 0 && index % 2 === parity).length)
    if ((zeros[1] ?? 0) > head.length * 0.3) return { path: await transcode(path, 'utf-16le', spill()), encoding: 'UTF-16 LE' }
    if ((zeros[0] ?? 0) > head.length * 0.3) return { path: await transcode(path, 'utf-16be', spill()), encoding: 'UTF-16 BE' }
    throw new UserFault('input.binary', `${shown}: is a binary file; CSV, JSON Lines and Parquet are read, each also gzipped`)
  }
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) {
    return { path: await transcode(path, 'utf-8', spill()), encoding: 'UTF-8 with byte order mark' }
  }
  if (looksBinary(head)) {
    throw new UserFault('input.binary', `${shown}: is a binary file; CSV, JSON Lines and Parquet are read, each also gzipped`)
  }
  if ((await utf8Verdict(path)) === 'latin1') return { path: await transcode(path, 'windows-1252', spill()), encoding: 'Windows-1252 (Latin-1)' }
  return { path, encoding: 'UTF-8' }
}

/** A good share of control characters in the first bytes. */
function looksBinary(head: Buffer): boolean {
  let controls = 0
  for (const byte of head) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls++
  return controls > head.length * 0.02
}

/** `latin1` where a file holds bytes that are no UTF-8 and not one sequence of several bytes that is. */
async function utf8Verdict(path: string): Promise<'utf8' | 'latin1'> {
  let rest = Buffer.alloc(0)
  let broken = false
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer)
    const cut = wholeCharacters(bytes)
    const part = bytes.subarray(0, cut)
    rest = Buffer.from(bytes.subarray(cut))
    if (isUtf8(part)) {
      if (broken && part.some((byte) => byte > 127)) return 'utf8'
      continue
    }
    broken = true
    if (/[\u0080-\u{10ffff}]/u.test(part.toString('utf8').replace(/\ufffd/g, ''))) return 'utf8'
  }
  return broken ? 'latin1' : 'utf8'
}

/** Bytes up to the start of a character that may go on in the next chunk. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number
    if (byte >= 0xc0) return bytes.length - back
    if (byte < 0x80) break
  }
  return bytes.length
}

async function transcode(path: string, encoding: string, target: string): Promise<string> {
  const decoder = new TextDecoder(encoding)
  const convert = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, decoder.decode(chunk, { stream: true }))
    },
    flush(done) {
      done(null, decoder.decode())
    },
  })
  await pipeline(createReadStream(path), convert, createWriteStream(target))
  return target
}
