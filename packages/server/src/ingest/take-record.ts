import { randomUUID } from 'node:crypto'
import { recordOfJson } from '@selfsame/batch'
import type { LetterCode } from '@selfsame/contract'
import { isObject, parseInstant, type JsonObject, type JsonValue, type Ruleset } from '@selfsame/core'
import type { SourceConnection } from '../access/principal.ts'
import { provenAnchors } from '../access/proven-anchors.ts'
import type { IncomingRecord } from '../engine/engine.ts'

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
}

export type Taken =
  | { readonly ok: true; readonly record: IncomingRecord }
  | { readonly ok: false; readonly code: LetterCode; readonly messageId: string | null }

const longestKey = 512
const mostKeys = 1_000

/**
 * Makes a record of the text of one JSON value. The text is kept as it is. An event's time is told by a clock that may be
 * wrong: what the clock showed at sending is compared with ours (`observedAt = arrival − (sentAt − timestamp)`).
 */
export function takeRecord(text: string, arrival: Arrival): Taken {
  let value: JsonValue
  try {
    value = JSON.parse(text) as JsonValue
  } catch {
    return { ok: false, code: 'record.broken_line', messageId: null }
  }
  if (!isObject(value)) return { ok: false, code: 'record.not_an_object', messageId: null }
  const messageId = typeof value['messageId'] === 'string' ? value['messageId'].slice(0, longestKey) : null
  const refused = (code: LetterCode): Taken => ({ ok: false, code, messageId })
  if (mayHoldBadText(text) && !isGoodText(value)) return refused('record.bad_text')
  if (hasTooManyKeys(value)) return refused('record.too_many_keys')

  const isEvent = arrival.kind === 'event'
  const typed = isEvent ? typedEvent(value, arrival.call) : value
  const lineKey = isEvent ? randomUUID() : ''
  const found = recordOfJson(
    { payload: typed, source: arrival.source, lineKey, text },
    arrival.ruleset,
    arrival.arrivedAt,
  )
  if ('reason' in found) return refused(Array.isArray(value['batch']) ? 'record.nested_batch' : 'record.no_key')
  if (!isEvent && (found.key === '' || found.kind !== 'row')) {
    if (found.kind === 'row') return refused('record.no_key')
  }
  if (found.key.length > longestKey) return refused('record.key_too_long')
  const event = isEvent ? (found.event ?? arrival.call ?? 'event') : null
  const record: IncomingRecord = {
    source: arrival.source,
    key: isEvent && found.kind === 'row' ? (messageId ?? lineKey) : found.key,
    kind: arrival.kind,
    event,
    observedAt: isEvent ? correctedTime(value, found.observedAt, arrival) : found.observedAt,
    payload: value,
    payloadText: text,
    proven: [],
    withdrawn: !isEvent && value['_deleted'] === true,
  }
  if (arrival.connection.class !== 'public') return { ok: true, record }
  const proven = provenAnchors(
    arrival.connection.proofSecret,
    { ...record, receivedAt: arrival.arrivedAt },
    arrival.ruleset,
  )
  return { ok: true, record: { ...record, proven } }
}

/** An event as the reader of files sees it: the call that the route names stands for a missing type. */
function typedEvent(value: JsonObject, call: CallType | null): JsonObject {
  if (typeof value['type'] === 'string' || call === null) return value
  return { ...value, type: call, ...(call !== 'track' && !('context' in value) && { context: {} }) }
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

function hasTooManyKeys(value: JsonValue): boolean {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).some(hasTooManyKeys)
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  return keys.length > mostKeys || keys.some((key) => hasTooManyKeys(value[key] ?? null))
}
