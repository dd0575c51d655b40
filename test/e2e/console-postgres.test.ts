import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../postgres/fresh-databases.ts'
import { fillShop, openConsoleWorld, type ConsoleWorld } from './console-world.ts'

let fresh: FreshDatabase
let world: ConsoleWorld

beforeAll(async () => {
  const kind = databaseKinds.find(({ name }) => name.startsWith('PostgreSQL'))
  if (!kind) throw new Error('there is no PostgreSQL to test on')
  fresh = await kind.fresh()
  world = await openConsoleWorld(fresh.url)
  await fillShop(world.server)
}, 120_000)
afterAll(async () => {
  await world?.close()
  await fresh?.remove()
})

describe('the console on PostgreSQL', () => {
  it('a whole journey: look Sarah up, try "same phone", publish it, work through the review, take it back', async () => {
    const { page, go, complaints } = await world.open({ viewport: { width: 1440, height: 1800 } })
    await go('/customers')
    await page.getByRole('searchbox').fill('SARAH.JOHNSON@EXAMPLE.COM')
    await page.getByRole('link', { name: 'Sarah Johnson' }).click()
    for (const device of ['sarah-laptop', 'sarah-phone', 'sarah-tablet']) await page.getByText(device).first().waitFor()

    await go('/customers/identity-resolution')
    await page.getByRole('switch', { name: 'Same phone is off' }).click({ force: true })
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('button', { name: 'Save to draft' }).click()
    await page.getByText('Saved to the draft').waitFor()
    await go('/customers/drafts')
    await page.getByRole('button', { name: 'Try it on everything' }).click()
    await page.getByText('Dora Diaz').first().waitFor()
    await page.getByRole('button', { name: 'Publish', exact: true }).click()
    await page.getByText('There is no draft').waitFor()

    await go('/customers/merge-review')
    const list = page.getByRole('list', { name: 'Candidates' })
    await list.getByRole('listitem').first().waitFor()
    const before = await list.getByRole('listitem').count()
    await page.keyboard.press('m')
    await expect.poll(() => list.getByRole('listitem').count()).toBe(before - 1)
    await page.keyboard.press('u')
    await expect.poll(() => list.getByRole('listitem').count()).toBe(before)
    await go('/audit')
    await page.getByRole('button', { name: 'Verify the chain' }).click()
    await page.getByText(/whole: \d+ entries/).waitFor()
    expect(complaints).toEqual([])
  }, 90_000)
})
