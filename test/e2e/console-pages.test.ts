import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillShop, hostileName, openConsoleWorld, type ConsoleWorld } from './console-world.ts'

let world: ConsoleWorld
let sarah: string
let mallory: string

beforeAll(async () => {
  world = await openConsoleWorld()
  await fillShop(world.server)
  sarah = await profileOf('sarah.johnson@example.com')
  mallory = await profileOf('mallory@example.com')
}, 120_000)
afterAll(async () => {
  await world?.close()
})

const pages = [
  '/overview',
  '/customers',
  '/customers/SARAH',
  '/customers/SARAH?tab=events',
  '/customers/SARAH?tab=links',
  '/customers/SARAH?tab=history',
  '/customers/SARAH/graph',
  '/customers/SARAH/merge',
  '/customers/audiences',
  '/customers/identity-resolution',
  '/customers/identity-rules',
  '/customers/identity-rules/new',
  '/customers/merge-review',
  '/customers/drafts',
  '/customers/runs',
  '/customers/unresolved',
  '/customers/shared-values',
  '/sources',
  '/sources?tab=keys',
  '/sources?tab=debugger',
  '/sources?tab=letters',
  '/audit',
  '/users',
  '/settings',
]

describe('every page of the console', () => {
  it('can be used by everybody in light and in dark, asks no other host and breaks no policy', async () => {
    const { page, complaints, hosts, go } = await world.open({ colorScheme: 'light' })
    const faults: string[] = []
    for (const path of pages) {
      await page.emulateMedia({ colorScheme: 'light' })
      await visit(go, page, path)
      const light = await new AxeBuilder({ page }).analyze()
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.locator('html[data-mantine-color-scheme=dark]').waitFor()
      const dark = await new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block']).analyze()
      const found = [...light.violations, ...dark.violations]
      faults.push(...found.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html ?? ''}`))
    }
    expect(faults).toEqual([])
    expect(complaints).toEqual([])
    expect([...hosts]).toEqual([world.server.host])
  }, 180_000)

  it('fits a telephone: nothing is wider than 390 pixels', async () => {
    const { page, go } = await world.open({ viewport: { width: 390, height: 800 } })
    const tooWide: string[] = []
    for (const path of pages) {
      await visit(go, page, path)
      const width = await page.evaluate('document.documentElement.scrollWidth')
      if (Number(width) > 390) tooWide.push(`${path} ${String(width)}`)
    }
    expect(tooWide).toEqual([])
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('link', { name: 'All customers' }).click()
    await page.getByRole('heading', { name: 'Customers' }).waitFor()
  }, 120_000)

  it('A20 a name that would run, and one that would turn the line, are shown as they are', async () => {
    const { page, go, complaints } = await world.open()
    for (const path of [
      '/customers',
      `/customers/${mallory}`,
      `/customers/${mallory}/graph`,
      '/sources?tab=debugger',
    ]) {
      await visit(go, page, path)
      expect(await page.evaluate('window.ran')).toBeUndefined()
    }
    await go(`/customers/${mallory}`)
    await page.getByText(hostileName, { exact: false }).first().waitFor()
    await page.getByText('⟨U+202E⟩gnorw', { exact: false }).first().waitFor()
    await page.getByRole('button', { name: 'all 1,000 characters' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('loads 300 kB at most before the first page stands, compressed', async () => {
    const { page, go } = await world.open()
    let bytes = 0
    page.on('response', async (response) => {
      const { responseBodySize } = await response
        .request()
        .sizes()
        .catch(() => ({ responseBodySize: 0 }))
      if (response.url().includes('/admin')) bytes += responseBodySize
    })
    await go('/customers')
    await page.waitForLoadState('networkidle')
    process.stdout.write(`the console loads ${Math.round(bytes / 1000)} kB before its list of customers\n`)
    expect(bytes).toBeGreaterThan(50_000)
    expect(bytes).toBeLessThan(300_000)
  })

  it('I-31 who may only look is offered nothing else, and every page opens', async () => {
    const { page, go } = await world.open({}, 'viewer')
    await go('/customers/identity-rules')
    expect(await page.getByRole('link', { name: 'New rule' }).count()).toBe(0)
    await go('/customers/merge-review')
    await page.getByText('Is this one person?').waitFor()
    expect(await page.getByRole('button', { name: 'Merge', exact: true }).count()).toBe(0)
    await go(`/customers/${sarah}`)
    await page.getByText('Golden record').waitFor()
    expect(await page.getByRole('button', { name: 'Split' }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Users' }).count()).toBe(0)
    await go('/customers/identity-resolution')
    await page.getByRole('heading', { name: 'Match rules' }).waitFor()
    expect(await page.getByRole('button', { name: 'OR: add a rule' }).isDisabled()).toBe(true)
    await go('/sources')
    expect(await page.getByRole('button', { name: 'Connect a source' }).count()).toBe(0)
  })

  it('an address that leads nowhere says so, and a session that ended leads to signing in and back', async () => {
    const { page, go, context } = await world.open()
    await page.goto(`${world.server.address}/admin/nowhere`)
    await page.getByText('There is no such page').waitFor()
    expect(await page.getByRole('link', { name: 'Overview' }).count()).toBeGreaterThan(0)
    await context.clearCookies()
    await page.goto(`${world.server.address}/admin/customers/merge-review`)
    await page.getByLabel('Name').fill('admin')
    await page.getByLabel('Password', { exact: true }).fill('a password of my own')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Merge review' }).waitFor()
    await go('/overview')
  })
})

/** Opens a page and waits until nothing on it is still being loaded. */
async function visit(go: (path: string) => Promise<void>, page: Page, path: string): Promise<void> {
  await go(path.replace('SARAH', sarah))
  await expect.poll(() => page.getByRole('status', { name: 'Loading' }).count()).toBe(0)
}

async function profileOf(value: string): Promise<string> {
  const key = await world.server.apiKey('viewer')
  const { body } = await world.server.post('/api/v1/profiles/lookup', key, { value })
  const { items } = body as unknown as { items: { verified: boolean; profile: { profileId: string } }[] }
  const found = items.find(({ verified }) => verified)
  if (!found) throw new Error(`nobody holds ${value}`)
  return found.profile.profileId
}
