import {
  blockedValuesFor,
  confinedTo,
  defaultSourceSettings,
  type IdentifierType,
  type Ruleset,
  standardizeValue,
} from '@selfsame/core'
import { type Database, literal } from '../database.ts'
import type { Part } from '../read/part.ts'
import { plainStandardizerSql, sharedSpellingSql } from './standardize-sql.ts'

/** A column of a table that is read as the type. */
export interface TypedColumn {
  readonly part: Part
  /** Place of the part. */
  readonly index: number
  readonly offset: number
  readonly columnSql: string
  readonly verified: boolean
  readonly soft: boolean
}

/** Sightings of a type that were standardized elsewhere, by record. */
export interface EventSightings {
  readonly record: Int32Array
  readonly verified: Int32Array
  readonly value: readonly string[]
}

export interface EncodedType {
  readonly record: Int32Array
  readonly verified: Int32Array
  readonly code: Int32Array
  /** Codes given out, from the first on; in the order of their texts. */
  readonly values: number
  /** Records by rejection code. */
  readonly refused: ReadonlyMap<string, number>
  readonly blocked: readonly { readonly value: string; readonly records: number }[]
}

/**
 * Standardizes and encodes the values of one type. Every distinct spelling is looked at once: the plain ones in SQL, the
 * others by the core. Adds to `vals` and `refused_values`.
 */
export async function encodeType(
  db: Database,
  position: number,
  ruleset: Ruleset,
  columns: readonly TypedColumn[],
  events: EventSightings,
  firstCode: number,
): Promise<EncodedType> {
  const type = ruleset.identifiers[position] as IdentifierType
  const spellings = columns.map(
    (
      column,
    ) => `SELECT (rowid + ${column.offset})::INTEGER AS record, ${column.verified ? 1 : 0} AS verified, ${spellingSql(type, ruleset, column)} AS spelling
      FROM ${column.part.table} WHERE ${column.columnSql} IS NOT NULL`,
  )
  await db.run('CREATE OR REPLACE TEMP TABLE spelt (record INTEGER, verified INTEGER, spelling VARCHAR)')
  if (spellings.length > 0) await db.run(`INSERT INTO spelt ${spellings.join(' UNION ALL ')}`)
  const distinct = '(SELECT DISTINCT spelling FROM spelt)'
  const isOwnForm = sharedSpellingSql(type, ruleset, 'spelling') !== null && !isConfined(type)
  const plain = plainStandardizerSql(type, ruleset, distinct, 'spelling', isOwnForm)
  await db.run(
    `CREATE OR REPLACE TEMP TABLE plain AS ${plain ?? `SELECT spelling, NULL::VARCHAR AS std FROM ${distinct}`}`,
  )
  const { accepted, refused, blocked } = await standardizeOthers(db, type, ruleset, columns)
  await db.run('CREATE OR REPLACE TEMP TABLE told (record INTEGER, verified INTEGER, std VARCHAR)')
  await db.append('told', [
    { type: 'integer', values: events.record },
    { type: 'integer', values: events.verified },
    { type: 'text', values: events.value },
  ])
  const fromPlain = 'SELECT std FROM plain WHERE std IS NOT NULL'
  const isAllPlain = isOwnForm && accepted === 0 && events.record.length === 0
  const all = isAllPlain ? fromPlain : `${fromPlain} UNION SELECT std FROM others UNION SELECT std FROM told`
  await db.run(`CREATE OR REPLACE TEMP TABLE words AS SELECT std FROM (${all}) ORDER BY std`)
  const codeOf = `(words.rowid + ${firstCode})::INTEGER`
  await db.run(`INSERT INTO vals SELECT ${codeOf}, ${position}, std FROM words`)
  const viaPlain = isOwnForm
    ? `SELECT record, verified, ${codeOf} AS code FROM spelt JOIN words ON words.std = spelt.spelling`
    : `SELECT record, verified, ${codeOf} AS code FROM spelt JOIN plain USING (spelling) JOIN words ON words.std = plain.std`
  const coded = [
    viaPlain,
    ...(accepted > 0
      ? [
          `SELECT record, verified, ${codeOf} FROM spelt JOIN others USING (spelling) JOIN words ON words.std = others.std`,
        ]
      : []),
    ...(events.record.length > 0
      ? [`SELECT record, verified, ${codeOf} FROM told JOIN words ON words.std = told.std`]
      : []),
  ]
  await db.run(`CREATE OR REPLACE TEMP TABLE coded AS ${coded.join(' UNION ALL ')}`)
  const count = await db.number('SELECT count(*) FROM coded')
  const [record, verified, code] = await db.numbers(
    'SELECT record, verified, code FROM coded',
    ['int', 'int', 'int'],
    count,
  )
  const values = await db.number('SELECT count(*) FROM words')
  for (const table of ['spelt', 'plain', 'others', 'told', 'words', 'coded']) await db.run(`DROP TABLE ${table}`)
  return { record, verified, code, values, refused, blocked }
}

/** What is looked at once. An id that is confined to its source carries the place of the part. */
function spellingSql(
  type: IdentifierType,
  ruleset: Ruleset,
  { columnSql, index }: Pick<TypedColumn, 'columnSql' | 'index'>,
): string {
  return isConfined(type) ? `'${index}:' || ${columnSql}` : (sharedSpellingSql(type, ruleset, columnSql) ?? columnSql)
}

function isConfined(type: IdentifierType): boolean {
  return type.name === 'conversation_id'
}

/** Has the core standardize the spellings that SQL left: fills `others`, and notes what is rejected. */
async function standardizeOthers(
  db: Database,
  type: IdentifierType,
  ruleset: Ruleset,
  columns: readonly TypedColumn[],
): Promise<Pick<EncodedType, 'refused' | 'blocked'> & { readonly accepted: number }> {
  await db.run('CREATE OR REPLACE TEMP TABLE others (spelling VARCHAR, std VARCHAR)')
  const others = await db.texts('SELECT spelling FROM plain WHERE std IS NULL ORDER BY spelling')
  const refused = new Map<string, number>()
  const blocked: { value: string; records: number }[] = []
  if (others.length === 0) return { accepted: 0, refused, blocked }
  const isBlocked = blockedValuesFor(type, ruleset)
  const accepted: { spelling: string; std: string }[] = []
  const refusals: { spelling: string; code: string }[] = []
  for (const spelling of others) {
    const part = isConfined(type) ? columns.find(({ index }) => spelling.startsWith(`${index}:`))?.part : undefined
    const raw = part ? spelling.slice(spelling.indexOf(':') + 1) : spelling
    const result = standardizeValue(raw, type.standardize, ruleset)
    if (!result.ok) refusals.push({ spelling, code: result.code })
    else if (isBlocked(raw, result.value)) refusals.push({ spelling, code: 'value.blocked' })
    else
      accepted.push({
        spelling,
        std: part
          ? confinedTo(part.source, result.value, (ruleset.sources.get(part.source) ?? defaultSourceSettings).mappings)
          : result.value,
      })
  }
  await db.append('others', [
    { type: 'text', values: accepted.map(({ spelling }) => spelling) },
    { type: 'text', values: accepted.map(({ std }) => std) },
  ])
  if (refusals.length === 0) return { accepted: accepted.length, refused, blocked }
  await db.run('CREATE OR REPLACE TEMP TABLE refusals (spelling VARCHAR, code VARCHAR)')
  await db.append('refusals', [
    { type: 'text', values: refusals.map(({ spelling }) => spelling) },
    { type: 'text', values: refusals.map(({ code }) => code) },
  ])
  // A column that only may hold such values rejects none: what it holds instead is a field like any other.
  const strict = columns.filter(({ soft }) => !soft)
  for (const column of strict) {
    const spelling = spellingSql(type, ruleset, { ...column, columnSql: `t.${column.columnSql}` })
    await db.run(
      `INSERT INTO refused_values SELECT ${column.index}, (t.rowid + ${column.offset})::INTEGER, ${literal(type.name)}, t.${column.columnSql}, code
       FROM ${column.part.table} t JOIN refusals ON refusals.spelling = ${spelling}`,
    )
  }
  const indexes = strict.map(({ index }) => index)
  if (indexes.length > 0) {
    const ofType = `FROM refused_values WHERE type = ${literal(type.name)} AND part IN (${indexes.join(', ')})`
    for (const [code, records] of await db.rows(`SELECT code, count(*) ${ofType} GROUP BY code`))
      refused.set(String(code), Number(records))
    const values = await db.rows(
      `SELECT lower(raw) AS value, count(*) AS n ${ofType} AND code = 'value.blocked' GROUP BY 1 ORDER BY n DESC, value`,
    )
    for (const [value, records] of values) blocked.push({ value: String(value), records: Number(records) })
  }
  await db.run('DROP TABLE refusals')
  return { accepted: accepted.length, refused, blocked }
}
