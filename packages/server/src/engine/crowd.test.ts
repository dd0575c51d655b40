import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeWriteKey } from '../control/keys.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

let world: ReadingWorld
const crowdAbove = 60

describe('a crowd of strangers with one address', () => {
  beforeAll(async () => {
    world = await openReadingWorld()
    await makeWriteKey(world, 'test', world.everywhere, world.dev, { source: 'site', class: 'public', mayView: false })
    const { yaml } = (await world.ask({ path: '/api/v1/rulesets/published' })).json<{ yaml: string }>()
    await world.engine.publish(world.dev, `${yaml.trimEnd()}\ncrowd_above: ${crowdAbove}\n`, 'test', null)
    await world.tell('crm', { owner: { userId: 'owner', traits: { email: 'victim@example.com' } } })
  })
  afterAll(() => world.close())

  const strangers = (from: number, count: number) =>
    world.tell(
      'site',
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [
          `s${from + index}`,
          { anonymousId: `cookie-${from + index}`, traits: { email: 'victim@example.com' } },
        ]),
      ),
    )
  const queue = async () => {
    const answer = await world.ask({ path: '/api/v1/candidates?limit=1000' })
    return answer.json<{ items: unknown[] }>().items.length
  }

  it('A1 is asked about up to a number, and not at all beyond it', async () => {
    await strangers(0, crowdAbove)
    expect(await queue()).toBe(crowdAbove)
    await strangers(crowdAbove, 1)
    expect(await queue()).toBe(0)
    await strangers(crowdAbove + 1, 20)
    expect(await queue()).toBe(0)
  })

  it('A7 joins nobody to the owner, and splits nobody off', async () => {
    const [id] = await world.tell('shop', { later: { userId: 'owner-2', traits: { email: 'other@example.com' } } })
    const [same] = await world.tell('shop', { again: { userId: 'owner-2', traits: { email: 'victim@example.com' } } })
    expect(same).toBe(id)
    const { items } = (
      await world.ask({ method: 'POST', path: '/api/v1/profiles/lookup', body: { type: 'user_id', value: 'owner' } })
    ).json<{
      items: { profile: { recordCount: number } }[]
    }>()
    expect(items[0]?.profile.recordCount).toBe(1)
  })

  it('when enough of them are erased, those that are left are asked about again', async () => {
    for (let index = 0; index < 21; index++) {
      const answer = await world.ask({
        method: 'POST',
        path: '/api/v1/profiles/lookup',
        body: { value: `cookie-${index}` },
      })
      const [found] = answer.json<{ items: { profile: { profileId: string } }[] }>().items
      await world.engine.erase(world.dev, [found?.profile.profileId ?? ''], { actor: 'test' })
    }
    // The owner, and the other account that says the address is its own.
    expect(await queue()).toBeGreaterThanOrEqual(crowdAbove)
  })
})
