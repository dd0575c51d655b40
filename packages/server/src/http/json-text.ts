import { parseJson } from '@selfsame/core'
import { Problem } from './problem.ts'

/** What a look at JSON text finds before it is parsed. */
export interface JsonText {
  /** Deepest nesting of objects and lists; a bare value has 0. */
  readonly depth: number
  /**
   * Whether a key holds a backslash. Such text is not parsed: once V8 (in Node 24.21) knows an object with a key that is a
   * backslash, it takes any key for it that begins with an escape in that place, whoever sends it.
   */
  readonly backslashKey: boolean
  /** Where the elements of the list under the key stand; null: the top object has no list under that key. */
  readonly elements: readonly { readonly start: number; readonly end: number }[] | null
}

const quote = 34
const backslash = 92
const comma = 44
const colon = 58

/**
 * Walks JSON text once: how deep it goes, and where the elements of a list of the top object (or of a top list, for the key
 * `null`) begin and end, so that each can be kept byte for byte as it was sent. Of several lists under one key the last
 * counts, as for `JSON.parse`. Text that is not JSON gives some answer; parsing it tells.
 */
export function lookAtJson(text: string, key: string | null): JsonText {
  let depth = 0
  let deepest = 0
  let backslashKey = false
  let nextEscape = nextBackslash(text, 0)
  let lastText = { open: 0, close: 0, isEscaped: false }
  let elements: { start: number; end: number }[] | null = null
  let collecting = false
  let start = -1
  let lastKey = ''
  let expectsKey = false
  const finishElement = (end: number) => {
    const from = skipBlank(text, start)
    let to = end
    while (to > from && isBlank(text.charCodeAt(to - 1))) to--
    if (to > from) elements?.push({ start: from, end: to })
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) {
      const close = endOfString(text, at)
      if (nextEscape < at) nextEscape = nextBackslash(text, at)
      lastText = { open: at, close, isEscaped: nextEscape < close }
      if (depth === 1 && expectsKey) {
        lastKey = text.slice(at, close + 1)
        expectsKey = false
        // The value of this key may be no list; the one before it counts no more.
        if (key !== null && isKey(lastKey, key)) elements = null
      }
      at = close
    } else if (code === 123 || code === 91) {
      depth++
      if (depth > deepest) deepest = depth
      if (code === 123 && depth === 1) expectsKey = true
      const isWanted = code === 91 && (key === null ? depth === 1 : depth === 2 && isKey(lastKey, key))
      if (isWanted) {
        elements = []
        collecting = true
        start = at + 1
      }
    } else if (code === 125 || code === 93) {
      if (collecting && code === 93 && depth === (key === null ? 1 : 2)) {
        finishElement(at)
        collecting = false
      }
      depth--
    } else if (code === colon) {
      if (lastText.isEscaped && holdsBackslash(text.slice(lastText.open, lastText.close))) backslashKey = true
    } else if (code === comma) {
      if (collecting && depth === (key === null ? 1 : 2)) {
        finishElement(at)
        start = at + 1
      } else if (depth === 1) expectsKey = true
    }
  }
  return { depth: deepest, backslashKey, elements }
}

function nextBackslash(text: string, from: number): number {
  const found = text.indexOf('\\', from)
  return found < 0 ? text.length : found
}

function holdsBackslash(escapes: string): boolean {
  return escapes.includes('\\\\') || /\\u005c/i.test(escapes)
}

function isKey(quoted: string, key: string): boolean {
  if (quoted === `"${key}"`) return true
  if (!quoted.includes('\\')) return false
  try {
    return JSON.parse(quoted) === key
  } catch {
    return false
  }
}

function endOfString(text: string, open: number): number {
  for (let at = open + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === backslash) at++
    else if (code === quote) return at
  }
  return text.length
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9
}

function skipBlank(text: string, from: number): number {
  let at = from
  while (at < text.length && isBlank(text.charCodeAt(at))) at++
  return at
}

/** Deepest nesting that is parsed. */
export const mostDepth = 64

/** Parses the JSON of a request, after a look at it; with the elements of the list under the key. Throws a `Problem`. */
export function parseRequestJson(
  text: string,
  listKey: string | null,
): { readonly value: unknown; readonly elements: readonly string[] | null } {
  const { depth, backslashKey, elements } = lookAtJson(text, listKey)
  if (depth > mostDepth) throw new Problem('request.too_deep', `JSON is nested at most ${mostDepth} deep`)
  if (backslashKey) throw new Problem('request.backslash_key', 'keys of objects hold no backslash')
  try {
    return {
      value: parseJson(text),
      elements: elements?.map(({ start, end }) => text.slice(start, end)) ?? null,
    }
  } catch (cause) {
    throw new Problem('request.broken_json', 'the body is not JSON', { cause })
  }
}
