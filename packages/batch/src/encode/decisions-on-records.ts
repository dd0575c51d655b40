import {
  type Decision,
  type PositiveDecision,
  recordsNamedBy,
  type Ruleset,
  standardizeValue,
  type Suggestion,
} from '@selfsame/core'
import { type Database, literal } from '../database.ts'
import type { Alias } from '../read/load-json-lines.ts'
import type { Part } from '../read/part.ts'
import type { Numbering } from './number-records.ts'

/** Record numbers of the records that decisions and suggestions name. */
export async function recordsNamed(
  db: Database,
  decisions: readonly Decision[],
  suggestions: readonly Suggestion[],
): Promise<ReadonlyMap<string, number>> {
  const suggested = suggestions.flatMap(({ survivor, session }) => [...survivor, ...session])
  const refs = [...suggested, ...decisions.flatMap(recordsNamedBy)]
  const found = new Map<string, number>()
  if (refs.length === 0) return found
  await db.run('CREATE OR REPLACE TEMP TABLE named (source VARCHAR, key VARCHAR)')
  await db.append('named', [
    { type: 'text', values: refs.map(({ source }) => source) },
    { type: 'text', values: refs.map(({ key }) => key) },
  ])
  const rows = await db.rows(
    'SELECT name, ranked.key, record FROM ranked JOIN source_names USING (src) JOIN named ON named.source = name AND named.key = ranked.key',
  )
  for (const [source, key, record] of rows) found.set(`${String(source)}\u0000${String(key)}`, Number(record))
  return found
}

/**
 * An alias call of a server source says that the holders of two ids are one person: a positive decision of that source
 * between the records that hold them. From a public source it decides nothing, and suggests that a person looks.
 */
export async function aliasDecisions(
  db: Database,
  aliases: readonly Alias[],
  ruleset: Ruleset,
  parts: readonly Part[],
  sightings: { readonly record: Int32Array; readonly code: Int32Array },
  numbering: Numbering,
): Promise<{ readonly decisions: readonly PositiveDecision[]; readonly suggestions: readonly Suggestion[] }> {
  await db.run('CREATE TABLE source_names (src INTEGER, name VARCHAR)')
  const names = new Map(parts.map((part) => [part.sourceIndex, part.source]))
  await db.append('source_names', [
    { type: 'integer', values: Int32Array.from(names.keys()) },
    { type: 'text', values: [...names.values()] },
  ])
  if (aliases.length === 0) return { decisions: [], suggestions: [] }
  const codeOf = new Map<string, number>()
  const typeOf = (name: string) => ruleset.identifiers.findIndex((type) => type.name === name)
  const wanted = new Set(aliases.flatMap(({ previousId, userId }) => [previousId, userId]))
  const list = [...wanted].map(literal).join(', ')
  for (const [code, type, std] of await db.rows(`SELECT code, type, std FROM vals WHERE std IN (${list})`))
    codeOf.set(`${Number(type)}:${String(std)}`, Number(code))
  const codes = new Set(codeOf.values())
  const holders = new Map<number, number[]>()
  sightings.code.forEach((code, at) => {
    const record = sightings.record[at] as number
    if (!codes.has(code) || (numbering.traceOfRecord[record] as number) < 0) return
    const known = holders.get(code)
    if (known) known.push(record)
    else holders.set(code, [record])
  })
  const records = [...new Set([...holders.values()].flat())]
  const refs = new Map<number, { source: string; key: string }>()
  if (records.length > 0) {
    const rows = await db.rows(
      `SELECT record, name, key FROM ranked JOIN source_names USING (src) WHERE record IN (${records.join(', ')})`,
    )
    for (const [record, source, key] of rows) refs.set(Number(record), { source: String(source), key: String(key) })
  }
  const standardOf = (name: string, id: string): string => {
    const type = ruleset.identifiers[typeOf(name)]
    const result = type && standardizeValue(id, type.standardize, ruleset)
    return result?.ok ? result.value : ''
  }
  const holding = (types: readonly string[], id: string) => {
    const found = types.flatMap(
      (name) => holders.get(codeOf.get(`${typeOf(name)}:${standardOf(name, id)}`) ?? -1) ?? [],
    )
    return [...new Set(found)].flatMap((record) => refs.get(record) ?? [])
  }
  const decisions: PositiveDecision[] = []
  const suggestions: Suggestion[] = []
  for (const { source, key, at, previousId, userId } of aliases) {
    const survivor = holding(['user_id'], userId)
    const session = holding(['anonymous_id', 'user_id'], previousId)
    if (survivor.length === 0 || session.length === 0) continue
    const id = `alias:${source}:${key}`
    if (ruleset.sources.get(source)?.class === 'public') {
      const type = holding(['anonymous_id'], previousId).length > 0 ? 'anonymous_id' : 'user_id'
      suggestions.push({ id, survivor, survivorType: 'user_id', session, type, value: standardOf(type, previousId) })
    } else {
      const base = { id, actor: `source:${source}`, at, reason: 'alias call', confirmed: null, pinned: [] }
      decisions.push({ ...base, kind: 'merge', survivor, session })
    }
  }
  return { decisions, suggestions }
}
