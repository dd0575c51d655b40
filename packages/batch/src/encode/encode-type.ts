import { blockedValuesFor, confinedTo, defaultSourceSettings, type IdentifierType, type Ruleset, standardizeValue } from '@selfsame/core'
import { type Database, literal } from '../database.ts'
import type { Part } from '../read/part.ts'
import { plainStandardizerSql } from './standardize-sql.ts'

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
  const spellings = columns.map((column) => `SELECT ${spellingSql(type, column)} AS spelling FROM ${column.part.table} WHERE ${column.columnSql} IS NOT NULL`)
  const none = `SELECT NULL::VARCHAR AS spelling WHERE false`
  const distinct = `(SELECT DISTINCT spelling FROM (${spellings.join(' UNION ALL ') || none}))`
  const plain = plainStandardizerSql(type, ruleset, distinct, 'spelling')
  await db.run(`CREATE OR REPLACE TEMP TABLE spelled AS ${plain ?? `SELECT spelling, NULL::VARCHAR AS std FROM ${distinct}`}`)
  const { refused, blocked } = await standardizeOthers(db, type, ruleset, columns)
  await db.run('CREATE OR REPLACE TEMP TABLE told (record INTEGER, verified INTEGER, std VARCHAR)')
  await db.append('told', [
    { type: 'integer', values: events.record },
    { type: 'integer', values: events.verified },
    { type: 'text', values: events.value },
  ])
  await db.run(
    `CREATE OR REPLACE TEMP TABLE dict AS SELECT std, (${firstCode} + row_number() OVER (ORDER BY std) - 1)::INTEGER AS code
     FROM (SELECT std FROM spelled WHERE std IS NOT NULL UNION SELECT std FROM told)`,
  )
  await db.run(`INSERT INTO vals SELECT code, ${position}, std FROM dict ORDER BY code`)
  await db.run('CREATE OR REPLACE TEMP TABLE codes AS SELECT spelling, code FROM spelled JOIN dict USING (std)')
  const coded = columns.map(
    (column) => `SELECT (t.rowid + ${column.offset})::INTEGER AS record, ${column.verified ? 1 : 0} AS verified, code
      FROM ${column.part.table} t JOIN codes ON codes.spelling = ${spellingSql(type, { ...column, columnSql: `t.${column.columnSql}` })}`,
  )
  await db.run(`CREATE OR REPLACE TEMP TABLE coded AS ${[...coded, 'SELECT record, verified, code FROM told JOIN dict USING (std)'].join(' UNION ALL ')}`)
  const count = await db.number('SELECT count(*) FROM coded')
  const [record, verified, code] = await db.numbers('SELECT record, verified, code FROM coded', ['int', 'int', 'int'], count)
  const values = await db.number('SELECT count(*) FROM dict')
  for (const table of ['spelled', 'told', 'dict', 'codes', 'coded']) await db.run(`DROP TABLE ${table}`)
  return { record, verified, code, values, refused, blocked }
}

/**
 * What is looked at once: the text, in lower case where it is an e-mail address in ASCII, whose case never matters. An id
 * that is confined to its source carries the place of the part.
 */
function spellingSql(type: IdentifierType, { columnSql, index }: Pick<TypedColumn, 'columnSql' | 'index'>): string {
  if (isConfined(type)) return `'${index}:' || ${columnSql}`
  return type.standardize[0] === 'email' ? `CASE WHEN strlen(${columnSql}) = length(${columnSql}) THEN lower(${columnSql}) ELSE ${columnSql} END` : columnSql
}

function isConfined(type: IdentifierType): boolean {
  return type.name === 'conversation_id'
}

/** Has the core standardize the spellings that SQL left, and notes what it rejects. */
async function standardizeOthers(
  db: Database,
  type: IdentifierType,
  ruleset: Ruleset,
  columns: readonly TypedColumn[],
): Promise<Pick<EncodedType, 'refused' | 'blocked'>> {
  const others = await db.texts('SELECT spelling FROM spelled WHERE std IS NULL ORDER BY spelling')
  const refused = new Map<string, number>()
  const blocked: { value: string; records: number }[] = []
  if (others.length === 0) return { refused, blocked }
  const isBlocked = blockedValuesFor(type, ruleset)
  const accepted: { spelling: string; std: string }[] = []
  const refusals: { spelling: string; code: string }[] = []
  for (const spelling of others) {
    const part = isConfined(type) ? columns.find(({ index }) => spelling.startsWith(`${index}:`))?.part : undefined
    const raw = part ? spelling.slice(spelling.indexOf(':') + 1) : spelling
    const result = standardizeValue(raw, type.standardize, ruleset)
    if (!result.ok) refusals.push({ spelling, code: result.code })
    else if (isBlocked(raw, result.value)) refusals.push({ spelling, code: 'value.blocked' })
    else accepted.push({ spelling, std: part ? confinedTo(part.source, result.value, (ruleset.sources.get(part.source) ?? defaultSourceSettings).mappings) : result.value })
  }
  await db.run('DELETE FROM spelled WHERE std IS NULL')
  await db.append('spelled', [
    { type: 'text', values: accepted.map(({ spelling }) => spelling) },
    { type: 'text', values: accepted.map(({ std }) => std) },
  ])
  if (refusals.length === 0) return { refused, blocked }
  await db.run('CREATE OR REPLACE TEMP TABLE refusals (spelling VARCHAR, code VARCHAR)')
  await db.append('refusals', [
    { type: 'text', values: refusals.map(({ spelling }) => spelling) },
    { type: 'text', values: refusals.map(({ code }) => code) },
  ])
  // A column that only may hold such values rejects none: what it holds instead is a field like any other.
  const strict = columns.filter(({ soft }) => !soft)
  for (const column of strict) {
    const spelling = spellingSql(type, { ...column, columnSql: `t.${column.columnSql}` })
    await db.run(
      `INSERT INTO refused_values SELECT ${column.index}, (t.rowid + ${column.offset})::INTEGER, ${literal(type.name)}, t.${column.columnSql}, code
       FROM ${column.part.table} t JOIN refusals ON refusals.spelling = ${spelling}`,
    )
  }
  const indexes = strict.map(({ index }) => index)
  if (indexes.length > 0) {
    const ofType = `FROM refused_values WHERE type = ${literal(type.name)} AND part IN (${indexes.join(', ')})`
    for (const [code, records] of await db.rows(`SELECT code, count(*) ${ofType} GROUP BY code`)) refused.set(String(code), Number(records))
    const values = await db.rows(`SELECT lower(raw) AS value, count(*) AS n ${ofType} AND code = 'value.blocked' GROUP BY 1 ORDER BY n DESC, value`)
    for (const [value, records] of values) blocked.push({ value: String(value), records: Number(records) })
  }
  await db.run('DROP TABLE refusals')
  return { refused, blocked }
}
