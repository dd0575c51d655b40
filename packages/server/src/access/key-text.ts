import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const keyTextClasses = ['public', 'server', 'api'] as const
export type KeyTextClass = (typeof keyTextClasses)[number]

const randomDigits = 43
const checksumDigits = 6
const shape = /^ss_(public|server|api)_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/

/** `ss_<class>_<256 random bits>_<checksum>`: found by scanners, told from a mistyped one without a database. */
export function makeKeyText(keyClass: KeyTextClass): string {
  const random = BigInt(`0x${randomBytes(32).toString('hex')}`)
  const stem = `ss_${keyClass}_${base62(random, randomDigits)}`
  return `${stem}_${checksumOf(stem)}`
}

/** Class of a key that is written right; null: it is none of ours, or mistyped. Says nothing about whether it exists. */
export function classOfKeyText(text: string): KeyTextClass | null {
  const match = shape.exec(text)
  if (!match) return null
  const stem = text.slice(0, text.length - checksumDigits - 1)
  return checksumOf(stem) === match[3] ? (match[1] as KeyTextClass) : null
}

/** What is stored of a key, a link or a session. They are random, so that a plain hash suffices. Hexadecimal. */
export function hashOfToken(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Compares in a time that does not depend on where the two differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  const left = createHash('sha256').update(a).digest()
  const right = createHash('sha256').update(b).digest()
  return timingSafeEqual(left, right)
}

/** 256 random bits for links and sessions. */
export function makeToken(): string {
  return randomBytes(32).toString('base64url')
}

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function base62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = `${digits[Number(rest % 62n)]}${text}`
  return text
}

function checksumOf(stem: string): string {
  return base62(BigInt(crc32(stem)), checksumDigits)
}
