import { request } from 'node:http'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openServingWorld, type ServingWorld } from '../testing/serving-world.ts'

let world: ServingWorld
beforeAll(async () => {
  world = await openServingWorld({ config: { recordsPerSecond: 1_000_000, recordsAtOnce: 1_000_000 } })
})
afterAll(() => world.close())

interface Stored {
  readonly record_key: string
  readonly event: string | null
  readonly payload: string
  readonly observed_at: number | null
  readonly withdrawn: number
}

function recordsOf(source: string): Promise<readonly Stored[]> {
  return world.database.all<Stored>(
    'SELECT record_key, event, payload, observed_at, withdrawn FROM records WHERE space_id = ? AND source = ? ORDER BY seq',
    [world.dev, source],
  )
}

async function profileOf(source: string, key: string): Promise<string | null> {
  const [row] = await world.database.all<{ profile_id: string | null }>(
    `SELECT t.profile_id FROM records r JOIN traces t ON t.space_id = r.space_id AND t.trace_id = r.trace_id
     WHERE r.space_id = ? AND r.source = ? AND r.record_key = ?`,
    [world.dev, source, key],
  )
  return row?.profile_id ?? null
}

describe('events', () => {
  it('BOT-2 each is resolved before it is answered: the next one already finds the profile', async () => {
    const key = await world.writeKey({ source: 'bot', mayView: true })
    const send = (body: object) => world.send('/v1/track?wait=true', { key, body: { event: 'Seen', ...body } })
    const first = await send({ messageId: 'b1', properties: { email: 'Bot@Example.com ' } })
    const second = await send({ messageId: 'b2', anonymousId: 'bot-a', properties: { email: 'bot@example.com' } })
    const third = await send({ messageId: 'b3', anonymousId: 'bot-a' })
    expect(new Set([first, second, third].map(({ body }) => body.profileId)).size).toBe(1)
    expect(first.body.profileId).toMatch(/^p_[0-9a-f]{32}$/)
  })

  it('SEG-9 the identifiers of Segment, and external ids whose type the ruleset knows, are read where its libraries write them', async () => {
    const key = await world.writeKey({ source: 'seg', mayView: true })
    const shared = [
      { userId: 'seg-1' },
      { anonymousId: 'seg-a' },
      { traits: { email: 'seg@example.com' } },
      { context: { traits: { email: 'seg-context@example.com' } } },
      { context: { device: { id: 'seg-ios', type: 'ios' } } },
      { context: { device: { id: 'seg-android', type: 'android' } } },
      { context: { externalIds: [{ id: 'seg-x', type: 'customer_id', collection: 'users', encoding: 'none' }] } },
    ]
    for (const [place, ids] of shared.entries()) {
      const send = (messageId: string) =>
        world.send('/v1/identify?wait=true', { key, body: { type: 'identify', messageId, ...ids } })
      const first = await send(`seg-${place}-a`)
      const second = await send(`seg-${place}-b`)
      expect([place, first.body.profileId]).toEqual([place, second.body.profileId])
      expect(first.body.profileId).not.toBeNull()
    }
    const account = { id: 'seg-y', type: 'customer_id', collection: 'accounts', encoding: 'none' }
    const other = await world.send('/v1/identify?wait=true', {
      key,
      body: { messageId: 'seg-account', context: { externalIds: [account] } },
    })
    expect(other.body.profileId).toBeNull()
  })

  it('one without a message id is given one; the same words twice are two events', async () => {
    const key = await world.writeKey({ source: 'nameless' })
    const body = { event: 'page_seen', conversation_id: 'c-1' }
    expect((await world.send('/v1/signals', { key, body: [body, body] })).body).toMatchObject({ accepted: 2 })
    expect(new Set((await recordsOf('nameless')).map(({ record_key }) => record_key)).size).toBe(2)
  })

  it('the call that the route names stands for a missing type', async () => {
    const key = await world.writeKey({ source: 'calls' })
    const calls = { i: 'identify', t: 'Seen', p: 'page', s: 'screen', g: 'group', a: 'alias' }
    for (const short of Object.keys(calls)) {
      const body = {
        messageId: short,
        userId: 'calls-1',
        previousId: 'calls-0',
        ...(short === 't' && { event: 'Seen' }),
      }
      expect((await world.send(`/v1/${short}`, { key, body })).body).toMatchObject({ accepted: 1 })
    }
    expect((await recordsOf('calls')).map(({ event }) => event)).toEqual(Object.values(calls))
  })

  it('a client whose clock is wrong is corrected by what it showed at sending', async () => {
    const key = await world.writeKey({ source: 'clocks' })
    const wrong = Date.UTC(2011, 0, 1)
    const batch = [{ messageId: 'k1', type: 'track', event: 'Seen', timestamp: new Date(wrong).toISOString() }]
    const body = { batch, sentAt: new Date(wrong + 60_000).toISOString() }
    expect((await world.send('/v1/batch', { key, body })).body).toMatchObject({ accepted: 1 })
    const original = { messageId: 'k2', event: 'Seen', originalTimestamp: wrong, sentAt: wrong + 5_000 }
    expect((await world.send('/v1/track', { key, body: original })).body).toMatchObject({ accepted: 1 })
    const times = (await recordsOf('clocks')).map(({ observed_at }) => observed_at)
    expect(times).toEqual([world.now() - 60_000, world.now() - 5_000])
  })

  it('A1 a public key is told the same whether a value, a person or a message is known or not', async () => {
    const backend = await world.writeKey({ source: 'owner' })
    await world.send('/v1/identify', {
      key: backend,
      body: { messageId: 'o1', userId: 'owner-1', traits: { email: 'owner@example.com' } },
    })
    const key = await world.writeKey({ source: 'visitors', class: 'public' })
    const before = await profileOf('owner', 'o1')
    const [owner] = await world.database.all('SELECT golden FROM profiles WHERE space_id = ? AND profile_id = ?', [
      world.dev,
      before,
    ])
    const ask = async (body: object) => {
      const { status, text } = await world.send('/v1/identify', { key, body })
      return { status, text }
    }
    const unknown = await ask({ messageId: 'v1', userId: 'nobody', traits: { email: 'nobody@example.com' } })
    expect(await ask({ messageId: 'v2', userId: 'owner-1', traits: { email: 'owner@example.com' } })).toEqual(unknown)
    expect(await ask({ messageId: 'v2', userId: 'owner-1', traits: { email: 'owner@example.com' } })).toEqual(unknown)
    expect((await world.send('/v1/identify?wait=true', { key, body: { userId: 'owner-1' } })).status).toBe(403)
    const [after] = await world.database.all('SELECT golden FROM profiles WHERE space_id = ? AND profile_id = ?', [
      world.dev,
      before,
    ])
    expect(after).toEqual(owner)
  })

  it('A16 keys that would reach a prototype are kept as text, and change nothing', async () => {
    const key = await world.writeKey({ source: 'proto' })
    const texts = [
      '{"messageId":"p1","type":"identify","userId":"p","traits":{"__proto__":{"polluted":1},"email":"p@example.com"}}',
      '{"messageId":"p2","type":"identify","userId":"p","__proto__":{"polluted":1,"userId":"q"}}',
      '{"messageId":"p3","type":"track","event":"Seen","properties":{"constructor":{"prototype":{"polluted":1}}}}',
      '{"messageId":"p4","type":"identify","userId":"p","traits":{"a.__proto__":1,"toString":"x","hasOwnProperty":null}}',
    ]
    expect((await world.send('/v1/batch', { key, body: `{"batch":[${texts.join(',')}]}` })).body).toMatchObject({
      accepted: 4,
    })
    expect((await recordsOf('proto')).map(({ payload }) => payload)).toEqual(texts)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect((await world.send('/v1/batch', { key, body: '{"__proto__":{"batch":[]}}' })).body).toMatchObject({
      code: 'request.invalid',
    })
  })

  it('I-36 a text comes back as it was sent, or is refused with a reason', async () => {
    const key = await world.writeKey({ source: 'texts' })
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom('\u0000', '\ud800', '\udc00', 'a', '\u202e', '\ufeff', '\u2028', '\\', '"', '😀'),
      }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(text, text), { minLength: 10, maxLength: 10 }), async (pairs) => {
        const before = (await recordsOf('texts')).length
        const batch = pairs.map(([name, value]) => ({
          event: 'Seen',
          properties: { [`k${name.replaceAll('\\', '/')}`]: value },
        }))
        const { body } = await world.send('/v1/batch', { key, body: { batch } })
        const storable = batch.filter(({ properties }) =>
          Object.entries(properties).every((entry) =>
            entry.every((one) => one.isWellFormed() && !one.includes('\u0000')),
          ),
        )
        expect(body).toMatchObject({ accepted: storable.length, rejected: batch.length - storable.length })
        for (const { code } of body.errors) expect(code).toBe('record.bad_text')
        const stored = (await recordsOf('texts')).slice(before)
        expect(stored.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual(storable)
      }),
      { numRuns: 100 },
    )
  })
})

describe('rows', () => {
  it('a CSV cell is stored as it was sent, line ends, quotes and delimiters included', async () => {
    const key = await world.writeKey({ source: 'csv' })
    const cell = fc.string({ unit: fc.constantFrom('"', ',', ';', '\n', '\r', '\t', '|', 'a', 'é', ' ', '😀') })
    const table = fc.tuple(fc.constantFrom(',', ';', '\t', '|'), fc.constantFrom('\n', '\r\n'), fc.array(cell))
    let row = 0
    await fc.assert(
      fc.asyncProperty(table, async ([delimiter, end, cells]) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
        const lines = cells.map((text) => `${row++}${delimiter}${quoted(text)}${delimiter}x`)
        const body = [`id${delimiter}note${delimiter}last`, ...lines].join(end)
        const before = (await recordsOf('csv')).length
        const answer = await world.send('/v1/records/csv', { key, body, headers: { 'content-type': 'text/csv' } })
        expect(answer.body).toMatchObject({ accepted: cells.length, rejected: 0 })
        const stored = (await recordsOf('csv')).slice(before)
        expect(stored.map(({ payload }) => (JSON.parse(payload) as { note?: string }).note ?? '')).toEqual(cells)
      }),
      { numRuns: 200 },
    )
  })

  it('a stream of NDJSON has no limit in size, compressed or not', async () => {
    const key = await world.writeKey({ source: 'many' })
    const lines = Array.from({ length: 6_000 }, (_, id) =>
      JSON.stringify({ id, note: 'x'.repeat(300), name: `Row ${id}` }),
    )
    const headers = { 'content-type': 'application/x-ndjson' }
    const body = lines.join('\n')
    expect(body.length).toBeGreaterThan(1_900_000)
    expect((await world.send('/v1/records/many', { key, body, headers })).body).toMatchObject({
      success: true,
      accepted: 6_000,
    })
    const again = await world.send('/v1/records/many', { key, body, headers, gzip: true })
    expect(again.body).toMatchObject({ accepted: 0, duplicates: 6_000 })
  }, 16_000)

  it('DIN-19 a stream of many rows is a run, with what came of them', async () => {
    const key = await world.writeKey({ source: 'bulk' })
    const rows = Array.from({ length: 1_203 }, (_, place) => JSON.stringify({ id: place % 1_200, name: `n${place}` }))
    const headers = { 'content-type': 'application/x-ndjson' }
    const answer = await world.send('/v1/records/bulk', { key, body: [...rows, '{'].join('\n'), headers })
    expect(answer.status).toBe(200)
    const [run] = await world.database.all<{ state: string; summary: string }>(
      `SELECT state, summary FROM runs WHERE space_id = ? AND kind = 'import'
         AND summary LIKE '%"bulk"%' ORDER BY started_at DESC, run_id DESC`,
      [world.dev],
    )
    const { counts } = JSON.parse(run?.summary ?? '{}') as { counts: object }
    const { accepted, duplicates } = answer.body as { accepted: number; duplicates: number }
    expect([run?.state, counts]).toEqual(['done', { source: 'bulk', read: 1_204, accepted, duplicates, rejected: 1 }])
    expect(accepted + duplicates).toBe(1_203)
  })

  it('of a stream that breaks off, what came is kept, and sending all of it again adds only the rest', async () => {
    const key = await world.writeKey({ source: 'broken' })
    const lines = Array.from({ length: 1_600 }, (_, id) => `${JSON.stringify({ id, email: `b${id}@example.com` })}\n`)
    await new Promise<void>((resolve) => {
      const sent = request(`${world.address}/v1/records/broken`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
      })
      sent.on('error', () => undefined)
      sent.on('close', resolve)
      sent.write(lines.slice(0, 1_100).join(''))
      const watch = setInterval(async () => {
        if ((await recordsOf('broken')).length < 1_000) return
        clearInterval(watch)
        sent.destroy()
      }, 20)
    })
    const kept = (await recordsOf('broken')).length
    expect(kept).toBe(1_000)
    const headers = { 'content-type': 'application/x-ndjson' }
    expect((await world.send('/v1/records/broken', { key, body: lines.join(''), headers })).body).toMatchObject({
      accepted: 600,
      duplicates: 1_000,
    })
  })

  it('a fault in the middle of a stream says how many rows are durable', async () => {
    const key = await world.writeKey({ source: 'fault' })
    const good = Array.from({ length: 600 }, (_, id) => `{"id":${id}}`).join('\n')
    const answer = await world.send('/v1/records/fault', {
      key,
      body: `${good}\n${'x'.repeat(1_000_001)}`,
      headers: { 'content-type': 'application/x-ndjson' },
    })
    expect(answer.body).toMatchObject({ code: 'request.too_large', rowsDurable: 500, accepted: 500 })
  })

  it('a row that says it is deleted is withdrawn from its person, and comes back when it is sent again', async () => {
    const key = await world.writeKey({ source: 'shop' })
    const send = (row: object) => world.send('/v1/records/shop', { key, body: [row] })
    await send({ id: 1, email: 'gone@example.com', updated_at: '2026-01-01T00:00:00Z' })
    expect(await profileOf('shop', '1')).not.toBeNull()
    expect((await send({ id: 1, _deleted: true, updated_at: '2026-01-02T00:00:00Z' })).body).toMatchObject({
      accepted: 1,
    })
    expect(await profileOf('shop', '1')).toBeNull()
    await send({ id: 1, email: 'gone@example.com', updated_at: '2026-01-03T00:00:00Z' })
    expect(await profileOf('shop', '1')).not.toBeNull()
  })

  it('a row that looks like an event is a row', async () => {
    const key = await world.writeKey({ source: 'orders' })
    const row = { id: 7, event: 'Summer Fair', timestamp: '2026-01-01', messageId: 'x', userId: 'u' }
    expect((await world.send('/v1/records/orders', { key, body: [row] })).body).toMatchObject({ accepted: 1 })
    expect(await recordsOf('orders')).toMatchObject([{ record_key: '7', event: null }])
  })

  it('rows are taken from a server key of that very source', async () => {
    const key = await world.writeKey({ source: 'one' })
    expect((await world.send('/v1/records/two', { key, body: [] })).status).toBe(403)
    const visitor = await world.writeKey({ source: 'three', class: 'public' })
    expect((await world.send('/v1/records/three', { key: visitor, body: [] })).status).toBe(403)
  })
})

describe('requests', () => {
  it('a browser of any site may send, with any header that the libraries use', async () => {
    const preflight = await world.send('/v1/t', {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'anonymousid,authorization,content-type,sentat',
      },
    })
    expect(preflight.status).toBe(204)
    const permitted = preflight.headers.get('access-control-allow-headers')?.split(/, */) ?? []
    expect(permitted).toEqual(expect.arrayContaining(['anonymousid', 'authorization', 'content-type', 'sentat']))
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
    const other = await world.send('/healthz', { headers: { origin: 'https://shop.example.com' } })
    expect(other.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('what is no JSON, no key or no type of ours is told apart', async () => {
    const key = await world.writeKey({ source: 'told' })
    const cases = [
      [{ key, body: '{"batch":[' }, 400, 'request.broken_json'],
      [{ key, body: '[]' }, 400, 'request.invalid'],
      [{ key, body: new Uint8Array([0x7b, 0xff, 0x7d]) }, 400, 'request.bad_encoding'],
      [{ key, body: '{"batch":[{"event":"Seen","properties":{"a\\\\b":1}}]}' }, 400, 'request.backslash_key'],
      [{ key, body: 'no gzip', headers: { 'content-encoding': 'gzip' } }, 400, 'request.bad_encoding'],
      [{ key, body: '{}', headers: { 'content-encoding': 'zstd' } }, 415, 'request.unsupported_type'],
      [{ key, body: '{}', headers: { 'content-type': 'application/xml' } }, 415, 'request.unsupported_type'],
      [{ key: `${key}x`, body: { batch: [] } }, 401, 'access.unauthenticated'],
      [{ key: null, body: { batch: [] } }, 401, 'access.unauthenticated'],
      [{ key: await world.apiKey('admin'), body: { batch: [] } }, 403, 'access.forbidden'],
      [{ key, method: 'GET' }, 405, 'request.method_not_allowed'],
    ] as const
    for (const [given, status, code] of cases) {
      const answer = await world.send('/v1/batch', given)
      expect([answer.status, answer.body.code]).toEqual([status, code])
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(answer.headers.get('x-request-id')).toBe(answer.body.requestId)
    }
    expect((await world.send('/v1/batch', { key, method: 'GET' })).headers.get('allow')).toBe('POST')
  })

  it('A22 a server on this machine answers to the names of this machine alone', async () => {
    const local = await openServingWorld({ config: { allowedHosts: ['localhost', '127.0.0.1'] } })
    const ask = (host: string) =>
      new Promise<number>((resolve, reject) => {
        const sent = request(`${local.address}/healthz`, { headers: { host } }, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        })
        sent.on('error', reject)
        sent.end()
      })
    expect(await ask(`localhost:${local.port}`)).toBe(200)
    expect(await ask('rebound.example.com')).toBe(403)
    await local.close()
  })

  it('A20 every answer carries the headers that keep a browser from running it', async () => {
    const { headers } = await world.send('/v1/nothing')
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })
})
