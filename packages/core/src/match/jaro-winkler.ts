import { writeCodePoints } from './code-points.ts'

/**
 * Jaro similarity of two texts over Unicode code points, 0 to 1; 1 for equal texts and for no others, 0 where one of
 * them is empty. Symmetric. Half transpositions are dropped, as in Winkler's own program (`strcmp95.c`) and in DuckDB,
 * with which it agrees on ASCII.
 * M. A. Jaro, "Advances in Record-Linkage Methodology", JASA 84 (1989), 414–420.
 */
export function jaro(left: string, right: string): number {
  return left === right ? 1 : jaroOfDifferent(left, right)
}

/**
 * Jaro–Winkler similarity, 0 to 1: Jaro raised by 0.1 for each of at most four equal leading code points. As in
 * Winkler's own program and in DuckDB the prefix counts only where Jaro is above 0.7. Symmetric; 1 for equal texts and
 * for no others.
 * W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the Fellegi–Sunter Model" (1990).
 */
export function jaroWinkler(left: string, right: string): number {
  if (left === right) return 1
  const similarity = jaroOfDifferent(left, right)
  if (similarity <= 0.7) return similarity
  const end = Math.min(longestPrefix, lengthA, lengthB)
  let prefix = 0
  while (prefix < end && pointsA[prefix] === pointsB[prefix]) prefix++
  return similarity + prefix * prefixScale * (1 - similarity)
}

const prefixScale = 0.1
const longestPrefix = 4

// One pair is compared at a time, so the room for it is kept: a comparison allocates nothing.
let room = 0
let pointsA = new Int32Array(0)
let pointsB = new Int32Array(0)
let takenB = new Uint8Array(0)
let matchesA = new Int32Array(0)
let lengthA = 0
let lengthB = 0

function makeRoom(length: number): void {
  room = Math.max(64, 2 * length)
  pointsA = new Int32Array(room)
  pointsB = new Int32Array(room)
  takenB = new Uint8Array(room)
  matchesA = new Int32Array(room)
}

function jaroOfDifferent(left: string, right: string): number {
  if (left.length > room || right.length > room) makeRoom(Math.max(left.length, right.length))
  const a = writeCodePoints(left, pointsA)
  const b = writeCodePoints(right, pointsB)
  lengthA = a
  lengthB = b
  if (a === 0 || b === 0) return 0
  const reach = Math.max(0, (Math.max(a, b) >> 1) - 1)
  for (let j = 0; j < b; j++) takenB[j] = 0
  let matches = 0
  for (let i = 0; i < a; i++) {
    const point = pointsA[i]
    const end = Math.min(b - 1, i + reach)
    for (let j = Math.max(0, i - reach); j <= end; j++) {
      if (pointsB[j] !== point || takenB[j] === 1) continue
      takenB[j] = 1
      matchesA[matches++] = point as number
      break
    }
  }
  if (matches === 0) return 0
  let outOfOrder = 0
  for (let j = 0, k = 0; k < matches; j++) {
    if (takenB[j] === 0) continue
    if (pointsB[j] !== matchesA[k]) outOfOrder++
    k++
  }
  return (matches / a + matches / b + (matches - (outOfOrder >> 1)) / matches) / 3
}
