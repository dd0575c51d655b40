import type { FastifyInstance } from 'fastify'
import { makeApiKey, makeWriteKey } from '../control/keys.ts'
import { makeUser } from '../control/users.ts'
import { callServer } from './call-server.ts'
import type { ControlWorld } from './control-world.ts'

export type Headers = Readonly<Record<string, string>>
export const callerNames = ['nobody', 'write', 'viewer', 'manager', 'admin', 'vera', 'root'] as const
export type CallerName = (typeof callerNames)[number]

export const ownOrigin = 'http://127.0.0.1:4680'

/**
 * Headers of one caller of each kind, all in the space `dev`: nobody, a public write key of the source `feed`, API keys of
 * each role, `vera` who has signed in and views, and `root` who administers the workspace.
 */
export async function allCallers(world: ControlWorld, app: FastifyInstance): Promise<Record<CallerName, Headers>> {
  const keyOf = async (role: 'viewer' | 'manager' | 'admin') =>
    bearer((await makeApiKey(world, 'test', world.workspaceId, world.dev, { role })).text)
  const source = { source: 'feed', class: 'public' } as const
  const write = await makeWriteKey(world, 'test', world.everywhere, world.dev, source)
  return {
    nobody: {},
    write: bearer(write.text),
    viewer: await keyOf('viewer'),
    manager: await keyOf('manager'),
    admin: await keyOf('admin'),
    vera: await signedInHeaders(world, app, 'vera'),
    root: await signedInHeaders(world, app, 'root'),
  }
}

/** Somebody signed in anew: `root` administers the workspace, others view `dev`. */
export async function signedInHeaders(world: ControlWorld, app: FastifyInstance, name: string): Promise<Headers> {
  const made = await makeUser(world, 'test', world.workspaceId, {
    name: `${name}${String(world.database.commits)}`,
    administrator: name === 'root',
    memberships: [{ space_id: world.dev, role: 'viewer' }],
  })
  const answer = await callServer(app, {
    method: 'POST',
    path: '/api/v1/sign-in/link',
    headers: { host: '127.0.0.1:4680' },
    body: { token: made.signInToken },
  })
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? ''
  const { csrfToken } = answer.json<{ csrfToken: string }>()
  return { cookie, origin: ownOrigin, 'x-selfsame-csrf': csrfToken, 'x-selfsame-space': 'dev' }
}

export function bearer(key: string): Headers {
  return { authorization: `Bearer ${key}` }
}
