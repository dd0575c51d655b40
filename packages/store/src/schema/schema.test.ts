import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { openDatabase } from '../sql/open-database.ts'
import type { Database } from '../sql/sql.ts'
import { migrate, schemaVersionOf } from './migrate.ts'
import { schemaVersion, tablesOfSpace } from './migrations.ts'

/** Tables that hold no data of customers, with what their keys begin with. */
const workspaceTables: Readonly<Record<string, string>> = {
  selfsame_schema: 'version',
  workspaces: 'workspace_id',
  users: 'user_id',
  keys: 'key_hash',
  sign_in_links: 'token_hash',
  sign_in_sessions: 'token_hash',
  sign_in_attempts: 'subject',
}
const indexesBesideSpaces = ['members_by_user', 'spaces_by_workspace']

describe.each(databaseKinds)('the schema on $name', ({ fresh }) => {
  let fresher: FreshDatabase
  let database: Database
  beforeAll(async () => {
    fresher = await fresh()
    database = openDatabase(fresher.url)
    await migrate(database, 0)
  })
  afterAll(async () => {
    await database.close()
    await fresher.remove()
  })

  it('begins the key of every table with the space, but for the few that hold no data of customers', async () => {
    const firsts = new Map((await primaryKeys(database)).map(({ table, columns }) => [table, columns[0] ?? '']))
    expect(firsts.size).toBeGreaterThan(20)
    const others = Object.fromEntries([...firsts].filter(([, first]) => first !== 'space_id'))
    expect(others).toEqual(workspaceTables)
    expect(
      tablesOfSpace(database.dialect)
        .filter((table) => table !== 'keys')
        .sort(),
    ).toEqual([...firsts].flatMap(([table, first]) => (first === 'space_id' ? [table] : [])).sort())
  })

  it('begins every index on those tables with the space too', async () => {
    const stray = (await indexes(database)).filter(
      ({ table, columns }) => workspaceTables[table] === undefined && columns[0] !== 'space_id',
    )
    expect(stray.map(({ name }) => name).sort()).toEqual(indexesBesideSpaces)
  })

  it('has no foreign keys, triggers, sequences, views or defaults that count', async () => {
    expect(await forbiddenObjects(database)).toEqual([])
  })

  it('A29 is brought up to date once, however many start at once', async () => {
    const other = await fresh()
    const opened = Array.from({ length: 6 }, () => openDatabase(other.url))
    // On SQLite one that waits would stop the others of its own process: there processes meet, in the test of `db migrate`.
    if (database.dialect === 'sqlite') await migrate(opened[0] as Database, 0)
    const outcomes = await Promise.all(opened.map((one) => migrate(one, 0)))
    expect(outcomes.map(({ to }) => to)).toEqual(outcomes.map(() => schemaVersion))
    expect(await schemaVersionOf(opened[0] as Database)).toBe(schemaVersion)
    const rows = await (opened[0] as Database).all('SELECT version FROM selfsame_schema ORDER BY version')
    expect(rows).toHaveLength(schemaVersion)
    for (const one of opened) await one.close()
    await other.remove()
  })

  it('A29 a newer database is left alone', async () => {
    const other = await fresh()
    const newer = openDatabase(other.url)
    await migrate(newer, 0)
    await newer.run(`INSERT INTO selfsame_schema (version, name, applied_at) VALUES (?, 'to come', 0)`, [
      schemaVersion + 1,
    ])
    await expect(migrate(newer, 0)).rejects.toMatchObject({ code: 'store.schema_too_new', found: schemaVersion + 1 })
    await newer.close()
    await other.remove()
  })
})

interface Columns {
  readonly name: string
  readonly table: string
  readonly columns: readonly string[]
}

async function primaryKeys(database: Database): Promise<readonly Columns[]> {
  if (database.dialect === 'sqlite') {
    const rows = await database.all<{ table: string; column: string }>(
      `SELECT t.name AS "table", c.name AS "column" FROM sqlite_master t, pragma_table_info(t.name) c
       WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND c.pk > 0 ORDER BY t.name, c.pk`,
    )
    return grouped(rows.map(({ table, column }) => ({ name: table, table, column })))
  }
  return grouped(
    await database.all<{ name: string; table: string; column: string }>(
      `SELECT t.relname AS name, t.relname AS "table", a.attname AS "column"
       FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
       CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(attnum, place) JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
       WHERE i.indisprimary AND n.nspname = current_schema() ORDER BY t.relname, k.place`,
    ),
  )
}

async function indexes(database: Database): Promise<readonly Columns[]> {
  if (database.dialect === 'sqlite') {
    return grouped(
      await database.all<{ name: string; table: string; column: string }>(
        `SELECT i.name AS name, i.tbl_name AS "table", c.name AS "column" FROM sqlite_master i, pragma_index_info(i.name) c
         WHERE i.type = 'index' ORDER BY i.name, c.seqno`,
      ),
    )
  }
  return grouped(
    await database.all<{ name: string; table: string; column: string }>(
      `SELECT x.relname AS name, t.relname AS "table", coalesce(a.attname, '') AS "column"
       FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
       JOIN pg_namespace n ON n.oid = t.relnamespace CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
       LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
       WHERE n.nspname = current_schema() ORDER BY x.relname, k.place`,
    ),
  )
}

async function forbiddenObjects(database: Database): Promise<readonly object[]> {
  if (database.dialect === 'sqlite') {
    return database.all(
      `SELECT name FROM sqlite_master WHERE type IN ('trigger', 'view') OR name = 'sqlite_sequence'
       UNION ALL SELECT t.name FROM sqlite_master t, pragma_foreign_key_list(t.name) ORDER BY 1`,
    )
  }
  return database.all(
    `SELECT conname AS name FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
     UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
     UNION ALL SELECT relname FROM pg_class WHERE relkind IN ('S', 'v', 'm') AND relnamespace = current_schema()::regnamespace
     UNION ALL SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND column_default LIKE 'nextval%'
     ORDER BY 1`,
  )
}

function grouped(rows: readonly { readonly name: string; readonly table: string; readonly column: string }[]) {
  return [...Map.groupBy(rows, ({ name }) => name)].map(
    ([name, list]): Columns => ({ name, table: list[0]?.table ?? '', columns: list.map(({ column }) => column) }),
  )
}
