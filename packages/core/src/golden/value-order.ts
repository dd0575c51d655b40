import { compareText, type JsonValue } from '../evidence/record.ts'
import { parseInstant } from '../standardize/instant.ts'
import { shownText } from './canonical-text.ts'

/** What `min` and `max` compare by: numbers come before days and instants, and these before texts. */
export type OrderKey = { readonly kind: 0 | 1; readonly number: number } | { readonly kind: 2; readonly text: string }

/**
 * 0: a number, or a text that is a decimal number (`12`, `-0.5`, `1e3`). 1: an ISO 8601 day or instant, as
 * milliseconds; a missing zone means UTC. 2: any other text as it is, and any other value as canonical JSON, by code
 * point.
 */
export function orderKey(value: JsonValue): OrderKey {
  if (typeof value === 'number') return { kind: 0, number: value }
  const text = shownText(value)
  if (typeof value === 'string') {
    const trimmed = text.trim()
    if (decimalNumber.test(trimmed)) return { kind: 0, number: Number(trimmed) }
    if (isoStart.test(trimmed)) {
      const number = parseInstant(trimmed)
      if (number !== null) return { kind: 1, number }
    }
  }
  return { kind: 2, text }
}

/** Smaller first, among keys of one kind; 0 for two kinds. */
export function compareWithinKind(a: OrderKey, b: OrderKey): number {
  if (a.kind === 2) return b.kind === 2 ? compareText(a.text, b.text) : 0
  return a.kind === b.kind ? Math.sign(a.number - (b as { readonly number: number }).number) : 0
}

const decimalNumber = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,2})?$/u
const isoStart = /^\d{4}-\d{2}-\d{2}(?:[T ]|$)/u
