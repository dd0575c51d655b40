import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max'
import { rejected, standardized, type Standardized } from './standardized.ts'

/**
 * Standardizes a phone number to E.164. National spellings belong to the default country; a number that is *possible*
 * counts, whether it is in use or not, so that `+1-555-123-4567`, `(555) 123-4567` and `15551234567` agree. An extension
 * is kept (`+15551234567;ext=12`), because behind a switchboard it tells people apart. Idempotent.
 */
export function standardizePhone(raw: string, defaultCountry: string): Standardized {
  const quick = quickPhone(raw, defaultCountry)
  if (quick !== null) return standardized(quick)
  const text = raw.trim()
  if (text.length > 64 || !/\d/.test(text) || /[\p{L}]{5}/u.test(text.replace(/extension|anexo/gi, ''))) {
    return rejected('phone.malformed', 'phone')
  }
  const parsed = parsePhoneNumberFromString(text, { defaultCountry: defaultCountry as CountryCode, extract: false })
  if (!parsed) return rejected('phone.malformed', 'phone')
  if (!parsed.isPossible()) return rejected('phone.impossible', 'phone')
  return standardized(parsed.ext ? `${parsed.number};ext=${parsed.ext}` : parsed.number)
}

/**
 * North American numbers in the spellings that need no library: ten digits, eleven that begin with 1, or +1 and ten, with
 * spaces, dots, hyphens and parentheses between them. null: ask the library. A national number that begins with 0 or 1 is
 * left to it.
 */
export function quickPhone(raw: string, defaultCountry: string): string | null {
  let digits = ''
  let plus = false
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i)
    if (code >= 48 && code <= 57) digits += raw[i]
    else if (code === 43 && digits === '' && !plus) plus = true
    else if (code !== 32 && code !== 45 && code !== 46 && code !== 40 && code !== 41) return null
  }
  const international = digits.length === 11 && digits[0] === '1' && (plus || defaultCountry === 'US')
  const national = digits.length === 10 && !plus && defaultCountry === 'US'
  if (!international && !national) return null
  const number = international ? digits.slice(1) : digits
  return number[0] === '0' || number[0] === '1' ? null : `+1${number}`
}
