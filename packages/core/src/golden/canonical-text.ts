import { compareText, type JsonValue } from '../evidence/record.ts'
import { isJsonObject } from './blank.ts'

/**
 * JSON with the keys of objects in code point order and no white space: equal values have equal texts, and only they.
 */
export function canonicalText(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (!isJsonObject(value)) return `[${value.map(canonicalText).join(',')}]`
  const keys = Object.keys(value).sort(compareText)
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalText(value[key] as JsonValue)}`).join(',')}}`
}

/** A text as it is, anything else as canonical JSON. */
export function shownText(value: JsonValue): string {
  return typeof value === 'string' ? value : canonicalText(value)
}
