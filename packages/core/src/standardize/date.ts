import type { DateOrder } from '../ruleset/ruleset.ts'
import { rejected, standardized, type Standardized } from './standardized.ts'

/**
 * Standardizes a calendar day to `YYYY-MM-DD`. Reads ISO dates (a time after them is dropped), `YYYYMMDD`, three numbers
 * parted by `/`, `.`, `-` or spaces, and days with an English month name. Where the notation does not say which number is
 * the day, `order` does; a number above 12 is the day whatever the order says. Two-digit years mean 1930–2029. Idempotent.
 */
export function standardizeDate(raw: string, order: DateOrder): Standardized {
  const parts = readDate(raw.trim(), order)
  if (!parts) return rejected('date.malformed', 'date')
  const [year, month, day] = parts
  if (!isDay(year, month, day)) return rejected('date.impossible', 'date')
  return standardized(`${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`)
}

type DateParts = readonly [year: number, month: number, day: number]

function readDate(text: string, order: DateOrder): DateParts | null {
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  if (compact) return [Number(compact[1]), Number(compact[2]), Number(compact[3])]
  const iso = /^(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})(?:[T ].{0,40})?$/.exec(text)
  if (iso) return [Number(iso[1]), Number(iso[2]), Number(iso[3])]
  const numbers = /^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?:[T ]\d.{0,40})?$/.exec(text)
  if (numbers) return orderParts(Number(numbers[1]), Number(numbers[2]), numbers[3] as string, order)
  const dayFirst = /^(\d{1,2})(?:st|nd|rd|th)?[-. ]{1,2}([A-Za-z]{3,9})[-., ]{1,2}(\d{4}|\d{2})$/.exec(text)
  if (dayFirst) return named(dayFirst[2] as string, dayFirst[1] as string, dayFirst[3] as string)
  const monthFirst = /^([A-Za-z]{3,9})[-. ]{1,2}(\d{1,2})(?:st|nd|rd|th)?[-., ]{1,2}(\d{4}|\d{2})$/.exec(text)
  if (monthFirst) return named(monthFirst[1] as string, monthFirst[2] as string, monthFirst[3] as string)
  return null
}

function orderParts(a: number, b: number, last: string, order: DateOrder): DateParts {
  if (order === 'ymd' && last.length === 2) return [fullYear(two(a)), b, Number(last)]
  const year = fullYear(last)
  const dayIsFirst = a > 12 || (order === 'dmy' && b <= 12)
  return dayIsFirst ? [year, b, a] : [year, a, b]
}

const monthNames = [
  'january', 'february', 'march', 'april', 'may', 'june',
  'july', 'august', 'september', 'october', 'november', 'december',
]

function named(month: string, day: string, year: string): DateParts | null {
  const start = month.toLowerCase()
  const index = monthNames.findIndex((name) => name.startsWith(start))
  return index < 0 ? null : [fullYear(year), index + 1, Number(day)]
}

function fullYear(text: string): number {
  const year = Number(text)
  if (text.length > 2) return year
  return year < 30 ? 2000 + year : 1900 + year
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1 || year < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return day <= (days[month - 1] as number)
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
