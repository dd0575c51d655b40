import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { folderWith, run } from './cli-process.ts'
import { startLiveServer, type LiveServer } from './live-server.ts'

// Every command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 240_000 })

const folder = folderWith()
let server: LiveServer

beforeAll(async () => {
  server = await startLiveServer(`sqlite:${folder}/selfsame.db`)
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const selfsame = (...args: readonly string[]) => run(args, { cwd: folder, env: { DATABASE_URL: undefined } })

describe('keys on the command line, beside a running server', () => {
  it('A23 a key is printed once, alone on standard output, and works at once', async () => {
    const made = await selfsame('keys', 'create', '--source', 'web', '--class', 'public', '--space', 'dev')
    expect(made.code).toBe(0)
    expect(made.out).toMatch(/^ss_public_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}\n$/)
    const key = made.out.trim()
    expect(made.err).toContain('public write key of web, which feeds dev')
    expect(made.err).toContain(`apiKey: '${key}'`)
    const taken = await server.post('/v1/track', key, { event: 'Seen', anonymousId: 'a1', messageId: 'm1' })
    expect(taken).toMatchObject({ status: 200, body: { success: true, accepted: 1 } })
    const listed = await selfsame('keys', 'list')
    expect(listed.out).toContain(`ss_public_…${key.slice(-4)}`)
    expect(listed.out).not.toContain(key.slice(12, 30))
  })

  it('A23 a revoked key is refused by a server in another process within a second', async () => {
    const made = await selfsame('keys', 'create', '--role', 'viewer', '--space', 'prod', '--json')
    const { key, id } = JSON.parse(made.out) as { readonly key: string; readonly id: string }
    expect((await server.get('/api/v1/me', key)).status).toBe(200)
    expect((await selfsame('keys', 'revoke', id)).code).toBe(0)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect((await server.get('/api/v1/me', key)).status).toBe(401)
    expect(await selfsame('keys', 'revoke', id)).toMatchObject({ code: 2, out: '' })
  })

  it('A23 both keys of a rotation work', async () => {
    const made = await selfsame('keys', 'create', '--source', 'shop', '--class', 'server', '--space', 'dev', '--json')
    const { key, id } = JSON.parse(made.out) as { readonly key: string; readonly id: string }
    const rotated = await selfsame('keys', 'rotate', id, '--keep', '30m')
    expect(rotated.err).toContain('the older key goes on until')
    for (const live of [key, rotated.out.trim()]) expect((await server.get('/api/v1/me', live)).status).toBe(200)
  })

  it('the class of a key is asked for and never assumed', async () => {
    const made = await selfsame('keys', 'create', '--source', 'app', '--space', 'dev')
    expect(made).toMatchObject({ code: 2, out: '' })
    expect(made.err).toContain('--class public')
    expect((await selfsame('sources', 'list')).out).not.toContain('app')
    const wrong = [
      ['keys', 'create', '--space', 'dev'],
      ['keys', 'create', '--role', 'viewer', '--class', 'public', '--space', 'dev'],
      ['keys', 'create', '--role', 'viewer', '--space', 'nowhere'],
      ['keys', 'create', '--role', 'viewer', '--space', 'dev', '--expires', 'soon'],
      ['keys', 'list', '--database', 'sqlite:./elsewhere.db'],
      ['users', 'create', 'ada'],
      ['users', 'link', 'nobody'],
      ['spaces', 'create', 'dev'],
    ]
    const codes = await Promise.all(wrong.map(async (args) => (await selfsame(...args)).code))
    expect(codes).toEqual(wrong.map(() => 2))
  })

  it('SEG-3 a source that is connected to a second space feeds both', async () => {
    const made = await selfsame('keys', 'create', '--source', 'crm', '--class', 'server', '--space', 'dev')
    const connected = await selfsame('sources', 'connect', 'crm', '--space', 'prod', '--class', 'server')
    expect(connected.err).toContain('feeds dev and prod')
    await server.post('/v1/identify', made.out.trim(), { userId: 'u1', messageId: 'c1' })
    const rows = await server.database.all<{ space_id: string }>(
      `SELECT space_id FROM records WHERE source = 'crm' ORDER BY space_id`,
    )
    expect(rows.map(({ space_id }) => space_id)).toEqual([server.dev, server.prod].sort())
  })

  it('SEG-5 spaces are listed and made, and users are linked', async () => {
    expect((await selfsame('spaces', 'create', 'third')).out).toMatch(/^s_[0-9a-f]{32}\n$/)
    const spaces = JSON.parse((await selfsame('spaces', 'list', '--json')).out) as { readonly name: string }[]
    expect(spaces.map(({ name }) => name)).toEqual(['dev', 'prod', 'third'])
    const made = await selfsame('users', 'create', 'ada', '--space', 'dev', '--role', 'manager')
    const token = /#([\w-]{43})\n$/.exec(made.out)?.[1]
    const signedIn = await server.post('/api/v1/sign-in/link', null, { token, password: 'a long password' })
    expect(signedIn).toMatchObject({ status: 200, body: { user: { name: 'ada' } } })
    expect((await selfsame('users', 'list')).out).toContain('manager of dev')
    expect((await selfsame('users', 'link', 'ada', '--url', 'https://id.example.com/')).out).toMatch(
      /^https:\/\/id\.example\.com\/admin\/sign-in#/,
    )
  })

  it('the file of the database is for its owner alone', () => {
    for (const name of ['selfsame.db', 'selfsame.db-wal']) {
      expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0])
    }
  })

  it('A24 no key, link or secret is written to the database as it is', async () => {
    const key = (await selfsame('keys', 'create', '--role', 'admin', '--space', 'dev')).out.trim()
    const link = (await selfsame('users', 'link', 'admin')).out.trim().split('#')[1] ?? ''
    const database = openDatabase(`sqlite:${folder}/selfsame.db`)
    const tables = ['keys', 'sign_in_links', 'sign_in_sessions', 'audit'] as const
    const rows = await Promise.all(tables.map((table) => database.all(`SELECT * FROM ${table}`)))
    await database.close()
    expect(link).toHaveLength(43)
    expect(JSON.stringify(rows)).not.toContain(key.slice(8, 40))
    expect(JSON.stringify(rows)).not.toContain(link)
  })
})
