/**
 * Nearness of two decimal numbers, 0 to 1: 1 where equal, falling evenly to just above 0 at the bound (inclusive): 1 −
 * distance / (bound + 1). −1 beyond the bound, and where one of two different texts is no number (`12`, `-0.5` and
 * `1e3` are numbers; `1,000` and `0x10` are not). Symmetric. What floating point adds to a distance (`0.4` and `0.1`
 * are 0.3 apart) keeps nothing from its bound.
 */
export function numberNearness(left: string, right: string, atMost: number): number {
  if (left === right) return 1
  const a = numberOf(left)
  const b = numberOf(right)
  const distance = Math.abs(a - b)
  const rounding = 1e-12 * Math.max(Math.abs(a), Math.abs(b))
  return distance <= atMost + rounding ? 1 - Math.min(distance, atMost) / (atMost + 1) : -1
}

function numberOf(text: string): number {
  const trimmed = text.trim()
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/iu.test(trimmed) ? Number(trimmed) : Number.NaN
}
