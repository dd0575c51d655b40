import { gzipSync } from 'node:zlib'
import { Analytics } from '@segment/analytics-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLiveServer, type LiveServer } from './live-server.ts'

let server: LiveServer
beforeAll(async () => {
  server = await startLiveServer()
})
afterAll(() => server.close())

async function profilesOf(spaceId: string): Promise<readonly { profile_id: string; record_count: number }[]> {
  return server.database.all(
    `SELECT profile_id, record_count FROM profiles WHERE space_id = ? AND status = 'active' ORDER BY profile_id`,
    [spaceId],
  )
}

describe('what sources send', () => {
  it("SEG-1 events of Segment's own library before and after sign-in become one profile", async () => {
    const key = await server.writeKey('shop')
    const before = await profilesOf(server.dev)
    const analytics = new Analytics({ writeKey: key, host: server.address, flushAt: 3 })
    const faults: unknown[] = []
    analytics.on('error', (error) => faults.push(error))
    analytics.page({ anonymousId: 'cookie-sdk', name: 'Home' })
    analytics.track({ anonymousId: 'cookie-sdk', event: 'Product Viewed' })
    analytics.identify({ anonymousId: 'cookie-sdk', userId: 'sdk-1', traits: { email: 'sdk@example.com' } })
    analytics.track({ userId: 'sdk-1', event: 'Order Completed', properties: { total: 12 } })
    await analytics.closeAndFlush()
    expect(faults).toEqual([])
    const after = (await profilesOf(server.dev)).filter(
      (profile) => !before.some((one) => one.profile_id === profile.profile_id),
    )
    expect(after).toMatchObject([{ record_count: 4 }])
  })

  it('BOT-37 waiting for the answer tells a server key that may view which profile an event reached', async () => {
    const key = await server.writeKey('backend', { mayView: true })
    const first = await server.post('/v1/track?wait=true', key, {
      messageId: 'w1',
      anonymousId: 'cookie-w',
      event: 'Seen',
    })
    const second = await server.post('/v1/identify?wait=true', key, {
      messageId: 'w2',
      anonymousId: 'cookie-w',
      userId: 'w',
      traits: { phone: '(555) 123-4567' },
    })
    expect(first.body['profileId']).toMatch(/^p_[0-9a-f]{32}$/)
    expect(second.body['profileId']).toBe(first.body['profileId'])
    const blind = await server.post('/v1/track?wait=true', await server.writeKey('blind'), { event: 'Seen' })
    expect(blind.status).toBe(403)
  })

  it('A12 a message id that comes again, with whatever body, changes nothing and is no error', async () => {
    const key = await server.writeKey('repeats')
    const send = (body: object) => server.post('/v1/batch', key, { batch: [body] })
    const event = { type: 'track', event: 'Seen', messageId: 'same', anonymousId: 'cookie-r' }
    expect((await send(event)).body).toMatchObject({ success: true, accepted: 1, duplicates: 0, rejected: 0 })
    expect((await send(event)).body).toMatchObject({ accepted: 0, duplicates: 1 })
    expect((await send({ ...event, anonymousId: 'cookie-other' })).body).toMatchObject({ accepted: 0, duplicates: 1 })
    const [count] = await server.database.all<{ value: number }>(
      `SELECT sum(value) AS value FROM metrics WHERE space_id = ? AND name = 'duplicates_other_body' AND label = 'repeats'`,
      [server.dev],
    )
    expect(count?.value).toBe(1)
  })

  it('COM-5 the stored payload is the text that was sent, byte for byte', async () => {
    const key = await server.writeKey('verbatim')
    const text =
      '{ "type":"track", "event":"Åäö \\u00e9 \\"q\\"", "messageId":"v1","anonymousId" :"a", "n": 1.0, "big": 12345678901234567890, "x": [1, 2 ] }'
    const answer = await server.post(
      '/v1/batch',
      key,
      `{"sentAt":"2026-01-01T00:00:00Z", "batch" : [ ${text} ,{"messageId":"v2"}]}`,
    )
    expect(answer.body).toMatchObject({ accepted: 2 })
    const [row] = await server.database.all<{ payload: string }>(
      `SELECT payload FROM records WHERE space_id = ? AND source = 'verbatim' AND record_key = 'v1'`,
      [server.dev],
    )
    expect(row?.payload).toBe(text)
  })

  it('bodies that libraries compress, or send as plain text or as a form, are read', async () => {
    const key = await server.writeKey('shapes')
    const event = (id: string) => JSON.stringify({ batch: [{ type: 'page', anonymousId: 'c', messageId: id }] })
    const gzip = { 'content-encoding': 'gzip', 'content-type': 'application/x-www-form-urlencoded' }
    expect((await server.post('/v1/batch', key, gzipSync(event('s1')), gzip)).body).toMatchObject({ accepted: 1 })
    const plain = { 'content-type': 'text/plain;charset=UTF-8' }
    expect((await server.post('/v1/batch/', key, event('s2'), plain)).body).toMatchObject({ accepted: 1 })
    const inBody = { writeKey: key, type: 'page', anonymousId: 'c', messageId: 's3' }
    expect((await server.post('/v1/p', null, inBody)).body).toMatchObject({ accepted: 1 })
  })

  it('rows stream in as NDJSON and as CSV, and a broken one is kept aside with its reason', async () => {
    const key = await server.writeKey('crm')
    const ndjson = ['{"id":"1","email":"row@example.com"}', '{broken', '{"id":"2","email":"ROW@example.com"}'].join(
      '\n',
    )
    const rows = await server.post('/v1/records/crm', key, ndjson, { 'content-type': 'application/x-ndjson' })
    expect(rows.body).toMatchObject({ accepted: 2, rejected: 1, errors: [{ index: 1, code: 'record.broken_line' }] })
    const csv = 'id,email,note\n3,row@example.com,"two\nlines"\n4,short\n'
    const more = await server.post('/v1/records/crm', key, csv, { 'content-type': 'text/csv' })
    expect(more.body).toMatchObject({ accepted: 1, rejected: 1 })
    const letters = await server.database.all<{ payload: string }>(
      `SELECT payload FROM dead_letters WHERE space_id = ? AND source = 'crm' ORDER BY payload`,
      [server.dev],
    )
    expect(letters.map(({ payload }) => payload)).toEqual(['4,short', '{broken'])
    const [profile] = await server.database.all<{ record_count: number }>(
      `SELECT p.record_count FROM profiles p JOIN traces t ON t.space_id = p.space_id AND t.profile_id = p.profile_id
       WHERE p.space_id = ? AND t.source = 'crm' LIMIT 1`,
      [server.dev],
    )
    expect(profile?.record_count).toBe(3)
  })

  it('requests that cannot be read get a clear problem and leave the server well', async () => {
    const key = await server.writeKey('faults')
    expect((await server.post('/v1/batch', key, '{"batch": [')).body).toMatchObject({ code: 'request.broken_json' })
    expect((await server.post('/v1/batch', `${key}x`, { batch: [] })).status).toBe(401)
    expect((await server.post('/v1/batch', null, { batch: [] })).status).toBe(401)
    const deep = `{"batch":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`
    expect((await server.post('/v1/batch', key, deep)).body).toMatchObject({ code: 'request.too_deep' })
    expect((await server.post('/v1/batch', key, 'x'.repeat(1_000_001))).status).toBe(413)
    const bomb = gzipSync(Buffer.alloc(50_000_000, 32))
    expect((await server.post('/v1/batch', key, bomb, { 'content-encoding': 'gzip' })).status).toBe(413)
    const many = { batch: Array.from({ length: 501 }, () => ({})) }
    expect((await server.post('/v1/batch', key, many)).status).toBe(413)
    expect((await server.get('/healthz', null)).body).toEqual({ status: 'ok' })
  })
})
