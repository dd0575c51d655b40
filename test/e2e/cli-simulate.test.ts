import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultRulesetYaml } from '@selfsame/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { folderWith, run } from './cli-process.ts'
import { startLiveServer, type LiveServer } from './live-server.ts'

// Every command is a process of its own, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 240_000 })

const folder = folderWith()
let server: LiveServer
let viewKey: string

beforeAll(async () => {
  server = await startLiveServer(`sqlite:${folder}/selfsame.db`)
  writeFileSync(join(folder, 'phones.yaml'), defaultRulesetYaml.replace('enabled: false', 'enabled: true'))
  writeFileSync(join(folder, 'faulty.yaml'), 'version: 1\nrules: 7\n')
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const selfsame = (...args: readonly string[]) => run(args, { cwd: folder, env: { DATABASE_URL: undefined } })
const profiles = async () =>
  ((await server.get('/api/v1/metrics', viewKey)).body as unknown as { profiles: number }).profiles

describe('rulesets of a space on the command line, beside a running server', () => {
  it('MAS-21 a ruleset is tried, then published, and what it was is pulled and published again', async () => {
    viewKey = (await selfsame('keys', 'create', '--role', 'viewer', '--space', 'dev')).out.trim()
    const key = (await selfsame('keys', 'create', '--source', 'shop', '--class', 'server', '--space', 'dev', '--json'))
      .out
    const { key: write } = JSON.parse(key) as { readonly key: string }
    for (const [userId, phone] of [
      ['u1', '(555) 123-4567'],
      [null, '+1-555-123-4567'],
    ]) {
      const who = userId === null ? { anonymousId: 'a2' } : { userId }
      await server.post('/v1/identify', write ?? '', { ...who, traits: { phone }, messageId: String(userId) })
    }
    expect(await profiles()).toBe(2)

    const tried = await selfsame('simulate', 'phones.yaml', '--space', 'dev')
    expect(tried).toMatchObject({ code: 0, err: '' })
    expect(tried.out).toContain('Against version 1: 2 records')
    expect(tried.out).toContain('2 → 1: 2 merged, 0 split, 0 moved')
    expect(tried.out).toMatch(/Same phone +100 % +100 %/)
    const json = await selfsame('simulate', 'phones.yaml', '--space', 'dev', '--sample', '1', '--json')
    expect(JSON.parse(json.out)).toMatchObject({ against: 1, sample: { profiles: 2 } })
    expect(await profiles()).toBe(2)

    const published = await selfsame('ruleset', 'publish', 'phones.yaml', '--space', 'dev', '--note', 'phones')
    expect(published.code).toBe(0)
    expect(published.out).toBe('Rule "Same phone" is switched on: Phone is the same.\n')
    expect(await profiles()).toBe(1)
    const pulled = await selfsame('ruleset', 'pull', '1', '--space', 'dev')
    expect(pulled.out).toBe(defaultRulesetYaml)
    writeFileSync(join(folder, 'before.yaml'), pulled.out)
    expect((await selfsame('ruleset', 'publish', 'before.yaml', '--space', 'dev')).code).toBe(0)
    expect(await profiles()).toBe(2)
  })

  it('what cannot be tried or published is said, and nothing changes', async () => {
    expect(await selfsame('simulate', 'faulty.yaml', '--space', 'dev')).toMatchObject({ code: 2, out: '' })
    expect((await selfsame('simulate', '--space', 'dev')).err).toContain('there is no draft')
    expect(await selfsame('ruleset', 'publish', 'faulty.yaml', '--space', 'dev')).toMatchObject({ code: 2, out: '' })
    expect((await selfsame('ruleset', 'pull', '9', '--space', 'dev')).code).toBe(2)
    const versions = (await server.get('/api/v1/rulesets', viewKey)).body as unknown as { items: object[] }
    expect(versions.items).toHaveLength(3)
  })
})
