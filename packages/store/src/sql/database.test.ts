import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { openDatabase } from './open-database.ts'
import { asRows, rowsOf, type Database } from './sql.ts'
import { StoreUnavailable } from './store-unavailable.ts'
import { upsertRows } from './upsert.ts'

describe.each(databaseKinds)('the port to a database on $name', ({ name, fresh }) => {
  let fresher: FreshDatabase
  let database: Database
  const collate = name === 'SQLite' ? '' : 'COLLATE "C"'
  beforeAll(async () => {
    fresher = await fresh()
    database = openDatabase(fresher.url)
    await database.script(
      `CREATE TABLE things (space_id TEXT NOT NULL, id TEXT ${collate} NOT NULL, n BIGINT, share DOUBLE PRECISION, PRIMARY KEY (space_id, id))`,
    )
  })
  afterAll(async () => {
    await database.close()
    await fresher.remove()
  })

  const idsOf = async (space: string) =>
    (await database.all<{ id: string }>('SELECT id FROM things WHERE space_id = ? ORDER BY id', [space])).map(
      ({ id }) => id,
    )

  it('gives back texts, safe integers, fractions and nothing as they were', async () => {
    const texts = ["it's", '"q"', '?', '$1', '\\', 'Åäö', '😀', 'e\u0301', ' ', '', '%_', "'; DROP TABLE things; --"]
    for (const id of texts) {
      await database.run('INSERT INTO things (space_id, id, n, share) VALUES (?, ?, ?, ?)', [
        'values',
        id,
        2 ** 53 - 1,
        0.1,
      ])
    }
    await database.run('INSERT INTO things (space_id, id, n, share) VALUES (?, ?, ?, ?)', [
      'values',
      'nothing',
      null,
      null,
    ])
    const rows = await database.all<{ id: string; n: number | null; share: number | null }>(
      'SELECT id, n, share FROM things WHERE space_id = ? ORDER BY id',
      ['values'],
    )
    expect(rows.map(({ id }) => id).sort()).toEqual([...texts, 'nothing'].sort())
    expect(rows.find(({ id }) => id === '?')).toEqual({ id: '?', n: 2 ** 53 - 1, share: 0.1 })
    expect(rows.find(({ id }) => id === 'nothing')).toEqual({ id: 'nothing', n: null, share: null })
    const [sum] = await database.all(
      'SELECT count(*) AS n, sum(n) AS total FROM things WHERE space_id = ? AND id = ?',
      ['values', '?'],
    )
    expect(sum).toEqual({ n: 1, total: 2 ** 53 - 1 })
  })

  it('orders text by code point', async () => {
    const texts = ['a', 'B', 'b', 'Z', 'ä', '\u{ff5e}', '\u{1f600}', '1', '_']
    await database.transaction((sql) =>
      sql.runEach(
        'INSERT INTO things (space_id, id) VALUES (?, ?)',
        texts.map((id) => ['order', id]),
      ),
    )
    expect(await idsOf('order')).toEqual(['1', 'B', 'Z', '_', 'a', 'b', 'ä', '\u{ff5e}', '\u{1f600}'])
  })

  it('takes a list as a table, and tells how many rows changed', async () => {
    const list = [
      { id: 'x', n: 1, share: null },
      { id: 'y', n: 2, share: 0.5 },
    ]
    const shape = { table: 'things', columns: { id: 'text', n: 'int', share: 'real' }, key: ['id'] } as const
    await database.transaction((sql) => upsertRows(sql, shape, 'lists', list))
    await database.transaction((sql) => upsertRows(sql, shape, 'lists', [{ id: 'y', n: 3, share: 0.25 }]))
    const found = await database.all(
      `SELECT t.id, t.n, t.share FROM ${rowsOf(database, { id: 'text' }, 'given')}
       CROSS JOIN things t WHERE t.space_id = ? AND t.id = given.id ORDER BY t.id`,
      [asRows([{ id: 'y' }, { id: 'unknown' }]), 'lists'],
    )
    expect(found).toEqual([{ id: 'y', n: 3, share: 0.25 }])
    expect(await database.run('UPDATE things SET n = 9 WHERE space_id = ?', ['lists'])).toBe(2)
    expect(await database.run('DELETE FROM things WHERE space_id = ?', ['lists'])).toBe(2)
  })

  it('I-22 keeps all of a transaction or nothing, and nobody sees the half of it', async () => {
    const insert = 'INSERT INTO things (space_id, id) VALUES (?, ?)'
    await expect(
      database.transaction(async (sql) => {
        await sql.run(insert, ['whole', 'a'])
        expect(await idsOf('whole')).toEqual([])
        throw new Error('changed my mind')
      }),
    ).rejects.toThrow('changed my mind')
    await expect(
      database.transaction(async (sql) => {
        await sql.run(insert, ['whole', 'b'])
        await sql.run(insert, ['whole', 'b'])
      }),
    ).rejects.toThrow(/unique/i)
    expect(await idsOf('whole')).toEqual([])
    const commits = database.commits
    await database.transaction(async (sql) => {
      await sql.run(insert, ['whole', 'c'])
      expect(await sql.all('SELECT id FROM things WHERE space_id = ?', ['whole'])).toEqual([{ id: 'c' }])
    })
    expect(await idsOf('whole')).toEqual(['c'])
    expect(database.commits).toBe(commits + 1)
  })

  it('lets transactions wait for each other, also those of another connection', async () => {
    const other = openDatabase(fresher.url)
    await database.run('INSERT INTO things (space_id, id, n) VALUES (?, ?, 0)', ['turns', 'counter'])
    const lock = name === 'SQLite' ? '' : ' FOR UPDATE'
    const add = (one: Database) =>
      one.transaction(async (sql) => {
        const [row] = await sql.all<{ n: number }>(`SELECT n FROM things WHERE space_id = 'turns'${lock}`)
        await sql.run(`UPDATE things SET n = ? WHERE space_id = 'turns'`, [(row?.n ?? 0) + 1])
      })
    // Two connections in one process: on SQLite the one that waits would stop the other from going on.
    for (let round = 0; round < 10; round++)
      await Promise.all(name === 'SQLite' ? [add(database)] : [add(database), add(other)])
    for (let round = 0; round < 10; round++) await add(other)
    const [row] = await database.all<{ n: number }>(`SELECT n FROM things WHERE space_id = 'turns'`)
    expect(row?.n).toBe(name === 'SQLite' ? 20 : 30)
    await other.close()
  })

  it('makes every commit durable, whatever the database was set to', async () => {
    if (database.dialect === 'postgres') {
      const databaseName = new URL(fresher.url).pathname.slice(1)
      await database.script(`ALTER DATABASE ${databaseName} SET synchronous_commit = off`)
    }
    const other = openDatabase(fresher.url)
    await other.run('INSERT INTO things (space_id, id) VALUES (?, ?)', ['durable', 'a'])
    const text = database.dialect === 'sqlite' ? 'PRAGMA synchronous' : 'SHOW synchronous_commit'
    const [row] = await other.transaction((sql) => sql.all<Record<string, string | number>>(text))
    expect(Object.values(row ?? {})).toEqual([database.dialect === 'sqlite' ? 2 : 'on'])
    await other.close()
  })
})

describe('a database that cannot be reached', () => {
  it('is told as such, without its address', async () => {
    const nobody = openDatabase('postgres://somebody:secret@127.0.0.1:1/none')
    const faults = await Promise.allSettled([nobody.all('SELECT 1'), nobody.transaction((sql) => sql.run('SELECT 1'))])
    for (const fault of faults) {
      expect(fault.status).toBe('rejected')
      const reason: unknown = fault.status === 'rejected' ? fault.reason : null
      expect(reason).toBeInstanceOf(StoreUnavailable)
      expect(reason).toMatchObject({ code: 'store.unavailable', reason: 'ECONNREFUSED' })
      expect(String(reason)).not.toContain('secret')
    }
    await nobody.close()
  })
})

describe('what the store asks', () => {
  it('uses nothing that ties it to one PostgreSQL: no advisory locks, notifications or sequences', () => {
    const folder = join(import.meta.dirname, '..')
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
    )
    expect(files.length).toBeGreaterThan(30)
    const faults = files.filter((file) =>
      /pg_(?:try_)?advisory|\bLISTEN\b|\bNOTIFY\b|nextval|\bSERIAL\b|GENERATED .* AS IDENTITY|AUTOINCREMENT/.test(
        readFileSync(join(folder, file), 'utf8'),
      ),
    )
    expect(faults).toEqual([])
  })
})
