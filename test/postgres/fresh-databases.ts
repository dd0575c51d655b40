import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { inject } from 'vitest'

export interface FreshDatabase {
  readonly name: string
  readonly url: string
  remove(): Promise<void>
}

/** The databases that Selfsame runs on, by name, each with a way to get an empty one: for `describe.each`. */
export const databaseKinds: readonly { readonly name: string; readonly fresh: () => Promise<FreshDatabase> }[] = [
  { name: 'SQLite', fresh: freshSqlite },
  ...inject('postgres').map(({ major, port }) => ({
    name: `PostgreSQL ${major}`,
    fresh: () => freshPostgres(major, port),
  })),
]

async function freshSqlite(): Promise<FreshDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-sqlite-'))
  return {
    name: 'SQLite',
    url: `sqlite:${join(folder, 'test.db')}`,
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function freshPostgres(major: number, port: number): Promise<FreshDatabase> {
  const database = `test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  const admin = `postgres://selfsame@127.0.0.1:${port}/postgres`
  await asking(admin, `CREATE DATABASE ${database}`)
  return {
    name: `PostgreSQL ${major}`,
    url: `postgres://selfsame@127.0.0.1:${port}/${database}`,
    remove: () => asking(admin, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`),
  }
}

async function asking(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
