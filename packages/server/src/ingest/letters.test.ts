import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openServingWorld, type ServingWorld } from '../testing/serving-world.ts'
import { letterRoom } from './letter-routes.ts'

let world: ServingWorld
beforeAll(async () => {
  world = await openServingWorld({ rooms: [letterRoom] })
})
afterAll(() => world.close())

interface Letter {
  readonly letterId: string
  readonly code: string
  readonly payload: string
  readonly replayedAt: string | null
}

async function lettersOf(
  source: string,
  more = '',
): Promise<{ readonly items: readonly Letter[]; readonly next: string }> {
  const answer = await world.send(`/api/v1/dead-letters?source=${source}${more}`, { key: await world.apiKey('viewer') })
  expect(answer.status).toBe(200)
  return answer.body
}

describe('dead letters', () => {
  it('what cannot be taken is kept as it came, with its reason, while the others go on', async () => {
    const key = await world.writeKey({ source: 'mixed' })
    const body = '{"batch":[{"messageId":"m1","type":"track","event":"Seen"}, 7 ,{"messageId":"m2", "a":"\\u0000"}]}'
    expect((await world.send('/v1/batch', { key, body })).body).toEqual({
      success: true,
      accepted: 1,
      duplicates: 0,
      rejected: 2,
      errors: [
        { index: 1, messageId: null, code: 'record.not_an_object' },
        { index: 2, messageId: 'm2', code: 'record.bad_text' },
      ],
    })
    const { items } = await lettersOf('mixed')
    expect(items.map(({ code, payload }) => [code, payload]).sort()).toEqual([
      ['record.bad_text', '{"messageId":"m2", "a":"\\u0000"}'],
      ['record.not_an_object', '7'],
    ])
  })

  it('they come in pages, newest first, and no page shows one twice', async () => {
    const key = await world.writeKey({ source: 'paged' })
    for (let round = 0; round < 4; round++) {
      await world.send('/v1/signals', { key, body: JSON.stringify([round * 2, round * 2 + 1]) })
      world.pass(1_000)
    }
    const seen: string[] = []
    let page = await lettersOf('paged', '&limit=3')
    for (;;) {
      seen.push(...page.items.map(({ payload }) => payload))
      if (page.next === null) break
      page = await lettersOf('paged', `&limit=3&cursor=${page.next}`)
    }
    expect(seen).toHaveLength(8)
    expect(new Set(seen).size).toBe(8)
    expect(seen.map(Number).map((one) => Math.floor(one / 2))).toEqual([3, 3, 2, 2, 1, 1, 0, 0])
  })

  it('one is taken when it is tried again after the ruleset has learnt to read it', async () => {
    const key = await world.writeKey({ source: 'crm' })
    const row = '{"code":"c-1","email":"letter@example.com"}'
    expect((await world.send('/v1/records/crm', { key, body: `[${row}]` })).body).toMatchObject({
      rejected: 1,
      errors: [{ code: 'record.no_key' }],
    })
    const [letter] = (await lettersOf('crm')).items
    const manager = await world.apiKey('manager')
    const replay = () => world.send(`/api/v1/dead-letters/${letter?.letterId}/replay`, { key: manager, method: 'POST' })
    expect((await replay()).body).toEqual({ outcome: 'rejected', code: 'record.no_key', profileId: null })
    const body = await rulesetWithKey('crm', 'code')
    await world.engine.publish(world.dev, body, 'test', null)
    expect((await replay()).body).toMatchObject({ outcome: 'stored', code: null })
    expect((await replay()).body).toMatchObject({ status: 409, code: 'letter.replayed' })
    const [record] = await world.database.all<{ payload: string }>(
      `SELECT payload FROM records WHERE space_id = ? AND source = 'crm' AND record_key = 'c-1'`,
      [world.dev],
    )
    expect(record?.payload).toBe(row)
    expect((await lettersOf('crm')).items[0]?.replayedAt).not.toBeNull()
  })

  it('A13 a dead letter of another space is none, and a viewer replays nothing', async () => {
    const key = await world.writeKey({ source: 'walls' })
    await world.send('/v1/signals', { key, body: '7' })
    await world.send('/v1/signals', { key, body: '[7]' })
    const [letter] = (await lettersOf('walls')).items
    const replay = async (id: string, role: 'viewer' | 'manager', space: string) =>
      world.send(`/api/v1/dead-letters/${id}/replay`, { key: await world.apiKey(role, space), method: 'POST' })
    expect((await replay(letter?.letterId ?? '', 'viewer', world.dev)).status).toBe(403)
    const foreign = await replay(letter?.letterId ?? '', 'manager', world.prod)
    const none = await replay('l_none', 'manager', world.prod)
    expect(foreign.status).toBe(404)
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...none.body, requestId: '' })
    expect((await world.send('/api/v1/dead-letters', { key: await world.apiKey('viewer', world.prod) })).body).toEqual({
      items: [],
      next: null,
    })
  })
})

/** The space's ruleset, with the primary key of a source. */
async function rulesetWithKey(source: string, column: string): Promise<string> {
  const [row] = await world.database.all<{ body: string }>(
    'SELECT body FROM rulesets WHERE space_id = ? ORDER BY version DESC LIMIT 1',
    [world.dev],
  )
  return `${row?.body ?? ''}\nsources:\n  ${source}:\n    key: ${column}\n`
}
