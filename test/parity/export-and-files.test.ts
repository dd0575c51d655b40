import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunFolder } from '../../packages/batch/src/testing/run-in-folder.ts'
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

let server: LiveServer
let folder: RunFolder
beforeAll(async () => {
  server = await startLiveServer()
  folder = await RunFolder.make()
  await folder.resolve({ crm, shop }, { receivedAt: Date.now() })
})
afterAll(async () => {
  await server.close()
  await folder.remove()
})

describe('canonical exports', () => {
  it('I-2 rows that were streamed are exported as the very bytes that a run over the files writes', async () => {
    // The order of arrival is not the order of seniority.
    for (const [source, text] of Object.entries({ shop, crm })) {
      const key = await server.writeKey(source)
      const answer = await server.post(`/v1/records/${source}`, key, text, { 'content-type': 'text/csv' })
      expect(answer.body).toMatchObject({ accepted: 5, rejected: 0 })
    }
    const viewer = await server.apiKey('viewer')
    for (const table of tables) {
      const answer = await server.get(`/api/v1/export/${table}?canonical=true`, viewer)
      expect(answer.status).toBe(200)
      expect(answer.body['text'], table).toBe(await folder.tableText(table))
    }
  })
})
