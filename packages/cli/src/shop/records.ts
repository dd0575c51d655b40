import type { Customer } from './people.ts'
import { shopDays } from './shop-clock.ts'

/** A call of the ingest interface: its path and body. */
export interface ShopCall {
  readonly source: 'crm' | 'web' | 'app' | 'till' | 'support' | 'newsletter'
  readonly path: string
  readonly body: unknown
}

const dayMs = 86_400_000

export interface ShopDay {
  readonly daysAgo: number
  readonly calls: readonly ShopCall[]
}

/** What happened at the shop day by day: the customer list first, then who came, the last day today. */
export function shopHistory(customers: readonly Customer[], nowMs: number, draw: () => number): readonly ShopDay[] {
  const rows = customers.filter(({ place }) => place % 5 !== 3).map((customer) => crmRow(customer, nowMs, draw))
  const events = customers.flatMap((customer) => eventsOf(customer, nowMs, draw))
  const imported: ShopDay = {
    daysAgo: shopDays,
    calls: chunks(rows, 200).map((batch) => ({ source: 'crm', path: '/v1/records/crm', body: batch })),
  }
  const told = Array.from({ length: shopDays }, (_, n) => shopDays - 1 - n).map((daysAgo): ShopDay => {
    const ofDay = events.filter(({ body }) => Math.floor((nowMs - Date.parse(body.timestamp)) / dayMs) === daysAgo)
    const batches = (source: ShopCall['source']): readonly ShopCall[] =>
      chunks(
        ofDay.filter((event) => event.source === source).map(({ body }) => body),
        200,
      ).map((batch) => ({ source, path: '/v1/batch', body: { batch } }))
    const chats = ofDay.filter(({ source }) => source === 'support')
    const calls = [
      ...batches('web'),
      ...batches('app'),
      ...batches('till'),
      ...batches('newsletter'),
      ...chats.map(({ body }): ShopCall => ({ source: 'support', path: '/v1/signals', body })),
    ]
    return { daysAgo, calls }
  })
  return [imported, ...told]
}

/** One more thing that somebody does right now. */
export function nextEvent(customers: readonly Customer[], nowMs: number, draw: () => number): ShopCall {
  const customer = customers[Math.floor(draw() ** 2 * customers.length)] as Customer
  const [event] = visit(customer, nowMs, draw, customer.browsers[0] ?? 'browser', 1)
  return { source: 'web', path: '/v1/batch', body: { batch: [event] } }
}

function crmRow(customer: Customer, nowMs: number, draw: () => number) {
  const { place, first, last, city, plan } = customer
  const joined = nowMs - Math.floor((46 + draw() * 700) * dayMs)
  return {
    id: `C-${1000 + place}`,
    customer_id: `C-${1000 + place}`,
    // Some hands write differently.
    email: draw() < 0.2 ? customer.email.toUpperCase() : customer.email,
    phone: draw() < 0.4 ? national(customer.phone) : customer.phone,
    first_name: first,
    last_name: last,
    city,
    plan,
    updated_at: new Date(joined).toISOString(),
  }
}

function national(phone: string): string {
  const digits = phone.slice(2)
  return `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}`
}

interface Sent {
  readonly source: ShopCall['source']
  readonly body: Readonly<Record<string, unknown>> & { readonly timestamp: string }
}

function eventsOf(customer: Customer, nowMs: number, draw: () => number): readonly Sent[] {
  const { place, first, last, email, phone } = customer
  const events: Sent[] = []
  for (const [at, browser] of customer.browsers.entries()) {
    const visits = place === 0 ? 5 : 1 + Math.floor(draw() * 3)
    for (let n = 0; n < visits; n++) {
      const when = nowMs - Math.floor((0.05 + draw() ** 1.6 * 40) * dayMs)
      for (const body of visit(customer, when, draw, browser, 2 + Math.floor(draw() * 4)))
        events.push({ source: 'web', body })
    }
    // Whoever signs in is known on that device from then on.
    if (at === 0 || draw() < 0.55 || place === 0) {
      const when = nowMs - Math.floor((0.02 + draw() * 38) * dayMs)
      events.push({
        source: 'app',
        body: {
          type: 'identify',
          messageId: `app-${browser}-signed-in`,
          userId: `C-${1000 + place}`,
          anonymousId: browser,
          traits: { email, first_name: first, last_name: last },
          context: { channel: browser.includes('phone') ? 'ios' : 'web' },
          timestamp: new Date(when).toISOString(),
        },
      })
    }
  }
  if (draw() < 0.35 || place === 0) {
    const amount = 20 + Math.round(draw() * 400)
    events.push({
      source: 'app',
      body: {
        type: 'track',
        event: 'Order Completed',
        messageId: `order-${place}`,
        userId: `C-${1000 + place}`,
        properties: { order_id: `O-${5000 + place}`, total: amount, currency: 'USD' },
        timestamp: new Date(nowMs - Math.floor(draw() * 30 * dayMs)).toISOString(),
      },
    })
  }
  if (place % 7 === 4 || place === 0) {
    // At the till somebody says their phone number, and nothing else.
    events.push({
      source: 'till',
      body: {
        type: 'track',
        event: 'Purchase',
        messageId: `till-${place}`,
        anonymousId: `card-${place}`,
        properties: { phone: national(phone), last_name: last, total: 10 + Math.round(draw() * 90) },
        timestamp: new Date(nowMs - Math.floor((0.1 + draw() * 30) * dayMs)).toISOString(),
      },
    })
  }
  if (place > 0 && place % 40 === 0) {
    // The tablet that stands in the shop.
    events.push({
      source: 'app',
      body: {
        type: 'identify',
        messageId: `kiosk-${place}`,
        userId: `C-${1000 + place}`,
        anonymousId: 'kiosk-portland',
        timestamp: new Date(nowMs - Math.floor((0.1 + draw() * 20) * dayMs)).toISOString(),
      },
    })
  }
  if (place % 4 === 1) {
    // Typed by a visitor into the form of the newsletter: nobody has confirmed it.
    events.push({
      source: 'newsletter',
      body: {
        type: 'track',
        event: 'Newsletter Signup',
        messageId: `newsletter-${place}`,
        anonymousId: `visitor-${place}`,
        properties: { email, first_name: first },
        timestamp: new Date(nowMs - Math.floor(draw() * 40 * dayMs)).toISOString(),
      },
    })
  }
  if (place % 6 === 2 || place === 0) {
    events.push({
      source: 'support',
      body: {
        event: 'chat_started',
        message_id: `chat-${place}`,
        conversation_id: `chat-${700 + place}`,
        props: { email, phone, subject: 'Where is my order?' },
        timestamp: new Date(nowMs - Math.floor(draw() * 40 * dayMs)).toISOString(),
      },
    })
  }
  return events
}

function visit(customer: Customer, nowMs: number, draw: () => number, browser: string, steps: number) {
  return Array.from({ length: steps }, (_, step) => {
    const at = nowMs + step * 40_000 * draw()
    const product = products[Math.floor(draw() * products.length)]
    const common = {
      messageId: `web-${browser}-${Math.floor(nowMs)}-${step}`,
      anonymousId: browser,
      timestamp: new Date(at).toISOString(),
      context: { page: { path: step === 0 ? '/' : '/products' }, locale: 'en-US' },
    }
    if (step === 0) return { type: 'page', name: 'Home', properties: { path: '/' }, ...common }
    const event = step % 3 === 2 ? 'Product Added' : 'Product Viewed'
    return { type: 'track', event, properties: { product, city: customer.city }, ...common }
  })
}

const products = [
  'Trail shoes',
  'Rain jacket',
  'Wool socks',
  'Camp stove',
  'Tent for two',
  'Day pack',
  'Headlamp',
] as const

function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, place) =>
    list.slice(place * size, (place + 1) * size),
  )
}
