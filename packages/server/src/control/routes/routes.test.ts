import { auditEntries, verifyAudit, openDatabase } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildApp, defaultConfig } from '../../http/index.ts'
import { callServer, type Answer } from '../../testing/call-server.ts'
import { allCallers, ownOrigin as origin, type Headers } from '../../testing/callers.ts'
import { openControlWorld, type ControlWorld } from '../../testing/control-world.ts'
import { makeApiKey, makeWriteKey } from '../keys.ts'
import { controlRoom } from './index.ts'
import { databaseKinds, type FreshDatabase } from '../../../../../test/postgres/fresh-databases.ts'

let world: ControlWorld
let app: FastifyInstance
let fresh: FreshDatabase

/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('on $name', ({ fresh: make }) => {
  beforeEach(async () => {
    fresh = await make()
    world = await openControlWorld(openDatabase(fresh.url))
    app = await buildApp({ ...world, config: { ...defaultConfig, logLevel: 'silent' } }, [controlRoom])
    await app.listen({ host: '127.0.0.1', port: 0 })
  })
  afterEach(async () => {
    await app.close()
    await world.close()
    await fresh.remove()
  })

  describe('who may do what', () => {
    it('COM-2 who may view reads, and needs more to change anything', async () => {
      const { viewer } = await allCallers(world, app)
      expect((await send('GET', '/sources', viewer)).status).toBe(200)
      const refused = await send('POST', '/sources', viewer, { source: 'web', class: 'public' })
      expect([refused.status, refused.json<{ code: string }>().code]).toEqual([403, 'access.forbidden'])
      expect(await sourceNames(viewer)).toEqual(['feed'])
    })

    it('A15 an unknown field is refused and named, and nothing is changed', async () => {
      const { admin } = await allCallers(world, app)
      const body = { source: 'shop', class: 'server', verified: true, workspaceId: 'w_1' }
      const answer = await send('POST', '/sources', admin, body)
      expect(answer.status).toBe(400)
      expect(answer.headers['content-type']).toContain('application/problem+json')
      expect(answer.json<{ errors: { unknownFields: string[] }[] }>().errors[0]?.unknownFields).toEqual([
        'verified',
        'workspaceId',
      ])
      const user = { name: 'eve', role: 'admin' }
      expect((await send('POST', '/users', (await allCallers(world, app)).root, user)).status).toBe(400)
      expect(await sourceNames(admin)).toEqual(['feed'])
    })

    it('A13 what belongs to another space is as if it did not exist', async () => {
      const { admin, root } = await allCallers(world, app)
      const inProd = await makeApiKey(world, 'test', world.workspaceId, world.prod, { role: 'viewer' })
      await makeWriteKey(world, 'test', world.everywhere, world.prod, { source: 'shop', class: 'server' })
      for (const headers of [admin, root]) {
        const pairs = [
          ['DELETE', `/keys/${inProd.key.key_id}`, '/keys/k_00000000000000000000000000000000'],
          ['GET', '/sources/shop/proof-secret', '/sources/none/proof-secret'],
          ['DELETE', '/sources/shop', '/sources/none'],
        ] as const
        for (const [method, foreign, none] of pairs) {
          const [a, b] = [await send(method, foreign, headers), await send(method, none, headers)]
          expect([a.status, { ...a.json<object>(), requestId: '' }]).toEqual([
            404,
            { ...b.json<object>(), requestId: '' },
          ])
        }
      }
      const keys = (await send('GET', '/keys', admin)).text
      expect(keys).not.toContain(inProd.key.key_id)
      expect(keys).not.toContain(world.prod)
    })

    it('COM-3 rules, sources and audit log are those of the space that was named', async () => {
      const { root } = await allCallers(world, app)
      await send('POST', '/sources', root, { source: 'web', class: 'public' })
      const inProd = { ...root, 'x-selfsame-space': 'prod' }
      expect(await sourceNames(root)).toEqual(['feed', 'web'])
      expect(await sourceNames(inProd)).toEqual([])
      expect((await send('GET', '/audit', inProd)).json()).toEqual({ entries: [], next: null })
      expect((await send('GET', '/sources', { ...root, 'x-selfsame-space': 'nowhere' })).status).toBe(404)
    })
  })

  describe('the audit log', () => {
    it('I-31 every write has one entry, and every refused one too', async () => {
      const { admin, viewer } = await allCallers(world, app)
      const before = await entries()
      await send('POST', '/sources', admin, { source: 'web', class: 'public' })
      await send('POST', '/sources', viewer, { source: 'app', class: 'public' })
      await send('POST', '/sources', admin, { source: 'app' })
      await send('DELETE', '/sources/none', admin)
      await send('GET', '/sources', viewer)
      const made = await send('POST', '/keys', admin, { kind: 'api', role: 'viewer' })
      await send('DELETE', `/keys/${made.json<{ key: { id: string } }>().key.id}`, admin)
      expect((await entries()).slice(before.length)).toEqual([
        'source.connect web',
        'write.refused POST /api/v1/sources access.forbidden',
        'write.refused POST /api/v1/sources request.invalid',
        'write.refused DELETE /api/v1/sources/:source source.unknown',
        `key.create ${made.json<{ key: { id: string } }>().key.id}`,
        `key.revoke ${made.json<{ key: { id: string } }>().key.id}`,
      ])
      expect((await send('POST', '/audit/verify', viewer)).json()).toMatchObject({ ok: true })
    })

    it('A22 a write from the page of another site is refused, and written down with whose session it was', async () => {
      const { root } = await allCallers(world, app)
      const foreign = { ...root, origin: 'https://evil.example' }
      expect((await send('POST', '/spaces', foreign, { name: 'x' })).json()).toMatchObject({
        code: 'access.bad_origin',
      })
      const [last] = await auditEntries(world.database, world.workspaceId, 10_000, 1)
      expect(last).toMatchObject({ action: 'write.refused', object: 'POST /api/v1/spaces' })
      expect(last?.actor).toMatch(/^user:u_/)
      expect(await verifyAudit(world.database, world.workspaceId)).toMatchObject({ ok: true })
    })

    it('A4 what a public key is refused is written once a minute, however often it tries', async () => {
      const { write } = await allCallers(world, app)
      const before = (await entries()).length
      for (let i = 0; i < 20; i++) await send('POST', '/sources', write, {})
      expect((await entries()).slice(before)).toEqual(['write.refused POST /api/v1/sources access.forbidden'])
      world.pass(60_000)
      await send('POST', '/sources', write, {})
      expect((await entries()).length).toBe(before + 2)
    })

    async function entries(): Promise<readonly string[]> {
      const found = await auditEntries(world.database, world.dev, 10_000, 1000)
      return [...found].reverse().map(({ action, object, details }) => {
        const { code } = JSON.parse(details) as { code?: string }
        return `${action} ${object}${code === undefined ? '' : ` ${code}`}`
      })
    }
  })

  describe('over HTTP', () => {
    it('SEG-5 two spaces are there, and more are made and deleted on request', async () => {
      const { root, admin } = await allCallers(world, app)
      const names = async (headers: Headers) =>
        (await send('GET', '/spaces', headers)).json<{ spaces: { name: string }[] }>().spaces.map(({ name }) => name)
      expect(await names(root)).toEqual(['dev', 'prod'])
      expect(await names(admin)).toEqual(['dev'])
      const made = await send('POST', '/spaces', root, { name: 'third' })
      expect([made.status, made.json<object>()]).toMatchObject([201, { name: 'third', rulesetVersion: 1 }])
      const { id } = made.json<{ id: string }>()
      expect((await send('DELETE', `/spaces/${id}?confirm=no`, root)).status).toBe(409)
      expect((await send('DELETE', `/spaces/${id}?confirm=third`, root)).status).toBe(204)
      expect(await names(root)).toEqual(['dev', 'prod'])
    })

    it('A23 a key is shown once, and ends at once where it is revoked', async () => {
      const { admin } = await allCallers(world, app)
      const made = await send('POST', '/keys', admin, { kind: 'api', role: 'viewer', label: 'dashboard' })
      expect(made.status).toBe(201)
      expect(made.headers['cache-control']).toBe('no-store')
      const { text, key } = made.json<{ text: string; key: { id: string; last4: string } }>()
      expect(text.endsWith(key.last4)).toBe(true)
      const bearer = { authorization: `Bearer ${text}` }
      expect((await send('GET', '/me', bearer)).json()).toMatchObject({
        kind: 'api_key',
        role: 'viewer',
        space: world.dev,
      })
      expect((await send('GET', '/keys', admin)).text).not.toContain(text.slice(8, 40))
      expect((await send('DELETE', `/keys/${key.id}`, admin)).status).toBe(204)
      expect((await send('GET', '/me', bearer)).status).toBe(401)
    })

    it('a write key says its class, or is not made', async () => {
      const { admin } = await allCallers(world, app)
      expect((await send('POST', '/keys', admin, { kind: 'write', source: 'web' })).status).toBe(400)
      const made = await send('POST', '/keys', admin, { kind: 'write', source: 'web', class: 'public' })
      const { text, key } = made.json<{ text: string; key: { id: string; spaces: string[] } }>()
      expect(text).toMatch(/^ss_public_/)
      expect(key.spaces).toEqual([world.dev])
      const rotated = await send('POST', `/keys/${key.id}/rotate`, admin, { overlapSeconds: 60 })
      expect(rotated.status).toBe(201)
      expect(rotated.json<{ olderEndsAt: string }>().olderEndsAt).toBe(new Date(world.now() + 60_000).toISOString())
      const sources = (await send('GET', '/sources', admin)).json<{ sources: object[] }>().sources
      expect(sources).toMatchObject([{ source: 'feed' }, { source: 'web', class: 'public', trust: 'untrusted' }])
    })

    it('A22 somebody signs in by link, chooses a password, and signs out', async () => {
      const { root } = await allCallers(world, app)
      const made = await send('POST', '/users', root, {
        name: 'uma',
        memberships: [{ space: world.dev, role: 'manager' }],
      })
      const token = made.json<{ link: { url: string } }>().link.url.split('#')[1]
      const answer = await send('POST', '/sign-in/link', { origin }, { token, password: 'long enough, surely' })
      expect(answer.status).toBe(200)
      const cookie = String(answer.headers['set-cookie'])
      expect(cookie).toMatch(/^selfsame_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/)
      const { csrfToken } = answer.json<{ csrfToken: string }>()
      const uma = { cookie: cookie.split(';')[0] ?? '', origin, 'x-selfsame-csrf': csrfToken }
      expect((await send('GET', '/me', uma)).json()).toMatchObject({
        kind: 'person',
        name: 'uma',
        spaces: [{ id: world.dev, name: 'dev', role: 'manager' }],
      })
      expect((await send('POST', '/sign-out', { ...uma, 'x-selfsame-csrf': 'x' })).status).toBe(403)
      const out = await send('POST', '/sign-out', uma)
      expect([out.status, String(out.headers['set-cookie'])]).toEqual([
        204,
        'selfsame_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict',
      ])
      expect((await send('GET', '/me', uma)).status).toBe(401)
      const again = await send('POST', '/sign-in/password', {}, { name: 'uma', password: 'long enough, surely' })
      expect(again.status).toBe(200)
    })

    it('A22 over plain http to another machine nobody signs in, and the reason is said', async () => {
      const body = { name: 'admin', password: 'whatever it may be' }
      const answer = await send('POST', '/sign-in/password', { host: '192.168.1.5:4680' }, body)
      expect([answer.status, answer.json<{ code: string }>().code]).toEqual([403, 'sign_in.plain_http'])
      expect(answer.headers['set-cookie']).toBeUndefined()
    })

    it('A22 a page of another site cannot sign its visitor in', async () => {
      const body = { token: world.signInToken }
      expect((await send('POST', '/sign-in/link', { origin: 'https://evil.example' }, body)).status).toBe(403)
      expect((await send('POST', '/sign-in/link', {}, body)).status).toBe(200)
    })

    it('A23 the sixth wrong password is answered with how long to wait', async () => {
      const body = { name: 'admin', password: 'whatever it may be' }
      for (let i = 0; i < 5; i++) expect((await send('POST', '/sign-in/password', {}, body)).status).toBe(401)
      const answer = await send('POST', '/sign-in/password', {}, body)
      expect([answer.status, answer.headers['retry-after']]).toEqual([429, '60'])
    })

    it('A24 no answer and no audit entry repeats what was typed', async () => {
      const { admin } = await allCallers(world, app)
      const canary = 'canary-7f3a9'
      const bodies = [{ source: canary, class: canary }, { source: `${canary}\u0000`, class: 'public' }, canary]
      for (const body of bodies) {
        const answer = await send('POST', '/sources', admin, body)
        expect(answer.status).toBe(400)
        expect(answer.text).not.toContain(canary)
      }
      const signIn = await send('POST', '/sign-in/password', {}, { name: canary, password: canary })
      expect(signIn.text).not.toContain(canary)
      for (const chain of [world.dev, world.workspaceId]) {
        expect(JSON.stringify(await auditEntries(world.database, chain, 10_000, 1000))).not.toContain(canary)
      }
    })
  })
})

async function sourceNames(headers: Headers): Promise<readonly string[]> {
  const answer = await send('GET', '/sources', headers)
  return answer.json<{ sources: { source: string }[] }>().sources.map(({ source }) => source)
}

function send(method: string, path: string, headers: Headers, body?: unknown): Promise<Answer> {
  return callServer(app, { method, path: `/api/v1${path}`, headers: { host: '127.0.0.1:4680', ...headers }, body })
}
