import type { JsonObject } from '@selfsame/core'
import type { Database } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import { docsRoom, readingRoom } from '../api/index.ts'
import { makeApiKey } from '../control/keys.ts'
import { controlRoom } from '../control/routes/index.ts'
import { buildApp } from '../http/app.ts'
import { defaultConfig } from '../http/context.ts'
import { callServer, type Answer, type Call } from './call-server.ts'
import { openControlWorld, type ControlWorld } from './control-world.ts'

/** A server whose reading side is looked at, with records told to its engine. */
export interface ReadingWorld extends ControlWorld {
  readonly app: FastifyInstance
  /** API key of a viewer of `dev`, and of one of `prod`. */
  readonly devKey: string
  readonly prodKey: string
  /** Stores events of a source, each under its key. The profile of each; null: none. */
  tell(
    source: string,
    events: Readonly<Record<string, JsonObject>>,
    spaceId?: string,
  ): Promise<readonly (string | null)[]>
  ask(call: Pick<Call, 'path'> & Partial<Call>, key?: string): Promise<Answer>
}

export async function openReadingWorld(given: Database | null = null): Promise<ReadingWorld> {
  const world = await openControlWorld(given)
  const config = { ...defaultConfig, version: '0.0.0-test', logLevel: 'silent' as const }
  const app = await buildApp({ ...world, config }, [
    docsRoom,
    controlRoom,
    (app) => readingRoom(app, { ...world, config }),
  ])
  await app.listen({ host: '127.0.0.1', port: 0 })
  const keyOf = async (spaceId: string) =>
    (await makeApiKey(world, 'test', world.workspaceId, spaceId, { role: 'viewer' })).text
  const devKey = await keyOf(world.dev)
  const prodKey = await keyOf(world.prod)
  return {
    ...world,
    app,
    devKey,
    prodKey,
    tell: async (source, events, spaceId = world.dev) => {
      world.pass(1_000)
      const records = Object.entries(events).map(([key, payload]) => ({
        source,
        key,
        kind: 'event' as const,
        event: typeof payload['event'] === 'string' ? payload['event'] : 'seen',
        observedAt: world.now(),
        payload,
        payloadText: JSON.stringify(payload),
        proven: [],
      }))
      const outcomes = await world.engine.ingest(spaceId, records, { wantProfiles: true })
      return outcomes.map(({ profileId }) => profileId)
    },
    ask: ({ method = 'GET', path, headers = {}, body }, key = devKey) =>
      callServer(app, { method, path, headers: { authorization: `Bearer ${key}`, ...headers }, body }),
    close: async () => {
      await app.close()
      await world.close()
    },
  }
}
