import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openServingWorld, type ServingWorld } from '../testing/serving-world.ts'

let world: ServingWorld
let key: string
const builtIns = [Object, Array, String, Number, Boolean, Function, Map, Set, Promise, RegExp, Date, Error]
const prototypesNow = () =>
  JSON.stringify(builtIns.map(({ prototype }) => Reflect.ownKeys(prototype).map(String).sort()))
const prototypesBefore = prototypesNow()
beforeAll(async () => {
  world = await openServingWorld()
  key = await world.writeKey()
})
afterAll(() => world.close())

const allowed = new Set([200, 202, 207, 400, 401, 403, 404, 405, 408, 409, 411, 413, 414, 415, 422, 429, 431, 503])
const times = (usual: number) => Number(process.env['SELFSAME_FUZZ'] ?? usual)

const hostileKey = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'batch',
  'type',
  'event',
  'messageId',
  'userId',
  'anonymousId',
  'previousId',
  'traits',
  'properties',
  'context',
  'externalIds',
  'email',
  'phone',
  'timestamp',
  'sentAt',
  'originalTimestamp',
  'conversation_id',
  'id',
  '_deleted',
  'selfsame_proof',
)
const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    'identify',
    'track',
    'alias',
    'a@example.com',
    '+15551234567',
    '2026-01-01T00:00:00Z',
    '\u0000',
    '\ud800',
  ),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(hostileKey, fc.string()), tie('value')), { maxLength: 6 })
      .map((entries) => Object.fromEntries(entries)),
  ),
}))
const batchText = fc.array(value, { maxLength: 5 }).map((batch) => JSON.stringify({ batch, sentAt: 1 }))
const jsonText = fc.oneof(
  batchText,
  value.map((one) => JSON.stringify(one) ?? 'null'),
)
/** JSON with a few bytes of it changed. */
const brokenText = fc
  .tuple(jsonText, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }))
  .map(([text, changes]) => {
    const bytes = Buffer.from(text)
    for (const [place, byte] of changes) if (bytes.length > 0) bytes[place % bytes.length] = byte
    return bytes
  })
const csvText = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', '\r', '\u0000', 'é', '1') })
const body = fc.oneof(
  jsonText.map((text) => Buffer.from(text)),
  brokenText,
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  csvText.map((text) => Buffer.from(text)),
)
const path = fc.oneof(
  fc.constantFrom(
    '/v1/batch',
    '/v1/import',
    '/v1/identify',
    '/v1/t',
    '/v1/a',
    '/v1/signals',
    '/v1/records/app',
    '/v1/records/app/',
    '/v1/signals?wait=true',
    '/v1/nothing',
    '/healthz',
  ),
  fc.webPath().map((text) => (text.startsWith('/') ? text : `/${text}`)),
)
const contentType = fc.constantFrom(
  'application/json',
  'text/plain',
  'text/csv',
  'application/x-ndjson',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/xml',
  'a',
)
const encoding = fc.constantFrom(null, null, null, 'gzip', 'deflate', 'br', 'zstd')

describe('every request is answered', () => {
  it('I-37 an address that a router could read as a pattern is simply not there', async () => {
    for (const address of ['/:(', '/:a(b', '/*', '/v1/:call', '/a::b', '/%3A(', '/v1/records/:(/x']) {
      const answer = await world.send(address, { method: 'POST', body: Buffer.from('{}'), key, headers: {} })
      expect(answer.status, address).toBe(404)
    }
  })

  it('I-37 whatever bytes are posted, the answer is one that is foreseen, within two seconds, and nothing is changed', async () => {
    const took: number[] = []
    const request = fc.record({ path, body, contentType, encoding, keyed: fc.integer({ min: 0, max: 9 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 20, maxLength: 20 }), async (requests) => {
        const answers = await Promise.all(
          requests.map(async ({ keyed, ...given }) => {
            const began = performance.now()
            const answer = await world.send(given.path, {
              method: 'POST',
              body: given.body,
              key: keyed === 0 ? null : key,
              headers: {
                'content-type': given.contentType,
                ...(given.encoding !== null && { 'content-encoding': given.encoding }),
              },
            })
            return { status: answer.status, ms: performance.now() - began }
          }),
        )
        expect(answers.filter(({ status }) => !allowed.has(status))).toEqual([])
        took.push(...answers.map(({ ms }) => ms))
      }),
      { numRuns: Math.ceil(times(10_000) / 20) },
    )
    // The machine itself may pause now and then.
    expect(took.filter((ms) => ms > 2_000).length).toBeLessThanOrEqual(took.length / 100)
    expect(prototypesNow()).toBe(prototypesBefore)
    expect((await world.send('/healthz')).body).toEqual({ status: 'ok' })
  }, 600_000)

  it('I-37 bytes that are no HTTP are answered or cut off, and the server goes on', async () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(
          fc.constantFrom('GET', 'POST', 'BREW', 'OPTIONS', 'TRACE', 'CONNECT'),
          fc.string({ maxLength: 30 }),
          fc.constantFrom('HTTP/1.1', 'HTTP/9.9', ''),
          fc.string({ maxLength: 60 }),
        )
        .map(([method, target, version, header]) =>
          Buffer.from(`${method} ${target} ${version}\r\nHost: 127.0.0.1\r\n${header}\r\n\r\n`),
        ),
    )
    await fc.assert(
      fc.asyncProperty(line, async (bytes) => {
        const text = await exchange(bytes)
        const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]
        if (status !== undefined) expect(allowed.has(Number(status)) || Number(status) < 400).toBe(true)
      }),
      { numRuns: times(1_000) },
    )
    expect((await world.send('/healthz')).body).toEqual({ status: 'ok' })
  }, 600_000)

  it('headers and addresses beyond all measure are refused with a problem', async () => {
    const long = 'x'.repeat(20_000)
    const headers = await exchange(Buffer.from(`GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Long: ${long}\r\n\r\n`))
    expect(headers).toMatch(/^HTTP\/1\.1 431 /)
    expect(headers).toContain('request.headers_too_large')
    const address = await world.send(`/v1/records/${'x'.repeat(5_000)}`, { key, body: [] })
    expect(address.body).toMatchObject({ status: 414, code: 'request.address_too_long' })
    const broken = await exchange(Buffer.from('GET /v1/%zz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n'))
    expect(broken).toMatch(/^HTTP\/1\.1 400 /)
    expect(broken).not.toContain('%zz')
  })
})

/** Sends bytes on a connection of their own, and gives what comes back until it is closed, or half a second is over. */
function exchange(bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(world.port, '127.0.0.1', () => socket.end(bytes))
    const late = setTimeout(() => socket.destroy(), 500)
    socket.setEncoding('utf8').on('data', (piece: string) => void (text += piece))
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(late)
      resolve(text)
    })
  })
}
