import type { IdentifierType, Ruleset, SourceSettings } from '../ruleset/ruleset.ts'
import { defaultSourceSettings } from '../ruleset/ruleset.ts'
import { customaryReading, keyNames, observedAtNames } from './customary-names.ts'
import { snakeCase } from './snake-case.ts'
import { isVerified } from './trust.ts'

/** One way a column of a table is read. A column may have several, one, or none. */
export interface ColumnReading {
  readonly header: string
  /** Identifier type the values are sightings of; null: a field only. */
  readonly type: string | null
  /** Golden-record field the values fill; null: they only link. */
  readonly field: string | null
  readonly verified: boolean
  /** Lower wins where several columns fill one field. */
  readonly precedence: number
  /** true: a value that does not standardize is not counted as rejected. */
  readonly soft: boolean
}

export interface TableReading {
  /** Headers of the primary key; empty: none was found. */
  readonly key: readonly string[]
  readonly observedAt: string | null
  /** Sorted by precedence. */
  readonly readings: readonly ColumnReading[]
  /** Columns the ruleset names for this source that the table does not have. */
  readonly missing: readonly string[]
}

/** How the columns of a source's table are read. Headers are compared as written, else in snake_case. */
export function readColumns(headers: readonly string[], source: string, ruleset: Ruleset): TableReading {
  const settings = ruleset.sources.get(source) ?? defaultSourceSettings
  const byName = new Map<string, string>()
  for (const header of headers) {
    const name = snakeCase(header)
    if (!byName.has(name)) byName.set(name, header)
  }
  const find = (name: string) => (headers.includes(name) ? name : byName.get(snakeCase(name)))
  const missing: string[] = []
  const named = (name: string): string[] => {
    const header = find(name)
    if (header === undefined) missing.push(name)
    return header === undefined ? [] : [header]
  }
  const key = settings.key ? settings.key.flatMap(named) : [findFirst(find, [...keyNames, `${snakeCase(source)}_id`])].flat()
  const observedAt = settings.observedAt ? (named(settings.observedAt)[0] ?? null) : (findFirst(find, observedAtNames)[0] ?? null)
  const readings = settings.mappings
    ? mappedReadings(settings, ruleset, (name) => named(name)[0])
    : headers.flatMap((header, place) => (header === observedAt ? [] : customaryColumn(header, place, key, settings, ruleset)))
  return { key, observedAt, readings: [...readings].sort((a, b) => a.precedence - b.precedence), missing }
}

function findFirst(find: (name: string) => string | undefined, names: readonly string[]): string[] {
  for (const name of names) {
    const header = find(name)
    if (header !== undefined) return [header]
  }
  return []
}

function mappedReadings(
  settings: SourceSettings,
  ruleset: Ruleset,
  find: (name: string) => string | undefined,
): readonly ColumnReading[] {
  return (settings.mappings ?? []).flatMap((mapping): ColumnReading[] => {
    if (!mapping.enabled || mapping.when !== null) return []
    const header = find(mapping.read)
    if (header === undefined) return []
    const { precedence } = mapping
    if (mapping.to === 'trait') {
      return [{ header, type: null, field: mapping.key, verified: false, precedence, soft: false }]
    }
    const type = ruleset.identifiers.find((identifier) => identifier.name === mapping.to)
    const verified = type ? isVerified(type, mapping.verified, settings) : false
    return [{ header, type: type?.name ?? null, field: mapping.to, verified, precedence, soft: false }]
  })
}

/** The reading of a column by its name alone. */
function customaryColumn(
  header: string,
  place: number,
  key: readonly string[],
  settings: SourceSettings,
  ruleset: Ruleset,
): readonly ColumnReading[] {
  const name = snakeCase(header)
  if (name === '') return []
  const declared = ruleset.identifiers.find((type) => type.name === name && type.derive === null)
  const customary = declared ? { type: declared.name, own: true, soft: false } : readingOfName(name, ruleset)
  const type = customary && ruleset.identifiers.find((identifier) => identifier.name === customary.type)
  const trait: ColumnReading = { header, type: null, field: name, verified: false, precedence: place, soft: false }
  if (!customary || !type) return key.includes(header) ? [] : [trait]
  if (!customary.own) return [trait, { ...trait, type: type.name, field: null, soft: true }]
  const verified = isVerified(type, null, settings)
  return [{ header, type: type.name, field: type.name, verified, precedence: place, soft: customary.soft }]
}

function readingOfName(name: string, ruleset: Ruleset): { readonly type: string; readonly own: boolean; readonly soft: boolean } | null {
  if (name === 'name') return { type: 'display_name', own: true, soft: false }
  const customary = customaryReading(name)
  return customary && hasType(ruleset.identifiers, customary.type) ? customary : null
}

function hasType(identifiers: readonly IdentifierType[], name: string): boolean {
  return identifiers.some((type) => type.name === name)
}
