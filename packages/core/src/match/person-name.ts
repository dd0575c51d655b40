import { compareText } from '../evidence/record.ts'
import { fold } from '../standardize/text.ts'
import { jaroWinkler } from './jaro-winkler.ts'
import { nicknameSimilarity } from './nickname.ts'

/**
 * How alike two names of a person are, 0 to 1, whatever the order of their words. Symmetric; 1 for names of the same words.
 *
 * Each word of the name with fewer words is paired with another word of the other name, the best pairs first: equal words
 * count 1, short forms of one name 0.95, an initial and a word that begins with it 0.85, and words whose Jaro–Winkler
 * similarity is at least 0.88 (that of `fuzzy_medium`) that similarity. The sum is divided by the number of words of the shorter name and a fifth of
 * the words left over, so that a middle name written on one side alone weighs little. Case and accents do not count.
 * After A. E. Monge and C. P. Elkan, "The field matching problem", KDD (1996), 267–270, with pairs that use each word once.
 */
export function personNameSimilarity(left: string, right: string): number {
  if (left === right) return 1
  const [fewer, more] = inOrder(wordsOf(left), wordsOf(right))
  if (fewer.length === 0) return 0
  const pairs = fewer
    .flatMap((word, i) => more.map((other, j) => ({ i, j, similarity: wordSimilarity(word, other) })))
    .filter((pair) => pair.similarity > 0)
    .sort((a, b) => b.similarity - a.similarity || a.i - b.i || a.j - b.j)
  const taken = new Set<number>()
  const takenOther = new Set<number>()
  let sum = 0
  for (const { i, j, similarity } of pairs) {
    if (taken.has(i) || takenOther.has(j)) continue
    taken.add(i)
    takenOther.add(j)
    sum += similarity
  }
  return sum / (fewer.length + (more.length - fewer.length) * weightOfLeftOver)
}

const weightOfLeftOver = 0.2
const weightOfNickname = 0.95
const weightOfInitial = 0.85
const smallestLikeness = 0.88
/** A name of more words is a sentence; the rest of it is not looked at. */
const mostWords = 12

function wordSimilarity(left: string, right: string): number {
  if (left === right) return 1
  if (nicknameSimilarity(left, right) === 1) return weightOfNickname
  if (left.length === 1 || right.length === 1) return left[0] === right[0] ? weightOfInitial : 0
  const likeness = jaroWinkler(left, right)
  return likeness >= smallestLikeness ? likeness : 0
}

/** The shorter name first, of equally long ones the one that sorts first: both orders are then computed alike. */
function inOrder(a: readonly string[], b: readonly string[]): readonly [readonly string[], readonly string[]] {
  const order = a.length - b.length || compareText(a.join(' '), b.join(' '))
  return order <= 0 ? [a, b] : [b, a]
}

function wordsOf(name: string): readonly string[] {
  return fold(name)
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, mostWords)
}
