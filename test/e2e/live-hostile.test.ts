import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../postgres/fresh-databases.ts'
import { startLiveServer, type LiveServer } from './live-server.ts'

describe.each(databaseKinds)('hostile input on $name', ({ fresh }) => {
  let database: FreshDatabase
  let server: LiveServer
  let key: string
  beforeAll(async () => {
    database = await fresh()
    server = await startLiveServer(database.url)
    key = await server.writeKey('hostile')
  })
  afterAll(async () => {
    await server?.close()
    await database?.remove()
  })

  it('I-37 NUL, halves of surrogate pairs and line ends of all kinds end among the dead letters', async () => {
    const lines = [
      '{"id":1,"a":"\\u0000"}',
      '{"id":2,"a":"\\ud800"}',
      '\u0000',
      '{"id":3}\u0000',
      '{"id":4,"\\udc00":1}',
    ]
    const answer = await server.post('/v1/records/hostile', key, lines.join('\n'), {
      'content-type': 'application/x-ndjson',
    })
    expect(answer.body).toMatchObject({ accepted: 0, rejected: 5 })
    const csv = await server.post('/v1/records/hostile', key, 'id,note\n5,"\u0000"\n6,x\u0000,y\n7,z\n', {
      'content-type': 'text/csv',
    })
    expect(csv.body).toMatchObject({ accepted: 1, rejected: 2 })
    const letters = await server.database.all<{ payload: string }>(
      `SELECT payload FROM dead_letters WHERE space_id = ? AND source = 'hostile'`,
      [server.dev],
    )
    expect(letters).toHaveLength(7)
  })

  it('A19 an event that holds fifty identifiers of a kilobyte, which nothing compresses, is taken', async () => {
    const externalIds = Array.from({ length: 50 }, () => ({
      type: 'user_id',
      id: randomBytes(500).toString('hex'),
    }))
    const event = { type: 'track', event: 'Seen', messageId: 'wide', context: { externalIds } }
    const answer = await server.post('/v1/batch', key, { batch: [event] })
    expect([answer.status, answer.body]).toMatchObject([200, { accepted: 1 }])
  })

  it('names, event names and traits beyond what an index of a database takes are taken', async () => {
    const long = randomBytes(20_000).toString('hex')
    const traits = {
      email: 'long@example.com',
      name: long,
      first_name: long,
      last_name: long,
      [long]: long,
      city: long,
    }
    for (const messageId of ['long-1', 'long-2']) {
      const event = { type: 'identify', userId: 'long', event: long, messageId, traits }
      const answer = await server.post('/v1/batch', key, { batch: [event] })
      expect([answer.status, answer.body]).toMatchObject([200, { accepted: 1 }])
    }
    const rows = [{ id: '\u0001'.repeat(512), email: 'long@example.com', name: long }]
    const answer = await server.post('/v1/records/hostile', key, rows)
    expect([answer.status, answer.body]).toMatchObject([200, { accepted: 1 }])
  })

  it('a message id of 512 characters of four bytes, and a source beside it, is a key', async () => {
    const messageId = Array.from({ length: 256 }, () =>
      String.fromCodePoint(0x10000 + Math.floor(Math.random() * 0xffff)),
    ).join('')
    expect(messageId.length).toBe(512)
    const answer = await server.post('/v1/track', key, { event: 'Seen', anonymousId: 'long', messageId })
    expect([answer.status, answer.body]).toMatchObject([200, { accepted: 1 }])
    const again = await server.post('/v1/track', key, { event: 'Seen', anonymousId: 'long', messageId })
    expect(again.body).toMatchObject({ duplicates: 1 })
  })

  it('times from before and beyond the calendar are taken', async () => {
    const times = [
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59.999Z',
      253402300799999,
      -62135596800000,
      'no time',
      {},
      1e308,
    ]
    const batch = times.map((timestamp, place) => ({
      type: 'track',
      event: 'Seen',
      anonymousId: 'time',
      messageId: `t${place}`,
      timestamp,
    }))
    for (const sentAt of [...times, undefined]) {
      const answer = await server.post('/v1/batch', key, {
        batch: batch.map((one) => ({ ...one, messageId: `${one.messageId}-${JSON.stringify(sentAt)}` })),
        sentAt,
      })
      expect([sentAt, answer.status, answer.body]).toMatchObject([sentAt, 200, { accepted: times.length }])
    }
  })
})
