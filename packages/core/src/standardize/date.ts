import type { DateOrder } from '../ruleset/ruleset.ts'
import { rejected, standardized, type Standardized } from './standardized.ts'

/**
 * Standardizes a calendar day to `YYYY-MM-DD`. Reads ISO dates, `YYYYMMDD`, three numbers parted by `/`, `.`, `-` or spaces,
 * and days with an English month name, a weekday before them or not; a time of day after them is dropped, so the day is the
 * one that is written, in whatever zone. Where the notation does not say which number is the day, `order` does; a first
 * number above 12 is the day whatever the order says, one above 31 the year. Two-digit years mean 1930–2029. A year alone,
 * a month, or seconds since 1970 are no day. Idempotent.
 */
export function standardizeDate(raw: string, order: DateOrder): Standardized {
  const parts = readDate(raw.trim(), order)
  if (!parts) return rejected('date.malformed', 'date')
  const [year, month, day] = parts
  if (!isDay(year, month, day)) return rejected('date.impossible', 'date')
  return standardized(`${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`)
}

type DateParts = readonly [year: number, month: number, day: number]

const notations: readonly {
  readonly pattern: RegExp
  readonly read: (groups: readonly string[], order: DateOrder) => DateParts | null
}[] = [
  { pattern: /^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})$/, read: ([y, m, d]) => [Number(y), Number(m), Number(d)] },
  { pattern: /^(\d{4})(\d{2})(\d{2})$/, read: ([y, m, d]) => [Number(y), Number(m), Number(d)] },
  {
    pattern: /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})$/,
    read: ([a = '', b = '', c = ''], order) => orderParts(a, Number(b), c, order),
  },
  {
    pattern: /^(\d{1,2})(?:st|nd|rd|th)?[-. ]{1,2}(?:of )?([A-Za-z]{3,9})[-.,/ ]{1,2}(\d{4}|\d{2})$/,
    read: ([day = '', month = '', year = '']) => named(year, month, day),
  },
  {
    pattern: /^([A-Za-z]{3,9})[-. ]{1,2}(\d{1,2})(?:st|nd|rd|th)?[-., ]{1,2}(\d{4}|\d{2})$/,
    read: ([month = '', day = '', year = '']) => named(year, month, day),
  },
  {
    pattern: /^(\d{4})[-. ]{1,2}([A-Za-z]{3,9})[-. ]{1,2}(\d{1,2})$/,
    read: ([year = '', month = '', day = '']) => named(year, month, day),
  },
]

/** A time of day, with seconds, fraction, AM or PM, and zone or without. */
const timeOfDay =
  /(?:T|,? )\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\.?)?(?: ?(?:Z|z|UTC|GMT|[+-]\d{2}:?\d{2}))?$/
const weekday = /^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?[,.]? /i

function readDate(text: string, order: DateOrder): DateParts | null {
  if (text.length > 64) return null
  const day = text.replace(timeOfDay, '').replace(weekday, '')
  for (const { pattern, read } of notations) {
    const found = pattern.exec(day)
    if (found) return read(found.slice(1), order)
  }
  return null
}

function orderParts(first: string, b: number, last: string, order: DateOrder): DateParts {
  const a = Number(first)
  if (last.length === 2 && (order === 'ymd' || a > 31)) return [fullYear(two(a)), b, Number(last)]
  const year = fullYear(last)
  const dayIsFirst = a > 12 || (order === 'dmy' && b <= 12)
  return dayIsFirst ? [year, b, a] : [year, a, b]
}

const monthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
]

function named(year: string, month: string, day: string): DateParts | null {
  const start = month.toLowerCase()
  const index = monthNames.findIndex((name) => name.startsWith(start))
  return index < 0 ? null : [fullYear(year), index + 1, Number(day)]
}

function fullYear(text: string): number {
  const year = Number(text)
  if (text.length > 2) return year
  return year < 30 ? 2000 + year : 1900 + year
}

/** Whether the (proleptic) Gregorian calendar has the day; years 1 to 9999. */
export function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || year < 1 || year > 9999) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return day <= (days[month - 1] as number)
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
