import { isDay } from './date.ts'

/**
 * Reads an instant: ISO 8601 in its extended form (a space may stand for the T, a missing zone means UTC, a date alone means
 * its midnight, fractions beyond milliseconds are cut off), or seconds or milliseconds since 1970 (from 10^11 on they are
 * milliseconds). Numbers below 10^8 are refused, as they are years, days written together or counters, and so are those
 * beyond the year 9999. Milliseconds, or null where it cannot be read.
 */
export function parseInstant(value: unknown): number | null {
  if (typeof value === 'number') return fromEpoch(value)
  if (typeof value !== 'string' || value.length > longest) return null
  const text = value.trim()
  if (/^-?\d{9,15}(?:\.\d{1,9})?$/.test(text)) return fromEpoch(Number(text))
  const parts = isoInstant.exec(text)
  if (!parts) return null
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0))
  if (year === undefined || month === undefined || day === undefined || !isDay(year, month, day)) return null
  if (hour === undefined || minute === undefined || second === undefined) return null
  if (hour > 24 || minute > 59 || second > 59 || (hour === 24 && minute + second > 0)) return null
  const ms = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3))
  const offset = offsetMinutes(parts[8])
  if (offset === null) return null
  return utcMidnight(year, month, day) + ((hour * 60 + minute - offset) * 60 + second) * 1000 + ms
}

/** Longer texts, white space around them included, are no instants. */
const longest = 64
/** 9999-12-31T23:59:59.999Z. */
const latest = 253402300799999

const isoInstant =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?$/

function offsetMinutes(zone: string | undefined): number | null {
  if (zone === undefined || /^[A-Za-z]/.test(zone)) return 0
  const digits = zone.slice(1).replace(':', '')
  const hours = Number(digits.slice(0, 2))
  const minutes = Number(digits.slice(2))
  if (hours > 18 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

function utcMidnight(year: number, month: number, day: number): number {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return date.getTime()
}

function fromEpoch(value: number): number | null {
  const size = Math.abs(value)
  if (!Number.isFinite(value) || size < 1e8) return null
  const ms = Math.round(size < 1e11 ? value * 1000 : value)
  return Math.abs(ms) <= latest ? ms : null
}
