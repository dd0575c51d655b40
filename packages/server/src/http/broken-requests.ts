import { httpErrors, type HttpErrorCode } from '@selfsame/contract'
import type { Socket } from 'node:net'

/** Answers what Node's parser refuses, before there is a request. What was sent is not repeated. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.destroyed) return
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const code = codeOf(error.code)
  const { status, title } = httpErrors[code]
  const body = JSON.stringify({ type: `urn:selfsame:error:${code}`, title, status, code })
  socket.end(
    [
      `HTTP/1.1 ${status} ${title}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}

function codeOf(code: string | undefined): HttpErrorCode {
  if (code === 'HPE_HEADER_OVERFLOW') return 'request.headers_too_large'
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request.timeout'
  return 'request.malformed'
}
