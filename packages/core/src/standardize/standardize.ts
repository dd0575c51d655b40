import type { IdentifierType, Ruleset, StandardizerName } from '../ruleset/ruleset.ts'
import { address } from './address.ts'
import { standardizeDate } from './date.ts'
import { standardizeEmail } from './email.ts'
import { hasForbiddenCharacter } from './forbidden-characters.ts'
import { organization } from './organization.ts'
import { standardizePhone } from './phone.ts'
import { rejected, standardized, type Standardized } from './standardized.ts'
import { caseInsensitive, fold, onlyNumeric, trim } from './text.ts'

export type StandardizerSettings = Pick<Ruleset, 'defaultCountry' | 'dateOrder'>

/**
 * Applies standardizers in their order. Whatever they are, a value longer than 1,024 bytes of UTF-8 is refused before any of
 * them looks at it, a value with nothing left of it is refused, and so is one that holds characters nobody sees, because
 * two values that look alike must not differ unseen. Each standardizer is idempotent.
 */
export function standardizeValue(
  raw: string,
  standardizers: readonly StandardizerName[],
  settings: StandardizerSettings,
): Standardized {
  if (isTooLong(raw)) return rejected('value.too_long')
  let value = raw
  for (const name of standardizers) {
    const result = apply(name, value, settings)
    if (typeof result === 'string') value = result
    else if (result.ok) value = result.value
    else return refusal(value, name, result)
    if (value === '') return rejected('value.empty', name)
  }
  if (hasForbiddenCharacter(value)) return rejected('value.forbidden_character')
  return value.trim() === '' ? rejected('value.empty') : standardized(value)
}

/** Compiled for one identifier type: the standardized value, or null where it is rejected. */
export function standardizersFor(
  type: Pick<IdentifierType, 'standardize'>,
  settings: StandardizerSettings,
): (raw: string) => string | null {
  const { standardize } = type
  return (raw) => {
    const result = standardizeValue(raw, standardize, settings)
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
    case 'address':
      return address(value)
    case 'organization':
      return organization(value)
    case 'email':
      return standardizeEmail(value)
    case 'phone':
      return standardizePhone(value, settings.defaultCountry)
    case 'date':
      return standardizeDate(value, settings.dateOrder)
  }
}

/** The code that helps most: an empty value or an unseen character rather than a malformed address. */
function refusal(value: string, name: StandardizerName, result: Standardized): Standardized {
  const text = value.trim()
  if (text === '') return rejected('value.empty', name)
  return hasForbiddenCharacter(text) ? rejected('value.forbidden_character', name) : result
}

const longestBytes = 1024

/** Three bytes of UTF-8 at most stand for one code unit. */
function isTooLong(text: string): boolean {
  if (text.length * 3 <= longestBytes) return false
  return text.length > longestBytes || utf8Length(text) > longestBytes
}

function utf8Length(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    bytes += code < 0x80 ? 1 : code < 0x800 || (code & 0xf800) === 0xd800 ? 2 : 3
  }
  return bytes
}
