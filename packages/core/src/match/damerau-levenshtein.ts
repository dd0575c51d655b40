import { writeCodePoints } from './code-points.ts'

/**
 * Edits between two texts over code points: insertions, deletions, replacements, and swaps of neighbours. The true
 * distance (a swapped pair may be edited again: `ca` and `abc` are 2 apart), which is a metric; DuckDB gives the same
 * on ASCII.
 * F. J. Damerau, CACM 7 (1964), 171–176; R. Lowrance and R. A. Wagner, JACM 22 (1975), 177–183.
 */
export function editDistance(left: string, right: string): number {
  if (left === right) return 0
  if (left.length > room || right.length > room) makeRoom(Math.max(left.length, right.length))
  let endA = writeCodePoints(left, pointsA)
  let endB = writeCodePoints(right, pointsB)
  longest = Math.max(endA, endB)
  let start = 0
  while (start < endA && start < endB && pointsA[start] === pointsB[start]) start++
  while (endA > start && endB > start && pointsA[endA - 1] === pointsB[endB - 1]) {
    endA--
    endB--
  }
  return distanceBetween(start, endA - start, endB - start)
}

/** 1 − edits / code points of the longer text, 0 to 1; 1 for equal texts and for no others. Symmetric. */
export function editSimilarity(left: string, right: string): number {
  if (left === right) return 1
  return 1 - editDistance(left, right) / longest
}

// One pair is compared at a time, so the room for it is kept: a comparison allocates nothing.
let room = 0
let pointsA = new Int32Array(0)
let pointsB = new Int32Array(0)
/** For each place of b the first place that holds the same code point. */
let firstPlace = new Int32Array(0)
/** For each first place of b the last row of a that held its code point, 0 for none. */
let lastRow = new Int32Array(0)
/** The table of distances, row by row. */
let table = new Int32Array(0)
/** Code points of the longer text of the last pair. */
let longest = 0

function makeRoom(length: number): void {
  room = Math.max(32, 2 * length)
  pointsA = new Int32Array(room)
  pointsB = new Int32Array(room)
  firstPlace = new Int32Array(room)
  lastRow = new Int32Array(room)
}

function distanceBetween(start: number, a: number, b: number): number {
  if (a === 0 || b === 0) return a + b
  const width = b + 1
  if (table.length < width * (a + 1)) table = new Int32Array(2 * width * (a + 1))
  for (let j = 0; j < b; j++) {
    let first = 0
    while (pointsB[start + first] !== pointsB[start + j]) first++
    firstPlace[j] = first
    lastRow[j] = 0
  }
  for (let j = 0; j <= b; j++) table[j] = j
  for (let i = 1; i <= a; i++) {
    const point = pointsA[start + i - 1]
    const row = i * width
    const above = row - width
    table[row] = i
    /** Last column of this row so far that held this row's code point. */
    let lastColumn = 0
    let place = -1
    for (let j = 1; j <= b; j++) {
      const equal = pointsB[start + j - 1] === point
      let best = (table[above + j - 1] as number) + (equal ? 0 : 1)
      best = Math.min(best, (table[above + j] as number) + 1, (table[row + j - 1] as number) + 1)
      const swapRow = lastRow[firstPlace[j - 1] as number] as number
      if (swapRow > 0 && lastColumn > 0) {
        const before = table[(swapRow - 1) * width + lastColumn - 1] as number
        best = Math.min(best, before + (i - swapRow - 1) + 1 + (j - lastColumn - 1))
      }
      table[row + j] = best
      if (equal) {
        lastColumn = j
        place = firstPlace[j - 1] as number
      }
    }
    if (place >= 0) lastRow[place] = i
  }
  return table[a * width + b] as number
}
