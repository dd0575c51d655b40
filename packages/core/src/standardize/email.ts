import { toASCII } from 'punycode/punycode.es6.js'
import { rejected, standardized, type Standardized } from './standardized.ts'

/**
 * Standardizes an e-mail address so that two spellings of one mailbox compare equal: trimmed, NFC, lower case, the domain as
 * A-labels. Plus tags and dots stay: whether a provider ignores them is not ours to guess. Rejects rather than repairs
 * (`bob at example.com`, `"Bob" <bob@example.com>`, two addresses). Idempotent.
 */
export function standardizeEmail(raw: string): Standardized {
  const text = raw.trim().normalize('NFC').toLowerCase().normalize('NFC')
  const at = text.lastIndexOf('@')
  if (at < 1 || at === text.length - 1) return rejected('email.malformed', 'email')
  const local = text.slice(0, at)
  if (!isLocalPart(local)) return rejected('email.malformed', 'email')
  const domain = domainToAscii(text.slice(at + 1))
  if (domain === null || local.length + domain.length > 320) return rejected('email.malformed', 'email')
  return standardized(`${local}@${domain}`)
}

/** Dot-atom of RFC 5322 with the letters of RFC 6531; quoted local parts are not taken. At most 64 code units. */
function isLocalPart(local: string): boolean {
  if (local.length > 64 || local.startsWith('.') || local.endsWith('.') || local.includes('..')) return false
  for (let i = 0; i < local.length; i++) {
    const code = local.charCodeAt(i)
    if (code <= 32 || code === 127 || forbiddenInLocal.includes(local[i] as string)) return false
    if (code > 127 && /[\s\p{C}]/u.test(local[i] as string) && !isSurrogate(code)) return false
  }
  return true
}

const forbiddenInLocal = '"(),:;<>@[\\]'

function domainToAscii(domain: string): string | null {
  let ascii: string
  try {
    ascii = isAscii(domain) ? domain : toASCII(domain).toLowerCase()
  } catch {
    return null
  }
  if (ascii.length > 253) return null
  const labels = ascii.split('.')
  if (labels.length < 2 || !labels.every(isLabel)) return null
  const top = labels[labels.length - 1] as string
  return /^[0-9]+$/.test(top) || top.length < 2 ? null : ascii
}

function isLabel(label: string): boolean {
  return label.length <= 63 && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label)
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false
  return true
}

function isSurrogate(code: number): boolean {
  return (code & 0xf800) === 0xd800
}
