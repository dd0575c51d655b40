import { linkUser, makeUser } from '@selfsame/server'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { launchBrowser } from './browser.ts'
import { startLiveServer, type LiveServer } from './live-server.ts'

/** A server with a console, a browser, and somebody signed in. */
export interface ConsoleWorld {
  readonly server: LiveServer
  readonly browser: Browser
  /** A page of somebody signed in, and whatever it complained about. */
  open(options?: Parameters<Browser['newContext']>[0], role?: 'administrator' | 'viewer'): Promise<OpenPage>
  close(): Promise<void>
}

export interface OpenPage {
  readonly page: Page
  readonly context: BrowserContext
  /** Errors of the console, of scripts, and of the policy. */
  readonly complaints: readonly string[]
  /** Hosts that anything was asked of. */
  readonly hosts: ReadonlySet<string>
  go(path: string): Promise<void>
}

export async function openConsoleWorld(databaseUrl: string | null = null): Promise<ConsoleWorld> {
  const server = await startLiveServer(databaseUrl)
  const browser = await launchBrowser()
  const states = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>()
  return {
    server,
    browser,
    open: async (options = {}, role = 'administrator') => {
      const storageState = states.get(role)
      const context = await browser.newContext({ ...options, ...(storageState && { storageState }) })
      context.setDefaultTimeout(15_000)
      const page = await context.newPage()
      const complaints: string[] = []
      const hosts = new Set<string>()
      page.on(
        'console',
        (message) =>
          void (
            message.type() === 'error' &&
            !message.text().startsWith('Failed to load') &&
            complaints.push(message.text())
          ),
      )
      page.on('pageerror', (error) => void complaints.push(error.message))
      page.on('response', (response) => {
        if (response.status() >= 400) complaints.push(`${response.status()} ${new URL(response.url()).pathname}`)
      })
      page.on('request', (request) => void hosts.add(new URL(request.url()).host))
      if (!storageState) {
        await page.goto(await linkFor(server, role))
        await page.getByLabel('New password').fill('a password of my own')
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.getByRole('heading', { name: 'Overview' }).waitFor()
        states.set(role, await context.storageState())
      }
      return {
        page,
        context,
        complaints,
        hosts,
        go: async (path) => {
          await page.goto(`${server.address}/admin${path}`)
          await page.getByRole('heading', { level: 1 }).waitFor()
        },
      }
    },
    close: async () => {
      await browser.close()
      await server.close()
    },
  }
}

async function linkFor({ database, address, dev }: LiveServer, role: 'administrator' | 'viewer'): Promise<string> {
  const [user] = await database.all<{ user_id: string; workspace_id: string }>(
    "SELECT user_id, workspace_id FROM users WHERE name = 'admin'",
  )
  if (!user) throw new Error('there is no administrator')
  const context = { database, now: Date.now }
  const { workspace_id, user_id } = user
  const token =
    role === 'viewer'
      ? (
          await makeUser(context, 'test', workspace_id, {
            name: 'vera',
            administrator: false,
            memberships: [{ space_id: dev, role: 'viewer' }],
          })
        ).signInToken
      : await linkUser(context, 'test', workspace_id, user_id)
  return `${address}/admin/sign-in#${token}`
}

/** Sarah on three devices, a form that somebody else filled in with her address, and a name that would run if it could. */
export async function fillShop(server: LiveServer): Promise<void> {
  const crm = await server.writeKey('crm')
  const app = await server.writeKey('app')
  const form = await server.writeKey('form', { trust: 'untrusted' })
  const rows = [
    {
      id: 'C-1',
      customer_id: 'C-1',
      email: 'Sarah.Johnson@Example.com',
      phone: '(555) 123-4567',
      first_name: 'Sarah',
      last_name: 'Johnson',
      city: 'Austin',
    },
    {
      id: 'C-2',
      customer_id: 'C-2',
      email: 's.johnson@example.com',
      phone: '+1-555-123-4567',
      first_name: 'Sara',
      last_name: 'Johnson',
      city: 'Boston',
    },
    {
      id: 'C-3',
      customer_id: 'C-3',
      email: 'mallory@example.com',
      first_name: hostileName,
      city: rightToLeft,
      plan: 'x'.repeat(1_000),
    },
    { id: 'C-4', email: 'dora@example.com', phone: '+15550004444', first_name: 'Dora', last_name: 'Diaz' },
    { id: 'C-5', email: 'd.diaz@example.com', phone: '+15550004444', first_name: 'Dora', last_name: 'Diaz' },
  ]
  await taken(server.post('/v1/records/crm', crm, rows))
  const devices = ['laptop', 'phone', 'tablet']
  const batch = devices.flatMap((device, place) => [
    { type: 'page', messageId: `p-${device}`, anonymousId: `sarah-${device}`, name: 'Home', properties: { path: '/' } },
    {
      type: 'identify',
      messageId: `i-${device}`,
      anonymousId: `sarah-${device}`,
      traits: { email: 'sarah.johnson@example.com', place },
    },
  ])
  await taken(server.post('/v1/batch', app, { batch }))
  const forms = ['sarah.johnson@example.com', 'dora@example.com'].map((email, place) => ({
    type: 'track',
    event: 'Newsletter Signup',
    messageId: `f-${place}`,
    anonymousId: `visitor-${place}`,
    properties: { email },
  }))
  await taken(server.post('/v1/batch', form, { batch: forms }))
}

export const hostileName = '"><img src=x onerror="window.ran=1"><script>window.ran=1</script>'
export const rightToLeft = '\u202Egnorw\u202C ١٢٣ שלום'

async function taken(answer: Promise<{ readonly status: number; readonly body: object }>): Promise<void> {
  const { status, body } = await answer
  if (status !== 200 || ('rejected' in body && body.rejected !== 0))
    throw new Error(`not taken: ${JSON.stringify(body)}`)
}
