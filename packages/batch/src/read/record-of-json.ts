import { createHash } from 'node:crypto'
import {
  defaultSourceSettings,
  isObject,
  type JsonObject,
  type JsonValue,
  keyNames,
  observedAtNames,
  parseInstant,
  primitiveText,
  readPath,
  type Ruleset,
  snakeCase,
  type SourceRecord,
} from '@selfsame/core'

export interface JsonLine {
  readonly payload: JsonObject
  readonly source: string
  /** What stands for the key of a row that has none. */
  readonly lineKey: string
  readonly text: string
  /** What the object is known to be, whatever it looks like; an event without a message id has `lineKey` as its own then. */
  readonly known?: 'event' | 'row'
}

const callTypes: ReadonlySet<string> = new Set(['identify', 'track', 'page', 'screen', 'group', 'alias'])
/** Beside an event's name, what makes an object an event rather than a row with a column of that name. */
const envelopeNames = [
  'props',
  'properties',
  'traits',
  'context',
  'messageId',
  'message_id',
  'userId',
  'anonymousId',
  'conversation_id',
  'conversationId',
  'timestamp',
]
const messageIdNames = ['messageId', 'message_id', 'event_id', 'eventId', 'uuid', 'id']
const eventTimeNames = [
  'timestamp',
  'originalTimestamp',
  'observedAt',
  'observed_at',
  'occurred_at',
  'event_time',
  'time',
  'ts',
]

/**
 * The record a JSON object is: an event where it has a call type or an event name and an envelope, else a row. An event
 * without a message id is told by a hash of its text, so that a second delivery changes nothing.
 */
export function recordOfJson(
  line: JsonLine,
  ruleset: Ruleset,
  receivedAt: number,
): SourceRecord | { readonly reason: string } {
  const { payload } = line
  if (Array.isArray(payload['batch'])) return { reason: 'holds a batch of events; write one event per line' }
  const kind = line.known ?? (looksLikeEvent(payload) ? 'event' : 'row')
  return kind === 'event' ? eventOf(line, ruleset, receivedAt) : rowOf(line, ruleset, receivedAt)
}

/** Whether an object looks like an event rather than a row: a call type or an event name, and an envelope. */
export function looksLikeEvent(payload: JsonObject): boolean {
  const type = primitiveText(payload['type'])
  const hasEnvelope = envelopeNames.some((name) => Object.hasOwn(payload, name))
  return hasEnvelope && ((type !== null && callTypes.has(type)) || typeof payload['event'] === 'string')
}

function eventOf(
  { payload, source, text, lineKey, known }: JsonLine,
  ruleset: Ruleset,
  receivedAt: number,
): SourceRecord | { readonly reason: string } {
  const settings = ruleset.sources.get(source) ?? defaultSourceSettings
  const type = primitiveText(payload['type'])
  const name = primitiveText(payload['event'])
  const own = settings.key?.map((path) => primitiveText(readPath(payload, path.split('.')))?.trim() ?? '')
  if (own?.includes('')) return { reason: `has no message id (${settings.key?.join(', ') ?? ''})` }
  const messageId = own ? joinKey(own) : firstText(payload, messageIdNames)
  const written =
    settings.observedAt === null
      ? firstValue(payload, eventTimeNames)
      : readPath(payload, settings.observedAt.split('.'))
  return {
    source,
    key: messageId ?? (known === 'event' ? lineKey : hashKey(text)),
    kind: 'event',
    event: type === null || type === 'track' || !callTypes.has(type) ? name : type,
    observedAt: parseInstant(written),
    receivedAt,
    payload,
  }
}

function rowOf(
  { payload, source, lineKey }: JsonLine,
  ruleset: Ruleset,
  receivedAt: number,
): SourceRecord | { readonly reason: string } {
  const settings = ruleset.sources.get(source) ?? defaultSourceSettings
  const names = new Map(Object.keys(payload).map((name) => [snakeCase(name), name]))
  const valueOf = (name: string): JsonValue | undefined => {
    if (Object.hasOwn(payload, name)) return payload[name]
    const known = names.get(snakeCase(name))
    if (known !== undefined) return payload[known]
    return name.includes('.') && isObject(payload) ? readPath(payload, name.split('.')) : undefined
  }
  const customary = [...keyNames, `${snakeCase(source)}_id`].find((name) => valueOf(name) !== undefined)
  const columns = settings.key ?? (customary === undefined ? [] : [customary])
  const parts = columns.map((name) => primitiveText(valueOf(name))?.trim() ?? '')
  if (parts.includes('')) return { reason: `has no primary key (${columns.join(', ')})` }
  const timeName = settings.observedAt ?? observedAtNames.find((name) => valueOf(name) !== undefined)
  return {
    source,
    key: columns.length === 0 ? lineKey : joinKey(parts),
    kind: 'row',
    event: null,
    observedAt: timeName === undefined ? null : parseInstant(valueOf(timeName)),
    receivedAt,
    payload,
  }
}

function hashKey(text: string): string {
  return `h_${createHash('sha256').update(text.trim()).digest('hex').slice(0, 32)}`
}

/** One text: itself. Several: joined by `|`, with a backslash before a `|` or backslash inside. */
export function joinKey(parts: readonly string[]): string {
  const [only, ...others] = parts
  if (only !== undefined && others.length === 0) return only
  return parts.map((part) => part.replace(/[\\|]/g, '\\$&')).join('|')
}

function firstText(payload: JsonObject, names: readonly string[]): string | null {
  for (const name of names) {
    const text = primitiveText(payload[name])?.trim() ?? ''
    if (text !== '') return text
  }
  return null
}

function firstValue(payload: JsonObject, names: readonly string[]): JsonValue | undefined {
  const name = names.find((candidate) => payload[candidate] !== undefined && payload[candidate] !== null)
  return name === undefined ? undefined : payload[name]
}
