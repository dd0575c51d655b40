import { readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderWith, run } from './cli-process.ts'
import { startLiveServer, type LiveServer } from './live-server.ts'

const folder = folderWith()
let server: LiveServer
let viewer: string

beforeAll(async () => {
  server = await startLiveServer(`sqlite:${folder}/selfsame.db`)
  viewer = await server.apiKey('viewer')
  const rows = Array.from({ length: 2_500 }, (_, place) => ({
    id: `r${place}`,
    email: `e${place % 900}@example.com`,
    note: '=1',
  }))
  const key = await server.writeKey('crm')
  const body = rows.map((row) => JSON.stringify(row)).join('\n')
  await server.post('/v1/records/crm', key, body, { 'content-type': 'application/x-ndjson' })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
})

const selfsame = (...args: readonly string[]) => run(args, { cwd: folder, env: { DATABASE_URL: undefined } })

describe('selfsame export, beside a running server', () => {
  it('writes the same bytes as the server, table by table', async () => {
    for (const table of ['identity_golden', 'identity_lookup', 'identity_identifiers'] as const) {
      const made = await selfsame('export', table, '--space', 'dev')
      expect(made.code, made.err).toBe(0)
      const answer = await server.get(`/api/v1/export/${table}`, viewer)
      expect(made.out, table).toBe(answer.body['text'])
    }
    const lookup = await selfsame('export', 'identity_lookup', '--space', 'dev')
    expect(lookup.out.split('\n')).toHaveLength(2_502)
  })

  it('writes a file that appears whole, and leaves nothing else', async () => {
    const file = join(folder, 'golden.jsonl')
    const made = await selfsame('export', 'identity_golden', '--space', 'dev', '-f', 'jsonl', '--canonical', '-o', file)
    expect(made).toMatchObject({ code: 0, out: '' })
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(lines).toHaveLength(900)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ email: 'e0@example.com', note: '=1', record_count: 3 })
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
    const safe = await selfsame('export', 'identity_golden', '--space', 'dev', '--spreadsheet-safe')
    expect(safe.out).toContain(",'=1,")
  })

  it('exports prod unless a space is named, and says what is not there', async () => {
    expect((await selfsame('export', 'identity_lookup')).out).toBe('source,record_key,profile_id\n')
    const unknown = await selfsame('export', 'identity_lookup', '--space', 'nowhere')
    expect(unknown).toMatchObject({ code: 2, out: '' })
    expect(unknown.err).toContain('no space nowhere')
    expect((await selfsame('export', 'users')).code).toBe(2)
    const apart = await selfsame('export', 'identity_lookup', '-o', join(folder, 'missing', 'x.csv'))
    expect(apart.code).toBe(2)
  })
})
