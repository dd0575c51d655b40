import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Analytics } from '@segment/analytics-node'
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLiveServer, type LiveServer } from './live-server.ts'

let server: LiveServer
beforeAll(async () => {
  server = await startLiveServer()
})
afterAll(() => server.close())

/** Stands before the server and loses what `spoil` says; the requests that came, with the status each was answered with. */
async function unreliableWay(
  spoil: (attempt: number) => 'pass' | 'lose the answer' | { readonly status: number; readonly retryAfter: string },
): Promise<{ readonly address: string; readonly statuses: readonly number[]; close(): void }> {
  const statuses: number[] = []
  let attempt = 0
  const way: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const fate = spoil(attempt++)
    if (typeof fate === 'object') {
      statuses.push(fate.status)
      response.writeHead(fate.status, { 'retry-after': fate.retryAfter }).end('{}')
      return
    }
    const headers = Object.fromEntries(
      ['authorization', 'content-type', 'content-encoding'].flatMap((name) => {
        const value = request.headers[name]
        return typeof value === 'string' ? [[name, value]] : []
      }),
    )
    const answer = await fetch(`${server.address}${request.url ?? ''}`, {
      method: 'POST',
      headers,
      body: Buffer.concat(chunks),
    })
    const text = await answer.text()
    statuses.push(answer.status)
    if (fate === 'lose the answer') response.writeHead(500).end()
    else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text)
  })
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(way.address() as AddressInfo).port}`,
    statuses,
    close: () => {
      way.close()
      way.closeAllConnections()
    },
  }
}

async function keysOf(source: string): Promise<readonly string[]> {
  const rows = await server.database.all<{ record_key: string }>(
    'SELECT record_key FROM records WHERE space_id = ? AND source = ? ORDER BY seq',
    [server.dev, source],
  )
  return rows.map(({ record_key }) => record_key)
}

async function untilStored(source: string, count: number): Promise<readonly string[]> {
  for (let tries = 0; tries < 150; tries++) {
    const keys = await keysOf(source)
    if (keys.length >= count) return keys
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return keysOf(source)
}

describe('libraries that try again', () => {
  it('A12 Segment sends again when an answer was lost, and its events are there once', async () => {
    const key = await server.writeKey('lost_answer')
    const way = await unreliableWay((attempt) => (attempt < 2 ? 'lose the answer' : 'pass'))
    const analytics = new Analytics({ writeKey: key, host: way.address, flushAt: 2 })
    const faults: unknown[] = []
    analytics.on('error', (error) => faults.push(error))
    analytics.track({ userId: 'retry', event: 'One' })
    analytics.track({ userId: 'retry', event: 'Two' })
    await analytics.closeAndFlush()
    way.close()
    expect(faults).toEqual([])
    expect(way.statuses).toEqual([200, 200, 200])
    expect(await keysOf('lost_answer')).toHaveLength(2)
  })

  it('Segment waits as long as a 429 tells it to, and nothing is lost', async () => {
    const key = await server.writeKey('held_back')
    const way = await unreliableWay((attempt) => (attempt === 0 ? { status: 429, retryAfter: '1' } : 'pass'))
    const analytics = new Analytics({ writeKey: key, host: way.address, flushAt: 1 })
    const faults: unknown[] = []
    analytics.on('error', (error) => faults.push(error))
    const began = performance.now()
    analytics.track({ userId: 'retry', event: 'One' })
    await analytics.closeAndFlush({ timeout: 15_000 })
    way.close()
    expect(faults).toEqual([])
    expect(performance.now() - began).toBeGreaterThan(900)
    expect(way.statuses).toEqual([429, 200])
    expect(await keysOf('held_back')).toHaveLength(1)
  })

  it('RudderStack sends again after a 503, and its events are there once', async () => {
    const key = await server.writeKey('overloaded')
    const way = await unreliableWay((attempt) => (attempt === 0 ? { status: 503, retryAfter: '1' } : 'pass'))
    const rudder = new RudderAnalytics(key, { dataPlaneUrl: way.address, flushAt: 1 })
    rudder.track({ userId: 'retry', event: 'One' })
    expect(await untilStored('overloaded', 1)).toHaveLength(1)
    while (way.statuses.length < 2) await new Promise((resolve) => setTimeout(resolve, 10))
    await rudder.flush()
    way.close()
    expect(way.statuses).toEqual([503, 200])
  })
})
