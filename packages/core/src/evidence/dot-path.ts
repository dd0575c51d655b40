import type { JsonObject, JsonValue } from './record.ts'

const refusedSegments: ReadonlySet<string> = new Set(['__proto__', 'prototype', 'constructor'])

/** The segments of a plain `a.b.c` path, or null: word segments only, no index, no wildcard, no way to a prototype. */
export function parseDotPath(path: string): readonly string[] | null {
  const segments = path.split('.')
  const isPath = segments.every((segment) => /^[\p{L}\p{N}_-]+$/u.test(segment) && !refusedSegments.has(segment))
  return isPath ? segments : null
}

/** Walks own properties. undefined where the path is missing. */
export function readPath(value: JsonValue, segments: readonly string[]): JsonValue | undefined {
  let at: JsonValue | undefined = value
  for (const segment of segments) {
    if (!isObject(at) || refusedSegments.has(segment) || !Object.hasOwn(at, segment)) return undefined
    at = at[segment]
  }
  return at
}

/** The text of a string, finite number or boolean; null for anything else, which no mapping reads. */
export function primitiveText(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return Number.isFinite(value) ? plainNumber(value) : null
  return typeof value === 'boolean' ? String(value) : null
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a key is never walked: by way of it one would reach a prototype. */
export function isRefusedSegment(segment: string): boolean {
  return refusedSegments.has(segment)
}

/** A whole number without exponent, so that an id of 22 digits is not written in two ways; −0 is 0. */
function plainNumber(value: number): string {
  return Math.abs(value) < 1e21 || !Number.isInteger(value) ? String(value) : BigInt(value).toString()
}
