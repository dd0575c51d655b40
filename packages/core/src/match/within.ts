const dayMs = 86_400_000

/**
 * Nearness of two dates `YYYY-MM-DD`: 1 on the same day, falling evenly, and above 0 up to the bound (milliseconds,
 * inclusive); −1 beyond it or where a value is no date.
 */
export function dateNearness(left: string, right: string, atMostMs: number): number {
  const distance = Math.abs(Date.parse(left) - Date.parse(right))
  return distance <= atMostMs ? 1 - distance / (atMostMs + dayMs) : -1
}

/** Nearness of two numbers: 1 where equal, falling evenly, above 0 up to the bound (inclusive); −1 beyond it or for no number. */
export function numberNearness(left: string, right: string, atMost: number): number {
  if (left.trim() === '' || right.trim() === '') return -1
  const distance = Math.abs(Number(left) - Number(right))
  return distance <= atMost ? 1 - distance / (atMost + 1) : -1
}

/**
 * Whether two traces may have met: some moment of one lies at most `withinMs` (inclusive) from some moment of the other.
 * A trace never holds a gap longer than the shortest window, so its span stands for its records.
 */
export function withinWindow(aFirst: number, aLast: number, bFirst: number, bLast: number, withinMs: number): boolean {
  return bFirst - aLast <= withinMs && aFirst - bLast <= withinMs
}
