import type { IdentifierType, Ruleset, StandardizerName } from '../ruleset/ruleset.ts'
import { standardizeDate } from './date.ts'
import { standardizeEmail } from './email.ts'
import { standardizePhone } from './phone.ts'
import { rejected, standardized, type Standardized } from './standardized.ts'
import { caseInsensitive, fold, onlyNumeric, trim } from './text.ts'

export type StandardizerSettings = Pick<Ruleset, 'defaultCountry' | 'dateOrder'>

/**
 * Applies standardizers in their order. Control, zero-width and direction characters are refused, because two values that
 * look alike must not differ unseen. Idempotent for every list of standardizers.
 */
export function standardizeValue(
  raw: string,
  standardizers: readonly StandardizerName[],
  settings: StandardizerSettings,
): Standardized {
  if (raw.length > 341 && utf8Length(raw) > 1024) return rejected('value.too_long')
  let value = raw
  for (const name of standardizers) {
    const result = apply(name, value, settings)
    if (typeof result !== 'string') {
      if (!result.ok) return value.trim() === '' ? rejected('value.empty', name) : result
      value = result.value
    } else value = result
  }
  if (value.trim() === '') return rejected('value.empty')
  if (forbidden.test(value)) return rejected('value.forbidden_character')
  return standardized(value)
}

/** Compiled for one identifier type: the standardized value, or null where it is rejected. */
export function standardizersFor(
  type: Pick<IdentifierType, 'standardize'>,
  settings: StandardizerSettings,
): (raw: string) => string | null {
  return (raw) => {
    const result = standardizeValue(raw, type.standardize, settings)
    return result.ok ? result.value : null
  }
}

function apply(name: StandardizerName, value: string, settings: StandardizerSettings): string | Standardized {
  switch (name) {
    case 'trim':
      return trim(value)
    case 'case_insensitive':
      return caseInsensitive(value)
    case 'only_numeric':
      return onlyNumeric(value)
    case 'fold':
      return fold(value)
    case 'email':
      return standardizeEmail(value)
    case 'phone':
      return standardizePhone(value, settings.defaultCountry)
    case 'date':
      return standardizeDate(value, settings.dateOrder)
  }
}

/** Control, format (zero-width, direction), unassigned-for-text and lone surrogate characters, and the line separators. */
const forbidden = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u

function utf8Length(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : (code & 0xf800) === 0xd800 ? 2 : 3
  }
  return bytes
}
