/** What to paste so that records come in with a key. */
export function snippetFor(keyClass: 'public' | 'server', key: string): string {
  return keyClass === 'public' ? browserSnippet(key) : serverSnippet(key)
}

function browserSnippet(key: string): string {
  return `In the browser, with @segment/analytics-next:

  const settings = { apiKey: '${key}', apiHost: '127.0.0.1:4680/v1', protocol: 'http' }
  const analytics = AnalyticsBrowser.load(
    { writeKey: settings.apiKey, cdnSettings: { integrations: { 'Segment.io': settings } } },
    { integrations: { 'Segment.io': settings } },
  )

Anybody can read this key. It may tell which browser, device or conversation an event belongs to; who the person is, it may
not, unless your server proves it: see the guide on keys.
`
}

function serverSnippet(key: string): string {
  return `On your servers, with @segment/analytics-node:

  new Analytics({ writeKey: '${key}', host: 'http://127.0.0.1:4680' })

or with curl:

  curl -u ${key}: -H 'content-type: application/json' http://127.0.0.1:4680/v1/identify \\
    -d '{"userId": "4711", "traits": {"email": "ada@example.com"}}'

Keep it on your servers: whoever has it can say who anybody is.
`
}
