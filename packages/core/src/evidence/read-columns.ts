import { defaultSourceSettings, type IdentifierType, type Ruleset, type SourceSettings } from '../ruleset/ruleset.ts'
import { keyNames, observedAtNames } from './customary-names.ts'
import { readingOfName } from './default-mapping.ts'
import { isRefusedSegment } from './dot-path.ts'
import { compareText } from './record.ts'
import { snakeCase } from './snake-case.ts'
import { isVerified } from './trust.ts'
import { type WrittenMapping, writtenMappings } from './written-mapping.ts'

/** One way a column of a table is read. A column may have several, one, or none. */
export interface ColumnReading {
  readonly header: string
  /** Identifier type the values are sightings of; null: a field only. */
  readonly type: string | null
  /** Golden-record field the values fill; null: they only link. */
  readonly field: string | null
  readonly verified: boolean
  /** Lower wins where several columns fill one field; of equals the first in the list. */
  readonly precedence: number
  /** true: it is not known whose the value is; one that does not standardize is not counted as rejected. */
  readonly soft: boolean
}

export interface TableReading {
  /** Headers of the primary key; empty: none was found. */
  readonly key: readonly string[]
  readonly observedAt: string | null
  /** Sorted by precedence, then as listed in the ruleset, or by header where nothing is listed. */
  readonly readings: readonly ColumnReading[]
  /** Columns the ruleset names for this source that the table does not have. */
  readonly missing: readonly string[]
}

/**
 * How the columns of a source's table are read. Headers are compared as written, else in snake_case; of two that are one
 * name in snake_case, the first is the one that a ruleset names. The order of the columns makes no other difference.
 */
export function readColumns(headers: readonly string[], source: string, ruleset: Ruleset): TableReading {
  const settings = ruleset.sources.get(source) ?? defaultSourceSettings
  const types = new Map(ruleset.identifiers.map((type) => [type.name, type]))
  const find = headerFinder(headers)
  const missing: string[] = []
  const named = (name: string): string[] => {
    const header = find(name)
    if (header === undefined) missing.push(name)
    return header === undefined ? [] : [header]
  }
  const key = settings.key ? settings.key.flatMap(named) : firstOf(find, [...keyNames, `${snakeCase(source)}_id`])
  const times = settings.observedAt === null ? firstOf(find, observedAtNames) : named(settings.observedAt)
  const observedAt = times[0] ?? null
  const readings = settings.mappings
    ? mappedReadings(writtenMappings(settings.mappings, types), settings, (name) => named(name)[0])
    : headers.flatMap((header) => (header === observedAt ? [] : customaryColumn(header, key, settings, types)))
  const sorted = settings.mappings ? readings : [...readings].sort(byPrecedence)
  return { key, observedAt, readings: sorted, missing }
}

/** Finds the header that a ruleset means: the one that is written so, else the first that is the same in snake_case. */
export function headerFinder(headers: readonly string[]): (name: string) => string | undefined {
  const readable = headers.filter((header) => !isRefusedSegment(header))
  const written = new Set(readable)
  const byName = new Map<string, string>()
  for (const header of readable) {
    const name = snakeCase(header)
    if (!byName.has(name)) byName.set(name, header)
  }
  return (name) => (written.has(name) ? name : byName.get(snakeCase(name)))
}

function firstOf(find: (name: string) => string | undefined, names: readonly string[]): string[] {
  for (const name of names) {
    const header = find(name)
    if (header !== undefined) return [header]
  }
  return []
}

function mappedReadings(
  mappings: readonly WrittenMapping[],
  settings: SourceSettings,
  find: (name: string) => string | undefined,
): readonly ColumnReading[] {
  return mappings.flatMap(({ mapping, type }): ColumnReading[] => {
    if (mapping.when !== null) return []
    const header = find(mapping.read)
    if (header === undefined || type === undefined) return []
    const { precedence } = mapping
    if (type === null) return [{ header, type: null, field: mapping.key, verified: false, precedence, soft: false }]
    const verified = isVerified(type, mapping.verified, settings)
    return [{ header, type: type.name, field: type.name, verified, precedence, soft: false }]
  })
}

/** The reading of a column by its name alone. */
function customaryColumn(
  header: string,
  key: readonly string[],
  settings: SourceSettings,
  types: ReadonlyMap<string, IdentifierType>,
): readonly ColumnReading[] {
  const name = snakeCase(header)
  if (name === '' || isRefusedSegment(header)) return []
  const customary = name === 'name' ? fullName : readingOfName(name, types)
  const type = customary && types.get(customary.type)
  const trait: ColumnReading = { header, type: null, field: name, verified: false, precedence: 0, soft: false }
  if (!customary || !type) return key.includes(header) ? [] : [trait]
  if (!customary.own) return [trait, { ...trait, type: type.name, field: null, soft: true }]
  const verified = isVerified(type, null, settings)
  return [{ header, type: type.name, field: type.name, verified, precedence: customary.rank, soft: customary.soft }]
}

/** In a table of people the column `name` is theirs; other names of the kind go before it. */
const fullName = { type: 'display_name', own: true, soft: false, rank: 100 }

function byPrecedence(a: ColumnReading, b: ColumnReading): number {
  return a.precedence - b.precedence || compareText(a.header, b.header)
}
