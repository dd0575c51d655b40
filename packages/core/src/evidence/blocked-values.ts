import { RE2JS } from 're2js'
import type { IdentifierType, Ruleset } from '../ruleset/ruleset.ts'
import { standardizeValue } from '../standardize/index.ts'
import { isPlaceholder } from './placeholders.ts'

export type BlockedValue =
  | { readonly ok: true; readonly matches: (value: string) => boolean }
  | { readonly ok: false; readonly message: string }

/**
 * Compiles one entry of `blocked_values`: exact text, a glob in which `*` stands for any text, or `/pattern/` for the whole
 * value in RE2 syntax, whose matching time is linear in the value's length. Case does not count.
 */
export function compileBlockedValue(entry: string): BlockedValue {
  const text = entry.trim().toLowerCase()
  if (isPattern(text)) {
    try {
      const pattern = RE2JS.compile(entry.trim().slice(1, -1), RE2JS.CASE_INSENSITIVE)
      return { ok: true, matches: (value) => pattern.matches(value) }
    } catch {
      return { ok: false, message: 'is no pattern of the linear-time syntax (RE2: no look-around, no back-references)' }
    }
  }
  if (text === '') return { ok: false, message: 'is empty; an empty value never links anyway' }
  if (!text.includes('*')) return { ok: true, matches: (value) => value.toLowerCase() === text }
  if (/^\*+$/.test(text)) return { ok: false, message: 'blocks every value; switch the identifier’s rules off instead' }
  return { ok: true, matches: globMatcher(text) }
}

/**
 * The exact entries of `blocked_values` in lower case: as they are written, and standardized, so that an entry blocks every
 * spelling of what it names. Globs and patterns are not among them.
 */
export function blockedTexts(
  type: Pick<IdentifierType, 'blockedValues' | 'standardize'>,
  settings: Pick<Ruleset, 'defaultCountry' | 'dateOrder'>,
): readonly string[] {
  const exact = type.blockedValues
    .map((entry) => entry.trim())
    .filter((entry) => !isPattern(entry) && !entry.includes('*'))
  const standardized = exact.flatMap((entry) => {
    const result = standardizeValue(entry, type.standardize, settings)
    return result.ok ? [result.value] : []
  })
  return [...new Set([...exact, ...standardized].map((text) => text.toLowerCase()))]
}

/**
 * Whether a value of the type is blocked, told by its raw and its standardized form. Without the country and the order of
 * dates, exact entries are compared as they are written.
 */
export function blockedValuesFor(
  type: Pick<IdentifierType, 'kind' | 'blockedValues'> & Partial<Pick<IdentifierType, 'standardize'>>,
  settings: Pick<Ruleset, 'builtInBlockedValues'> & Partial<Pick<Ruleset, 'defaultCountry' | 'dateOrder'>>,
): (raw: string, standardized: string) => boolean {
  const { defaultCountry, dateOrder, builtInBlockedValues } = settings
  const { kind, blockedValues } = type
  const standardize = defaultCountry !== undefined && dateOrder !== undefined ? (type.standardize ?? []) : []
  const country = { defaultCountry: defaultCountry ?? 'US', dateOrder: dateOrder ?? 'mdy' }
  const exact = new Set(blockedTexts({ blockedValues, standardize }, country))
  const matchers = blockedValues.flatMap((entry) => {
    if (!isPattern(entry.trim()) && !entry.includes('*')) return []
    const compiled = compileBlockedValue(entry)
    return compiled.ok ? [compiled.matches] : []
  })
  const isBlocked = (value: string) => {
    const text = value.toLowerCase()
    if (exact.has(text) || (builtInBlockedValues && isPlaceholder(text, kind))) return true
    return matchers.some((matches) => matches(value))
  }
  return (raw, standardized) => {
    if (isBlocked(standardized)) return true
    const trimmed = raw.trim()
    return trimmed !== standardized && isBlocked(trimmed)
  }
}

function isPattern(entry: string): boolean {
  return entry.length > 1 && entry.startsWith('/') && entry.endsWith('/')
}

/** Greedy match of the literal parts, each found at its first place: linear in the value's length times the parts. */
function globMatcher(glob: string): (value: string) => boolean {
  const parts = glob.split('*')
  const first = parts[0] as string
  const last = parts[parts.length - 1] as string
  const middle = parts.slice(1, -1).filter((part) => part !== '')
  return (raw) => {
    const value = raw.toLowerCase()
    if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false
    let at = first.length
    const end = value.length - last.length
    for (const part of middle) {
      const found = value.indexOf(part, at)
      if (found < 0 || found + part.length > end) return false
      at = found + part.length
    }
    return true
  }
}
