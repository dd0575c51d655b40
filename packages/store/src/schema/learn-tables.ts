import type { Database } from '../sql/sql.ts'

/**
 * Lets PostgreSQL look at its tables now. Until it has, it takes a space's thousands of rows for a handful, and reads all of
 * them where an index would name one; by itself it looks a minute later. SQLite is told when its schema is made.
 */
export async function learnTables(database: Database): Promise<void> {
  if (database.dialect !== 'postgres') return
  const tables = await database.all<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname`,
  )
  for (const { name } of tables) if (/^[a-z_]+$/.test(name)) await database.script(`ANALYZE ${name}`)
}

/** As after bringing a dump back: there are rows, and nobody has looked at them. */
export async function learnTablesOnce(database: Database): Promise<void> {
  if (database.dialect !== 'postgres') return
  const [row] = await database.all<{ known: number }>(
    `SELECT count(*) AS known FROM pg_class WHERE relname = 'records' AND relnamespace = current_schema()::regnamespace AND reltuples >= 0`,
  )
  const rows = await database.all('SELECT 1 AS found FROM records LIMIT 1')
  if (row?.known === 0 && rows.length > 0) await learnTables(database)
}
