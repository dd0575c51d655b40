import type { ComparatorName, Criterion, SimilarCriterion } from '../ruleset/ruleset.ts'
import { editDistance, editSimilarity } from './damerau-levenshtein.ts'
import { jaroWinkler } from './jaro-winkler.ts'
import { nicknameSimilarity } from './nickname.ts'
import { tokenOverlap } from './token-overlap.ts'
import { dateNearness, numberNearness } from './within.ts'

/** Similarity of two standardized values, 0 to 1, or −1 where the criterion is not met. Symmetric. */
export type Comparer = (left: string, right: string) => number

/** Compiles a criterion. Bounds are inclusive; a similarity a rounding error (1e-9) below its bound still meets it. */
export function criterionComparer(criterion: Criterion): Comparer {
  if (criterion.how === 'exact') return (left, right) => (left === right ? 1 : -1)
  const { by, atMost } = criterion
  const atLeast = (criterion.atLeast ?? 0) - 1e-9
  const plain = plainComparator(by)
  if (plain) {
    if (by === 'damerau_levenshtein' && atMost !== null) {
      return (left, right) => (editDistance(left, right) <= atMost ? editSimilarity(left, right) : -1)
    }
    return (left, right) => {
      const similarity = plain(left, right)
      return similarity >= atLeast && similarity > 0 ? similarity : -1
    }
  }
  const near = by === 'date_within' ? dateNearness : numberNearness
  return (left, right) => near(left, right, atMost ?? 0)
}

/** The similarity itself, whether it suffices or not, for showing it. */
export function similarityOf(criterion: SimilarCriterion, left: string, right: string): number {
  const plain = plainComparator(criterion.by)
  return plain ? plain(left, right) : Math.max(0, criterionComparer(criterion)(left, right))
}

function plainComparator(name: ComparatorName): ((left: string, right: string) => number) | null {
  switch (name) {
    case 'jaro_winkler':
      return jaroWinkler
    case 'damerau_levenshtein':
      return editSimilarity
    case 'token_overlap':
      return tokenOverlap
    case 'nickname':
      return nicknameSimilarity
    case 'date_within':
    case 'number_within':
      return null
  }
}
