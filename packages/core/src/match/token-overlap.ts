/**
 * Words that both texts hold, divided by the words that either holds, 0 to 1. Symmetric; 1 for texts of the same words,
 * whatever their order and number.
 * The Jaccard index of the two sets of words: P. Jaccard, Bulletin de la Société vaudoise des sciences naturelles 37
 * (1901).
 */
export function tokenOverlap(left: string, right: string): number {
  if (left === right) return 1
  const a = wordsOf(left)
  const b = wordsOf(right)
  let both = 0
  for (const word of a) if (b.has(word)) both++
  const either = a.size + b.size - both
  return either === 0 ? 0 : both / either
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/u).filter((word) => word !== ''))
}
