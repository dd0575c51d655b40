import type { JsonObject, JsonValue } from '../evidence/record.ts'

/**
 * How much a field holds: 0 a value, 1 an empty text (or an object without content), 2 null. A smaller one survives a
 * greater one; a missing field takes no part at all. An empty list is a value: somebody may have emptied it.
 */
export function blankness(value: JsonValue): 0 | 1 | 2 {
  if (value === null) return 2
  if (typeof value === 'string') return value.trim() === '' ? 1 : 0
  if (!isJsonObject(value)) return 0
  return Object.keys(value).length === 0 ? 1 : 0
}

export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
