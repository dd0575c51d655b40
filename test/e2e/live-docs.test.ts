import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { startLiveServer, type LiveServer } from './live-server.ts'

let server: LiveServer
let browser: Browser
beforeAll(async () => {
  ;[server, browser] = await Promise.all([startLiveServer(), launchBrowser()])
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

describe('the docs page', () => {
  it('A20 shows every group of routes, asks no other machine for anything, and runs no script but its own', async () => {
    const page = await browser.newPage()
    const asked: string[] = []
    const faults: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text())
    })
    await page.goto(`${server.address}/docs/`)
    await page.getByRole('heading', { name: 'Selfsame' }).first().waitFor()
    await page.getByText('profiles').first().waitFor()
    const elsewhere = asked.filter((url) => !url.startsWith(server.address) && !/^(data|blob):/.test(url))
    expect(elsewhere).toEqual([])
    expect(asked).toContain(`${server.address}/openapi.json`)
    expect(faults).toEqual([])
  })
})
