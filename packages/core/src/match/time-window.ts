/**
 * Whether two traces may have met: some moment of one lies at most `withinMs` (inclusive) from some moment of the
 * other. Symmetric. A trace holds no gap longer than the shortest window, so its span stands for its records.
 */
export function withinWindow(aFirst: number, aLast: number, bFirst: number, bLast: number, withinMs: number): boolean {
  return bFirst - aLast <= withinMs && aFirst - bLast <= withinMs
}
