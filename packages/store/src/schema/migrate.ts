import type { Database, Sql } from '../sql/sql.ts'
import { migrations, schemaVersion } from './migrations.ts'

/** The database is newer than this program: it is left alone. */
export class SchemaTooNew extends Error {
  readonly code = 'store.schema_too_new'
  readonly found: number
  constructor(found: number) {
    super(
      `this database was written by a newer Selfsame (schema ${found}; this program knows ${schemaVersion}). ` +
        'Start the newer program, or restore a backup made before the upgrade.',
    )
    this.found = found
  }
}

/** Schema version of the database; 0: it is empty. */
export async function schemaVersionOf(database: Database): Promise<number> {
  const present =
    database.dialect === 'sqlite'
      ? await database.all(`SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'selfsame_schema'`)
      : await database.all(
          `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_name = 'selfsame_schema'`,
        )
  if (present.length === 0) return 0
  const [row] = await database.all<{ version: number }>('SELECT max(version) AS version FROM selfsame_schema')
  return row?.version ?? 0
}

/**
 * Brings the schema up to date, all migrations in one transaction; a killed migration leaves the old schema. Several
 * processes may start at once. Throws `SchemaTooNew`.
 */
export async function migrate(
  database: Database,
  nowMs: number,
): Promise<{ readonly from: number; readonly to: number }> {
  const from = await schemaVersionOf(database)
  if (from > schemaVersion) throw new SchemaTooNew(from)
  if (from === schemaVersion) return { from, to: from }
  await createVersionTable(database)
  return database.transaction(async (sql) => {
    if (sql.dialect === 'postgres') await sql.run('LOCK TABLE selfsame_schema IN ACCESS EXCLUSIVE MODE')
    const [row] = await sql.all<{ version: number | null }>('SELECT max(version) AS version FROM selfsame_schema')
    const at = row?.version ?? 0
    if (at > schemaVersion) throw new SchemaTooNew(at)
    for (const migration of migrations) {
      if (migration.version <= at) continue
      for (const statement of migration.statements(sql.dialect)) await sql.run(statement)
      await sql.run('INSERT INTO selfsame_schema (version, name, applied_at) VALUES (?, ?, ?)', [
        migration.version,
        migration.name,
        nowMs,
      ])
    }
    if (sql.dialect === 'sqlite') await describeTables(sql)
    return { from: at, to: schemaVersion }
  })
}

/** Two processes that create the table at once meet in PostgreSQL's catalogue: the one that loses finds it made. */
async function createVersionTable(database: Database): Promise<void> {
  try {
    await database.run(
      'CREATE TABLE IF NOT EXISTS selfsame_schema (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL)',
    )
  } catch (error) {
    const lostRace =
      error instanceof Error && 'code' in error && ['23505', '42P07', '42710'].includes(String(error.code))
    if (!lostRace) throw error
  }
}

/**
 * Tells SQLite's planner what it would otherwise learn too late: a space holds nearly all rows of a table, and a whole key names
 * one. Without it a new database reads whole spaces where an index would do.
 */
async function describeTables(sql: Sql): Promise<void> {
  await sql.run('ANALYZE')
  await sql.run('DELETE FROM sqlite_stat1')
  const tables = await sql.all<{ name: string; wr: number }>(
    `SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
     ORDER BY name`,
  )
  for (const { name: table, wr: isWithoutRowId } of tables) {
    const indexes = await sql.all<{ name: string; partial: number }>(
      'SELECT name, partial FROM pragma_index_list(?) ORDER BY name',
      [table],
    )
    for (const { name: index, partial } of indexes) {
      // An index of some rows is made for those that are few.
      const all = partial === 1 ? 10_000 : 1_000_000
      const columns = await sql.all('SELECT name FROM pragma_index_info(?)', [index])
      // Rows in all, then rows per value of the first column, of the first two, and so on.
      const rows = columns.map((_, place) => Math.max(1, Math.round(all / 1000 ** place)))
      await sql.run('INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)', [
        table,
        // A table without row ids is named by itself where its own key is meant.
        isWithoutRowId === 1 && index.startsWith('sqlite_autoindex_') ? table : index,
        `${all} ${rows.join(' ')}`,
      ])
    }
  }
  await sql.run('ANALYZE sqlite_schema')
}
