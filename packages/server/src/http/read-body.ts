import type { IncomingMessage } from 'node:http'
import { brotliDecompress, createBrotliDecompress, createGunzip, createInflate, gunzip, inflate } from 'node:zlib'
import { Problem } from './problem.ts'

/** Largest body as it is sent, bytes. */
export const mostBodyBytes = 1_000_000
/** Largest body after decompression: ten times as much. */
export const mostInflatedBytes = 10_000_000
/** Longest pause within a body, milliseconds. */
const idleBodyMs = 10_000
/** Longest time that a body as a whole may take, streams apart, milliseconds. */
const wholeBodyMs = 60_000
/** What is still read, and thrown away, of a body that is refused: a sender that hears the answer stops. */
const mostDiscardedBytes = 16_000_000

/** The text of a body, whatever its content type says: decompressed, and UTF-8 in full. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const bytes = await readBytes(request)
  const plain = await decompress(bytes, encodingOf(request))
  try {
    return decoder.decode(plain)
  } catch (cause) {
    throw new Problem('request.bad_encoding', 'the body is not UTF-8', { cause })
  }
}

/** The bytes of a body as they come, decompressed and without a limit on their number. A pause of ten seconds ends it. */
export async function* streamBody(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  const chunks = inflating(request, encodingOf(request))[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  try {
    for (;;) {
      const next = await withinTime(chunks.next(), idleBodyMs)
      if (next.done === true) return
      yield next.value
    }
  } catch (cause) {
    if (cause instanceof Problem) throw cause
    if (isZlibFault(cause)) throw new Problem('request.bad_encoding', 'the body cannot be decompressed', { cause })
    throw new Problem('request.timeout', 'the body broke off', { cause })
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function readBytes(request: IncomingMessage): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > mostBodyBytes) {
    discardRest(request)
    return Promise.reject(tooLarge())
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const end = (fault: Problem | null) => {
      clearTimeout(idle)
      clearTimeout(whole)
      request.off('data', onData).off('end', onEnd).off('close', onBroken).off('error', onBroken)
      if (!fault) return resolve(Buffer.concat(chunks, length))
      discardRest(request)
      reject(fault)
    }
    const tooSlow = () => end(new Problem('request.timeout', 'the body came too slowly'))
    const idle = setTimeout(tooSlow, idleBodyMs).unref()
    const whole = setTimeout(tooSlow, wholeBodyMs).unref()
    const onData = (chunk: Buffer) => {
      idle.refresh()
      length += chunk.length
      if (length > mostBodyBytes) end(tooLarge())
      else chunks.push(chunk)
    }
    const onEnd = () => end(null)
    const onBroken = () => end(new Problem('request.timeout', 'the body broke off'))
    request.on('data', onData).on('end', onEnd).on('close', onBroken).on('error', onBroken)
  })
}

/** Reads on for a while, so that the sender gets to the answer, and cuts off who goes on and on. */
function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  let bytes = 0
  const cut = () => request.socket.destroy()
  const late = setTimeout(cut, idleBodyMs).unref()
  const onData = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > mostDiscardedBytes) cut()
  }
  request
    .on('data', onData)
    .on('error', () => undefined)
    .once('close', () => clearTimeout(late))
    .resume()
}

function tooLarge(): Problem {
  return new Problem('request.too_large', `a body has at most ${mostBodyBytes} bytes`)
}

type Encoding = 'identity' | 'gzip' | 'deflate' | 'br'

function encodingOf(request: IncomingMessage): Encoding {
  const name = request.headers['content-encoding']?.trim().toLowerCase() ?? ''
  if (name === '' || name === 'identity') return 'identity'
  if (name === 'gzip' || name === 'x-gzip') return 'gzip'
  if (name === 'deflate' || name === 'br') return name
  throw new Problem('request.unsupported_type', 'the content encoding is not understood; gzip, deflate and br are')
}

function inflating(request: IncomingMessage, encoding: Encoding): AsyncIterable<unknown> {
  if (encoding === 'identity') return request
  const stream = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress }[encoding]()
  request.on('error', (error) => stream.destroy(error))
  return request.pipe(stream)
}

function decompress(bytes: Buffer, encoding: Encoding): Promise<Buffer> {
  if (encoding === 'identity') return Promise.resolve(bytes)
  return new Promise((resolve, reject) => {
    const done = (error: NodeJS.ErrnoException | null, result: Buffer) => {
      if (!error) resolve(result)
      else if (error.code === 'ERR_BUFFER_TOO_LARGE') {
        reject(new Problem('request.too_large', `a body has at most ${mostInflatedBytes} bytes when decompressed`))
      } else reject(new Problem('request.bad_encoding', 'the body cannot be decompressed', { cause: error }))
    }
    const limit = { maxOutputLength: mostInflatedBytes }
    if (encoding === 'gzip') gunzip(bytes, limit, done)
    else if (encoding === 'deflate') inflate(bytes, limit, done)
    else brotliDecompress(bytes, limit, done)
  })
}

function isZlibFault(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return code.startsWith('Z_') || code.startsWith('ERR__ERROR') || code.startsWith('ERR_BROTLI')
}

async function withinTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Problem('request.timeout', 'the body came too slowly')), ms).unref()
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
