import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { setTimeout as sleep } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { exportCanonical, findSpaceFaults, openDatabase, rowsText, type Database } from '@selfsame/store'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../postgres/fresh-databases.ts'
import { folderWith, run, start } from './cli-process.ts'
import { startLiveServer, type LiveServer } from './live-server.ts'

const header = 'id,email,phone,first_name,updated_at'
const people = Array.from(
  { length: 1_500 },
  (_, place) =>
    `r${place},${place % 3 === 0 ? '' : `E${place % 700}@Example.com`},${place % 5 === 0 ? `+1 555 01${String(place % 90).padStart(2, '0')}` : ''},"N ""${place % 11}""",2026-01-0${1 + (place % 9)}T00:00:00Z`,
)
const csv = `${[header, ...people].join('\n')}\n`
const events = Array.from({ length: 300 }, (_, place) =>
  JSON.stringify({
    type: 'identify',
    ...(place % 7 !== 0 && { messageId: `m${place}` }),
    anonymousId: `a${place % 50}`,
    userId: `u${place % 80}`,
    traits: { email: `e${place}@example.com` },
    timestamp: '2026-02-01T00:00:00Z',
  }),
).join('\n')
const folder = folderWith({
  'crm.csv': csv,
  'semicolon.csv': Buffer.from(csv.replaceAll(',', ';').replace('N ""1""', 'Ñ'), 'latin1'),
  'web.jsonl.gz': gzipSync(events),
  'broken.csv': `${header}\n1,a@example.com,,A,\nonly,two\n,b@example.com,,B,\n2,c@example.com,,C,\n`,
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const noSettings = { DATABASE_URL: undefined, DATABASE_URL_FILE: undefined }
const selfsame = (...args: readonly string[]) => run(args, { cwd: folder, env: noSettings })

async function canonicalOf(database: Database, spaceId: string): Promise<string> {
  const texts: string[] = []
  for (const table of ['identity_golden', 'identity_lookup', 'identity_identifiers'] as const) {
    const { columns, pages } = await exportCanonical(database, spaceId, table)
    for await (const rows of pages) texts.push(rowsText(columns, rows, { format: 'jsonl', spreadsheetSafe: false }))
  }
  return texts.join('')
}

describe.each(databaseKinds)('selfsame import into $name, beside a running server', ({ fresh }) => {
  let fresher: FreshDatabase
  let server: LiveServer
  beforeAll(async () => {
    fresher = await fresh()
    server = await startLiveServer(fresher.url)
  })
  afterAll(async () => {
    await server.close()
    await fresher.remove()
  })
  const imports = (...args: readonly string[]) => selfsame('import', ...args, '--database', fresher.url)

  it('BOT-29 I-2 gives the people that the same rows and events give over HTTP', async () => {
    const made = await imports('crm.csv', '--source', 'web=web.jsonl.gz', '--space', 'dev', '--json')
    expect(made.code, made.err).toBe(0)
    expect(JSON.parse(made.out)).toMatchObject([
      { source: 'crm', read: 1_500, stored: 1_500, duplicates: 0, rejected: {} },
      { source: 'web', read: 300, stored: 300 },
    ])
    const crm = await server.writeKey('crm', {}, server.prod)
    const web = await server.writeKey('web', {}, server.prod)
    const rows = await server.post('/v1/records/crm', crm, csv, { 'content-type': 'text/csv' })
    // The source feeds both spaces: what is known in one is new in the other.
    expect(rows.body).toMatchObject({ success: true, rejected: 0 })
    const stored = await server.database.all<{ record_key: string; payload: string }>(
      `SELECT record_key, payload FROM records WHERE space_id = ? AND source = 'web' ORDER BY seq`,
      [server.dev],
    )
    // An event without an id of its own is told by its text: over HTTP it is sent with that id.
    const batch = stored.map(({ record_key, payload }) => ({
      messageId: record_key,
      ...(JSON.parse(payload) as object),
    }))
    expect((await server.post('/v1/batch', web, { batch })).body).toMatchObject({ success: true, rejected: 0 })
    const imported = await canonicalOf(server.database, server.dev)
    expect(imported.split('\n').length).toBeGreaterThan(2_000)
    expect(imported === (await canonicalOf(server.database, server.prod))).toBe(true)
    expect(await findSpaceFaults(server.database, server.dev)).toEqual([])
  })

  it('changes nothing the second time, and keeps what it cannot read with its reason', async () => {
    const before = await canonicalOf(server.database, server.dev)
    const again = await imports('crm.csv', '--source', 'web=web.jsonl.gz', '--space', 'dev', '--json')
    expect(JSON.parse(again.out)).toMatchObject([
      { stored: 0, duplicates: 1_500 },
      { stored: 0, duplicates: 300 },
    ])
    expect((await canonicalOf(server.database, server.dev)) === before).toBe(true)
    for (const repeat of [1, 2]) {
      const broken = await imports('broken.csv', '--space', 'dev')
      expect(
        [broken.code, broken.err.includes('record.broken_line'), broken.err.includes('record.no_key')],
        `${repeat}`,
      ).toEqual([0, true, true])
      const letters = await server.database.all<{ code: string }>(
        `SELECT code FROM dead_letters WHERE space_id = ? AND source = 'broken' ORDER BY code`,
        [server.dev],
      )
      expect(letters.map(({ code }) => code)).toEqual(['record.broken_line', 'record.no_key'])
    }
  })

  it('shows as a run with its counts, and stands in the audit log', async () => {
    const viewer = await server.apiKey('viewer')
    const answer = await server.get('/api/v1/runs', viewer)
    const items = answer.body['items'] as unknown as readonly {
      readonly runId: string
      readonly kind: string
      readonly state: string
    }[]
    expect(items[0]).toMatchObject({ kind: 'import', state: 'done' })
    const one = await server.get(`/api/v1/runs/${items[0]?.runId ?? ''}`, viewer)
    expect(one.body['counts']).toMatchObject({ read: 4, rejected: { 'record.broken_line': 1 } })
    const audit = await server.database.all<{ action: string }>(
      `SELECT action FROM audit WHERE space_id = ? AND object = 'crm' AND action LIKE 'import.%' ORDER BY seq`,
      [server.dev],
    )
    expect(audit.map(({ action }) => action)).toEqual([
      'import.begin',
      'import.finish',
      'import.begin',
      'import.finish',
    ])
  })
})

describe('selfsame import', () => {
  it('goes on where it was killed', async () => {
    const many = Array.from({ length: 12_000 }, (_, place) => `r${place},e${place}@example.com,,N,`)
    writeFileSync(join(folder, 'many.csv'), `${[header, ...many].join('\n')}\n`)
    const args = ['import', 'many.csv', '--space', 'dev', '--database', 'sqlite:./killed.db'] as const
    const { child, finished } = start(args, { cwd: folder, env: noSettings })
    const stored = async () => {
      try {
        const database = openDatabase(`sqlite:${join(folder, 'killed.db')}`)
        const [row] = await database.all<{ n: number }>(`SELECT count(*) AS n FROM records`).catch(() => [{ n: 0 }])
        await database.close()
        return row?.n ?? 0
      } catch {
        return 0
      }
    }
    while ((await stored()) < 3_000 && child.exitCode === null) await sleep(30)
    await sleep(600)
    child.kill('SIGKILL')
    await finished
    const taken = await stored()
    expect(taken).toBeGreaterThanOrEqual(3_000)
    const rest = await run([...args, '--json'], { cwd: folder, env: noSettings })
    expect(rest.code, rest.err).toBe(0)
    const [result] = JSON.parse(rest.out) as readonly { readonly read: number; readonly resumedAt: number }[]
    expect(result?.read).toBe(12_000)
    expect(result?.resumedAt).toBeGreaterThan(0)
    expect(await stored()).toBe(12_000)
  })

  it('reads other encodings and delimiters, and Parquet, as files are read', async () => {
    const parquet = join(folder, 'people.parquet')
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    await connection.run(
      `COPY (SELECT * FROM read_csv('${join(folder, 'crm.csv')}', all_varchar = true)) TO '${parquet}'`,
    )
    connection.closeSync()
    const args = ['--source', 'a=semicolon.csv', '--source', 'b=people.parquet', '--space', 'dev', '--json']
    const made = await selfsame('import', ...args, '--database', 'sqlite:./formats.db')
    expect(made.code, made.err).toBe(0)
    expect(JSON.parse(made.out)).toMatchObject([{ stored: 1_500 }, { stored: 1_500 }])
    const database = openDatabase(`sqlite:${join(folder, 'formats.db')}`)
    const payloads = await database.all<{ source: string; payload: string }>(
      `SELECT source, payload FROM records WHERE record_key = 'r1' ORDER BY source`,
    )
    expect(payloads.map(({ payload }) => JSON.parse(payload) as unknown)).toEqual([
      { id: 'r1', email: 'E1@Example.com', first_name: 'Ñ', updated_at: '2026-01-02T00:00:00Z' },
      { id: 'r1', email: 'E1@Example.com', first_name: 'N "1"', updated_at: '2026-01-02T00:00:00Z' },
    ])
    await database.close()
  })

  it('says what is wrong with the way it was called', async () => {
    const cases: readonly (readonly [readonly string[], string])[] = [
      [[], 'no file'],
      [['nowhere.csv'], 'does not exist'],
      [['crm.csv', '--query', 'SELECT 1'], '--query'],
      [['postgres://reader:secret@127.0.0.1:1/x'], '--query'],
      [['postgres://reader:secret@127.0.0.1:1/x', '--query', 'SELECT 1'], 'ECONNREFUSED'],
    ]
    for (const [args, words] of cases) {
      const { code, err } = await selfsame('import', ...args, '--space', 'dev', '--database', 'sqlite:./usage.db')
      expect([code, err.includes(words), err.includes('secret')], args.join(' ')).toEqual([2, true, false])
    }
    const space = await selfsame('import', 'crm.csv', '--space', 'nowhere', '--database', 'sqlite:./usage.db')
    expect([space.code, space.err.includes('no space')]).toEqual([2, true])
  })
})

describe.each(databaseKinds.filter(({ name }) => name !== 'SQLite'))('tables in $name', ({ fresh }) => {
  let fresher: FreshDatabase
  beforeAll(async () => {
    fresher = await fresh()
    const client = new pg.Client(fresher.url)
    await client.connect()
    await client.query('CREATE TABLE customers (id bigint, email text, note text, vip boolean)')
    await client.query(
      `INSERT INTO customers SELECT n, 'e' || (n % 40) || '@example.com', E'a, "b"\n' || n, n % 2 = 0 FROM generate_series(1, 100) n`,
    )
    await client.end()
  })
  afterAll(() => fresher.remove())
  const query = 'SELECT id, email, note, vip FROM customers ORDER BY id;'

  it('BOT-30 are resolved as files are', async () => {
    const made = await selfsame('resolve', '--source', `crm=${fresher.url}`, '--query', query, '--json', '--quiet')
    expect(made.code, made.err).toBe(0)
    expect(JSON.parse(made.out)).toMatchObject({ counts: { records: 100, profiles: 40 } })
    expect(made.out).not.toContain(fresher.url)
  })

  it('BOT-30 are imported into a space', async () => {
    const args = [
      'import',
      '--source',
      `crm=${fresher.url}`,
      '--space',
      'dev',
      '--database',
      'sqlite:./queried.db',
      '--json',
    ]
    const made = await selfsame(...args, '--query', query)
    expect(JSON.parse(made.out), made.err).toMatchObject([{ source: 'crm', read: 100, rejected: {} }])
    const golden = await selfsame('export', 'identity_golden', '--space', 'dev', '--database', 'sqlite:./queried.db')
    expect(golden.out.split('\n').filter((line) => line !== '')).toHaveLength(1 + 40 * 2)
  })

  it('cannot be changed by a query, and what PostgreSQL refuses is said in its words', async () => {
    const changing = ['DELETE FROM customers RETURNING id', 'SELECT 1) TO STDOUT; DROP TABLE customers; COPY (SELECT 1']
    for (const text of [...changing, 'SELECT nothing FROM customers']) {
      const refused = await selfsame('resolve', '--source', `crm=${fresher.url}`, '--query', text)
      expect([refused.code, refused.err.includes('will not run the query')], text).toEqual([2, true])
    }
    const client = new pg.Client(fresher.url)
    await client.connect()
    const { rows } = await client.query('SELECT count(*)::int AS n FROM customers')
    await client.end()
    expect(rows).toEqual([{ n: 100 }])
  })
})
