import { randomUUID } from 'node:crypto'
import { recordOfJson } from '@selfsame/batch'
import type { LetterCode } from '@selfsame/contract'
import {
  isObject,
  type JsonObject,
  type JsonValue,
  parseInstant,
  parseJson,
  type Ruleset,
  type SourceRecord,
} from '@selfsame/core'
import type { SourceConnection } from '../access/principal.ts'
import { provenAnchors } from '../access/proven-anchors.ts'
import type { IncomingRecord } from '../engine/engine.ts'
import { lookAtJson, mostDepth } from '../http/json-text.ts'

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

const longestKey = 512
const mostKeys = 1_000

/**
 * Makes a record of the text of one JSON value. The text is kept as it is. An event without a message id is given one. Its
 * time is told by a clock that may be wrong: what the clock showed at sending is compared with ours
 * (`observedAt = arrival − (sentAt − timestamp)`).
 */
export function takeRecord(text: string, arrival: Arrival): Taken {
  const { depth, backslashKey } = lookAtJson(text, null)
  if (depth > mostDepth) return { ok: false, code: 'record.too_deep', messageId: null }
  if (backslashKey) return { ok: false, code: 'record.backslash_key', messageId: null }
  const value = parsed(text)
  if (value === undefined) return { ok: false, code: 'record.broken_line', messageId: null }
  if (!isObject(value)) return { ok: false, code: 'record.not_an_object', messageId: null }
  const messageId = typeof value['messageId'] === 'string' ? value['messageId'].slice(0, longestKey) : null
  const refused = (code: LetterCode): Taken => ({ ok: false, code, messageId })
  if (mayHoldBadText(text) && !isGoodText(value)) return refused('record.bad_text')
  if (hasTooManyKeys(value)) return refused('record.too_many_keys')

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
  if (arrival.connection.class !== 'public') return { ok: true, record }
  return {
    ok: true,
    record: { ...record, proven: provenAnchors(arrival.connection.proofSecret, asRead, arrival.ruleset) },
  }
}

function parsed(text: string): JsonValue | undefined {
  try {
    return parseJson(text) as JsonValue
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

function hasTooManyKeys(value: JsonValue): boolean {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).some(hasTooManyKeys)
  if (!isObject(value)) return false
  const keys = Object.keys(value)
  return keys.length > mostKeys || keys.some((key) => hasTooManyKeys(value[key] ?? null))
}
