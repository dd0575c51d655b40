import { deriveSightings } from '../match/derive.ts'
import { defaultSourceSettings, type IdentifierType, type Ruleset, type SourceSettings } from '../ruleset/ruleset.ts'
import { defaultMapping, defaultMappingInside, fieldValue } from './default-mapping.ts'
import { primitiveText } from './dot-path.ts'
import { aliasOf, readEnvelope } from './envelope.ts'
import { type Gathering, startGathering } from './gathering.ts'
import { headerFinder, readColumns } from './read-columns.ts'
import { valueReader } from './read-value.ts'
import {
  compareText,
  type Evidence,
  type JsonObject,
  type RejectedValue,
  type Sighting,
  type SourceRecord,
} from './record.ts'
import { snakeCase } from './snake-case.ts'
import { effectiveTime } from './trust.ts'
import { applyMapping, asksFor, asLeaf, leafAt, writtenMappings } from './written-mapping.ts'

/** Anchors of a public source that carry the proof of its secret: identifier types. */
export type ProvenAnchors = ReadonlySet<string>
const nothingProven: ProvenAnchors = new Set()

/** Reads the evidence out of one record. */
export function readEvidence(record: SourceRecord, ruleset: Ruleset, proven: ProvenAnchors = nothingProven): Evidence {
  return evidenceReader(ruleset)(record, proven)
}

/** Compiles a ruleset for reading many records. The payload is only read, never changed; the order of its keys does not matter. */
export function evidenceReader(ruleset: Ruleset): (record: SourceRecord, proven?: ProvenAnchors) => Evidence {
  const types = new Map(ruleset.identifiers.map((type) => [type.name, type]))
  const positions = new Map(ruleset.identifiers.map((type, position) => [type.name, position]))
  const positionOf = (type: string) => positions.get(type) ?? positions.size
  const sources = new Map<string, SourceReader>()

  return (record, proven = nothingProven) => {
    const { source, key, kind, observedAt, receivedAt } = record
    const reader = sources.get(source) ?? sourceReader(source, types, ruleset)
    sources.set(source, reader)
    const gathering = startGathering(reader.readValue, positionOf)
    const isProven = (type: string) => proven.has(type)
    if (kind === 'row') reader.readRow(record.payload, gathering, isProven)
    else reader.readEvent(record, gathering, isProven)
    const { kept: direct, excess } = kind === 'row' ? allOf(gathering.sightings()) : firstOf(gathering.sightings())
    const sightings = deriveSightings(direct, ruleset.identifiers)
    return {
      source,
      key,
      kind,
      effectiveAt: effectiveTime(observedAt, receivedAt, reader.settings, ruleset.maxBackdateMs),
      observedAt,
      sightings:
        sightings === direct
          ? direct
          : [...sightings].sort((a, b) => positionOf(a.type) - positionOf(b.type) || compareText(a.value, b.value)),
      rejected: excess.length > 0 ? [...gathering.rejected(), ...excess] : gathering.rejected(),
      fields: gathering.fields,
      alias: kind === 'event' ? aliasOf(record.payload) : null,
    }
  }
}

/** Identifiers of one event that are read; the strongest ones first. */
const mostIdentifiers = 50

interface Counted {
  readonly kept: readonly Sighting[]
  readonly excess: readonly RejectedValue[]
}

function allOf(sightings: readonly Sighting[]): Counted {
  return { kept: sightings, excess: [] }
}

function firstOf(sightings: readonly Sighting[]): Counted {
  if (sightings.length <= mostIdentifiers) return allOf(sightings)
  return {
    kept: sightings.slice(0, mostIdentifiers),
    excess: sightings
      .slice(mostIdentifiers)
      .map(({ type, value }) => ({ type, raw: value, code: 'value.too_many', standardizer: null })),
  }
}

interface SourceReader {
  readonly settings: SourceSettings
  readonly readValue: ReturnType<typeof valueReader>
  readEvent(record: SourceRecord, gathering: Gathering, isProven: (type: string) => boolean): void
  readRow(payload: JsonObject, gathering: Gathering, isProven: (type: string) => boolean): void
}

function sourceReader(source: string, types: ReadonlyMap<string, IdentifierType>, ruleset: Ruleset): SourceReader {
  const settings = ruleset.sources.get(source) ?? defaultSourceSettings
  const mappings = settings.mappings && writtenMappings(settings.mappings, types)
  const readDefault = defaultMapping(types)
  const rowPlans = new Map<string, RowPlan>()
  const planOf = (headers: readonly string[]) => {
    const id = JSON.stringify(headers)
    const plan = rowPlans.get(id) ?? rowPlan(headers, source, settings, types, ruleset)
    if (rowPlans.size >= mostPlans) rowPlans.clear()
    rowPlans.set(id, plan)
    return plan
  }
  return {
    settings,
    readValue: valueReader(source, settings, ruleset),
    readEvent({ event, payload }, gathering, isProven) {
      readEnvelope(payload, types, isProven, gathering)
      if (!mappings) return readDefault(payload, gathering, isProven)
      const name = event === null ? null : snakeCase(event)
      for (const written of mappings) {
        if (!written.segments || !asksFor(written.mapping, name)) continue
        const leaf = leafAt(payload, written.segments)
        if (leaf !== undefined) applyMapping(written, leaf, isProven, gathering)
      }
      return undefined
    },
    readRow(payload, gathering, isProven) {
      planOf(Object.keys(payload))(payload, gathering, isProven)
    },
  }
}

/** How rows with the same columns are read. */
type RowPlan = (payload: JsonObject, gathering: Gathering, isProven: (type: string) => boolean) => void

/** Rows of JSON need not have the same columns; so many plans are remembered per source. */
const mostPlans = 256

function rowPlan(
  headers: readonly string[],
  source: string,
  settings: SourceSettings,
  types: ReadonlyMap<string, IdentifierType>,
  ruleset: Ruleset,
): RowPlan {
  return settings.mappings
    ? mappedPlan(headers, settings.mappings, types)
    : customaryPlan(headers, source, types, ruleset)
}

function customaryPlan(
  headers: readonly string[],
  source: string,
  types: ReadonlyMap<string, IdentifierType>,
  ruleset: Ruleset,
): RowPlan {
  const { readings } = readColumns(headers, source, ruleset)
  const readInside = defaultMappingInside(types)
  return (payload, gathering, isProven) => {
    for (const { header, type: name, field, precedence, soft } of readings) {
      const value = payload[header]
      if (value === undefined) continue
      const type = name === null ? undefined : types.get(name)
      const place = { order: precedence * 4 + 1, path: header }
      if (!type) {
        if (field !== null) gathering.fill(field, fieldValue(value), place)
      } else if (primitiveText(value) !== null) {
        gathering.read(type, value, {
          verified: null,
          someone: soft,
          proven: isProven(type.name),
          soft,
          field,
          ...place,
        })
      }
    }
    readInside(payload, gathering, isProven)
  }
}

/** A written mapping reads a column, or a path inside an object that a row of JSON holds. */
function mappedPlan(
  headers: readonly string[],
  mappings: NonNullable<SourceSettings['mappings']>,
  types: ReadonlyMap<string, IdentifierType>,
): RowPlan {
  const find = headerFinder(headers)
  const steps = writtenMappings(mappings, types)
    .filter(({ mapping }) => asksFor(mapping, null))
    .map((written) => ({ written, header: find(written.mapping.read) }))
  return (payload, gathering, isProven) => {
    for (const { written, header } of steps) {
      const leaf =
        header !== undefined
          ? asLeaf(payload[header])
          : written.segments
            ? leafAt(payload, written.segments)
            : undefined
      if (leaf !== undefined) applyMapping(written, leaf, isProven, gathering)
    }
  }
}
