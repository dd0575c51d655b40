import { randomUUID } from 'node:crypto'
import { recordOfJson } from '@selfsame/batch'
import type { LetterCode } from '@selfsame/contract'
import {
  evidenceReader,
  isObject,
  parseInstant,
  primitiveText,
  type Evidence,
  type JsonObject,
  type JsonValue,
  type Ruleset,
  type SourceRecord,
} from '@selfsame/core'
import type { SourceConnection } from '../access/principal.ts'
import { provenAnchors } from '../access/proven-anchors.ts'
import type { IncomingRecord } from '../engine/engine.ts'
import { lookAtJson } from '../http/json-text.ts'

export const callTypes = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const
export type CallType = (typeof callTypes)[number]

/** Under which circumstances a record came. */
export interface Arrival {
  readonly source: string
  readonly connection: Pick<SourceConnection, 'class' | 'proofSecret'>
  readonly ruleset: Ruleset
  /** The machine's clock when the request came, milliseconds. */
  readonly arrivedAt: number
  /** The client's clock when it sent, as written; null: it does not say. */
  readonly sentAt: JsonValue
  /** The call that the route names; null: the record tells itself. */
  readonly call: CallType | null
  /** `row`: the route takes rows of a table. */
  readonly kind: 'event' | 'row'
  /** The id of an event that has none. Default: a new one. */
  readonly givenKey?: string
}

export type Taken =
  | { readonly ok: true; readonly record: IncomingRecord }
  | { readonly ok: false; readonly code: LetterCode; readonly messageId: string | null }

export const mostDepth = 64
const longestKey = 512
const mostKeys = 1_000
const mostIdentifiers = 50

/**
 * Makes a record of the text of one JSON value. The text is kept as it is. An event without a message id is given one. Its
 * time is told by a clock that may be wrong: what the clock showed at sending is compared with ours
 * (`observedAt = arrival − (sentAt − timestamp)`).
 */
export function takeRecord(text: string, arrival: Arrival): Taken {
  const value = parsed(text)
  if (value === undefined) return { ok: false, code: 'record.broken_line', messageId: null }
  if (!isObject(value)) return { ok: false, code: 'record.not_an_object', messageId: null }
  const look = lookAtJson(text, null)
  if (look.depth > mostDepth) return { ok: false, code: 'record.too_deep', messageId: null }
  const messageId = typeof value['messageId'] === 'string' ? value['messageId'].slice(0, longestKey) : null
  const refused = (code: LetterCode): Taken => ({ ok: false, code, messageId })
  if (mayHoldBadText(text) && !isGoodText(value)) return refused('record.bad_text')
  const keys = keysOf(value)
  if (keys.most > mostKeys) return refused('record.too_many_keys')
  // Which of two values V8 keeps depends on what it parsed before: such a record could read otherwise the next time.
  if (keys.all < look.keys) return refused('record.double_key')

  const isEvent = arrival.kind === 'event'
  const found = recordOfJson(
    {
      payload: isEvent ? typedEvent(value, arrival.call) : value,
      source: arrival.source,
      lineKey: isEvent ? (arrival.givenKey ?? randomUUID()) : '',
      text,
      known: arrival.kind,
    },
    arrival.ruleset,
    arrival.arrivedAt,
  )
  if ('reason' in found) return refused(Array.isArray(value['batch']) ? 'record.nested_batch' : 'record.no_key')
  if (found.key === '') return refused('record.no_key')
  if (found.key.length > longestKey) return refused('record.key_too_long')
  const record: IncomingRecord = {
    source: arrival.source,
    key: found.key,
    kind: arrival.kind,
    event: isEvent ? (found.event ?? arrival.call ?? 'event') : null,
    observedAt: isEvent ? correctedTime(value, found.observedAt, arrival) : found.observedAt,
    payload: value,
    payloadText: text,
    proven: [],
    withdrawn: !isEvent && value['_deleted'] === true,
  }
  const asRead: SourceRecord = { ...record, receivedAt: arrival.arrivedAt }
  if (hasTooManyIdentifiers(asRead, arrival.ruleset)) return refused('record.too_many_identifiers')
  if (arrival.connection.class !== 'public') return { ok: true, record }
  return {
    ok: true,
    record: { ...record, proven: provenAnchors(arrival.connection.proofSecret, asRead, arrival.ruleset) },
  }
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue
  } catch {
    return undefined
  }
}

/** An event as the reader of files sees it: the call that the route names stands for a missing type. */
function typedEvent(value: JsonObject, call: CallType | null): JsonObject {
  return typeof value['type'] === 'string' || call === null ? value : { ...value, type: call }
}

function correctedTime(value: JsonObject, observedAt: number | null, arrival: Arrival): number | null {
  const sentAt = parseInstant(value['sentAt'] ?? arrival.sentAt)
  const original = parseInstant(value['originalTimestamp'] ?? value['timestamp'])
  if (sentAt === null || original === null) return observedAt
  return Math.round(arrival.arrivedAt - (sentAt - original))
}

/** JSON text can only name NUL and lone surrogates by escapes. */
function mayHoldBadText(text: string): boolean {
  return /\\u(?:0000|[dD][89a-fA-F])/.test(text)
}

function isGoodText(value: JsonValue): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\u0000')
  if (Array.isArray(value)) return (value as readonly JsonValue[]).every(isGoodText)
  if (!isObject(value)) return true
  return Object.keys(value).every((key) => isGoodText(key) && isGoodText(value[key] ?? null))
}

/** Keys of the object in it that has most, and of all objects in it. */
function keysOf(value: JsonValue): { readonly most: number; readonly all: number } {
  if (typeof value !== 'object' || value === null) return { most: 0, all: 0 }
  const inside = Object.values(value) as readonly JsonValue[]
  const own = Array.isArray(value) ? 0 : inside.length
  let most = own
  let all = own
  for (const one of inside) {
    const below = keysOf(one)
    most = Math.max(most, below.most)
    all += below.all
  }
  return { most, all }
}

function hasTooManyIdentifiers(record: SourceRecord, ruleset: Ruleset): boolean {
  return leavesOf(record.payload) > mostIdentifiers && readerOf(ruleset)(record).sightings.length > mostIdentifiers
}

/** Values that a mapping could read: no record holds more identifiers. */
function leavesOf(value: JsonValue): number {
  if (primitiveText(value) !== null) return 1
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((sum: number, one) => sum + leavesOf(one as JsonValue), 0)
}

const readers = new WeakMap<Ruleset, (record: SourceRecord) => Evidence>()

function readerOf(ruleset: Ruleset): (record: SourceRecord) => Evidence {
  const known = readers.get(ruleset)
  if (known) return known
  const read = evidenceReader(ruleset)
  readers.set(ruleset, read)
  return read
}
