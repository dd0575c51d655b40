import AxeBuilder from '@axe-core/playwright'
import { linkUser } from '@selfsame/server'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { startLiveServer, type LiveServer } from './live-server.ts'

let server: LiveServer
let browser: Browser

beforeAll(async () => {
  server = await startLiveServer()
  browser = await launchBrowser()
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await server?.close()
})

describe('the sign-in page', () => {
  it('A22 a link signs in once and chooses the password of the next time, and nothing of it stays in the address', async () => {
    const link = await newLink()
    const context = await browser.newContext()
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(link)
    await page.getByLabel('New password').fill('a password of my own')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Signed in as admin' }).waitFor()
    const token = link.split('#')[1] ?? ''
    expect(page.url()).toBe(`${server.address}/admin/overview?space=dev`)
    expect(asked.filter((url) => url.replace(/#.*/, '').includes(token))).toEqual([])
    const [cookie] = await context.cookies()
    expect(cookie).toMatchObject({ name: 'selfsame_session', httpOnly: true, sameSite: 'Strict' })
    expect(await page.evaluate('document.cookie')).toBe('')

    await page.reload()
    await page.getByRole('button', { name: 'Signed in as admin' }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByLabel('Name').fill('admin')
    await page.getByLabel('Password', { exact: true }).fill('a password of my own')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Signed in as admin' }).waitFor()

    const again = await (await browser.newContext()).newPage()
    await again.goto(link)
    await again.getByLabel('New password').fill('another password')
    await again.getByRole('button', { name: 'Sign in' }).click()
    await again.getByText('this link was used before').waitFor()
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
  })

  it('can be used by everybody, in light and in dark', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ colorScheme })
      const page = await context.newPage()
      await page.goto(`${server.address}/admin/sign-in`)
      await page.getByLabel('Name').waitFor()
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id }) => id)).toEqual([])
      await context.close()
    }
  })
})

async function newLink(): Promise<string> {
  const { database } = server
  const [user] = await database.all<{ user_id: string; workspace_id: string }>(
    'SELECT user_id, workspace_id FROM users ORDER BY user_id',
  )
  const token = await linkUser({ database, now: Date.now }, 'test', user?.workspace_id ?? '', user?.user_id ?? '')
  return `${server.address}/admin/sign-in#${token}`
}

function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = []
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
  page.on('pageerror', (error) => void complaints.push(error.message))
  return complaints
}
