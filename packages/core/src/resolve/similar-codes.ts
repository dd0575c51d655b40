import { criterionComparer } from '../match/index.ts'
import type { SimilarCriterion } from '../ruleset/ruleset.ts'

/**
 * Visits the pairs of texts that meet a similar criterion, by their places, `i < j`. Finds the same pairs as asking for every
 * one, but asks only those that may suffice: for Jaro–Winkler and edits by lengths, first letters and letters in common,
 * for words in common by the words. Other comparators are asked for every pair.
 */
export function forEachSimilarPair(
  criterion: SimilarCriterion,
  texts: readonly string[],
  visit: (i: number, j: number) => void,
): void {
  const compare = criterionComparer(criterion)
  const ask = (i: number, j: number) => {
    if (compare(texts[i] as string, texts[j] as string) >= 0) visit(i, j)
  }
  const { by, atLeast, atMost } = criterion
  if (by === 'jaro_winkler') return pairsByLetters(texts, jaroWinklerSuffices(atLeast ?? 1), ask)
  if (by === 'damerau_levenshtein') return pairsByLetters(texts, editsSuffice(atLeast, atMost), ask)
  if (by === 'token_overlap' && (atLeast ?? 1) > slack) return pairsByWords(texts, ask)
  for (let i = 0; i < texts.length; i++) for (let j = i + 1; j < texts.length; j++) ask(i, j)
}

/** Whether two texts may suffice, given their lengths, the letters of their common beginning (0–4) and at most so many in common. */
type Suffices = (a: number, b: number, prefix: number, common: number) => boolean

const slack = 1e-6

/** Jaro is at most (m / a + m / b + 1) / 3 where m letters match, and Winkler raises it by the prefix where it is above 0.7. */
function jaroWinklerSuffices(atLeast: number): Suffices {
  const neededJaro = [0, 1, 2, 3, 4].map((prefix) =>
    atLeast <= 0.7 ? atLeast : Math.max(0.7, (atLeast - 0.1 * prefix) / (1 - 0.1 * prefix)),
  )
  const needed = neededJaro.map((jaro) => 3 * jaro - 1 - slack)
  // An empty text makes the sum no number, and is asked.
  return (a, b, prefix, common) => !(common * (1 / a + 1 / b) < (needed[prefix] as number))
}

/** Every edit but a swap changes the letters of a text by one at most, and a swap by none. */
function editsSuffice(atLeast: number | null, atMost: number | null): Suffices {
  return (a, b, _prefix, common) => {
    const longer = a > b ? a : b
    const edits = longer - common
    return (atMost === null || edits <= atMost) && (atLeast === null || edits <= (1 - atLeast) * longer + slack)
  }
}

/**
 * Letters fall into 32 kinds. `once` says which kinds a text holds, `more` counts its letters beyond one of each; `twice` and
 * `rest` go one step further. What two texts have in common by kinds is never less than what they have in common by letters.
 * Texts stand by their first letter, because those that begin alike need less in common.
 */
function pairsByLetters(texts: readonly string[], suffices: Suffices, ask: (i: number, j: number) => void): void {
  const count = texts.length
  const points = texts.map((text) => Int32Array.from(text, (letter) => letter.codePointAt(0) as number))
  const order = [...texts.keys()].sort((a, b) => (points[a]?.[0] ?? -1) - (points[b]?.[0] ?? -1) || a - b)
  const lengths = new Int32Array(count)
  const once = new Int32Array(count)
  const more = new Int32Array(count)
  const twice = new Int32Array(count)
  const rest = new Int32Array(count)
  const heads = new Int32Array(4 * count).fill(-1)
  order.forEach((text, place) => {
    const letters = points[text] as Int32Array
    lengths[place] = letters.length
    heads.set(letters.subarray(0, 4), 4 * place)
    for (const point of letters) {
      const bit = 1 << (point & 31)
      if (((once[place] as number) & bit) === 0) {
        once[place] = (once[place] as number) | bit
        continue
      }
      more[place] = (more[place] as number) + 1
      if (((twice[place] as number) & bit) === 0) twice[place] = (twice[place] as number) | bit
      else rest[place] = (rest[place] as number) + 1
    }
  })
  const leastAlike = leastInCommon(suffices, 4)
  const leastApart = leastInCommon(suffices, 0)
  for (let i = 0, endOfLetter = 0; i < count; i++) {
    while (endOfLetter < count && (endOfLetter <= i || heads[4 * endOfLetter] === heads[4 * i])) endOfLetter++
    const row = Math.min(lengths[i] as number, longestInTable) * (longestInTable + 1)
    const onceHere = once[i] as number
    const moreHere = more[i] as number
    for (let j = i + 1; j < count; j++) {
      const there = lengths[j] as number
      const least = (j < endOfLetter ? leastAlike : leastApart)[
        row + (there < longestInTable ? there : longestInTable)
      ] as number
      const kinds = bitsOf(onceHere & (once[j] as number))
      const moreThere = more[j] as number
      if (kinds + (moreHere < moreThere ? moreHere : moreThere) < least) continue
      const common =
        kinds + bitsOf((twice[i] as number) & (twice[j] as number)) + Math.min(rest[i] as number, rest[j] as number)
      if (common < least) continue
      let prefix = 0
      while (prefix < 4 && heads[4 * i + prefix] === heads[4 * j + prefix] && (heads[4 * i + prefix] as number) >= 0)
        prefix++
      if (!suffices(lengths[i] as number, there, prefix, common)) continue
      const left = order[i] as number
      const right = order[j] as number
      if (left < right) ask(left, right)
      else ask(right, left)
    }
  }
}

const longestInTable = 63

/** By two lengths the fewest letters in common that may suffice with such a prefix; 0 where a text is longer than the table. */
function leastInCommon(suffices: Suffices, prefix: number): Uint8Array {
  const least = new Uint8Array((longestInTable + 1) ** 2)
  for (let a = 1; a < longestInTable; a++) {
    for (let b = 1; b < longestInTable; b++) {
      let common = 0
      while (common <= Math.min(a, b) && !suffices(a, b, prefix, common)) common++
      least[a * (longestInTable + 1) + b] = common
    }
  }
  return least
}

function bitsOf(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** Texts without a word in common have no overlap at all, unless they are equal. */
function pairsByWords(texts: readonly string[], ask: (i: number, j: number) => void): void {
  const holders = new Map<string, number[]>()
  texts.forEach((text, place) => {
    const words = new Set(text.split(/\s+/u).filter((word) => word !== ''))
    const seen = new Set<number>()
    for (const word of words) {
      const known = holders.get(word)
      if (!known) {
        holders.set(word, [place])
        continue
      }
      for (const other of known) seen.add(other)
      known.push(place)
    }
    for (const other of seen) ask(other, place)
  })
}
