import { open } from 'node:fs/promises'

/** Longest line that is read, bytes. A longer one is rejected, and no more than this of it is kept. */
export const longestLineBytes = 1 << 20

export interface TextLine {
  /** The header is line 1. */
  readonly number: number
  /** Without its line end; valid until the next line is asked for. Cut off where `tooLong`. */
  readonly bytes: Buffer
  readonly tooLong: boolean
}

const chunkBytes = 1 << 21

/** The physical lines of a file in blocks, numbered from 1, from byte `start` on. */
export async function* textLines(
  path: string,
  start: number,
  newline: '\n' | '\r',
): AsyncGenerator<readonly TextLine[]> {
  const end = newline === '\n' ? 10 : 13
  const file = await open(path, 'r')
  try {
    let carry = Buffer.alloc(0)
    let dropped = false
    let number = 0
    let position = start
    for (;;) {
      const buffer = Buffer.allocUnsafe(chunkBytes)
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, position)
      position += bytesRead
      const part = buffer.subarray(0, bytesRead)
      const lines: TextLine[] = []
      let from = 0
      for (let at = part.indexOf(end); at >= 0; at = part.indexOf(end, from)) {
        const own = part.subarray(from, at)
        const whole = carry.length > 0 ? Buffer.concat([carry, own]) : own
        number++
        const tooLong = dropped || whole.length > longestLineBytes
        lines.push({ number, tooLong, bytes: withoutReturn(tooLong ? whole.subarray(0, longestLineBytes) : whole) })
        carry = Buffer.alloc(0)
        dropped = false
        from = at + 1
      }
      const rest = part.subarray(from)
      if (carry.length + rest.length > longestLineBytes) {
        carry = Buffer.concat([carry, rest]).subarray(0, longestLineBytes)
        dropped = true
      } else if (rest.length > 0) carry = carry.length > 0 ? Buffer.concat([carry, rest]) : rest
      const finished = bytesRead === 0
      if (finished && carry.length > 0)
        lines.push({ number: number + 1, tooLong: dropped, bytes: withoutReturn(carry) })
      if (lines.length > 0) yield lines
      if (finished) return
    }
  } finally {
    await file.close()
  }
}

function withoutReturn(line: Buffer): Buffer {
  return line[line.length - 1] === 13 ? line.subarray(0, -1) : line
}
