import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunFolder } from '../../packages/batch/src/testing/run-in-folder.ts'
import { databaseKinds, type FreshDatabase } from '../postgres/fresh-databases.ts'
import { startLiveServer, type LiveServer } from '../e2e/live-server.ts'

const crm = `id,email,phone,first_name,last_name,customer_id,updated_at
1,Ana@Example.com,(555) 123-4567,Ana,"Öz, ""the"" one",c1,2026-01-02T00:00:00Z
2,bo@example.com,,Bo,=1+1,c2,2026-01-03T00:00:00Z
3,,+15557654321,#Cy,,c3,2026-01-04T00:00:00Z
4,shared@example.com,,Di,Berg,c4,2026-01-05T00:00:00Z
5,nobody at home,,Ed,-3.5,,2026-01-06T00:00:00Z
`
const shop = `id,email,user_id,first_name,updated_at
a,ana@example.com,u1,Anna,2026-02-01T00:00:00Z
b,BO@example.com,u2,,2026-02-02T00:00:00Z
c,shared@example.com,u3,"two
lines",2026-02-03T00:00:00Z
d,ana@example.com,u9,Eve,2026-02-04T00:00:00Z
e,,u2,@Bo,2025-12-01T00:00:00Z
`
const tables = [
  'identity_golden',
  'identity_lookup',
  'identity_identifiers',
  'identity_links',
  'identity_unresolved_records',
  'identity_review',
] as const

const drawn = drawRows(400)

describe.each(databaseKinds.slice(0, 2))('canonical exports on $name', ({ fresh: make }) => {
  let fresh: FreshDatabase
  let server: LiveServer
  let folder: RunFolder
  beforeAll(async () => {
    fresh = await make()
    server = await startLiveServer(fresh.url)
    folder = await RunFolder.make()
  })
  afterAll(async () => {
    await server.close()
    await folder.remove()
    await fresh.remove()
  })

  it.each([
    ['texts of every kind', { crm, shop }, 'dev'],
    ['values that meet, conflict and are shared', drawn, 'prod'],
  ] as const)(
    'I-2 rows that were streamed are exported as a run over the files writes them: %s',
    async (_, files, space) => {
      await folder.resolve(files, { receivedAt: Date.now() })
      // The order of arrival is not the order of seniority.
      for (const [source, text] of Object.entries(files).reverse()) {
        const key = await server.writeKey(`${source}`, {}, server[space])
        const answer = await server.post(`/v1/records/${source}`, key, text, { 'content-type': 'text/csv' })
        expect(answer.body).toMatchObject({ accepted: text.trimEnd().split(/\n(?!lines)/).length - 1, rejected: 0 })
      }
      const viewer = await server.apiKey('viewer', server[space])
      for (const table of tables) {
        const answer = await server.get(`/api/v1/export/${table}?canonical=true`, viewer)
        expect(answer.status).toBe(200)
        expect(answer.body['text'], table).toBe(await folder.tableText(table))
        if (files === drawn) expect(String(answer.body['text']).split('\n').length, table).toBeGreaterThan(3)
      }
    },
  )
})

/** Rows of two sources whose few values meet again and again. The same ones every time. */
function drawRows(count: number): { readonly people: string; readonly orders: string } {
  let state = 7
  const draw = (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return (state >>> 8) % below
  }
  const some = (chance: number, text: () => string) => (draw(100) < chance ? text() : '')
  const at = () => new Date(Date.UTC(2026, 0, 1) + draw(200) * 3_600_000).toISOString()
  const people = ['id,customer_id,email,phone,first_name,updated_at']
  const orders = ['id,user_id,email,anonymous_id,updated_at']
  for (let place = 0; place < count; place++) {
    const email = some(70, () => `e${draw(90)}@example.com`)
    if (place % 2 === 0) {
      const cells = [
        place,
        some(60, () => `c${draw(70)}`),
        email,
        some(30, () => `+1555123${1000 + draw(50)}`),
        `N${draw(9)}`,
      ]
      people.push([...cells, at()].join(','))
    } else {
      const cells = [place, some(60, () => `u${draw(80)}`), email, some(50, () => `a${draw(60)}`)]
      orders.push([...cells, at()].join(','))
    }
  }
  return { people: `${people.join('\n')}\n`, orders: `${orders.join('\n')}\n` }
}
