import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchBrowser } from '../test/e2e/browser.ts'
import { buildConsoleIfNeeded } from './build-console.ts'
import { root } from './step.ts'

/**
 * Pictures of every page of the console, light and dark, of the invented shop: `node tools/pictures.ts [FOLDER]`. The folder is
 * `selfsame-pictures` in the temporary folder unless another is named. Those that the documents show are chosen by hand and
 * kept under docs/pictures.
 */
const folder = process.argv[2] ?? join(tmpdir(), 'selfsame-pictures')

interface Picture {
  readonly name: string
  readonly path: string
  readonly height?: number
  /** What is done before the picture is taken. */
  readonly prepare?: (page: Page) => Promise<void>
}

const openSarah = async (page: Page): Promise<void> => {
  await page.getByRole('searchbox').fill('sarah.johnson@example.com')
  await page.getByRole('link', { name: 'Sarah Johnson' }).first().click()
  await page.getByRole('heading', { name: 'Sarah Johnson' }).waitFor()
}

const pictures: readonly Picture[] = [
  { name: 'overview', path: '/overview', height: 1000 },
  { name: 'customers', path: '/customers' },
  { name: 'profile', path: '/customers', prepare: openSarah, height: 960 },
  {
    name: 'graph',
    path: '/customers',
    prepare: async (page) => {
      await openSarah(page)
      await page.getByRole('tab', { name: 'Identity graph' }).click()
      await page.getByRole('button', { name: /anonymous id sarah-tablet/ }).click()
    },
  },
  {
    name: 'events',
    path: '/customers',
    prepare: async (page) => {
      await openSarah(page)
      await page.getByRole('tab', { name: 'Events' }).click()
    },
  },
  {
    name: 'links',
    path: '/customers',
    prepare: async (page) => {
      await openSarah(page)
      await page.getByRole('tab', { name: 'Links' }).click()
    },
  },
  { name: 'resolution', path: '/customers/identity-resolution', height: 1000 },
  {
    name: 'rule',
    path: '/customers/identity-rules/new',
    height: 960,
    prepare: async (page) => {
      await page.getByRole('combobox', { name: 'Source' }).click()
      await page.getByRole('option', { name: 'newsletter' }).click()
      await page.getByRole('combobox', { name: 'Event name' }).fill('newsletter_signup')
      await page.getByRole('combobox', { name: 'Path' }).fill('properties.email')
      await page.keyboard.press('Escape')
      await page.getByText('Fires', { exact: true }).waitFor()
    },
  },
  { name: 'rules', path: '/customers/identity-rules' },
  { name: 'review', path: '/customers/merge-review', height: 960 },
  {
    name: 'draft',
    path: '/customers/identity-resolution',
    height: 1000,
    prepare: async (page) => {
      if ((await page.getByRole('switch', { name: 'Same phone is off' }).count()) > 0) {
        await page.getByRole('switch', { name: 'Same phone is off' }).click({ force: true })
        await page.getByRole('button', { name: 'Save', exact: true }).click()
        await page.getByRole('button', { name: 'Save to draft' }).click()
        await page.getByText('Saved to the draft').waitFor()
      }
      await page.getByRole('link', { name: 'Drafts' }).click()
      await page.getByRole('button', { name: 'Try it on everything' }).click()
      await page.getByText('By rule').first().waitFor()
    },
  },
  { name: 'runs', path: '/customers/runs' },
  { name: 'unresolved', path: '/customers/unresolved' },
  { name: 'shared-values', path: '/customers/shared-values' },
  {
    name: 'audiences',
    path: '/customers/audiences',
    prepare: async (page) => {
      if ((await page.getByRole('button', { name: 'Members of Plus without an order' }).count()) === 0) {
        await page.getByRole('button', { name: 'New audience' }).first().click()
        await page.getByLabel('Name').fill('Plus without an order')
        await page.getByRole('textbox', { name: 'Value' }).fill('plus')
        await page.getByRole('button', { name: 'What they did' }).click()
        await page.getByRole('combobox', { name: 'They' }).click()
        await page.getByRole('option', { name: 'never did' }).click()
        await page.getByRole('combobox', { name: 'Event' }).fill('order_completed')
        await page.getByText(/ of \d+ people/).waitFor()
        await page.getByRole('button', { name: 'Save the audience' }).click()
      } else await page.getByRole('button', { name: 'Members of Plus without an order' }).click()
      await page.getByRole('region', { name: 'Members of Plus without an order' }).waitFor()
    },
  },
  { name: 'sources', path: '/sources' },
  { name: 'keys', path: '/sources?tab=keys' },
  { name: 'debugger', path: '/sources?tab=debugger' },
  { name: 'audit', path: '/audit' },
  { name: 'users', path: '/users' },
  { name: 'settings', path: '/settings' },
]

await buildConsoleIfNeeded()
mkdirSync(folder, { recursive: true })
const home = mkdtempSync(join(tmpdir(), 'selfsame-shop-'))
const server = spawn('node', [join(root, 'packages/cli/src/main.ts'), 'serve', '--demo', '--port', '0'], {
  cwd: home,
  stdio: ['ignore', 'pipe', 'inherit'],
})
try {
  const link = await linkIn(server.stdout)
  const address = new URL(link).origin
  const browser = await launchBrowser()
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 } })
  const page = await context.newPage()
  await page.goto(link)
  await page.getByLabel('New password').fill('a password for pictures')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const { name, path, height = 860, prepare } of pictures) {
      await page.setViewportSize({ width: 1360, height })
      await page.goto(`${address}/admin${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await prepare?.(page)
      await page.waitForLoadState('networkidle')
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) })
    }
  }
  await browser.close()
} finally {
  server.kill()
  rmSync(home, { recursive: true, force: true })
}
process.stdout.write(`the pictures are in ${folder}\n`)

/** The link to sign in with, as the server prints it. */
async function linkIn(stdout: NodeJS.ReadableStream): Promise<string> {
  let said = ''
  for await (const text of stdout) {
    said += String(text)
    const link = /http\S+\/admin\/sign-in#\S+/.exec(said)?.[0]
    if (link !== undefined) return link
  }
  throw new Error('the server stopped before it printed a link')
}
