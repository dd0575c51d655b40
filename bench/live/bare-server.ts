import { closeSync, fdatasync, openSync, writeSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'

/**
 * What no server can do without: `bare-server.ts FILE` parses each body, appends its events to a file, syncs once for all that
 * waits, and answers. It prints its address.
 */
const file = openSync(process.argv[2] ?? '', 'a')
const sync = promisify(fdatasync)
let waiting: { readonly text: string; readonly response: ServerResponse }[] = []
let running = false

async function store(): Promise<void> {
  if (running) return
  running = true
  while (waiting.length > 0) {
    const group = waiting
    waiting = []
    writeSync(file, group.map(({ text }) => text).join(''))
    await sync(file)
    for (const { response } of group)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"success":true}')
  }
  running = false
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const { batch } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { readonly batch: readonly object[] }
    waiting.push({ text: batch.map((event) => `${JSON.stringify(event)}\n`).join(''), response })
    setImmediate(() => void store())
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listens on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.on('SIGTERM', () => {
  closeSync(file)
  process.exit(0)
})
