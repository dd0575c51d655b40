import { Problem } from '../http/problem.ts'

/** Longest line, in characters of UTF-16: no more than as many bytes. */
export const longestLine = 1_000_000

/** The text of a stream of UTF-8, piece by piece. */
export async function* textOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch (cause) {
      throw new Problem('request.bad_encoding', 'the body is not UTF-8', { cause })
    }
  }
  for await (const chunk of chunks) yield decode(chunk)
  yield decode()
}

/** The lines of a text, without their ends. Memory is bounded by one line. */
export async function* linesOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of pieces) {
    let start = 0
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
      const line = rest + piece.slice(start, end)
      checkLength(line)
      yield line.endsWith('\r') ? line.slice(0, -1) : line
      rest = ''
      start = end + 1
    }
    rest += piece.slice(start)
    checkLength(rest)
  }
  if (rest !== '') yield rest
}

export function checkLength(line: string): void {
  if (line.length > longestLine) throw new Problem('request.too_large', `a line has at most ${longestLine} bytes`)
}
