/**
 * Jaro similarity of two texts over Unicode code points, 0 to 1; 1 for equal texts, 0 where one of them is empty.
 * M. A. Jaro, "Advances in Record-Linkage Methodology", JASA 84 (1989), 414–420.
 */
export function jaro(left: string, right: string): number {
  if (left === right) return 1
  const a = codePoints(left, scratchA)
  const b = codePoints(right, scratchB)
  if (a === 0 || b === 0) return 0
  const reach = Math.max(0, Math.floor(Math.max(a, b) / 2) - 1)
  matchedA.fill(0, 0, a)
  matchedB.fill(0, 0, b)
  let matches = 0
  for (let i = 0; i < a; i++) {
    const end = Math.min(b - 1, i + reach)
    for (let j = Math.max(0, i - reach); j <= end; j++) {
      if (matchedB[j] === 1 || scratchA[i] !== scratchB[j]) continue
      matchedA[i] = 1
      matchedB[j] = 1
      matches++
      break
    }
  }
  if (matches === 0) return 0
  let transposed = 0
  for (let i = 0, j = 0; i < a; i++) {
    if (matchedA[i] === 0) continue
    while (matchedB[j] === 0) j++
    if (scratchA[i] !== scratchB[j]) transposed++
    j++
  }
  return (matches / a + matches / b + (matches - transposed / 2) / matches) / 3
}

/**
 * Jaro–Winkler similarity, 0 to 1: Jaro raised by 0.1 for each of at most four equal leading code points. As Winkler's own
 * program and DuckDB do, the prefix counts only where Jaro is above 0.7.
 * W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi–Sunter Model" (1990).
 */
export function jaroWinkler(left: string, right: string): number {
  const similarity = jaro(left, right)
  if (similarity <= 0.7 || similarity === 1) return similarity
  let prefix = 0
  while (prefix < 4 && scratchA[prefix] === scratchB[prefix] && (scratchA[prefix] ?? 0) !== 0) prefix++
  return similarity + prefix * 0.1 * (1 - similarity)
}

/** Identifier values are at most 1 kB of UTF-8; longer texts are compared by their first code points. */
const longest = 1024
const scratchA = new Int32Array(longest + 1)
const scratchB = new Int32Array(longest + 1)
const matchedA = new Uint8Array(longest)
const matchedB = new Uint8Array(longest)

function codePoints(text: string, into: Int32Array): number {
  let count = 0
  for (let i = 0; i < text.length && count < longest; i++) {
    const point = text.codePointAt(i) as number
    if (point > 0xffff) i++
    into[count++] = point
  }
  into[count] = 0
  return count
}
