import { RE2JS } from 're2js'
import type { IdentifierType, Ruleset } from '../ruleset/ruleset.ts'

export type BlockedValue =
  | { readonly ok: true; readonly matches: (value: string) => boolean }
  | { readonly ok: false; readonly message: string }

/**
 * Compiles one entry of `blocked_values`: exact text, a glob in which `*` stands for any text, or `/pattern/` for the whole
 * value in RE2 syntax, whose matching time is linear in the value's length. Case does not count.
 */
export function compileBlockedValue(entry: string): BlockedValue {
  if (entry.length > 1 && entry.startsWith('/') && entry.endsWith('/')) {
    try {
      const pattern = RE2JS.compile(entry.slice(1, -1), RE2JS.CASE_INSENSITIVE)
      return { ok: true, matches: (value) => pattern.matches(value) }
    } catch {
      return { ok: false, message: 'is no pattern of the linear-time syntax (RE2: no look-around, no back-references)' }
    }
  }
  const text = entry.trim().toLowerCase()
  if (text === '') return { ok: false, message: 'is empty; an empty value never links anyway' }
  if (!text.includes('*')) return { ok: true, matches: (value) => value.toLowerCase() === text }
  if (/^\*+$/.test(text)) return { ok: false, message: 'blocks every value; switch the identifier’s rules off instead' }
  return { ok: true, matches: globMatcher(text) }
}

/** Whether a value of the type is blocked, told by its raw and its standardized form. */
export function blockedValuesFor(
  type: Pick<IdentifierType, 'kind' | 'blockedValues'>,
  settings: Pick<Ruleset, 'builtInBlockedValues'>,
): (raw: string, standardized: string) => boolean {
  const exact = new Set<string>()
  const matchers: ((value: string) => boolean)[] = []
  for (const entry of type.blockedValues) {
    const isExact = !entry.includes('*') && !entry.startsWith('/')
    if (isExact) exact.add(entry.trim().toLowerCase())
    const compiled = compileBlockedValue(entry)
    if (!isExact && compiled.ok) matchers.push(compiled.matches)
  }
  if (settings.builtInBlockedValues) {
    for (const text of placeholders) exact.add(text)
    if (type.kind !== 'attribute') {
      for (const text of idPlaceholders) exact.add(text)
      matchers.push(isFiller)
    }
  }
  const isBlocked = (value: string) => exact.has(value.toLowerCase()) || matchers.some((matches) => matches(value))
  return (raw, standardized) => isBlocked(standardized) || isBlocked(raw.trim())
}

/** Texts that programs and people write where they have nothing to say. */
export const placeholders: readonly string[] = [
  'null', 'undefined', 'none', 'nil', 'nan', 'n/a', 'n.a.', 'not available', 'not applicable', 'not provided', 'unknown',
  '[object object]', '(null)', '(none)', '(not set)', '<null>', '#n/a', '-', '--', '---', '?', '??', '???', '.', 'xxx', 'tbd',
]

/** Texts that are no identifier of anybody, though they may be a name. */
export const idPlaceholders: readonly string[] = [
  'anonymous', 'anon', 'guest', 'visitor', 'na', 'test', 'tester', 'testing', 'dummy', 'sample', 'example', 'default',
  'true', 'false', '-1', 'id', 'user', 'email', 'phone', 'no email', 'noemail', 'no phone',
  'test@test.com', 'test@example.com', 'example@example.com', 'user@example.com', 'email@example.com', 'email@email.com',
  'mail@mail.com', 'none@none.com', 'noemail@noemail.com', 'no@email.com', 'noreply@noreply.com', 'no@no.com', 'na@na.com',
  'a@a.com', 'a@b.com', 'abc@abc.com', 'asdf@asdf.com', 'test@gmail.com', 'me@me.com', 'x@x.com', 'xxx@xxx.com',
  '1234567890', '0123456789', '123456789', '12345678', '1234567', '+11234567890', '+12345678901', '+1234567890',
]

/** Nothing but zeroes, dashes and spaces (`^[0-]*$`), a device id of zeroes, or one digit throughout, with or without +1. */
function isFiller(value: string): boolean {
  if (value === '') return false
  const digits = value.replace(/^\+1(?=\d{10}$)/, '').replace(/[\s()+.-]/g, '')
  if (digits === '') return true
  if (/^0+$/.test(digits)) return true
  if (digits.length < 6) return false
  for (let i = 1; i < digits.length; i++) if (digits[i] !== digits[0]) return false
  return /\d/.test(digits[0] as string)
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
