import type { IdentifierType } from '../ruleset/ruleset.ts'
import {
  addressParents,
  type CustomaryReading,
  customaryReading,
  ownParents,
  personParents,
} from './customary-names.ts'
import { isObject, isRefusedSegment, primitiveText, readPath } from './dot-path.ts'
import type { Gathering } from './gathering.ts'
import type { JsonObject, JsonValue } from './record.ts'
import { snakeCase } from './snake-case.ts'

/** Keys of an event's envelope that are read otherwise, or say nothing about the person. */
const envelopeKeys: ReadonlySet<string> = new Set([
  'type',
  'event',
  'messageId',
  'timestamp',
  'sentAt',
  'originalTimestamp',
  'receivedAt',
  'integrations',
  'version',
  '_metadata',
  'name',
  'channel',
  'userId',
  'anonymousId',
  'previousId',
  'groupId',
  'conversation_id',
  'conversationId',
  'writeKey',
])

/** Objects that are not entered: they speak of devices, pages, campaigns and goods. */
const skippedParents: ReadonlySet<string> = new Set([
  'device',
  'library',
  'page',
  'campaign',
  'app',
  'os',
  'screen',
  'network',
  'external_ids',
  'products',
  'product',
  'referrer',
])

/** Objects are entered so deep; arrays never are. */
const deepestWalk = 6

interface Position {
  readonly depth: number
  /** false: under a name that speaks of somebody else. */
  readonly own: boolean
  /**
   * Where the key stands. `traits`: directly among the person's traits, so that it is a field of the person. `person`: in an
   * object that is called after a person (`user`, `contact`).
   */
  readonly level: 'envelope' | 'traits' | 'person' | 'address' | 'inside'
  /** Of two places that fill one field: 0 `traits`, 1 `context.traits`, 2 elsewhere. */
  readonly place: number
  readonly path: string
}

export type DefaultMapping = (
  payload: JsonObject,
  gathering: Pick<Gathering, 'read' | 'fill'>,
  isProven: (type: string) => boolean,
) => void

/**
 * The default mapping of events: customary names, and the names of the ruleset's identifiers, anywhere in the payload's
 * objects. What stands under somebody else's name (`recipient.email`, `invited_by.phone`) is read as a phone or e-mail that
 * is never verified, and as nothing else. Keys of `traits` that are no identifier become fields. The traits of a `group` call
 * are the group's. Full names and postcodes are looked for in traits and inside `user`, `contact` and the like only: elsewhere
 * they may be those of a product or a shop.
 */
export function defaultMapping(types: ReadonlyMap<string, IdentifierType>): DefaultMapping {
  const readingOf = namesOf(types)
  return (payload, gathering, isProven) => {
    const isGroup = readPath(payload, ['type']) === 'group'
    walk(
      payload,
      { depth: 0, own: true, level: 'envelope', place: 2, path: '' },
      isGroup,
      types,
      readingOf,
      gathering,
      isProven,
    )
  }
}

/** The default mapping of the objects inside a row: of what its columns hold beside plain values. */
export function defaultMappingInside(types: ReadonlyMap<string, IdentifierType>): DefaultMapping {
  const readingOf = namesOf(types)
  return (payload, gathering, isProven) => {
    for (const key of Object.keys(payload)) {
      const value = payload[key]
      const { name } = readingOf(key)
      if (!isObject(value) || isRefusedSegment(key) || skippedParents.has(name)) continue
      const position: Position = { depth: 1, own: ownParents.has(name), level: levelOf(name), place: 2, path: key }
      walk(value, position, false, types, readingOf, gathering, isProven)
    }
  }
}

interface NamedReading {
  readonly name: string
  readonly reading: CustomaryReading | null
}

function walk(
  object: JsonObject,
  position: Position,
  isGroup: boolean,
  types: ReadonlyMap<string, IdentifierType>,
  readingOf: (key: string) => NamedReading,
  gathering: Pick<Gathering, 'read' | 'fill'>,
  isProven: (type: string) => boolean,
): void {
  const { own, level, place } = position
  for (const key of Object.keys(object)) {
    if (isRefusedSegment(key) || (level === 'envelope' && envelopeKeys.has(key))) continue
    const value = object[key] as JsonValue
    const path = position.path === '' ? key : `${position.path}.${key}`
    const { name, reading: named } = readingOf(key)
    const reading = name === 'name' && (level === 'traits' || level === 'person') ? fullName : named
    const type = reading && types.get(reading.type)
    if (reading && type && primitiveText(value) !== null && isReadAt(type, position)) {
      const someone = !own || !reading.own
      gathering.read(type, value, {
        verified: null,
        someone,
        proven: isProven(type.name),
        soft: someone || reading.soft,
        field: someone ? null : type.name,
        order: reading.rank * 4 + place,
        path,
      })
      if (!someone) continue
    }
    if (level === 'traits') gathering.fill(name, fieldValue(value), { order: place, path })
    if (isObject(value) && position.depth < deepestWalk && !skippedParents.has(name)) {
      walk(value, below(key, name, path, position, isGroup), isGroup, types, readingOf, gathering, isProven)
    }
  }
}

const fullName: CustomaryReading = { type: 'display_name', own: true, soft: false, rank: 100 }

function isReadAt(type: IdentifierType, { own, level }: Position): boolean {
  if (!own) return type.kind === 'claim'
  if (level === 'traits' || level === 'person') return true
  return type.name !== 'display_name' && (type.name !== 'postcode' || level === 'address')
}

function below(key: string, name: string, path: string, position: Position, isGroup: boolean): Position {
  const depth = position.depth + 1
  if (key === 'traits' && position.own && position.level !== 'traits') {
    const own = !(isGroup && position.level === 'envelope')
    const place = position.level === 'envelope' ? 0 : 1
    return { depth, own, level: own ? 'traits' : 'inside', place: own ? place : 2, path }
  }
  const isAddress = (position.level === 'traits' || position.level === 'person') && addressParents.has(name)
  const own = position.own && (isAddress || ownParents.has(name))
  return { depth, own, level: isAddress ? 'address' : levelOf(name), place: 2, path }
}

function levelOf(parent: string): Position['level'] {
  return personParents.has(parent) ? 'person' : 'inside'
}

/** The name of a key in snake_case with its customary reading, remembered for as many keys as records usually have. */
function namesOf(types: ReadonlyMap<string, IdentifierType>): (key: string) => NamedReading {
  const known = new Map<string, NamedReading>()
  return (key) => {
    const remembered = known.get(key)
    if (remembered) return remembered
    const name = snakeCase(key)
    const found = { name, reading: readingOfName(name, types) }
    if (known.size >= mostNames) known.clear()
    known.set(key, found)
    return found
  }
}

const mostNames = 4096

/** The reading of a name in snake_case: the ruleset's own identifiers by their name, the built-in ones by customary names. */
export function readingOfName(name: string, types: ReadonlyMap<string, IdentifierType>): CustomaryReading | null {
  const declared = types.get(name)
  if (declared && declared.derive === null) return { type: name, own: true, soft: false, rank: 0 }
  const customary = customaryReading(name)
  const type = customary && types.get(customary.type)
  return type && type.derive === null ? customary : null
}

/** A field as written: text without white space at its ends, anything else as JSON. */
export function fieldValue(value: JsonValue): JsonValue {
  return typeof value === 'string' ? value.trim() : value
}
