import AxeBuilder from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exampleSummary } from '../../packages/cli/src/report/render-report.fixture.ts'
import { renderReport } from '../../packages/cli/src/report/render-report.ts'
import { launchBrowser, launchWithoutNetwork } from './browser.ts'
import { checkout, folderWith, run } from './cli-process.ts'

let browser: Browser
let folder: string
/** Reports by name: one of a real run, one in which everything occurs, one full of hostile and long values. */
const reports: Record<'real' | 'full' | 'hostile', string> = { real: '', full: '', hostile: '' }

beforeAll(async () => {
  browser = await launchBrowser()
  folder = folderWith()
  const examples = join(checkout, 'examples/family-phone')
  const files = ['crm.csv', 'shop.csv'].map((name) => join(examples, name))
  const { code, err } = await run([
    'resolve',
    ...files,
    '--ruleset',
    join(examples, 'ruleset.yaml'),
    '--out',
    join(folder, 'real'),
    '--quiet',
  ])
  if (code !== 0) throw new Error(err)
  reports.real = join(folder, 'real/report.html')
  mkdirSync(join(folder, 'made'))
  reports.full = join(folder, 'made/full.html')
  reports.hostile = join(folder, 'made/hostile.html')
  writeFileSync(reports.full, renderReport(exampleSummary))
  writeFileSync(reports.hostile, renderReport(hostileSummary()))
}, 120_000)

afterAll(async () => {
  await browser?.close()
})

/** The full report with markup, overrides of direction and kilobytes without a space where its texts were. */
function hostileSummary(): typeof exampleSummary {
  const texts = ['"><img src=x onerror=alert(1)>\u202egnp.exe', 'x'.repeat(1024), 'שלום عربى 王小明 '.repeat(20)]
  const closed = [
    'selfsame',
    'kind',
    'role',
    'format',
    'delimiter',
    'action',
    'guard',
    'why',
    'trust',
    'class',
    'startedAt',
    'finishedAt',
    'observedAt',
  ]
  const fill = (value: unknown, key: string): unknown => {
    if (typeof value === 'string')
      return closed.includes(key) || (key === 'reason' && value.includes('_'))
        ? value
        : texts[value.length % texts.length]
    if (Array.isArray(value)) return value.map((one) => fill(one, key))
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one, name)]))
    return value
  }
  return fill(exampleSummary, '') as typeof exampleSummary
}

interface Opened {
  readonly page: Page
  readonly context: BrowserContext
  /** Whatever the page asked for, itself apart, and whatever it complained about. */
  readonly asked: readonly string[]
  readonly complaints: readonly string[]
}

async function open(file: string, width: number, colorScheme: 'light' | 'dark', opener = browser): Promise<Opened> {
  const context = await opener.newContext({ viewport: { width, height: 900 }, colorScheme, offline: true })
  const page = await context.newPage()
  const url = pathToFileURL(file).href
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => void (request.url() === url || asked.push(request.url())))
  page.on('console', (message) => void complaints.push(message.text()))
  page.on('pageerror', (error) => void complaints.push(error.message))
  page.on('dialog', (dialog) => void complaints.push(dialog.message()))
  await page.goto(url)
  return { page, context, asked, complaints }
}

const cases = [
  ['real', 1280, 'light'],
  ['real', 390, 'dark'],
  ['full', 1280, 'light'],
  ['full', 1280, 'dark'],
  ['full', 390, 'light'],
  ['full', 390, 'dark'],
  ['hostile', 1280, 'dark'],
  ['hostile', 390, 'light'],
] as const

describe('report.html in a browser without a network', () => {
  it.each(cases)('the %s report, %d px wide and %s, is whole and accessible', async (name, width, scheme) => {
    const { page, context, asked, complaints } = await open(reports[name], width, scheme)
    expect(await page.locator('section').count()).toBe(10)
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    const { violations } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze()
    expect(violations.map((one) => `${one.id}: ${one.nodes[0]?.html}`)).toEqual([])
    expect({ asked, complaints }).toEqual({ asked: [], complaints: [] })
    await context.close()
  })

  it('is whole where there is no network at all', async (test) => {
    const alone = await launchWithoutNetwork(folder)
    if (!alone) return test.skip('this machine makes no namespace without a network')
    try {
      const { page, asked, complaints } = await open(reports.real, 1280, 'light', alone)
      expect(await page.locator('section').count()).toBe(10)
      expect(await page.locator('.drawing svg').first().isVisible()).toBe(true)
      expect({ asked, complaints }).toEqual({ asked: [], complaints: [] })
    } finally {
      await alone.close()
    }
    return undefined
  })

  it('draws the links on a wide screen, and tells them in words on a narrow one', async () => {
    for (const [width, drawn] of [
      [1280, true],
      [390, false],
    ] as const) {
      const { page, context } = await open(reports.real, width, 'light')
      expect(await page.locator('.drawing svg').first().isVisible()).toBe(drawn)
      expect(await page.locator('.aslist .why').first().innerText()).toMatch(/Same e-mail|Same phone/)
      await context.close()
    }
  })

  it('shows the same figures as the summary', async () => {
    const summary = JSON.parse(readFileSync(join(folder, 'real/summary.json'), 'utf8')) as {
      counts: { records: number; profiles: number }
    }
    const { page, context } = await open(reports.real, 1280, 'light')
    expect(await page.locator('h1').innerText()).toBe(
      `${summary.counts.records} records are ${summary.counts.profiles} profiles`,
    )
    await context.close()
  })
})
