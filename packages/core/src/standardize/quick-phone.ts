/** Countries of the North American numbering plan whose national spellings the quick path reads. */
const quickCountries: ReadonlySet<string> = new Set(['US', 'CA'])

/**
 * North American numbers in the spellings that need no library: ten digits, eleven that begin with 1, or +1 and ten, with
 * spaces, dots, hyphens and parentheses between them. Equal to the library on everything it answers. null: ask the library,
 * also for a national number that begins with 0 or 1.
 */
export function quickPhone(raw: string, defaultCountry: string): string | null {
  if (raw.length > longestQuick) return null
  let digits = ''
  let plus = false
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i)
    if (code >= 48 && code <= 57) digits += raw[i]
    else if (code === 43 && digits === '' && !plus) plus = true
    else if (code !== 32 && code !== 45 && code !== 46 && code !== 40 && code !== 41) return null
  }
  const isQuickCountry = quickCountries.has(defaultCountry)
  const international = digits.length === 11 && digits[0] === '1' && (plus || isQuickCountry)
  const national = digits.length === 10 && !plus && isQuickCountry
  if (!international && !national) return null
  const number = international ? digits.slice(1) : digits
  return number[0] === '0' || number[0] === '1' ? null : `+1${number}`
}

/** Longer spellings go to the library, which looks at its own limits. */
const longestQuick = 250
