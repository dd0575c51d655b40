import { isMap, isSeq, parseDocument } from 'yaml'
import { blockedValuesFor, compileBlockedValue } from '../evidence/blocked-values.ts'
import { allowedTexts } from '../resolve/allowed-values.ts'
import { standardizeValue } from '../standardize/index.ts'
import { parseRuleset } from './parse-ruleset.ts'
import { rulesetToYaml } from './ruleset-to-yaml.ts'
import type { IdentifierType, Ruleset } from './ruleset.ts'

export type EditedBlockedValues =
  | { readonly ok: true; readonly text: string }
  /** `blocked`: it is already. `not_blocked`: it is not. `blocked_otherwise`: what blocks it blocks more than it. */
  | { readonly ok: false; readonly because: 'unknown_identifier' | 'blocked' | 'not_blocked' | 'blocked_otherwise' }

/** Adds a value to the blocked values of an identifier. The rest of the text, comments included, stays as it is. */
export function blockValue(text: string, identifier: string, value: string): EditedBlockedValues {
  const found = typeIn(text, identifier)
  if (!found) return { ok: false, because: 'unknown_identifier' }
  const { ruleset, type } = found
  if (isBlocked(type, ruleset, value)) return { ok: false, because: 'blocked' }
  return {
    ok: true,
    text: withValues(text, ruleset, type, 'blocked_values', [...type.blockedValues, exactEntry(value)]),
  }
}

/** Takes a value off the blocked values of an identifier, however it is spelt there. */
export function unblockValue(text: string, identifier: string, value: string): EditedBlockedValues {
  const found = typeIn(text, identifier)
  if (!found) return { ok: false, because: 'unknown_identifier' }
  const { ruleset, type } = found
  if (!isBlocked(type, ruleset, value)) return { ok: false, because: 'not_blocked' }
  const others = { ...ruleset, builtInBlockedValues: false }
  const kept = type.blockedValues.filter(
    (entry) => !(isExact(entry) && isBlocked({ ...type, blockedValues: [entry] }, others, value)),
  )
  if (isBlocked({ ...type, blockedValues: kept }, ruleset, value)) return { ok: false, because: 'blocked_otherwise' }
  return { ok: true, text: withValues(text, ruleset, type, 'blocked_values', kept) }
}

export type EditedAllowedValues =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly because: 'unknown_identifier' | 'allowed' | 'not_allowed' }

/** Says of a value that it is never shared, however many people carry it. */
export function allowValue(text: string, identifier: string, value: string): EditedAllowedValues {
  const found = typeIn(text, identifier)
  if (!found) return { ok: false, because: 'unknown_identifier' }
  const { ruleset, type } = found
  if (isAllowed(type, ruleset, value)) return { ok: false, because: 'allowed' }
  return { ok: true, text: withValues(text, ruleset, type, 'allowed_values', [...type.allowedValues, value.trim()]) }
}

/** Takes that back. */
export function disallowValue(text: string, identifier: string, value: string): EditedAllowedValues {
  const found = typeIn(text, identifier)
  if (!found) return { ok: false, because: 'unknown_identifier' }
  const { ruleset, type } = found
  if (!isAllowed(type, ruleset, value)) return { ok: false, because: 'not_allowed' }
  const kept = type.allowedValues.filter((entry) => !isAllowed({ ...type, allowedValues: [entry] }, ruleset, value))
  return { ok: true, text: withValues(text, ruleset, type, 'allowed_values', kept) }
}

function isAllowed(type: IdentifierType, ruleset: Ruleset, value: string): boolean {
  const allowed = allowedTexts(type, ruleset)
  const standardized = standardizeValue(value, type.standardize, ruleset)
  return allowed.has(value.trim()) || (standardized.ok && allowed.has(standardized.value))
}

function typeIn(text: string, identifier: string): { ruleset: Ruleset; type: IdentifierType } | null {
  const parsed = parseRuleset(text)
  if (!parsed.ok) return null
  const type = parsed.ruleset.identifiers.find(({ name }) => name === identifier)
  return type ? { ruleset: parsed.ruleset, type } : null
}

function isBlocked(type: IdentifierType, ruleset: Ruleset, value: string): boolean {
  const standardized = standardizeValue(value, type.standardize, ruleset)
  return blockedValuesFor(type, ruleset)(value, standardized.ok ? standardized.value : value)
}

/** An entry that names this value and no other: as it is, unless it would be read as a glob or a pattern. */
function exactEntry(value: string): string {
  const text = value.trim()
  if (!text.includes('*') && !(text.length > 1 && text.startsWith('/') && text.endsWith('/'))) return text
  return quotedPattern(text)
}

function quotedPattern(text: string): string {
  return `/${text.replaceAll(/[\\^$.|?*+()[\]{}]/g, String.raw`\$&`)}/`
}

/** Whether an entry names one value: plain text, or what `exactEntry` makes of text that would be read otherwise. */
function isExact(entry: string): boolean {
  const text = entry.trim()
  if (text.length > 1 && text.startsWith('/') && text.endsWith('/')) {
    const plain = text.slice(1, -1).replaceAll(/\\([\\^$.|?*+()[\]{}])/g, '$1')
    return quotedPattern(plain) === text && compileBlockedValue(text).ok
  }
  return !text.includes('*')
}

function withValues(
  text: string,
  ruleset: Ruleset,
  type: IdentifierType,
  list: 'blocked_values' | 'allowed_values',
  values: readonly string[],
): string {
  const document = parseDocument(text)
  const written = document.get('identifiers')
  const place = isSeq(written) ? written.items.findIndex((item) => isMap(item) && item.get('name') === type.name) : -1
  if (place < 0) {
    const changed = list === 'blocked_values' ? { blockedValues: values } : { allowedValues: values }
    const identifiers = ruleset.identifiers.map((one) => (one.name === type.name ? { ...one, ...changed } : one))
    return rulesetToYaml({ ...ruleset, identifiers })
  }
  const path = ['identifiers', place, list]
  if (values.length === 0) document.deleteIn(path)
  else document.setIn(path, document.createNode(values, { flow: true }))
  return document.toString({ lineWidth: 0 })
}
