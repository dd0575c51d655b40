const dayMs = 86_400_000

/**
 * Nearness of two days `YYYY-MM-DD`, 0 to 1: 1 on the same day, falling evenly to just above 0 at the bound
 * (milliseconds, inclusive): 1 − distance / (bound + one day). −1 beyond the bound, and where one of two different
 * texts is no day. Symmetric; 1 for equal texts and for no others.
 */
export function dateNearness(left: string, right: string, atMostMs: number): number {
  if (left === right) return 1
  // NaN, where a text is no day, fails every comparison.
  const distance = Math.abs(dayNumber(left) - dayNumber(right)) * dayMs
  return distance <= atMostMs ? 1 - distance / (atMostMs + dayMs) : -1
}

/** Days since 1970-01-01 in the Gregorian calendar carried backwards; NaN for what is no day. */
function dayNumber(text: string): number {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text)
  if (!parts) return Number.NaN
  // The time zone is named, so that the machine's own plays no part; 30 February gives NaN or another day's text.
  const ms = Date.parse(`${text}T00:00:00.000Z`)
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text ? Number.NaN : ms / dayMs
}
