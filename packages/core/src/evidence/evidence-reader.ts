import { deriveSightings } from '../match/derive.ts'
import { defaultSourceSettings, type IdentifierType, type Mapping, type Ruleset } from '../ruleset/ruleset.ts'
import { standardizeValue, trim } from '../standardize/index.ts'
import { blockedValuesFor } from './blocked-values.ts'
import { customaryReading, ownParents } from './customary-names.ts'
import { isObject, isRefusedSegment, parseDotPath, primitiveText, readPath } from './dot-path.ts'
import { readColumns, type TableReading } from './read-columns.ts'
import { compareText, type Evidence, type JsonObject, type JsonValue, type RejectedValue, type Sighting, type SourceRecord } from './record.ts'
import { snakeCase } from './snake-case.ts'
import { effectiveTime, isVerified } from './trust.ts'

/** Anchors of a public source that carry the proof of its secret: identifier types. */
export type ProvenAnchors = ReadonlySet<string>
const nothingProven: ProvenAnchors = new Set()

/** Reads the evidence out of one record. */
export function readEvidence(record: SourceRecord, ruleset: Ruleset): Evidence {
  return evidenceReader(ruleset)(record)
}

/** Compiles a ruleset for reading many records. The payload is only read, never changed. */
export function evidenceReader(ruleset: Ruleset): (record: SourceRecord, proven?: ProvenAnchors) => Evidence {
  const blockedByType = new Map(ruleset.identifiers.map((type) => [type.name, blockedValuesFor(type, ruleset)]))
  const typeByName = new Map(ruleset.identifiers.map((type, position) => [type.name, { type, position }]))
  const tables = new Map<string, TableReading>()

  return (record, proven = nothingProven) => {
    const settings = ruleset.sources.get(record.source) ?? defaultSourceSettings
    const sightings = new Map<string, Sighting>()
    const rejected: RejectedValue[] = []
    const fields = new Map<string, JsonValue>()

    const fill = (field: string, value: JsonValue) => {
      const known = fields.get(field)
      if (known === undefined || (isBlank(known) && !isBlank(value))) fields.set(field, value)
    }
    const read = (name: string, raw: string, mappingSays: boolean | null, soft: boolean, field: string | null) => {
      const known = typeByName.get(name)
      if (!known) return
      const { type, position } = known
      const text = trim(raw)
      if (type.kind === 'attribute' && field !== null) fill(field, text)
      if (text === '') {
        if (field !== null) fill(field, '')
        return
      }
      const result = standardizeValue(raw, type.standardize, ruleset)
      if (!result.ok) {
        if (!soft) rejected.push({ type: name, raw, code: result.code, standardizer: result.standardizer })
        return
      }
      if (blockedByType.get(name)?.(raw, result.value)) {
        rejected.push({ type: name, raw, code: 'value.blocked', standardizer: null })
        return
      }
      const value = name === 'conversation_id' ? confinedTo(record.source, result.value, settings.mappings) : result.value
      const verified = isVerified(type, soft ? false : mappingSays, settings, proven.has(name)) && !(soft && type.kind !== 'anchor')
      const key = `${position}:${value}`
      if (!sightings.get(key)?.verified) sightings.set(key, { type: name, value, verified })
      if (field !== null && type.kind !== 'attribute') fill(field, result.value)
    }

    if (record.kind === 'row') {
      const headers = Object.keys(record.payload)
      const tableKey = `${record.source}\u0000${headers.join('\u0000')}`
      const table = tables.get(tableKey) ?? readColumns(headers, record.source, ruleset)
      tables.set(tableKey, table)
      for (const reading of table.readings) {
        const value = record.payload[reading.header]
        const text = primitiveText(value)
        if (reading.type === null) {
          if (reading.field !== null && value !== undefined) fill(reading.field, fieldValue(value))
        } else if (text !== null) {
          read(reading.type, text, reading.verified, reading.soft, reading.field)
        }
      }
      for (const mapping of nestedMappings(settings.mappings, headers)) applyMapping(mapping, record.payload, read, fill)
    } else {
      readEnvelope(record.payload, (type, value) => read(type, value, null, false, type), fill)
      if (settings.mappings) {
        const event = record.event === null ? null : snakeCase(record.event)
        const applying = settings.mappings.filter((mapping) => mapping.enabled && (mapping.when === null || mapping.when === event))
        for (const mapping of [...applying].sort((a, b) => a.precedence - b.precedence)) {
          applyMapping(mapping, record.payload, read, fill)
        }
      } else {
        readCustomaryKeys(record.payload, (type, value, soft, field) => read(type, value, null, soft, field), fill, typeByName)
      }
    }

    const direct = [...sightings.values()]
    const all = [...deriveSightings(direct, ruleset.identifiers)].sort(
      (a, b) =>
        (typeByName.get(a.type)?.position ?? 0) - (typeByName.get(b.type)?.position ?? 0) || compareText(a.value, b.value),
    )
    return {
      source: record.source,
      key: record.key,
      kind: record.kind,
      effectiveAt: effectiveTime(record.observedAt, record.receivedAt, settings, ruleset.maxBackdateMs),
      observedAt: record.observedAt,
      sightings: all,
      rejected,
      fields,
      alias: aliasOf(record),
    }
  }
}

type ReadValue = (type: string, raw: string, mappingSays: boolean | null, soft: boolean, field: string | null) => void
type FillField = (field: string, value: JsonValue) => void

/**
 * A conversation id belongs to its source (123 in the chat is not 123 in WhatsApp) unless a mapping says `shared`. Length
 * first, so that no two pairs of source and id make one text.
 */
export function confinedTo(source: string, value: string, mappings: readonly Mapping[] | null): string {
  if (mappings?.some((mapping) => mapping.to === 'conversation_id' && mapping.shared)) return value
  return `${[...source].length}:${source}:${value}`
}

function applyMapping(mapping: Mapping, payload: JsonObject, read: ReadValue, fill: FillField): void {
  const segments = parseDotPath(mapping.read)
  const value = segments ? readPath(payload, segments) : undefined
  const text = primitiveText(value)
  if (text === null) return
  if (mapping.to === 'trait') {
    if (mapping.key !== null) fill(mapping.key, value as JsonValue)
  } else read(mapping.to, text, mapping.verified, false, mapping.to)
}

/** Mappings of a row's source that read inside a nested object. */
function nestedMappings(mappings: readonly Mapping[] | null, headers: readonly string[]): readonly Mapping[] {
  return (mappings ?? [])
    .filter((mapping) => mapping.enabled && mapping.when === null && mapping.read.includes('.') && !headers.includes(mapping.read))
    .sort((a, b) => a.precedence - b.precedence)
}

/** The envelope's own ids, each an anchor of its type; a group id is a trait. */
function readEnvelope(payload: JsonObject, read: (type: string, value: string) => void, fill: FillField): void {
  const own = (path: readonly string[]) => primitiveText(readPath(payload, path))
  const anchors: readonly (readonly [string, readonly string[]])[] = [
    ['user_id', ['userId']],
    ['anonymous_id', ['anonymousId']],
    ['conversation_id', ['conversation_id']],
    ['conversation_id', ['conversationId']],
    ['device_id', ['context', 'device', 'id']],
  ]
  for (const [type, path] of anchors) {
    const value = own(path)
    if (value !== null) read(type, value)
  }
  const groupId = own(['groupId'])
  if (groupId !== null) fill('group_id', groupId)
  const externalIds = readPath(payload, ['context', 'externalIds'])
  if (!Array.isArray(externalIds)) return
  for (const entry of externalIds as readonly JsonValue[]) {
    if (!isObject(entry)) continue
    const type = primitiveText(entry['type'])
    const id = primitiveText(entry['id'])
    if (type === null || id === null || entry['collection'] === 'accounts') continue
    read(snakeCase(type), id)
  }
}

/** Keys of the envelope that say nothing about the person. */
const envelopeKeys: ReadonlySet<string> = new Set([
  'type', 'event', 'messageId', 'timestamp', 'sentAt', 'originalTimestamp', 'receivedAt', 'integrations', 'version', '_metadata',
  'name', 'channel', 'userId', 'anonymousId', 'previousId', 'groupId', 'conversation_id', 'conversationId', 'writeKey',
])

/** Objects of `context` that the default mapping does not enter: they speak of devices, pages and campaigns. */
const skippedParents: ReadonlySet<string> = new Set([
  'device', 'library', 'page', 'campaign', 'app', 'os', 'screen', 'network', 'externalIds', 'products', 'product', 'referrer',
])

/** Nested objects are entered so deep. */
const deepestWalk = 6

/**
 * Reads customary names anywhere in an event. What stands under somebody else's name (`recipient.email`, `invited_by.phone`)
 * is read, but never verified. Keys of `traits` that are no identifier become fields.
 */
function readCustomaryKeys(
  payload: JsonObject,
  read: (type: string, value: string, soft: boolean, field: string | null) => void,
  fill: FillField,
  types: ReadonlyMap<string, { readonly type: IdentifierType }>,
): void {
  const walk = (object: JsonObject, depth: number, own: boolean, inTraits: boolean) => {
    for (const key of Object.keys(object)) {
      if (isRefusedSegment(key) || (depth === 0 && envelopeKeys.has(key))) continue
      const value = object[key] as JsonValue
      const name = snakeCase(key)
      const text = primitiveText(value)
      const declared = types.get(name)
      const customary = declared && declared.type.derive === null ? { type: name, own: true, soft: false } : customaryReading(name)
      if (text !== null && customary && types.has(customary.type) && (inTraits || speaksOfPerson(customary.type))) {
        const isOwn = own && customary.own
        read(customary.type, text, !isOwn, isOwn ? customary.type : null)
        if (isOwn) continue
      }
      if (isObject(value) && depth < deepestWalk && !skippedParents.has(key)) {
        const traits = inTraits || key === 'traits'
        if (!inTraits) walk(value, depth + 1, own && ownParents.has(name), traits)
        else fill(name, value)
        if (inTraits) walk(value, depth + 1, own && ownParents.has(name), false)
      } else if (inTraits) fill(name, fieldValue(value))
    }
  }
  walk(payload, 0, true, false)
}

/** Names and places outside `traits` may be those of a product or a shop. */
function speaksOfPerson(type: string): boolean {
  return type !== 'display_name' && type !== 'postcode'
}

function aliasOf(record: SourceRecord): Evidence['alias'] {
  if (record.kind !== 'event' || record.payload['type'] !== 'alias') return null
  const previousId = primitiveText(record.payload['previousId'])
  const userId = primitiveText(record.payload['userId'])
  return previousId === null || userId === null ? null : { previousId, userId }
}

function fieldValue(value: JsonValue): JsonValue {
  return typeof value === 'string' ? trim(value) : value
}

function isBlank(value: JsonValue): boolean {
  return value === null || value === ''
}
