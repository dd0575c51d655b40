import { gzipSync } from 'node:zlib'
import { makeApiKey, makeWriteKey } from '../control/index.ts'
import type { Engine } from '../engine/index.ts'
import { buildApp, defaultConfig, type LogTarget, type Routes, type ServerConfig } from '../http/index.ts'
import { openControlWorld, type ControlWorld } from './control-world.ts'

/** A control world that listens on a port of its own. */
export interface ServingWorld extends ControlWorld {
  /** `http://127.0.0.1:port`. */
  readonly address: string
  readonly port: number
  /** A write key of a source that feeds `dev`. */
  readonly writeKey: (given?: {
    readonly source?: string
    readonly class?: 'server' | 'public'
    readonly mayView?: boolean
  }) => Promise<string>
  readonly apiKey: (role?: 'viewer' | 'manager' | 'admin', spaceId?: string) => Promise<string>
  /** Sends one request; a body that is no text or bytes goes as JSON. */
  readonly send: (path: string, given?: Sent) => Promise<Answer>
}

export interface Sent {
  readonly key?: string | null
  readonly method?: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly gzip?: boolean
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as they are
  readonly body: any
}

export interface ServingOptions {
  readonly config?: Partial<ServerConfig>
  readonly rooms?: readonly Routes[]
  /** What stands in for parts of the engine. */
  readonly engine?: Partial<Engine>
  readonly log?: LogTarget
}

export async function openServingWorld({
  config = {},
  rooms = [],
  engine: replaced = {},
  log,
}: ServingOptions = {}): Promise<ServingWorld> {
  const world = await openControlWorld()
  const { database, access, workspaceId, now } = world
  const engine = { ...world.engine, ...replaced }
  const app = await buildApp(
    { database, engine, access, workspaceId, now, config: { ...defaultConfig, logLevel: 'silent', ...config } },
    rooms,
    log,
  )
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    ...world,
    address,
    port: Number(new URL(address).port),
    writeKey: async ({ source = 'app', class: keyClass = 'server', mayView = false } = {}) =>
      (await makeWriteKey(world, 'test', world.everywhere, world.dev, { source, class: keyClass, mayView })).text,
    apiKey: async (role = 'viewer', spaceId = world.dev) =>
      (await makeApiKey(world, 'test', workspaceId, spaceId, { role })).text,
    send: (path, given) => sendTo(address, path, given),
    close: async () => {
      await app.close()
      await world.close()
    },
  }
}

export async function sendTo(address: string, path: string, given: Sent = {}): Promise<Answer> {
  const { key = null, body, gzip = false } = given
  const plain = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
  const sent = gzip && plain !== undefined ? gzipSync(plain) : plain
  const response = await fetch(`${address}${path}`, {
    method: given.method ?? (body === undefined ? 'GET' : 'POST'),
    ...(sent !== undefined && { body: sent }),
    headers: {
      ...(key !== null && { authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}` }),
      ...(sent !== undefined && { 'content-type': 'application/json' }),
      ...(gzip && { 'content-encoding': 'gzip' }),
      ...given.headers,
    },
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, body: jsonOf(text) }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
