import { Problem } from '../http/problem.ts'

/** Longest line, bytes. */
export const longestLine = 1_000_000

/** The lines of a stream of UTF-8, without their ends. Memory is bounded by one line. */
export async function* linesOf(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch (cause) {
      throw new Problem('request.bad_encoding', 'the body is not UTF-8', { cause })
    }
  }
  for await (const chunk of stream) {
    rest += typeof chunk === 'string' ? chunk : decode(chunk)
    let start = 0
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      yield rest.slice(start, rest[end - 1] === '\r' ? end - 1 : end)
      start = end + 1
    }
    rest = rest.slice(start)
    if (rest.length > longestLine) {
      throw new Problem('request.too_large', `a line has at most ${longestLine} bytes`)
    }
  }
  rest += decode()
  if (rest !== '') yield rest
}
