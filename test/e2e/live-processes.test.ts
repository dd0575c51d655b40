import { setTimeout as sleep } from 'node:timers/promises'
import { firstStart, makeApiKey } from '@selfsame/server'
import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { holdAgainstLedger, holdAgainstReplay } from '../faults/hold-ledger.ts'
import { Ledger, startLoad } from '../faults/load.ts'
import { prepareDatabase, startServing, type PreparedDatabase, type ServingProcess } from '../faults/serving.ts'
import { databaseKinds, type FreshDatabase } from '../postgres/fresh-databases.ts'
import { run } from './cli-process.ts'

const [postgres] = databaseKinds.filter(({ name }) => name !== 'SQLite')

describe('three servers on one PostgreSQL', () => {
  let fresher: FreshDatabase
  let prepared: PreparedDatabase
  let servers: readonly ServingProcess[]
  let manager: { readonly text: string; readonly id: string }
  beforeAll(async () => {
    if (!postgres) throw new Error('there is no PostgreSQL')
    fresher = await postgres.fresh()
    prepared = await prepareDatabase(fresher.url)
    servers = await Promise.all([1, 2, 3].map(() => startServing(fresher.url)))
    const database = openDatabase(fresher.url)
    const now = Date.now
    const { workspaceId } = await firstStart({ database, now })
    const made = await makeApiKey({ database, now }, 'tester', workspaceId, prepared.spaceId, { role: 'manager' })
    manager = { text: made.text, id: made.key.key_id }
    await database.close()
  })
  afterAll(async () => {
    for (const server of servers) server.signal('SIGTERM')
    await Promise.all(servers.map(({ finished }) => finished))
    await fresher.remove()
  })
  const get = (server: ServingProcess, path: string, key: string) =>
    fetch(`${server.address}${path}`, { headers: { authorization: `Bearer ${key}` } })

  it('I-20 take what many senders send to any of them, and give one answer, that of a single one', async () => {
    const ledger = new Ledger()
    const addresses = servers.map(({ address }) => address)
    const { writeKey, url, spaceId } = prepared
    const load = startLoad({ addresses, writeKey, ledger, senders: 16, seed: 3, name: 'three', again: true })
    await sleep(2_000)
    await load.stop()
    expect([...ledger.statuses.keys()].filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(ledger.acknowledged.size).toBeGreaterThan(100)
    expect(await holdAgainstLedger(url, spaceId, ledger)).toEqual([])
    expect(await holdAgainstReplay(url, spaceId)).toEqual([])
    const answers = await Promise.all(
      servers.map(async (server) =>
        (await get(server, '/api/v1/export/identity_golden?canonical=true', manager.text)).text(),
      ),
    )
    expect(answers[0]?.split('\n').length).toBeGreaterThan(50)
    expect(new Set(answers).size).toBe(1)
  })

  it('see what one of them has just acknowledged', async () => {
    for (let turn = 0; turn < 9; turn++) {
      const [writer, reader] = [servers[turn % 3], servers[(turn + 1) % 3]] as [ServingProcess, ServingProcess]
      const value = `seen${turn}@example.com`
      const written = await fetch(`${writer.address}/v1/identify?wait=true`, {
        method: 'POST',
        headers: { authorization: `Bearer ${prepared.writeKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ messageId: `seen-${turn}`, userId: `seen${turn}`, traits: { email: value } }),
      })
      const { profileId } = (await written.json()) as { readonly profileId: string }
      const found = await fetch(`${reader.address}/api/v1/profiles/lookup`, {
        method: 'POST',
        headers: { authorization: `Bearer ${manager.text}`, 'content-type': 'application/json' },
        body: JSON.stringify({ value }),
      })
      expect(await found.json()).toMatchObject({ items: [{ profile: { profileId } }] })
    }
  })

  it('A23 refuse a revoked key within a second, all of them, also where it was in use a moment before', async () => {
    for (const server of servers) expect((await get(server, '/api/v1/metrics', manager.text)).status).toBe(200)
    const revoked = await run(['keys', 'revoke', manager.id, '--database', fresher.url])
    expect(revoked.code, revoked.err).toBe(0)
    await sleep(1_000)
    for (const server of servers) expect((await get(server, '/api/v1/metrics', manager.text)).status).toBe(401)
  })
})
