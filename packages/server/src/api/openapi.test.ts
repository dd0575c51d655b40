import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defaultRulesetYaml } from '@selfsame/core'
import { makeApiKey, makeWriteKey } from '../control/keys.ts'
import { openDatabase } from '@selfsame/store'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

interface Operation {
  readonly tags?: readonly string[]
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >
}
interface Document {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

const readingTags = [
  'profiles',
  'records',
  'review',
  'rulesets',
  'runs',
  'mappings',
  'changes',
  'export',
  'metrics',
  'audiences',
]
let world: ReadingWorld
let fresh: FreshDatabase
let document: Document
/** Every reading operation with a request that it answers. */
let calls: { readonly method: string; readonly path: string; readonly body?: object; readonly operation: Operation }[]

/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
    // Something of everything: a merge, a held link, a review candidate, a shared value and a blocked one.
    const [known] = await world.tell('crm', {
      a: { userId: 'u1', traits: { email: 'one@example.com', first_name: 'One', phone: '(555) 123-4567' } },
    })
    await world.tell('web', { b: { anonymousId: 'c1' }, c: { anonymousId: 'c1', userId: 'u1' }, d: { userId: 'null' } })
    await world.tell('crm', { e: { userId: 'u2', traits: { email: 'one@example.com' } } })
    for (let place = 0; place < 7; place++)
      await world.tell('kiosk', { [`k${place}`]: { userId: `k${place}`, traits: { email: 'desk@example.com' } } })
    await makeWriteKey(world, 'test', world.everywhere, world.dev, { source: 'form', class: 'public' })
    await world.tell('form', { f: { anonymousId: 'c9', traits: { email: 'one@example.com' } } })
    document = (await world.ask({ path: '/openapi.json' })).json<Document>()
    const runId = (
      await world.engine.startPublication(world.dev, defaultRulesetYaml, 'test', null, {
        expectedVersion: null,
        draftRevision: null,
      })
    ).runId
    const manager = await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'manager' })
    const audience = (
      await world.ask(
        { method: 'POST', path: '/api/v1/audiences', body: { name: 'Everybody', rule: { all: [] } } },
        manager.text,
      )
    ).json<{ audienceId: string }>()
    const candidates = (await world.ask({ path: '/api/v1/candidates' })).json<{ items: { candidateId: string }[] }>()
    const parameters: Readonly<Record<string, string>> = {
      profiles: known ?? '',
      candidates: candidates.items[0]?.candidateId ?? '',
      rulesets: '1',
      runs: runId,
      audiences: audience.audienceId,
      export: 'identity_golden',
    }
    const bodies: Readonly<Record<string, object>> = {
      '/api/v1/profiles/lookup': { value: 'one@example.com' },
      '/api/v1/profiles/search': { query: 'one' },
      '/api/v1/audiences/try': { rule: { all: [] } },
      '/api/v1/mappings/preview': { source: 'app', sample: { envelope: { event: 'seen', user_id: 'u1' } } },
      '/api/v1/rulesets/check': { yaml: 'version: 1' },
      '/api/v1/rulesets/diff': { to: { yaml: 'version: 1' } },
    }
    calls = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([, { tags = [] }]) => tags.some((tag) => readingTags.includes(tag)))
        .map(([method, operation]) => ({
          method: method.toUpperCase(),
          path: path.replace(/\/(\w+)\/\{\w+\}/, (_, room: string) => `/${room}/${parameters[room]}`),
          ...(bodies[path] && { body: bodies[path] }),
          operation,
        })),
    )
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })

  describe('the API as its document describes it', () => {
    it('every answer has the shape that the document says, and lists hold something', async () => {
      expect(document.openapi).toBe('3.1.0')
      expect(calls.length).toBeGreaterThan(22)
      const seen: string[] = []
      for (const { operation, ...call } of calls) {
        if (call.path.endsWith('/stream')) continue
        const answer = await world.ask(call)
        expect(answer.status, call.path).toBe(200)
        const schema = operation.responses['200']?.content?.['application/json']?.schema
        if (!schema) continue
        const parsed = strictShape(schema).safeParse(answer.json())
        expect(parsed.error?.issues ?? [], call.path).toEqual([])
        const { items } = answer.json<{ items?: unknown[] }>()
        if (items?.length) seen.push(call.path)
      }
      for (const list of [
        'candidates',
        'unresolved',
        'shared-values',
        'blocked-values',
        'held-links',
        'changes',
        'records',
      ])
        expect(seen).toContain(`/api/v1/${list}`)
    })

    it('COM-2 whoever may view reads every route; a write key reads none, and nobody unknown does', async () => {
      const { text: writeKey } = await makeWriteKey(world, 'test', world.everywhere, world.dev, {
        source: 'writer',
        class: 'server',
        mayView: true,
      })
      for (const { operation: _, ...call } of calls) {
        const nobody = await world.ask({ ...call, headers: { authorization: '' } })
        expect(nobody.status, call.path).toBe(401)
        const writer = await world.ask(call, writeKey)
        expect(writer.status, call.path).toBe(403)
        expect(writer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
        expect(writer.json()).toMatchObject({ status: 403, code: 'access.forbidden' })
      }
    })

    it('what records are answered with has the described shape too', async () => {
      const given = { source: 'sender', class: 'server', mayView: true } as const
      const { text: key } = await makeWriteKey(world, 'test', world.everywhere, world.dev, given)
      const sent: Readonly<Record<string, readonly [path: string, body: object]>> = {
        '/v1/batch': ['/v1/batch', { batch: [{ type: 'track', event: 'Seen', userId: 'u1', messageId: 'm1' }, 7] }],
        '/v1/{call}': ['/v1/identify?wait=true', { userId: 'u1', messageId: 'm2' }],
        '/v1/signals': ['/v1/signals', [{ event: 'seen', user_id: 'u1', messageId: 'm3' }]],
        '/v1/records/{source}': ['/v1/records/sender', [{ id: 1, email: 'one@example.com' }]],
      }
      const described = Object.keys(document.paths).filter((path) => path.startsWith('/v1/'))
      expect(described.sort()).toEqual(Object.keys(sent).sort())
      for (const [path, [address, body]] of Object.entries(sent)) {
        const answer = await world.ask({ method: 'POST', path: address, body }, key)
        expect(answer.status, path).toBe(200)
        const schema = document.paths[path]?.['post']?.responses['200']?.content?.['application/json']?.schema ?? {}
        expect(strictShape(schema).safeParse(answer.json()).error?.issues ?? [], path).toEqual([])
        expect(answer.json()).toMatchObject({ success: true, accepted: 1 })
      }
    })

    it('no address stands in a URL: what may hold one is asked for by POST', () => {
      for (const [path, operations] of Object.entries(document.paths))
        for (const operation of Object.values(operations) as { parameters?: { name: string }[] }[])
          for (const { name } of operation.parameters ?? [])
            expect(['email', 'phone', 'value', 'query', 'identifier'], path).not.toContain(name)
    })

    it('the page that shows it loads nothing from elsewhere', async () => {
      const page = await world.ask({ path: '/docs/' })
      expect(page.status).toBe(200)
      expect(page.text).not.toMatch(/https?:\/\//)
      expect(page.headers['content-security-policy']).toMatch(/script-src 'self' 'sha256-[^']+';/)
      const [, script] = /<script src="([^"]+)"/.exec(page.text) ?? []
      const loaded = await world.ask({ path: `/docs/${script}` })
      expect(loaded.status).toBe(200)
      expect(loaded.text.length).toBeGreaterThan(100_000)
    })
  })
})

/** The schema of an answer, with the components it refers to; what it does not name is refused. */
function strictShape(schema: object): z.ZodType {
  const inlined = JSON.parse(
    JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll('#/components/schemas/', '#/$defs/'),
  ) as Parameters<typeof z.fromJSONSchema>[0]
  return z.fromJSONSchema(inlined)
}
