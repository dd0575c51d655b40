import { isAscii, isUtf8 } from 'node:buffer'
import { open } from 'node:fs/promises'
import type { EdgeSpace } from './trimmed-sql.ts'

/** What a look through all bytes of a text file tells, before anybody parses it. */
export interface TextScan {
  readonly bytes: number
  /** Line feeds, and one more where the last line has none. A carriage return alone ends no line here. */
  readonly lines: number
  /** Lines of nothing but white space. */
  readonly blankLines: number
  readonly longestLine: number
  readonly hasQuote: boolean
  readonly hasNul: boolean
  /** Carriage returns that stand before no line feed. */
  readonly loneCarriageReturns: number
  /** Lines that end in CR LF. */
  readonly carriageReturns: number
  readonly edges: EdgeSpace
  /** Lines that are not UTF-8. */
  readonly brokenLines: number
  /** Sequences of UTF-8 of two bytes and more; counted on only where some line is broken. */
  readonly wideSequences: number
}

const chunkBytes = 1 << 22

/** Looks through a UTF-8 text file; `delimiter` (a byte, 0 for none) tells where cells begin and end. */
export async function scanText(path: string, delimiter: number): Promise<TextScan> {
  const file = await open(path, 'r')
  try {
    const look = new Look(delimiter)
    const buffer = Buffer.allocUnsafe(chunkBytes)
    for (let carried = 0; ; ) {
      const { bytesRead } = await file.read(buffer, carried, chunkBytes - carried, look.bytes + carried)
      const available = carried + bytesRead
      if (available === 0) break
      // A part ends behind a line feed where it has one, so that no sequence of bytes is cut in two.
      const cut = bytesRead === 0 ? available : buffer.lastIndexOf(10, available - 1) + 1
      const end = cut > 0 ? cut : available
      look.through(buffer.subarray(0, end))
      carried = available - end
      if (carried > 0) buffer.copyWithin(0, end, available)
    }
    return look.result()
  } finally {
    await file.close()
  }
}

/**
 * The state of a look between two parts of a file. Bytes are searched by the runtime's own routines, which are many times
 * faster than a loop over them.
 */
class Look {
  bytes = 0
  private readonly delimiter: number
  /** A space beside the delimiter or a quote. */
  private readonly spacedCells: readonly Buffer[]
  private lines = 0
  private blankLines = 0
  private longestLine = 0
  private hasQuote = false
  private hasNul = false
  private carriageReturns = 0
  private pairs = 0
  private edgeSpaces = false
  private otherSpaces = false
  private brokenLines = 0
  private wideSequences = 0

  constructor(delimiter: number) {
    this.delimiter = delimiter
    this.spacedCells = [delimiter, 34].flatMap((byte) => [Buffer.from([byte, 32]), Buffer.from([32, byte])])
  }

  /** Looks at whole lines. */
  through(part: Buffer): void {
    const ascii = isAscii(part)
    this.hasQuote ||= part.includes(34)
    this.hasNul ||= part.includes(0)
    const hasReturns = part.includes(13)
    if (hasReturns) this.carriageReturns += count(part, 13)
    this.edgeSpaces ||= this.spacedCells.some((cell) => part.includes(cell))
    this.otherSpaces ||=
      [9, 11, 12].some((byte) => byte !== this.delimiter && part.includes(byte)) || (!ascii && hasWideSpace(part))
    this.throughLines(part)
    if (!ascii) {
      if (!isUtf8(part)) this.brokenLines += countBrokenLines(part)
      if (this.brokenLines > 0) this.wideSequences += countWideSequences(part, Infinity)
      else if (this.wideSequences === 0) this.wideSequences += countWideSequences(part, 1)
    }
    this.bytes += part.length
  }

  private throughLines(part: Buffer): void {
    for (let start = 0; start < part.length; ) {
      const feed = part.indexOf(10, start)
      const end = feed < 0 ? part.length : feed
      if (end - start > this.longestLine) this.longestLine = end - start
      const first = part[start] as number
      const last = part[end - 1] as number
      if (last === 13 && end > start && feed >= 0) {
        this.pairs++
        if (part[end - 2] === 32) this.edgeSpaces = true
      }
      if (first <= 32 || first === 10) {
        if (first === 32) this.edgeSpaces = true
        if (isBlank(part, start, end)) this.blankLines++
      }
      if (last === 32) this.edgeSpaces = true
      this.lines++
      start = end + 1
    }
  }

  result(): TextScan {
    const lone = this.carriageReturns - this.pairs
    return {
      bytes: this.bytes,
      lines: this.lines,
      blankLines: this.blankLines,
      longestLine: this.longestLine,
      hasQuote: this.hasQuote,
      hasNul: this.hasNul,
      loneCarriageReturns: lone,
      carriageReturns: this.pairs,
      edges: this.otherSpaces || lone > 0 ? 'any' : this.edgeSpaces ? 'spaces' : 'none',
      brokenLines: this.brokenLines,
      wideSequences: this.wideSequences,
    }
  }
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number
    if (byte !== 32 && byte !== 13) return false
  }
  return true
}

function count(bytes: Buffer, wanted: number): number {
  let found = 0
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) found++
  return found
}

const wideSpaces = ['\u00a0', '\u1680', '\u205f', '\u3000', '\ufeff'].map((text) => Buffer.from(text))
const wideSpacePrefix = Buffer.from([0xe2, 0x80])

function hasWideSpace(bytes: Buffer): boolean {
  if (wideSpaces.some((sequence) => bytes.includes(sequence))) return true
  for (let at = bytes.indexOf(wideSpacePrefix); at >= 0; at = bytes.indexOf(wideSpacePrefix, at + 2)) {
    const third = bytes[at + 2] ?? 0
    if (third <= 0x8a || third === 0xa8 || third === 0xa9 || third === 0xaf) return true
  }
  return false
}

function countBrokenLines(bytes: Buffer): number {
  let broken = 0
  for (let start = 0; start < bytes.length; ) {
    const feed = bytes.indexOf(10, start)
    const end = feed < 0 ? bytes.length : feed
    if (!isUtf8(bytes.subarray(start, end))) broken++
    start = end + 1
  }
  return broken
}

/** Well-formed sequences of two bytes and more, counted up to `most`. */
function countWideSequences(bytes: Uint8Array, most: number): number {
  let count = 0
  for (let i = 0; i < bytes.length && count < most; i++) {
    const byte = bytes[i] as number
    if (byte < 0xc2 || byte > 0xf4) continue
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
    let whole = true
    for (let next = 1; next < length && whole; next++) whole = ((bytes[i + next] ?? 0) & 0xc0) === 0x80
    if (whole) {
      count++
      i += length - 1
    }
  }
  return count
}
