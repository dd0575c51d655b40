import { type CountryCode, parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js/min'
import { hasForbiddenCharacter } from './forbidden-characters.ts'
import { quickPhone } from './quick-phone.ts'
import { rejected, standardized, type Standardized } from './standardized.ts'
import { isAscii } from './text.ts'

/**
 * Standardizes a phone number to E.164. National spellings belong to the default country; a number that is *possible*
 * counts, whether it is in use or not, so that `+1-555-123-4567`, `(555) 123-4567` and `15551234567` agree. `00` means `+`
 * where one dials so in the default country; anywhere else such a number is refused. An extension is kept
 * (`+15551234567;ext=12`), because behind a switchboard it tells people apart. Words beside the number are refused, except
 * those that announce an extension. Idempotent.
 */
export function standardizePhone(raw: string, defaultCountry: string): Standardized {
  const quick = quickPhone(raw, defaultCountry)
  return quick === null ? libraryPhone(raw, defaultCountry) : standardized(quick)
}

/** What `standardizePhone` gives, without the quick path for plain North American spellings. */
export function libraryPhone(raw: string, defaultCountry: string): Standardized {
  const text = plainSpelling(raw.trim())
  if (text.length > longestSpelling || hasForbiddenCharacter(text) || !/\p{Nd}/u.test(text) || hasOtherWords(text)) {
    return rejected('phone.malformed', 'phone')
  }
  const parsed = parse(text, defaultCountry)
  if (!parsed) return rejected('phone.malformed', 'phone')
  const { ext } = parsed
  const number = parsed.isPossible() && !misreadsPrefix(text, parsed.number) ? settledNumber(parsed) : null
  if (number === null) return rejected('phone.impossible', 'phone')
  return standardized(ext ? `${number};ext=${ext}` : number)
}

const longestSpelling = 250

function parse(text: string, defaultCountry?: string): PhoneNumber | undefined {
  const country = defaultCountry === undefined ? {} : { defaultCountry: defaultCountry as CountryCode }
  return parsePhoneNumberFromString(text, { ...country, extract: false })
}

/**
 * The number that its own E.164 text is read as, so that standardizing again changes nothing; null: there is none. The library
 * drops what is dialled for a carrier (in Brazil) only when it meets it again, and some numbers are possible only while their
 * country is named beside them.
 */
function settledNumber(parsed: PhoneNumber): string | null {
  if (parsed.countryCallingCode === '1' && parsed.isValid()) return parsed.number
  let number: string = parsed.number
  for (let reading = 0; reading < mostReadings; reading++) {
    const again = parse(number)
    if (!again?.isPossible()) return null
    if (again.number === number) return number
    number = again.number
  }
  return null
}

const mostReadings = 4

/** Whether a text that begins with `00` became a number in which the zeroes are not the way to dial abroad, or may not be. */
function misreadsPrefix(text: string, number: string): boolean {
  if (!text.startsWith('00')) return false
  const abroad = parse(`+${text.slice(2)}`)
  if (abroad?.number === number) return false
  return abroad?.isPossible() === true || !text.replace(/[^0-9]+/g, '').endsWith(number.slice(1))
}

/**
 * Without the `tel:` of RFC 3966 and signs before the plus, as in `(+44) 20`, and with full-width characters as ASCII: here, unlike
 * in an e-mail, they mean the same. (The library reads Arabic digits itself.)
 */
function plainSpelling(text: string): string {
  const halfWidth = isAscii(text)
    ? text
    : text.replace(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0xfee0))
  return halfWidth.replace(/^tel:/i, '').replace(/^[ ().-]+(?=\+)/, '')
}

function hasOtherWords(text: string): boolean {
  return /\p{L}{5}/u.test(text.replace(/extension|anexo/gi, ''))
}
