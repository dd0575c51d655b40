import { request, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'

export interface Call {
  readonly method: string
  readonly path: string
  /** `host` among them, where another than the real one is to be named. */
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  json<T>(): T
}

/** Sends a request through a real socket to an application that listens on 127.0.0.1. Of a stream of events it takes the beginning. */
export function callServer(app: FastifyInstance, { method, path, headers = {}, body }: Call): Promise<Answer> {
  const { port } = app.server.address() as AddressInfo
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const withType = payload === undefined ? headers : { 'content-type': 'application/json', ...headers }
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers: withType, agent: false }, (response) => {
      const chunks: Buffer[] = []
      if (response.headers['content-type']?.startsWith('text/event-stream')) response.destroy()
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('close', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const json = <T>() => JSON.parse(text) as T
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json })
      })
    })
    sent.on('error', reject)
    sent.end(payload)
  })
}
