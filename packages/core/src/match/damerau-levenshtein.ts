/**
 * Edits between two texts over code points: insertions, deletions, replacements, and swaps of neighbours, where no part is
 * edited twice (optimal string alignment; Damerau 1964, Levenshtein 1966).
 */
export function editDistance(left: string, right: string): number {
  const a = [...left]
  const b = [...right]
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + cost)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] as number) + 1)
      }
      row.push(best)
    }
    before = last
    last = row
  }
  return last[b.length] as number
}

/** 1 − edits / code points of the longer text, 0 to 1. */
export function editSimilarity(left: string, right: string): number {
  if (left === right) return 1
  return 1 - editDistance(left, right) / Math.max([...left].length, [...right].length)
}
