import type { ComparatorName, Criterion, SimilarCriterion } from '../ruleset/ruleset.ts'
import { editDistance, editSimilarity } from './damerau-levenshtein.ts'
import { dateNearness } from './date-within.ts'
import { jaroWinkler } from './jaro-winkler.ts'
import { nicknameSimilarity } from './nickname.ts'
import { numberNearness } from './number-within.ts'
import { personNameSimilarity } from './person-name.ts'
import { tokenOverlap } from './token-overlap.ts'

/** Similarity of two standardized values, 0 to 1, or −1 where the criterion is not met. Symmetric. */
export type Comparer = (left: string, right: string) => number

/**
 * Compiles how a criterion compares; its filters are another matter (`compileFilter`). Bounds are inclusive, and a
 * similarity that rounding has left 1e-9 below its bound still meets it.
 */
export function criterionComparer(criterion: Criterion): Comparer {
  if (criterion.how === 'exact') return (left, right) => (left === right ? 1 : -1)
  const { by, atMost } = criterion
  if (by === 'date_within') return (left, right) => dateNearness(left, right, atMost ?? 0)
  if (by === 'number_within') return (left, right) => numberNearness(left, right, atMost ?? 0)
  const atLeast = (criterion.atLeast ?? smallestSimilarity(criterion)) - rounding
  if (by === 'damerau_levenshtein' && atMost !== null) {
    return (left, right) => {
      if (editDistance(left, right) > atMost) return -1
      const similarity = editSimilarity(left, right)
      return similarity >= atLeast ? similarity : -1
    }
  }
  const similarityOfPair = comparatorOf(by)
  return (left, right) => {
    const similarity = similarityOfPair(left, right)
    return similarity >= atLeast ? similarity : -1
  }
}

/** The similarity of two standardized values, 0 to 1, and whether it meets the criterion. */
export function compareValues(
  criterion: Criterion,
  left: string,
  right: string,
): { readonly similarity: number; readonly passes: boolean } {
  const compared = criterionComparer(criterion)(left, right)
  if (compared >= 0) return { similarity: compared, passes: true }
  return { similarity: criterion.how === 'exact' ? 0 : similarityOf(criterion, left, right), passes: false }
}

/**
 * The similarity itself, whether it suffices or not, for showing it; 0 beyond the bound of a distance in time or
 * number.
 */
export function similarityOf(criterion: SimilarCriterion, left: string, right: string): number {
  const { by } = criterion
  if (by === 'date_within' || by === 'number_within') return Math.max(0, criterionComparer(criterion)(left, right))
  return comparatorOf(by)(left, right)
}

const rounding = 1e-9

/** Where no bound is named: any similarity for a bound in edits, equality for everything else. */
function smallestSimilarity({ by, atMost }: SimilarCriterion): number {
  return by === 'damerau_levenshtein' && atMost !== null ? 0 : 1
}

function comparatorOf(name: Exclude<ComparatorName, 'date_within' | 'number_within'>): Comparer {
  switch (name) {
    case 'jaro_winkler':
      return jaroWinkler
    case 'damerau_levenshtein':
      return editSimilarity
    case 'token_overlap':
      return tokenOverlap
    case 'nickname':
      return nicknameSimilarity
    case 'person_name':
      return personNameSimilarity
  }
}
