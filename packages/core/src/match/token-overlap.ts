/** Words that both texts hold, divided by the words that either holds (Jaccard index of the sets), 0 to 1. */
export function tokenOverlap(left: string, right: string): number {
  if (left === right) return 1
  const a = new Set(left.split(/\s+/u).filter((word) => word !== ''))
  const b = new Set(right.split(/\s+/u).filter((word) => word !== ''))
  let both = 0
  for (const word of a) if (b.has(word)) both++
  const either = a.size + b.size - both
  return either === 0 ? 0 : both / either
}
