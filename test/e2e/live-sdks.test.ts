import { proofOf } from '@selfsame/server'
import { findSource } from '@selfsame/store'
import { Analytics } from '@segment/analytics-node'
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { startLiveServer, type LiveServer } from './live-server.ts'
import { startSite } from './sdk-pages.ts'

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

interface Stored {
  readonly event: string | null
  readonly record_key: string
  readonly payload: string
  readonly profile_id: string | null
}

/** Records of a source in the order in which they were stored, with the profile each belongs to. */
function recordsOf(source: string): Promise<readonly Stored[]> {
  return server.database.all<Stored>(
    `SELECT r.event, r.record_key, r.payload, t.profile_id FROM records r
     LEFT JOIN traces t ON t.space_id = r.space_id AND t.trace_id = r.trace_id
     WHERE r.space_id = ? AND r.source = ? ORDER BY r.seq`,
    [server.dev, source],
  )
}

async function untilStored(source: string, count: number): Promise<readonly Stored[]> {
  for (let tries = 0; tries < 100; tries++) {
    const records = await recordsOf(source)
    if (records.length >= count) return records
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return recordsOf(source)
}

function eventsOf(records: readonly Stored[]): readonly (string | null)[] {
  return records.map(({ event }) => event).sort()
}

function profilesOf(records: readonly Stored[]): ReadonlySet<string | null> {
  return new Set(records.map(({ profile_id }) => profile_id))
}

async function proof(source: string, userId: string): Promise<string> {
  const connected = await findSource(server.database, server.dev, source)
  return proofOf(connected?.proof_secret ?? '', 'user_id', userId)
}

describe("the makers' own libraries, pointed at this server and otherwise unchanged", () => {
  it('SEG-7 events of the Segment library for Node reach one profile', async () => {
    const key = await server.writeKey('segment_node')
    const analytics = new Analytics({ writeKey: key, host: server.address, flushAt: 10 })
    const faults: unknown[] = []
    analytics.on('error', (error) => faults.push(error))
    analytics.page({ anonymousId: 'node-cookie', name: 'Pricing' })
    analytics.identify({ userId: 'node-1', anonymousId: 'node-cookie', traits: { email: 'Node.One@example.com' } })
    analytics.track({ userId: 'node-1', event: 'Ticket Opened', properties: { topic: 'invoice' } })
    analytics.group({ userId: 'node-1', groupId: 'acme', traits: { name: 'Acme' } })
    analytics.screen({ userId: 'node-1', name: 'Home' })
    analytics.alias({ userId: 'node-1', previousId: 'node-old' })
    await analytics.closeAndFlush()
    expect(faults).toEqual([])
    const records = await recordsOf('segment_node')
    expect(eventsOf(records)).toEqual(['Ticket Opened', 'alias', 'group', 'identify', 'page', 'screen'])
    expect(profilesOf(records).size).toBe(1)
    expect(profilesOf(records).has(null)).toBe(false)
  })

  it('events of the RudderStack library for Node reach one profile, compressed or not', async () => {
    for (const gzip of [true, false]) {
      const source = gzip ? 'rudder_gzip' : 'rudder_plain'
      const key = await server.writeKey(source)
      const rudder = new RudderAnalytics(key, { dataPlaneUrl: server.address, flushAt: 3, flushInterval: 100, gzip })
      rudder.page({ anonymousId: `${source}-cookie`, name: 'Pricing' })
      rudder.identify({ userId: source, anonymousId: `${source}-cookie`, traits: { phone: '(555) 123-4567' } })
      rudder.track({ userId: source, event: 'Order Completed' })
      await rudder.flush()
      const records = await untilStored(source, 3)
      expect(eventsOf(records)).toEqual(['Order Completed', 'identify', 'page'])
      expect(profilesOf(records).size).toBe(1)
      expect(profilesOf(records).has(null)).toBe(false)
    }
  })

  it('SEG-1 what a browser sends by the Segment library follows its visitor, and with a proof joins the customer', async () => {
    const publicKey = await server.writeKey('segment_web', { class: 'public' })
    const serverKey = await server.writeKey('segment_web_backend')
    await server.post('/v1/identify', serverKey, { messageId: 'b1', userId: 'web-1', traits: { plan: 'pro' } })
    const site = await startSite('@segment/analytics-next')
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
    page.on('pageerror', (error) => void complaints.push(error.message))
    await page.goto(site.address)
    await page.evaluate(
      async ({ writeKey, apiHost, proof }) => {
        // oxlint-disable-next-line typescript/no-explicit-any -- the page's library
        const { AnalyticsBrowser } = (globalThis as any).sdk
        const settings = { apiKey: writeKey, apiHost, protocol: 'http' }
        const analytics = AnalyticsBrowser.load(
          { writeKey, cdnSettings: { integrations: { 'Segment.io': settings } } },
          { integrations: { 'Segment.io': settings } },
        )
        await analytics.page('Landing')
        await analytics.track('Product Viewed', { sku: 'A1' })
        await analytics.identify('web-1', { email: 'web@example.com' }, { context: { selfsame_proof: proof } })
        await analytics.group('acme')
        await analytics.alias('web-1-new', 'web-1')
      },
      { writeKey: publicKey, apiHost: `${server.host}/v1`, proof: await proof('segment_web', 'web-1') },
    )
    const records = await untilStored('segment_web', 5)
    await page.close()
    await site.close()
    expect(complaints).toEqual([])
    expect(eventsOf(records)).toEqual(['Product Viewed', 'alias', 'group', 'identify', 'page'])
    const [backend] = await recordsOf('segment_web_backend')
    const seen = records.filter(({ event }) => event === 'Product Viewed' || event === 'identify' || event === 'page')
    expect(profilesOf(seen)).toEqual(new Set([backend?.profile_id]))
  })

  it('what a browser sends by the RudderStack library follows its visitor, and with a proof joins the customer', async () => {
    const publicKey = await server.writeKey('rudder_web', { class: 'public' })
    const serverKey = await server.writeKey('rudder_web_backend')
    await server.post('/v1/identify', serverKey, { messageId: 'b1', userId: 'web-2', traits: { plan: 'pro' } })
    const site = await startSite('@rudderstack/analytics-js/bundled')
    const page = await browser.newPage()
    const complaints: string[] = []
    page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())))
    page.on('pageerror', (error) => void complaints.push(error.message))
    await page.goto(site.address)
    await page.evaluate(
      async ({ writeKey, address, proof }) => {
        // oxlint-disable-next-line typescript/no-explicit-any -- the page's library
        const { RudderAnalytics } = (globalThis as any).sdk
        const rudder = new RudderAnalytics()
        rudder.load(writeKey, address, {
          configUrl: address,
          getSourceConfig: () => ({
            source: {
              id: 'shop',
              name: 'shop',
              writeKey,
              enabled: true,
              workspaceId: 'w',
              destinations: [],
              connections: [],
              config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
            },
          }),
        })
        await new Promise((resolve) => rudder.ready(resolve))
        rudder.page('Landing')
        rudder.track('Product Viewed', { sku: 'A1' })
        rudder.identify('web-2', { email: 'web2@example.com' }, { context: { selfsame_proof: proof } })
        rudder.group('acme')
      },
      { writeKey: publicKey, address: server.address, proof: await proof('rudder_web', 'web-2') },
    )
    const records = await untilStored('rudder_web', 4)
    await page.close()
    await site.close()
    expect(complaints).toEqual([])
    expect(eventsOf(records)).toEqual(['Product Viewed', 'group', 'identify', 'page'])
    const [backend] = await recordsOf('rudder_web_backend')
    const seen = records.filter(({ event }) => event !== 'group')
    expect(profilesOf(seen)).toEqual(new Set([backend?.profile_id]))
  })
})
