import { createReadStream, createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { delimiterByte } from './inspect-file.ts'
import { scanText, type TextScan } from './text-scan.ts'

export type TextEncoding = 'UTF-8' | 'UTF-8 with BOM' | 'UTF-16LE' | 'UTF-16BE' | 'Latin-1 (windows-1252)'

export interface DecodedText {
  readonly encoding: TextEncoding
  /** UTF-8 text: the file itself, or the copy. */
  readonly path: string
  /** Where the file itself was looked through. */
  readonly scan: TextScan | null
}

/**
 * Recognises the encoding of a text file and writes a UTF-8 copy where it is another. null: it is no text. A file that is
 * UTF-8 but for some lines stays as it is, and those lines are rejected; where more lines are broken than characters beyond
 * ASCII are whole, it is windows-1252.
 */
export async function decodeText(path: string, head: Buffer, copyPath: string): Promise<DecodedText | null> {
  const wide = wideEncoding(head)
  if (wide) {
    await transcode(path, wide === 'UTF-16LE' ? 'utf-16le' : 'utf-16be', copyPath)
    return { encoding: wide, path: copyPath, scan: null }
  }
  if (isBinary(head)) return null
  const scan = await scanText(path, delimiterByte(head.toString('latin1')))
  if (scan.brokenLines > scan.wideSequences) {
    await transcode(path, 'windows-1252', copyPath)
    return { encoding: 'Latin-1 (windows-1252)', path: copyPath, scan: null }
  }
  const hasMark = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf
  return { encoding: hasMark ? 'UTF-8 with BOM' : 'UTF-8', path, scan }
}

/** UTF-16 by its byte order mark, or by the zeroes that stand at every other place of western text. */
function wideEncoding(head: Buffer): 'UTF-16LE' | 'UTF-16BE' | null {
  if (head[0] === 0xff && head[1] === 0xfe) return 'UTF-16LE'
  if (head[0] === 0xfe && head[1] === 0xff) return 'UTF-16BE'
  const looked = Math.min(head.length, 4096) & ~1
  if (looked < 8) return null
  let evenZeroes = 0
  let oddZeroes = 0
  for (let i = 0; i < looked; i += 2) {
    if (head[i] === 0) evenZeroes++
    if (head[i + 1] === 0) oddZeroes++
  }
  const pairs = looked / 2
  if (oddZeroes > pairs * 0.6 && evenZeroes < pairs * 0.05) return 'UTF-16LE'
  if (evenZeroes > pairs * 0.6 && oddZeroes < pairs * 0.05) return 'UTF-16BE'
  return null
}

/** More than one character in a hundred is a control character that no text holds. A single stray zero is a broken line. */
function isBinary(head: Buffer): boolean {
  let controls = 0
  for (const byte of head) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 26 && byte !== 27)) controls++
  return controls * 100 > head.length
}

async function transcode(
  path: string,
  encoding: 'utf-16le' | 'utf-16be' | 'windows-1252',
  copyPath: string,
): Promise<void> {
  const decoder = new TextDecoder(encoding)
  const decoded = async function* (): AsyncGenerator<string> {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      yield decoder.decode(chunk as Buffer, { stream: true })
    yield decoder.decode()
  }
  await pipeline(Readable.from(decoded()), createWriteStream(copyPath))
}
