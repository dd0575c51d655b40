import type { JsonObject } from '@selfsame/core'
import { parseRequestJson } from '../http/json-text.ts'
import { Problem } from '../http/problem.ts'

export interface ReadRecords {
  /** The top object; empty where the top is a list. */
  readonly outer: JsonObject
  /** Texts of the records, as they were sent. */
  readonly texts: readonly string[]
}

/** The records of `{"batch": […], …}`. */
export function readBatch(text: string): ReadRecords {
  const { value, elements } = read(text, 'batch')
  if (Array.isArray(value)) throw new Problem('request.invalid', 'the body is a list where an object is asked for')
  if (elements === null) throw new Problem('request.invalid', 'the body has no list under the key batch')
  return { outer: value as JsonObject, texts: elements }
}

/** A record alone, or a list of them. */
export function readOneOrList(text: string): ReadRecords {
  const { value, elements } = read(text, null)
  if (!Array.isArray(value)) return { outer: value as JsonObject, texts: [text.trim()] }
  return { outer: {}, texts: elements ?? [] }
}

/** The elements of a list. */
export function readList(text: string): readonly string[] {
  const { value, elements } = read(text, null)
  if (!Array.isArray(value)) throw new Problem('request.invalid', 'the body is no list of rows')
  return elements ?? []
}

function read(
  text: string,
  listKey: string | null,
): { readonly value: object; readonly elements: readonly string[] | null } {
  const { value, elements } = parseRequestJson(text, listKey)
  if (typeof value !== 'object' || value === null) throw new Problem('request.invalid', 'the body is no JSON object')
  return { value, elements }
}
