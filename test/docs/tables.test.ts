import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { tableNames } from '@selfsame/batch'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selfsame } from './cli.ts'
import { page, tableUnder } from './pages.ts'

const words: Readonly<Record<string, string>> = {
  VARCHAR: 'text',
  INTEGER: 'integer',
  BIGINT: 'integer',
  DOUBLE: 'number',
  BOOLEAN: 'boolean',
  'TIMESTAMP WITH TIME ZONE': 'instant',
}

const columnsByTable = new Map<string, readonly (readonly [name: string, type: string])[]>()
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'selfsame-tables-'))
  writeFileSync(
    join(folder, 'crm.csv'),
    'id,email,city\n1,ann@example.com,Bath\n2,ANN@example.com,\n3,broken@example.com\n',
  )
  const { code, stderr } = await selfsame([
    'resolve',
    join(folder, 'crm.csv'),
    '--format',
    'parquet',
    '--out',
    join(folder, 'out'),
  ])
  if (code !== 0) throw new Error(`the run exits with ${code}: ${stderr}`)
  const connection = await (await DuckDBInstance.create()).connect()
  for (const table of tableNames) {
    const described = await connection.runAndReadAll(
      `DESCRIBE SELECT * FROM read_parquet('${join(folder, 'out', `${table}.parquet`)}')`,
    )
    columnsByTable.set(
      table,
      described.getRowsJS().map(([name, type]) => [String(name), words[String(type)] ?? String(type)]),
    )
  }
  connection.closeSync()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('tables.md', () => {
  const reference = page('docs/reference/tables.md')
  const documented = (table: string) =>
    tableUnder(reference, `## ${table}`).flatMap(([columns = '', type = '']) =>
      columns.split(', ').map((column) => [column, type] as const),
    )

  it.each(tableNames.filter((table) => table !== 'identity_golden'))(
    'lists the columns of %s with their types, in their order',
    (table) => {
      expect(documented(table)).toEqual(columnsByTable.get(table))
    },
  )

  it('lists the columns of identity_golden around its fields', () => {
    const columns = columnsByTable.get('identity_golden') ?? []
    const fields = columns.slice(1, -4)
    expect(fields).toEqual([
      ['email', 'text'],
      ['city', 'text'],
    ])
    expect(documented('identity_golden')).toEqual([columns[0], ['*one per field*', 'text'], ...columns.slice(-4)])
  })

  it('names every table', () => {
    expect([...reference.matchAll(/^## (identity_\w+|rejected)$/gm)].map((match) => match[1])).toEqual([...tableNames])
  })
})
