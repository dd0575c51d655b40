import { defaultRulesetYaml } from '@selfsame/core'
import { openDatabase } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { docsRoom, readingRoom } from '../api/index.ts'
import { controlRoom } from '../control/routes/index.ts'
import { buildApp, defaultConfig } from '../http/index.ts'
import { callServer } from '../testing/call-server.ts'
import { allCallers, callerNames, signedInHeaders, type CallerName } from '../testing/callers.ts'
import { openControlWorld, type ControlWorld } from '../testing/control-world.ts'
import type { RouteAccess } from './guard-routes.ts'

interface Route {
  readonly method: string
  readonly url: string
  readonly access: RouteAccess | undefined
}

let fresh: FreshDatabase
let world: ControlWorld
let app: FastifyInstance
let routes: Route[]

beforeEach(async () => {
  const [sqlite] = databaseKinds
  if (!sqlite) throw new Error('there is no database to test on')
  fresh = await sqlite.fresh()
  world = await openControlWorld(openDatabase(fresh.url))
  routes = []
  const config = { ...defaultConfig, logLevel: 'silent' as const, allowedHosts: ['127.0.0.1'] }
  const watchRoutes = (watched: FastifyInstance) => {
    watched.addHook('onRoute', ({ method, url, config: routeConfig }) => {
      for (const one of [method].flat()) routes.push({ method: one, url, access: routeConfig?.access })
    })
  }
  app = await buildApp({ ...world, config }, [
    watchRoutes,
    docsRoom,
    controlRoom,
    (inner) => readingRoom(inner, { ...world, config }),
  ])
  await app.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(async () => {
  await app.close()
  await world.close()
  await fresh.remove()
})

const admits: Readonly<Record<RouteAccess, readonly CallerName[]>> = {
  anyone: callerNames,
  authenticated: ['write', 'viewer', 'manager', 'admin', 'vera', 'root'],
  signed_in: ['vera', 'root'],
  'records.write': ['write'],
  'identity.view': ['viewer', 'manager', 'admin', 'vera', 'root'],
  'identity.manage': ['manager', 'admin', 'root'],
  'identity.admin': ['admin', 'root'],
  'workspace.admin': ['root'],
}

describe('roles and routes', () => {
  it('I-31 every route lets in the roles it names, and no others', async () => {
    const callers = await allCallers(world, app)
    const guarded = routes.filter(({ url }) => url.startsWith('/api/') || url === '/metrics')
    expect(guarded.length).toBeGreaterThan(45)
    const faults: string[] = []
    for (const { method, url, access } of guarded) {
      for (const name of callerNames) {
        // No body, no such id: whoever gets past the guard is told so, and nothing changes.
        const path = url.replaceAll(/:\w+/g, 'nothing')
        const headers = { host: '127.0.0.1:4680', ...callers[name] }
        const { status } = await callServer(app, { method, path, headers })
        const isIn = access !== undefined && admits[access].includes(name)
        const isRefused = status === 401 || status === 403
        if (isIn === isRefused || status >= 500) faults.push(`${name} ${method} ${url} ${status}`)
        if (url.endsWith('/sign-out') && isIn) callers[name] = await signedInHeaders(world, app, name)
      }
    }
    expect(faults).toEqual([])
  })

  it('I-31 records are taken from write keys alone', async () => {
    const callers = await allCallers(world, app)
    const body = { messageId: 'm1', anonymousId: 'a1', event: 'Seen' }
    const statuses: Record<string, number> = {}
    for (const name of callerNames) {
      const headers = { host: '127.0.0.1:4680', ...callers[name] }
      statuses[name] = (await callServer(app, { method: 'POST', path: '/v1/track', headers, body })).status
    }
    expect(statuses).toEqual({ nobody: 401, write: 200, viewer: 403, manager: 403, admin: 403, vera: 403, root: 403 })
  })

  it('A15 every route of the interface is guarded, and the document names them all', async () => {
    const open = routes.filter(({ access }) => access === undefined).map(({ url }) => url)
    const pages = /^\/(docs|openapi\.json$|admin(\/|$))/
    expect(open.filter((url) => !pages.test(url))).toEqual([])
    const { paths } = (await callServer(app, { method: 'GET', path: '/openapi.json' })).json<{
      paths: Record<string, Record<string, object>>
    }>()
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    )
    const registered = routes.filter(({ url }) => url.startsWith('/api/')).map(({ method, url }) => `${method} ${url}`)
    expect(registered.filter((route) => !documented.includes(route))).toEqual([])
  })

  it('COM-3 a ruleset that is published in one space is unknown in the other', async () => {
    const { root } = await allCallers(world, app)
    const body = defaultRulesetYaml.replace('enabled: false', 'enabled: true')
    await world.engine.publish(world.dev, body, 'test', 'phones')
    const versionsIn = async (space: string) => {
      const headers = { host: '127.0.0.1:4680', ...root, 'x-selfsame-space': space }
      const answer = await callServer(app, { method: 'GET', path: '/api/v1/rulesets', headers })
      return answer.json<{ items: { version: number }[] }>().items.map(({ version }) => version)
    }
    expect(await versionsIn('dev')).toEqual([2, 1])
    expect(await versionsIn('prod')).toEqual([1])
    const second = { host: '127.0.0.1:4680', ...root, 'x-selfsame-space': 'prod' }
    const found = await callServer(app, { method: 'GET', path: '/api/v1/rulesets/2', headers: second })
    expect(found.status).toBe(404)
  })

  it('A22 a site that points its own name at this machine gets nothing', async () => {
    const { root, viewer } = await allCallers(world, app)
    for (const headers of [root, viewer, {}]) {
      const { status, text } = await callServer(app, {
        method: 'GET',
        path: '/api/v1/me',
        headers: { ...headers, host: 'rebound.example:4680' },
      })
      expect([status, text.includes('request.bad_host')]).toEqual([403, true])
    }
  })

  it('I-31 a route that does not say what it asks for cannot be registered', async () => {
    const { guardRoutes } = await import('./guard-routes.ts')
    const { default: Fastify } = await import('fastify')
    const bare = Fastify()
    guardRoutes(bare, world)
    expect(() => bare.get('/secrets', () => 'open')).toThrow('does not say what it asks for')
    await bare.close()
  })
})
