import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase, spacesOf } from '@selfsame/store'
import { makeWriteKey } from '@selfsame/server'
import { afterEach, describe, expect, it } from 'vitest'
import { folderWith, run, start, type Finished } from './cli-process.ts'

interface Serving {
  readonly address: string
  readonly databaseUrl: string
  /** Everything that was printed until now. */
  readonly printed: () => string
  readonly writeKey: (source: string, keyClass?: 'server' | 'public') => Promise<string>
  readonly stop: (signal?: NodeJS.Signals) => Promise<Finished>
}

const running: Serving[] = []
afterEach(async () => {
  for (const serving of running.splice(0)) await serving.stop('SIGKILL')
})

async function serve(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Promise<Serving> {
  const folder = folderWith()
  const databaseUrl = `sqlite:${join(folder, 'serve.db')}`
  const { child, finished } = start(['serve', '--port', '0', '--database', databaseUrl, ...args], { env })
  let printed = ''
  child.stdout?.on('data', (text: string) => void (printed += text))
  child.stderr?.on('data', (text: string) => void (printed += text))
  let address: string | undefined
  for (let tries = 0; tries < 300 && address === undefined; tries++) {
    await sleep(50)
    address = /listens on (http:\/\/\S+)/.exec(printed)?.[1]
  }
  if (address === undefined) throw new Error(`the server did not start: ${printed}`)
  const serving: Serving = {
    address,
    databaseUrl,
    printed: () => printed,
    writeKey: (source, keyClass = 'server') => keyBeside(databaseUrl, source, keyClass),
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return finished
    },
  }
  running.push(serving)
  return serving
}

async function keyBeside(databaseUrl: string, source: string, keyClass: 'server' | 'public'): Promise<string> {
  const database = openDatabase(databaseUrl)
  const now = Date.now
  const [workspace] = await database.all<{ workspace_id: string }>('SELECT workspace_id FROM workspaces')
  const workspaceId = workspace?.workspace_id ?? ''
  const dev = (await spacesOf(database, workspaceId)).find(({ name }) => name === 'dev')
  const made = await makeWriteKey({ database, now }, 'tester', { workspaceId, spaceId: null }, dev?.space_id ?? '', {
    source,
    class: keyClass,
  })
  await database.close()
  return made.text
}

function post(address: string, key: string, body: unknown): Promise<Response> {
  return fetch(`${address}/v1/batch`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

describe('selfsame serve', () => {
  it('prints its address, a link to sign in with once, and how to make a key', async () => {
    const serving = await serve()
    expect(serving.address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(serving.printed()).toContain('selfsame keys create')
    expect(serving.printed()).toMatch(/\S+sign-in\S+/)
    const version = (await (await fetch(`${serving.address}/version`)).json()) as { version: string }
    expect(version.version).toMatch(/^\d+\.\d+\.\d+/)
    expect((await fetch(`${serving.address}/readyz`)).status).toBe(200)
    const { code, err } = await serving.stop()
    expect([code, err]).toEqual([0, ''])
  })

  it('A24 nothing that a request holds is ever printed, whatever becomes of the request', async () => {
    const serving = await serve(['--log-level', 'debug'])
    const key = await serving.writeKey('canary')
    const canary = 'kanarienvogel'
    const answers: string[] = []
    const send = (path: string, headers: Record<string, string>, body: string, method = 'POST') =>
      new Promise<void>((resolve) => {
        const sent = request(`${serving.address}${path}`, { method, headers }, (response) => {
          response.setEncoding('utf8').on('data', (text: string) => void answers.push(text))
          response.on('end', resolve)
        })
        sent.on('error', () => resolve())
        sent.end(body)
      })
    const withKey = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const event = {
      type: 'identify',
      messageId: `m-${canary}`,
      userId: canary,
      traits: { email: `${canary}@example.com` },
    }
    await send('/v1/batch', withKey, JSON.stringify({ batch: [event, canary] }))
    await send('/v1/batch', withKey, `{"batch":[{"email":"${canary}\n    at ${canary}`)
    await send('/v1/batch', withKey, `[${'['.repeat(100)}"${canary}"`)
    await send('/v1/batch', { ...withKey, authorization: `Bearer ss_server_${canary}` }, '{}')
    await send('/v1/batch', { ...withKey, authorization: `Basic ${canary}` }, '{}')
    await send('/v1/batch', { ...withKey, 'content-encoding': canary }, '{}')
    await send('/v1/batch', { ...withKey, 'content-type': `multipart/${canary}` }, canary)
    await send(`/v1/${canary}?email=${canary}`, withKey, '{}')
    await send(`/v1/records/${canary}`, withKey, '[]')
    await send(`/v1/%zz${canary}`, withKey, '{}')
    await send('/healthz', { host: `${canary}.example.com`, 'user-agent': canary, cookie: `a=${canary}` }, '', 'GET')
    await send('/v1/records/canary', { ...withKey, 'content-type': 'text/csv' }, `id,${canary}\n1,"${canary}\n`)
    await send(`/api/v1/profiles/${canary}`, withKey, '', 'GET')
    await send('/api/v1/profiles/lookup', withKey, JSON.stringify({ type: 'email', value: canary }))
    await send('/v1/t', { ...withKey, 'x-long': canary.repeat(2_000) }, '{}')
    await serving.stop()
    expect(serving.printed().split('\n').length).toBeGreaterThan(20)
    expect(serving.printed()).not.toContain(canary)
    expect(serving.printed()).not.toContain(key)
    // Its own message ids are what an answer names, so that a sender finds what was rejected.
    expect(answers.join('\n').replaceAll(`m-${canary}`, '')).not.toContain(canary)
  })

  it('SIGTERM under load stops it within five seconds, and nothing that was acknowledged is lost', async () => {
    const serving = await serve()
    const key = await serving.writeKey('load')
    const acknowledged: string[] = []
    let stopping = false
    const sender = async (name: number) => {
      for (let count = 0; !stopping; count++) {
        const messageId = `${name}-${count}`
        const response = await post(serving.address, key, {
          batch: [{ type: 'page', anonymousId: 'a', messageId }],
        }).catch(() => null)
        if (response?.status === 200) acknowledged.push(messageId)
        else if (response !== null && response.status !== 503) throw new Error(`answered ${response.status}`)
      }
    }
    const senders = Array.from({ length: 8 }, (_, name) => sender(name))
    while (acknowledged.length < 100) await sleep(10)
    const began = performance.now()
    const { code } = await serving.stop('SIGTERM')
    const ms = performance.now() - began
    stopping = true
    await Promise.all(senders)
    expect(code).toBe(0)
    expect(ms).toBeLessThan(5_500)
    const database = openDatabase(serving.databaseUrl)
    const stored = await database.all<{ record_key: string }>(`SELECT record_key FROM records WHERE source = 'load'`)
    await database.close()
    const keys = new Set(stored.map(({ record_key }) => record_key))
    expect(acknowledged.filter((messageId) => !keys.has(messageId))).toEqual([])
  })

  it('says in words what is wrong with the way it was called', async () => {
    const { address } = await serve()
    const port = new URL(address).port
    const cases = [
      [['--port', '70000'], 2, 'port'],
      [['--port', port, '--database', `sqlite:${join(folderWith(), 'a.db')}`], 2, 'taken'],
      [['--port', '0', '--database', 'mysql://somebody:secret@host/db'], 2, 'DATABASE_URL'],
    ] as const
    for (const [args, code, word] of cases) {
      const finished = await run(['serve', ...args])
      expect([finished.code, finished.err.includes(word), finished.err.includes('secret')]).toEqual([code, true, false])
    }
  })
})
