import { gunzip, inflate, brotliDecompress, type InputType } from 'node:zlib'
import type { IncomingMessage } from 'node:http'
import { Problem } from './problem.ts'

/** Largest body as it is sent, bytes. */
export const mostBodyBytes = 1_000_000
/** Largest body after decompression: ten times as much. */
export const mostInflatedBytes = 10_000_000
/** Longest pause within a body, milliseconds. */
const idleBodyMs = 10_000

/** The text of a body, whatever its content type says: decompressed, and UTF-8 in full. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const bytes = await readBytes(request)
  const plain = await decompress(bytes, request.headers['content-encoding'])
  try {
    return decoder.decode(plain)
  } catch (cause) {
    throw new Problem('request.bad_encoding', 'the body is not UTF-8', { cause })
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

function readBytes(request: IncomingMessage): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > mostBodyBytes) return Promise.reject(tooLarge())
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const end = (fault: Problem | Error | null) => {
      request.off('data', onData).off('end', onEnd).off('error', onError)
      request.setTimeout(0)
      if (fault) reject(fault)
      else resolve(Buffer.concat(chunks, length))
    }
    const onData = (chunk: Buffer) => {
      length += chunk.length
      if (length > mostBodyBytes) {
        request.pause()
        end(tooLarge())
      } else chunks.push(chunk)
    }
    const onEnd = () => end(null)
    const onError = (cause: Error) => end(new Problem('request.timeout', 'the body broke off', { cause }))
    request.setTimeout(idleBodyMs, () => end(new Problem('request.timeout', 'the body came too slowly')))
    request.on('data', onData).on('end', onEnd).on('error', onError)
  })
}

function tooLarge(): Problem {
  return new Problem('request.too_large', `a body has at most ${mostBodyBytes} bytes`)
}

function decompress(bytes: Buffer, encoding: string | undefined): Promise<Buffer> {
  const name = encoding?.trim().toLowerCase() ?? 'identity'
  if (name === 'identity' || name === '') return Promise.resolve(bytes)
  const method = { gzip: gunzip, 'x-gzip': gunzip, deflate: inflate, br: brotliDecompress }[name]
  if (!method) return Promise.reject(new Problem('request.unsupported_type', 'the content encoding is not understood'))
  return new Promise((resolve, reject) => {
    const done = (error: NodeJS.ErrnoException | null, result: Buffer) => {
      if (!error) resolve(result)
      else if (error.code === 'ERR_BUFFER_TOO_LARGE') {
        reject(new Problem('request.too_large', `a body has at most ${mostInflatedBytes} bytes when decompressed`))
      } else reject(new Problem('request.bad_encoding', 'the body cannot be decompressed', { cause: error }))
    }
    ;(method as (input: InputType, options: { maxOutputLength: number }, callback: typeof done) => void)(
      bytes,
      { maxOutputLength: mostInflatedBytes },
      done,
    )
  })
}
