import { openDatabase } from '@selfsame/store'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { changeUser, makeUser } from '../control/users.ts'
import { makeApiKey, makeWriteKey } from '../control/keys.ts'
import { changePassword, signInWithLink, signInWithPassword, signOut, type StartedSession } from '../control/sign-in.ts'
import { openControlWorld, requestWithKey, type ControlWorld } from '../testing/control-world.ts'
import { createAccess } from './access.ts'
import { cookieNameFor, sessionCookie, type AccessRequest } from './credentials.ts'
import { isFault, permissions, type Principal } from './principal.ts'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'

const origin = 'http://127.0.0.1:4680'
const password = 'correct horse battery'
let world: ControlWorld
let fresh: FreshDatabase

/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('on $name', ({ fresh: make }) => {
  beforeEach(async () => {
    fresh = await make()
    world = await openControlWorld(openDatabase(fresh.url))
  })
  afterEach(async () => {
    await world.close()
    await fresh.remove()
  })

  describe('keys', () => {
    it('a key is read from Bearer, from Basic as the user name, and from writeKey in the body', async () => {
      const { text } = await makeWriteKey(world, 'test', world.everywhere, world.dev, {
        source: 'web',
        class: 'public',
      })
      const basic = `Basic ${Buffer.from(`${text}:`).toString('base64')}`
      const withoutColon = `basic ${Buffer.from(text).toString('base64')}`
      const requests = [
        requestWithKey(text),
        requestWithKey('', { headers: { authorization: basic } }),
        requestWithKey('', { headers: { authorization: withoutColon } }),
        { ...requestWithKey(''), headers: {}, writeKey: text },
      ]
      for (const request of requests) {
        expect(await world.access.authenticate(request)).toMatchObject({
          kind: 'write_key',
          class: 'public',
          source: 'web',
        })
      }
    })

    it('A13 nothing in a request but the key names a space', async () => {
      const { text } = await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'admin' })
      const found = await world.access.authenticate(
        requestWithKey(text, { headers: { 'x-selfsame-space': world.prod } }),
      )
      expect(found).toMatchObject({ spaceId: world.dev })
    })

    it('A23 an unknown, a mistyped, a revoked and no key get one answer', async () => {
      const { text } = await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'viewer' })
      const mistyped = text.endsWith('0') ? `${text.slice(0, -1)}1` : `${text.slice(0, -1)}0`
      const requests: AccessRequest[] = [
        requestWithKey(mistyped),
        requestWithKey('ss_api_x_y'),
        { ...requestWithKey(''), headers: {} },
        { ...requestWithKey(''), headers: { authorization: 'Bearer' } },
      ]
      const answers = await Promise.all(requests.map((request) => world.access.authenticate(request)))
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect(answers[0]).toMatchObject({ code: 'access.unauthenticated', status: 401 })
    })
  })

  describe('roles', () => {
    it('COM-2 viewers see, managers decide, administrators administer, and write keys write', async () => {
      const keyOf = async (role: 'viewer' | 'manager' | 'admin') =>
        requestWithKey((await makeApiKey(world, 'test', world.workspaceId, world.dev, { role })).text)
      const given = { source: 'crm', class: 'server', mayView: true } as const
      const write = await makeWriteKey(world, 'test', world.everywhere, world.dev, given)
      const person = withSession(await firstAdministrator(), { headers: { 'x-selfsame-space': 'dev' } })
      expect({
        write: await granted(requestWithKey(write.text)),
        viewer: await granted(await keyOf('viewer')),
        manager: await granted(await keyOf('manager')),
        admin: await granted(await keyOf('admin')),
        person: await granted(person),
        nobody: await granted({ ...person, headers: {} }),
      }).toEqual({
        write: ['records.write'],
        viewer: ['identity.view'],
        manager: ['identity.view', 'identity.manage'],
        admin: ['identity.view', 'identity.manage', 'identity.admin'],
        person: ['identity.view', 'identity.manage', 'identity.admin', 'workspace.admin'],
        nobody: [],
      })
    })

    it('COM-3 a person acts in the spaces of their memberships, and any other is as if it did not exist', async () => {
      const { signInToken } = await makeUser(world, 'test', world.workspaceId, {
        name: 'vera',
        administrator: false,
        memberships: [{ space_id: world.dev, role: 'viewer' }],
      })
      const session = await signInWithLink(world, world.workspaceId, { token: signInToken }, null)
      const answerIn = (space: string) =>
        world.access.authorize(withSession(session, { headers: { 'x-selfsame-space': space } }), 'identity.view')
      expect(await answerIn('dev')).toMatchObject({ spaceId: world.dev, role: 'viewer' })
      expect(await answerIn(world.dev)).toMatchObject({ spaceId: world.dev, role: 'viewer' })
      const elsewhere = await Promise.all(['prod', world.prod, 'nowhere', 's_0'].map(answerIn))
      expect(new Set(elsewhere.map((answer) => JSON.stringify(answer))).size).toBe(1)
      expect(elsewhere[0]).toMatchObject({ code: 'space.unknown', status: 404 })
      expect(await world.access.authorize(withSession(session), 'identity.view')).toMatchObject({
        code: 'space.not_named',
        status: 400,
      })
    })

    async function granted(request: AccessRequest): Promise<readonly string[]> {
      const found = await Promise.all(permissions.map((permission) => world.access.authorize(request, permission)))
      return permissions.filter((_, index) => !isFault(found[index] as Principal))
    }
  })

  describe('sign-in', () => {
    it('A22 the cookie is of this host alone, and out of reach of scripts and of other sites', () => {
      expect(cookieNameFor({ protocol: 'https', host: 'id.example.com' })).toBe('__Host-selfsame_session')
      expect(sessionCookie('__Host-selfsame_session', 'x', 60)).toBe(
        '__Host-selfsame_session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure',
      )
      const loopback = ['localhost:4680', '127.0.0.1:4680', '127.0.0.1', '[::1]:4680', 'LOCALHOST']
      expect(loopback.map((host) => cookieNameFor({ protocol: 'http', host }))).toEqual(
        loopback.map(() => 'selfsame_session'),
      )
      const others = ['id.example.com', '192.168.1.5:4680', 'localhost.example.com', '127.0.0.1.example.com', '']
      expect(others.map((host) => cookieNameFor({ protocol: 'http', host }))).toEqual(others.map(() => null))
    })

    it('A22 a session is not taken over plain http from another machine', async () => {
      const session = await firstAdministrator()
      expect(await world.access.authenticate(withSession(session))).toMatchObject({ kind: 'person', name: 'admin' })
      const elsewhere = { ...withSession(session), host: '192.168.1.5:4680' }
      expect(await world.access.authenticate(elsewhere)).toMatchObject({ code: 'access.unauthenticated' })
    })

    it('A22 behind a proxy that ends https the public address counts, whatever the proxy says of itself', async () => {
      const session = await firstAdministrator()
      const { database, workspaceId, now } = world
      const access = createAccess({ database, workspaceId, now, publicUrl: 'https://id.example.com' })
      const answerTo = async (headers: Record<string, string>, host = '10.0.0.7:4680') => {
        const cookie = `__Host-selfsame_session=${session.token}`
        const csrf = { 'x-selfsame-csrf': session.csrfToken }
        const request = { method: 'POST', protocol: 'http', host, headers: { cookie, ...csrf, ...headers } }
        const found = await access.authenticate(request)
        return isFault(found) ? found.code : found.kind
      }
      expect(await answerTo({ origin: 'https://id.example.com' })).toBe('person')
      expect(await answerTo({ origin: 'http://10.0.0.7:4680' })).toBe('access.bad_origin')
      expect(await answerTo({ origin: 'http://evil.example' }, 'evil.example')).toBe('access.bad_origin')
      expect(await answerTo({ cookie: `selfsame_session=${session.token}` })).toBe('access.unauthenticated')
    })

    it('A22 a sign-in makes a new session and ends the one that was there', async () => {
      const planted = await firstAdministrator(password)
      const session = await signInAs('admin', password, planted.token)
      expect(session.token).not.toBe(planted.token)
      expect(await isSignedIn(planted)).toBe(false)
      expect(await isSignedIn(session)).toBe(true)
    })

    it('A22 a session ends on sign-out, on a change of password or role, and by itself', async () => {
      const admin = await firstAdministrator(password)
      const other = await signInAs('admin', password)
      await signOut(world, world.workspaceId, other.user.user_id, other.token)
      expect([await isSignedIn(other), await isSignedIn(admin)]).toEqual([false, true])

      const third = await signInAs('admin', password)
      const renewed = await changePassword(world, world.workspaceId, admin.user.user_id, {
        current: password,
        next: 'another long password',
      })
      expect([await isSignedIn(admin), await isSignedIn(third), await isSignedIn(renewed)]).toEqual([
        false,
        false,
        true,
      ])

      const made = await makeUser(world, 'test', world.workspaceId, {
        name: 'mara',
        administrator: false,
        memberships: [{ space_id: world.dev, role: 'admin' }],
      })
      const mara = await signInWithLink(world, world.workspaceId, { token: made.signInToken }, null)
      await changeUser(world, 'test', world.workspaceId, made.user.user_id, {
        memberships: [{ space_id: world.dev, role: 'viewer' }],
      })
      expect(await isSignedIn(mara)).toBe(false)

      world.pass(13 * 3_600_000)
      expect(await isSignedIn(renewed)).toBe(false)
    })

    it('A22 a write needs the origin of this server and the token of the session', async () => {
      const session = await firstAdministrator()
      const answerTo = async (headers: Record<string, string>) => {
        const found = await world.access.authenticate(withSession(session, { method: 'POST', headers }))
        return isFault(found) ? found.code : found.kind
      }
      const csrf = { 'x-selfsame-csrf': session.csrfToken }
      expect(await answerTo({ origin, ...csrf })).toBe('person')
      expect(await answerTo(csrf)).toBe('access.bad_origin')
      expect(await answerTo({ origin: 'http://evil.example', ...csrf })).toBe('access.bad_origin')
      expect(await answerTo({ origin: 'null', ...csrf })).toBe('access.bad_origin')
      expect(await answerTo({ origin: 'https://127.0.0.1:4680', ...csrf })).toBe('access.bad_origin')
      expect(await answerTo({ origin })).toBe('access.bad_csrf_token')
      expect(await answerTo({ origin, 'x-selfsame-csrf': `${session.csrfToken}x` })).toBe('access.bad_csrf_token')
    })

    it('what has ended is forgotten after a month', async () => {
      const rows = async () => {
        const [sessions] = await world.database.all<{ n: number }>('SELECT count(*) AS n FROM sign_in_sessions')
        const [attempts] = await world.database.all<{ n: number }>('SELECT count(*) AS n FROM sign_in_attempts')
        return [sessions?.n, attempts?.n]
      }
      await firstAdministrator(password)
      await signInAs('nobody', 'not the password').catch(() => undefined)
      expect(await rows()).toEqual([1, 2])
      world.pass(31 * 86_400_000)
      await signInAs('admin', password)
      expect(await rows()).toEqual([1, 1])
    })

    it('a link signs in once', async () => {
      const use = () => signInWithLink(world, world.workspaceId, { token: world.signInToken }, null)
      const outcomes = await Promise.allSettled([use(), use(), use()])
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      await expect(use()).rejects.toMatchObject({ code: 'sign_in.refused' })
    })

    it('a link that waits is worth nothing after a day', async () => {
      world.pass(24 * 3_600_000)
      const use = signInWithLink(world, world.workspaceId, { token: world.signInToken }, null)
      await expect(use).rejects.toMatchObject({ code: 'sign_in.refused' })
    })

    it('A23 five wrong passwords a minute are let pass, and every further one doubles the wait', async () => {
      await firstAdministrator(password)
      const attempt = () => signInAs('admin', 'not the password').catch((fault: { code: string }) => fault.code)
      const answers: unknown[] = []
      for (let i = 0; i < 6; i++) answers.push(await attempt())
      expect(answers).toEqual([...Array(5).fill('sign_in.refused'), 'sign_in.too_many_attempts'])
      await expect(signInAs('admin', password)).rejects.toMatchObject({ retryAfterSeconds: 60 })
      world.pass(60_000)
      expect(await attempt()).toBe('sign_in.refused')
      await expect(signInAs('admin', password)).rejects.toMatchObject({ retryAfterSeconds: 120 })
      world.pass(120_000)
      expect(await isSignedIn(await signInAs('admin', password))).toBe(true)
      expect(await attempt()).toBe('sign_in.refused')
      expect(await attempt()).toBe('sign_in.refused')
    })

    it('A23 wrong passwords for many names from one address are counted together', async () => {
      const codes: string[] = []
      for (let i = 0; i < 21; i++) {
        const attempt = signInAs(`user${i}`, 'not the password')
        codes.push(
          await attempt.then(
            () => 'in',
            (fault: { code: string }) => fault.code,
          ),
        )
      }
      expect(codes.slice(0, 20)).toEqual(Array(20).fill('sign_in.refused'))
      expect(codes[20]).toBe('sign_in.too_many_attempts')
    })

    it('A23 passwords are kept as argon2id, and short ones are refused', async () => {
      await firstAdministrator(password)
      const [row] = await world.database.all<{ password_hash: string }>('SELECT password_hash FROM users')
      expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      const { signInToken } = await makeUser(world, 'test', world.workspaceId, {
        name: 'sam',
        administrator: false,
        memberships: [],
      })
      const use = signInWithLink(world, world.workspaceId, { token: signInToken, password: 'short' }, null)
      await expect(use).rejects.toMatchObject({ code: 'user.password_too_short' })
    })

    it('A23 neither links nor sessions can be read out of the database', async () => {
      const session = await firstAdministrator()
      const links = await world.database.all('SELECT * FROM sign_in_links')
      const sessions = await world.database.all('SELECT * FROM sign_in_sessions')
      const stored = JSON.stringify([links, sessions])
      expect(stored).not.toContain(world.signInToken)
      expect(stored).not.toContain(session.token)
    })

    it('a disabled user is out at once, and the last administrator stays one', async () => {
      const session = await firstAdministrator()
      const disable = () =>
        changeUser(world, 'test', world.workspaceId, session.user.user_id, { disabled: true, administrator: false })
      await expect(disable()).rejects.toMatchObject({ code: 'user.last_administrator' })
      await makeUser(world, 'test', world.workspaceId, { name: 'second', administrator: true, memberships: [] })
      await disable()
      expect(await isSignedIn(session)).toBe(false)
    })

    async function isSignedIn(session: StartedSession): Promise<boolean> {
      return !isFault(await world.access.authenticate(withSession(session)))
    }
  })
})

function firstAdministrator(withPassword?: string): Promise<StartedSession> {
  return signInWithLink(world, world.workspaceId, { token: world.signInToken, password: withPassword }, null)
}

function signInAs(name: string, withPassword: string, formerToken: string | null = null): Promise<StartedSession> {
  const given = { name, password: withPassword, address: '203.0.113.7' }
  return signInWithPassword(world, world.workspaceId, given, formerToken)
}

/** A request as a browser sends it that holds the session's cookie. */
function withSession({ token }: StartedSession, more: Partial<AccessRequest> = {}): AccessRequest {
  const base = { method: 'GET', protocol: 'http', host: '127.0.0.1:4680' }
  return { ...base, ...more, headers: { cookie: `a=b; selfsame_session=${token}`, ...more.headers } }
}
