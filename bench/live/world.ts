/** What a load consists of: bodies of events as JSON texts, made before the clock runs. */
export interface Load {
  readonly name: string
  readonly bodies: readonly string[]
  readonly eventsPerBody: number
}

export interface LoadGiven {
  readonly name: string
  readonly events: number
  readonly perBody: number
  /** Beginning of message ids: no two loads have one in common. */
  readonly prefix: string
}

/** New visitors, each an event of its own; of twenty one also says who it is, and joins somebody who is known. */
export function newVisitors(given: LoadGiven): Load {
  return bodiesOf(given, (index) => {
    const visitor = `${given.prefix}-a${index}`
    if (index % 20 === 19)
      return { anonymousId: visitor, userId: `${given.prefix}-a${index - 13}-u`, traits: { plan: 'b' } }
    return {
      anonymousId: visitor,
      ...(index % 20 === 6 && { userId: `${visitor}-u` }),
      properties: { page: index % 37 },
    }
  })
}

/** Visitors who come back: all that they say was said before. */
export function knownVisitors(given: LoadGiven, visitors: number, knownPrefix: string): Load {
  return bodiesOf(given, (index) => ({
    anonymousId: `${knownPrefix}-a${(index * 7919) % visitors}`,
    properties: { page: index % 37 },
  }))
}

/** Customers who all have one e-mail address, each with an id of their own; or each an address of their own. */
export function customersWithMail(given: LoadGiven, mail: 'one' | 'own'): Load {
  return bodiesOf(given, (index) => ({
    userId: `${given.prefix}-c${index}`,
    traits: { email: mail === 'one' ? 'hot@example.com' : `${given.prefix}-${index}@example.com` },
  }))
}

function bodiesOf({ name, events, perBody, prefix }: LoadGiven, eventOf: (index: number) => object): Load {
  const bodies: string[] = []
  for (let from = 0; from < events; from += perBody) {
    const batch = Array.from({ length: Math.min(perBody, events - from) }, (_, place) => ({
      type: 'track',
      event: 'Product Viewed',
      messageId: `${prefix}-m${from + place}`,
      timestamp: new Date(1_760_000_000_000 + (from + place) * 1000).toISOString(),
      context: { library: { name: 'analytics-node', version: '3.1.0' }, locale: 'en-US' },
      ...eventOf(from + place),
    }))
    bodies.push(JSON.stringify({ batch }))
  }
  return { name, bodies, eventsPerBody: perBody }
}
