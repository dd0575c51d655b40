import anyAscii from 'any-ascii'

/** Removes white space at both ends (that of Unicode, the byte order mark included). */
export function trim(raw: string): string {
  return raw.trim()
}

/** Unicode NFC and lower case: what is canonically equivalent becomes equal, and nothing else. */
export function caseInsensitive(raw: string): string {
  return isAscii(raw) ? raw.toLowerCase() : raw.normalize('NFC').toLowerCase().normalize('NFC')
}

/** Keeps the digits 0–9. */
export function onlyNumeric(raw: string): string {
  return raw.replace(/[^0-9]+/g, '')
}

/**
 * Folds spelling: strips accents and transliterates to ASCII, lowers case, drops apostrophes, makes every other punctuation
 * one space. `O’Brien-Łódź` becomes `obrien lodz`. A text with nothing left of it becomes empty.
 */
export function fold(raw: string): string {
  const plain = isAscii(raw) ? raw : anyAscii(raw.normalize('NFKD'))
  return plain
    .toLowerCase()
    .replace(/['`]+/g, '')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}
