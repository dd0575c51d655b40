export interface Snippet {
  readonly name: string
  readonly text: string
}

/** What to paste so that records come in with a key, at the address the console is looked at under. */
export function snippetsFor(
  keyClass: 'public' | 'server',
  key: string,
  host: string,
  protocol: string,
): readonly Snippet[] {
  const origin = `${protocol}//${host}`
  if (keyClass === 'public') {
    return [
      {
        name: 'Browser',
        text: `import { AnalyticsBrowser } from '@segment/analytics-next'

const settings = { apiKey: '${key}', apiHost: '${host}/v1', protocol: '${protocol.replace(':', '')}' }
const analytics = AnalyticsBrowser.load(
  { writeKey: settings.apiKey, cdnSettings: { integrations: { 'Segment.io': settings } } },
  { integrations: { 'Segment.io': settings } },
)
analytics.page()`,
      },
      {
        name: 'RudderStack',
        text: `import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'

const analytics = new RudderAnalytics()
analytics.load('${key}', '${origin}', {
  configUrl: '${origin}',
  getSourceConfig: () => ({ source: { id: 'web', name: 'web', writeKey: '${key}', enabled: true, destinations: [], config: {} } }),
})
analytics.page()`,
      },
    ]
  }
  return [
    {
      name: 'Node',
      text: `import { Analytics } from '@segment/analytics-node'

const analytics = new Analytics({ writeKey: '${key}', host: '${origin}' })
analytics.identify({ userId: '4711', traits: { email: 'ada@example.com' } })`,
    },
    {
      name: 'curl: an event',
      text: `curl -u ${key}: -H 'content-type: application/json' ${origin}/v1/identify \\
  -d '{"userId": "4711", "traits": {"email": "ada@example.com"}}'`,
    },
    {
      name: 'curl: rows',
      text: `curl -u ${key}: -H 'content-type: text/csv' ${origin}/v1/records/SOURCE \\
  --data-binary @customers.csv`,
    },
  ]
}
