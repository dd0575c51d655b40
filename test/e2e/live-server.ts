import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEngine, makeApiKey, makeWriteKey, startServer, type NewWriteKey, type Routes } from '@selfsame/server'
import { openDatabase, spacesOf, type Database } from '@selfsame/store'

/** A server of its own on a free port, with ways to look behind it. */
export interface LiveServer {
  readonly address: string
  readonly host: string
  readonly databaseUrl: string
  /** Reads beside the server. */
  readonly database: Database
  readonly dev: string
  readonly prod: string
  writeKey(source: string, given?: Partial<NewWriteKey>, spaceId?: string): Promise<string>
  apiKey(role: 'viewer' | 'manager' | 'admin', spaceId?: string): Promise<string>
  post(path: string, key: string | null, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  get(path: string, key: string | null): Promise<Answer>
  close(): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, never>> & { readonly [key: string]: unknown }
}

export async function startLiveServer(
  databaseUrl: string | null = null,
  rooms: readonly Routes[] = [],
): Promise<LiveServer> {
  const folder = databaseUrl === null ? mkdtempSync(join(tmpdir(), 'selfsame-live-')) : null
  const url = databaseUrl ?? `sqlite:${join(folder ?? '', 'live.db')}`
  const server = await startServer({
    databaseUrl: url,
    host: '127.0.0.1',
    port: 0,
    config: { version: '0.0.0-test', logLevel: 'silent' },
    rooms,
  })
  const database = openDatabase(url)
  const [workspace] = await database.all<{ workspace_id: string }>('SELECT workspace_id FROM workspaces')
  const workspaceId = workspace?.workspace_id ?? ''
  const spaces = await spacesOf(database, workspaceId)
  const idOf = (name: string) => spaces.find((space) => space.name === name)?.space_id ?? ''
  const dev = idOf('dev')
  const now = Date.now
  const engine = createEngine({ database, now })
  const context = { database, engine, now }
  const answerOf = async (response: Response): Promise<Answer> => {
    const text = await response.text()
    const isJson = (response.headers.get('content-type') ?? '').includes('json')
    return {
      status: response.status,
      headers: response.headers,
      body: (isJson && text !== '' ? JSON.parse(text) : { text }) as Answer['body'],
    }
  }
  const authorized = (key: string | null) => (key === null ? {} : { authorization: `Bearer ${key}` })
  return {
    address: server.address,
    host: server.address.replace('http://', ''),
    databaseUrl: url,
    database,
    dev,
    prod: idOf('prod'),
    writeKey: async (source, given = {}, spaceId = dev) =>
      (
        await makeWriteKey(context, 'tester', { workspaceId, spaceId: null }, spaceId, {
          source,
          class: 'server',
          ...given,
        })
      ).text,
    apiKey: async (role, spaceId = dev) => (await makeApiKey(context, 'tester', workspaceId, spaceId, { role })).text,
    post: async (path, key, body, headers = {}) =>
      answerOf(
        await fetch(`${server.address}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...authorized(key), ...headers },
          body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
        }),
      ),
    get: async (path, key) => answerOf(await fetch(`${server.address}${path}`, { headers: authorized(key) })),
    close: async () => {
      await engine.close()
      await database.close()
      await server.close()
      if (folder !== null) rmSync(folder, { recursive: true, force: true })
    },
  }
}
