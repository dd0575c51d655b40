import { compareSeniority, type GoldenMember, goldenRecord, type Survivorship } from '@selfsame/core'
import fc from 'fast-check'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Database } from '../database.ts'
import { rulesetOf } from '../testing/run-in-folder.ts'
import { mostCompleteSql, mostFrequentMacro, survivingValueSql } from './golden-sql.ts'

let db: Database
beforeAll(async () => {
  db = await Database.open(tmpdir(), null)
  await db.run(mostFrequentMacro)
})
afterAll(() => db.close())

const sources = ['app', 'crm', 'web']
const rules: readonly Survivorship[] = [
  { by: 'most_recent' },
  { by: 'primary' },
  { by: 'most_frequent' },
  { by: 'longest' },
  { by: 'min' },
  { by: 'max' },
  { by: 'source_priority', sources: ['web', 'nowhere', 'crm'] },
]
const value = fc.constantFrom(
  '',
  'Ulm',
  'Köln',
  'Bonn',
  '🦊🦊🦊',
  '1',
  '1.0',
  '-2',
  '10',
  '9',
  '1e3',
  'inf',
  'nan',
  '2024-01-01',
  '2024-01-01T10:00:00Z',
  '2023-12-31 23:00',
  '2024-13-01',
  'n/a',
  'a',
  'A',
)
interface Row {
  readonly profile: number
  readonly source: number
  readonly key: number
  readonly at: number
  readonly value: string
  readonly other: string
}
const row: fc.Arbitrary<Row> = fc.record({
  profile: fc.integer({ min: 0, max: 5 }),
  source: fc.integer({ min: 0, max: 2 }),
  key: fc.integer({ min: 0, max: 40 }),
  at: fc.integer({ min: 0, max: 4 }),
  value,
  other: fc.constantFrom('', 'x'),
})

/** The surviving value per profile, as SQL finds it. */
async function inSql(rows: readonly Row[], aggregate: string): Promise<ReadonlyMap<number, string | null>> {
  const senior = rows
    .map((entry, place) => ({
      place,
      effectiveAt: entry.at,
      source: sources[entry.source] ?? '',
      key: String(entry.key),
    }))
    .sort(compareSeniority)
  const rank = new Int32Array(rows.length)
  senior.forEach(({ place }, at) => {
    rank[place] = at
  })
  const recency = new Int32Array(rows.length)
  ;[...rows.keys()]
    .sort((a, b) => (rows[a] as Row).at - (rows[b] as Row).at || (rank[b] as number) - (rank[a] as number))
    .forEach((place, at) => {
      recency[place] = at
    })
  await db.run(
    'CREATE OR REPLACE TABLE tried (c INTEGER, src INTEGER, r INTEGER, mr INTEGER, filled INTEGER, f VARCHAR)',
  )
  await db.append('tried', [
    { type: 'integer', values: Int32Array.from(rows, ({ profile }) => profile) },
    { type: 'integer', values: Int32Array.from(rows, ({ source }) => source) },
    { type: 'integer', values: rank },
    { type: 'integer', values: recency },
    {
      type: 'integer',
      values: Int32Array.from(rows, (entry) => Number(entry.value !== '') + Number(entry.other !== '')),
    },
    { type: 'text', values: rows.map((entry) => (entry.value === '' ? null : entry.value)) },
  ])
  const found = await db.rows(`SELECT c, ${aggregate} FROM tried GROUP BY c`)
  return new Map(found.map(([profile, survivor]) => [Number(profile), survivor === null ? null : String(survivor)]))
}

function inCore(
  rows: readonly Row[],
  rule: Survivorship,
  primary: 'oldest' | 'most_complete',
): ReadonlyMap<number, string | null> {
  const ruleset = rulesetOf('version: 1\n')
  const merge = { ...ruleset.merge, primary, fields: new Map([['city', rule]]) }
  const members = Map.groupBy(rows, ({ profile }) => profile)
  return new Map(
    [...members].map(([profile, own]) => {
      const found = goldenRecord(
        own.map(
          (entry): GoldenMember => ({
            source: sources[entry.source] ?? '',
            key: String(entry.key),
            effectiveAt: entry.at,
            observedAt: null,
            fields: new Map([
              ['city', entry.value],
              ['other', entry.other],
            ]),
            sightings: [],
          }),
        ),
        { ...ruleset, merge },
      )
      const survivor = found.fields.get('city')?.value
      return [profile, typeof survivor === 'string' && survivor !== '' ? survivor : null]
    }),
  )
}

describe('survivorship in SQL', () => {
  const table = fc.uniqueArray(row, { minLength: 1, maxLength: 60, selector: ({ source, key }) => `${source}:${key}` })

  it.each(rules)('gives what the core gives: $by', async (rule) => {
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        expect(await inSql(rows, survivingValueSql('f', rule, sources))).toEqual(inCore(rows, rule, 'oldest'))
      }),
      { numRuns: 40 },
    )
  })

  it('gives what the core gives: the most complete record', async () => {
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        expect(await inSql(rows, mostCompleteSql('f'))).toEqual(inCore(rows, { by: 'primary' }, 'most_complete'))
      }),
      { numRuns: 40 },
    )
  })
})
