/**
 * Reads an instant: ISO 8601 (a space may stand for the T, a missing zone means UTC, a date alone means its midnight), or
 * seconds or milliseconds since 1970 (from 10^11 on they are milliseconds). Milliseconds, or null where it cannot be read.
 */
export function parseInstant(value: unknown): number | null {
  if (typeof value === 'number') return fromEpoch(value)
  if (typeof value !== 'string') return null
  const text = value.trim()
  if (/^-?\d{9,16}(\.\d{1,9})?$/.test(text)) return fromEpoch(Number(text))
  const parts = isoInstant.exec(text)
  if (!parts) return null
  const [, date, time = '00:00:00', zone = 'Z'] = parts
  const offset = /^[+-]\d{2}$/.test(zone) ? `${zone}:00` : /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone
  const full = time.length === 5 ? `${time}:00` : time.replace(',', '.')
  const ms = Date.parse(`${date}T${full.replace(/(\.\d{3})\d+$/, '$1')}${offset.toUpperCase()}`)
  return Number.isNaN(ms) ? null : ms
}

const isoInstant =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?) ?(Z|z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/

function fromEpoch(value: number): number | null {
  if (!Number.isFinite(value)) return null
  const ms = Math.round(Math.abs(value) < 1e11 ? value * 1000 : value)
  return Math.abs(ms) <= 8.64e15 ? ms : null
}
