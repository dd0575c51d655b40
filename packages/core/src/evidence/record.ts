import type { StandardizerName } from '../ruleset/ruleset.ts'

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }
export type JsonObject = { readonly [key: string]: JsonValue }

/** One observation as a source gave it, before anything is read out of it. Instants are milliseconds since 1970, UTC. */
export interface SourceRecord {
  readonly source: string
  /** An event's message id, a row's primary key. */
  readonly key: string
  readonly kind: 'event' | 'row'
  /** Event name as sent (`Order Completed`, `identify`); null for a row. */
  readonly event: string | null
  /** When the source says it happened; null: it does not say. */
  readonly observedAt: number | null
  /** When it reached us. */
  readonly receivedAt: number
  readonly payload: JsonObject
}

export interface RecordRef {
  readonly source: string
  readonly key: string
}

/** A standardized value of an identifier type on a record. */
export interface Sighting {
  readonly type: string
  readonly value: string
  readonly verified: boolean
}

export interface RejectedValue {
  readonly type: string
  readonly raw: string
  /** e.g. `email.malformed`, `phone.impossible`; `value.blocked` for a blocked value. */
  readonly code: string
  readonly standardizer: StandardizerName | null
}

/** What a ruleset reads out of one record. */
export interface Evidence {
  readonly source: string
  readonly key: string
  readonly kind: 'event' | 'row'
  /** Decides seniority: observedAt clamped by trust and arrival. */
  readonly effectiveAt: number
  /** null: the record carries no time, and first and last seen stay empty. */
  readonly observedAt: number | null
  /** Sorted by type position, then value; one per type and value, verified where any reading of it is. Blocked and rejected values are not among them. */
  readonly sightings: readonly Sighting[]
  readonly rejected: readonly RejectedValue[]
  /** Golden-record fields of this record as written (trimmed text, or JSON): names, attributes, traits, identifiers. */
  readonly fields: ReadonlyMap<string, JsonValue>
  /** An `alias` call: the holders of both ids are one person. */
  readonly alias: { readonly previousId: string; readonly userId: string } | null
}

/** Senior first: (effectiveAt, source, key), text by code point. */
export function compareSeniority(
  a: { readonly effectiveAt: number; readonly source: string; readonly key: string },
  b: { readonly effectiveAt: number; readonly source: string; readonly key: string },
): number {
  if (a.effectiveAt !== b.effectiveAt) return a.effectiveAt < b.effectiveAt ? -1 : 1
  return compareText(a.source, b.source) || compareText(a.key, b.key)
}

/** Order by code point, which is the byte order of UTF-8: what databases sort by, and not what `<` does beyond U+FFFF. */
export function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const surrogates = (x & 0xf800) === 0xd800 ? 1 : 0
    const others = (y & 0xf800) === 0xd800 ? 1 : 0
    return surrogates === others ? x - y : surrogates - others
  }
  return a.length - b.length
}
