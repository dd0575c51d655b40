/** What a look at JSON text finds before it is parsed. */
export interface JsonText {
  /** Deepest nesting of objects and lists; a bare value has 0. */
  readonly depth: number
  /** Keys of all objects together; of keys that come twice in one object, each. */
  readonly keys: number
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
  let keys = 0
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
      keys++
    } else if (code === comma) {
      if (collecting && depth === (key === null ? 1 : 2)) {
        finishElement(at)
        start = at + 1
      } else if (depth === 1) expectsKey = true
    }
  }
  return { depth: deepest, keys, elements }
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
