import { request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LaneFull } from '../engine/index.ts'
import { openServingWorld, type ServingWorld } from '../testing/serving-world.ts'

let world: ServingWorld
let key: string
beforeAll(async () => {
  world = await openServingWorld({ config: { recordsPerSecond: 1_000, recordsAtOnce: 2_000 } })
  key = await world.writeKey()
})
afterAll(() => world.close())

/** Sends pieces of a body until there is an answer, or the connection is cut; the status, and how many bytes went out. */
function pour(piece: Buffer, most: number): Promise<{ readonly status: number | null; readonly bytes: number }> {
  return new Promise((resolve) => {
    let bytes = 0
    let status: number | null = null
    const sent = request(`${world.address}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'transfer-encoding': 'chunked' },
    })
    sent.on('response', (response) => {
      status = response.statusCode ?? null
      response.resume()
    })
    sent.on('error', () => resolve({ status, bytes }))
    sent.on('close', () => resolve({ status, bytes }))
    const write = () => {
      if (sent.destroyed || bytes >= most) return void sent.end()
      bytes += piece.length
      if (sent.write(piece)) setImmediate(write)
      else sent.once('drain', write)
    }
    write()
  })
}

/** Opens a connection, sends a beginning and nothing more; what came back until it was closed, and after how long. */
function stall(beginning: string): Promise<{ readonly answer: string; readonly ms: number }> {
  return new Promise((resolve) => {
    const began = performance.now()
    let answer = ''
    const socket = connect(world.port, '127.0.0.1', () => socket.write(beginning))
    socket.setEncoding('utf8').on('data', (text: string) => void (answer += text))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve({ answer, ms: performance.now() - began }))
  })
}

describe('limits of what a request may bring', () => {
  it('A19 a body of 100 MB is refused when a megabyte has come, and its sender is cut off', async () => {
    const before = process.memoryUsage().rss
    const { status, bytes } = await pour(Buffer.alloc(65_536, 32), 100_000_000)
    expect(status).toBe(413)
    expect(bytes).toBeLessThan(40_000_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000)
  })

  it('A19 a compressed body that grows beyond 10 MB is refused', async () => {
    for (const size of [9_000_000, 11_000_000]) {
      const body = gzipSync(`{"batch":[${' '.repeat(size)}]}`)
      const answer = await world.send('/v1/batch', { key, body, headers: { 'content-encoding': 'gzip' } })
      expect(answer.status).toBe(size < 10_000_000 ? 200 : 413)
    }
  })

  it('A19 a body is refused before it is parsed where it is nested beyond 64', async () => {
    const nested = (depth: number) =>
      `{"batch":[{"messageId":"d${depth}","a":${'['.repeat(depth)}${']'.repeat(depth)}}]}`
    expect((await world.send('/v1/batch', { key, body: nested(61) })).body).toMatchObject({ accepted: 1, rejected: 0 })
    expect((await world.send('/v1/batch', { key, body: nested(62) })).body).toMatchObject({ code: 'request.too_deep' })
    expect((await world.send('/v1/batch', { key, body: nested(400_000) })).body).toMatchObject({
      code: 'request.too_deep',
    })
  })

  it('A19 a record of too many keys is put aside, and the others go on', async () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, place) => [`k${place}`, 1]))
    const batch = [
      { messageId: 'keys-1', type: 'track', event: 'Seen', properties: many(1_000) },
      { messageId: 'keys-2', type: 'track', event: 'Seen', properties: many(1_001) },
      { messageId: 'keys-3', type: 'track', event: 'Seen', properties: { list: [{ deep: many(1_001) }] } },
    ]
    expect((await world.send('/v1/batch', { key, body: { batch } })).body).toMatchObject({
      accepted: 1,
      rejected: 2,
      errors: [
        { index: 1, messageId: 'keys-2', code: 'record.too_many_keys' },
        { index: 2, messageId: 'keys-3', code: 'record.too_many_keys' },
      ],
    })
  })

  it('A19 a request brings at most 500 records', async () => {
    const batch = (count: number) => Array.from({ length: count }, (_, place) => ({ messageId: `c${place}` }))
    expect((await world.send('/v1/batch', { key, body: { batch: batch(500) } })).status).toBe(200)
    expect((await world.send('/v1/batch', { key, body: { batch: batch(501) } })).body).toMatchObject({
      status: 413,
      code: 'request.too_many_records',
    })
    expect((await world.send('/v1/signals', { key, body: batch(501) })).status).toBe(413)
    expect((await world.send('/v1/records/app', { key, body: batch(501) })).status).toBe(413)
  })

  it('A19 who sends headers or a body too slowly is told so and cut off', async () => {
    const head = `POST /v1/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${key}\r\n`
    const [headers, body] = await Promise.all([stall(head), stall(`${head}Content-Length: 100\r\n\r\n{"batch"`)])
    expect(headers.answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(headers.ms).toBeLessThan(8_000)
    expect(body.answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(body.ms).toBeGreaterThan(9_000)
    expect(body.ms).toBeLessThan(25_000)
  })

  it('A19 a key that sends faster than it may waits as long as it is told, and then goes on', async () => {
    const busy = await openServingWorld({ config: { recordsPerSecond: 10, recordsAtOnce: 20 } })
    const busyKey = await busy.writeKey()
    const body = { batch: Array.from({ length: 15 }, () => ({ type: 'track', event: 'Seen' })) }
    expect((await busy.send('/v1/batch', { key: busyKey, body })).status).toBe(200)
    const refused = await busy.send('/v1/batch', { key: busyKey, body })
    expect(refused.body).toMatchObject({ status: 429, code: 'ingest.rate_limited' })
    expect(refused.headers.get('retry-after')).toBe('1')
    expect((await busy.send('/v1/batch', { key: await busy.writeKey(), body })).status).toBe(200)
    busy.pass(1_000)
    expect((await busy.send('/v1/batch', { key: busyKey, body })).status).toBe(200)
    await busy.close()
  })

  it('A19 a full queue is told in a 503 that says when to come again; a stream waits by itself', async () => {
    let full = true
    const busy = await openServingWorld({
      engine: {
        ingest: (_space, records) =>
          full
            ? Promise.reject(new LaneFull(3))
            : Promise.resolve(records.map(() => ({ status: 'stored', otherBody: false, profileId: null }))),
      },
    })
    const busyKey = await busy.writeKey()
    const refused = await busy.send('/v1/track', { key: busyKey, body: { event: 'Seen' } })
    expect(refused.body).toMatchObject({ status: 503, code: 'ingest.overloaded' })
    expect(refused.headers.get('retry-after')).toBe('3')
    const stream = busy.send('/v1/records/app', {
      key: busyKey,
      body: '{"id":1}\n{"id":2}\n',
      headers: { 'content-type': 'application/x-ndjson' },
    })
    await sleep(700)
    full = false
    expect((await stream).body).toMatchObject({ success: true, accepted: 2 })
    await busy.close()
  })

  it('A19 bodies in hand are bounded: one too many is told to come again', async () => {
    const answers: (() => void)[] = []
    const busy = await openServingWorld({
      config: { mostTextInHand: 1_000 },
      engine: {
        ingest: (_space, records) =>
          new Promise((resolve) =>
            answers.push(() => resolve(records.map(() => ({ status: 'stored', otherBody: false, profileId: null })))),
          ),
      },
    })
    const busyKey = await busy.writeKey()
    const body = { event: 'Seen', properties: { text: 'x'.repeat(900) } }
    const first = busy.send('/v1/track', { key: busyKey, body })
    while (answers.length === 0) await sleep(5)
    expect((await busy.send('/v1/track', { key: busyKey, body })).body).toMatchObject({
      status: 503,
      code: 'ingest.overloaded',
    })
    answers[0]?.()
    expect((await first).status).toBe(200)
    const again = busy.send('/v1/track', { key: busyKey, body })
    while (answers.length === 1) await sleep(5)
    answers[1]?.()
    expect((await again).status).toBe(200)
    await busy.close()
  })
})
