import { toASCII } from 'punycode/punycode.es6.js'
import { hasForbiddenCharacter } from './forbidden-characters.ts'
import { rejected, standardized, type Standardized } from './standardized.ts'
import { caseInsensitive, isAscii } from './text.ts'

/**
 * Standardizes an e-mail address so that two spellings of one mailbox compare equal: trimmed, NFC, lower case, the domain as
 * A-labels. Plus tags and dots stay: whether a provider ignores them is not ours to guess. Rejects rather than repairs
 * (`bob at example.com`, `"Bob" <bob@example.com>`, two addresses). What merely looks alike stays different: full-width
 * letters and those of another script are encoded as they are. Idempotent.
 */
export function standardizeEmail(raw: string): Standardized {
  const text = caseInsensitive(raw.trim())
  const at = text.lastIndexOf('@')
  if (at < 1 || at === text.length - 1 || hasForbiddenCharacter(text)) return rejected('email.malformed', 'email')
  const local = text.slice(0, at)
  if (!isLocalPart(local)) return rejected('email.malformed', 'email')
  const domain = domainToAscii(text.slice(at + 1))
  return domain === null ? rejected('email.malformed', 'email') : standardized(`${local}@${domain}`)
}

/** Dot-atom of RFC 5322 with the letters of RFC 6531, at most 64 code units; quoted local parts are not taken. */
function isLocalPart(local: string): boolean {
  if (local.length > 64 || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return false
  for (const character of local) {
    if (forbiddenInLocal.includes(character) || (character > '~' && /\s/u.test(character))) return false
  }
  return true
}

const forbiddenInLocal = ' "(),:;<>@[\\]'

/** The domain with A-labels (RFC 5891), or null: no dot, a label that no host can have, a top level that is no name. */
function domainToAscii(domain: string): string | null {
  if (!isAscii(domain) && otherDotsAndSpaces.test(domain)) return null
  let ascii: string
  try {
    ascii = isAscii(domain) ? domain : toASCII(domain)
  } catch {
    return null
  }
  if (ascii.length > 253) return null
  const labels = ascii.split('.')
  if (labels.length < 2 || !labels.every(isLabel)) return null
  const top = labels[labels.length - 1] as string
  return /^[0-9]+$/.test(top) || top.length < 2 ? null : ascii
}

/** Ideographic and full-width full stops, which would be taken for dots, and white space. */
const otherDotsAndSpaces = /[\u3002\uff0e\uff61\s]/u

/** Letters, digits and inner hyphens, at most 63 (RFC 1123). */
function isLabel(label: string): boolean {
  return /^[a-z0-9-]{1,63}$/.test(label) && !label.startsWith('-') && !label.endsWith('-')
}
