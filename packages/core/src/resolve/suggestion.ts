import type { RecordRef } from '../evidence/record.ts'

/**
 * Somebody who may not decide says that two ids belong to one person: an `alias` call of a public source. It never joins
 * anybody, and a person is asked.
 */
export interface Suggestion {
  readonly id: string
  /** Holders of the id that is known, and its type. */
  readonly survivor: readonly RecordRef[]
  readonly survivorType: string
  /** Holders of the id that is said to be the same person's, with its type and value. */
  readonly session: readonly RecordRef[]
  readonly type: string
  readonly value: string
}

/** A pair that a suggestion names, clusters by number. */
export interface SuggestedPair {
  readonly suggestion: Suggestion
  readonly survivor: number
  readonly session: number
  /** Traces of the session side that hold the id. */
  readonly carrying: readonly number[]
  /** Profiles that hold the id. */
  readonly holders: number
  /** Whether one of the carrying sightings is verified. */
  readonly verified: boolean
}

/** How a resolution is asked. */
export interface SuggestionView {
  traceOf(source: string, key: string): number | undefined
  clusterOf(trace: number): number
  isProfile(cluster: number): boolean
  /** Whether the trace holds a verified sighting of the type. */
  isVerified(trace: number, type: string): boolean
}

/**
 * The pairs of profiles that suggestions name: each profile that holds the one id with the most senior profile that holds the
 * other, those that hold it verified first.
 */
export function suggestedPairs(
  suggestions: readonly Suggestion[],
  { traceOf, clusterOf, isProfile, isVerified }: SuggestionView,
): readonly SuggestedPair[] {
  const tracesOf = (refs: readonly RecordRef[]) =>
    [...new Set(refs.flatMap(({ source, key }) => traceOf(source, key) ?? []))].sort((a, b) => a - b)
  return suggestions.flatMap((suggestion): SuggestedPair[] => {
    const known = tracesOf(suggestion.survivor).filter((trace) => isProfile(clusterOf(trace)))
    const verified = known.filter((trace) => isVerified(trace, suggestion.survivorType))
    const owners = (verified.length > 0 ? verified : known).map(clusterOf)
    if (owners.length === 0) return []
    const survivor = Math.min(...owners)
    const carryingBy = Map.groupBy(tracesOf(suggestion.session), clusterOf)
    const holders = [...carryingBy.keys()].filter(isProfile)
    return holders
      .filter((session) => !owners.includes(session))
      .map((session): SuggestedPair => {
        const carrying = carryingBy.get(session) ?? []
        const isTrusted = carrying.some((trace) => isVerified(trace, suggestion.type))
        return { suggestion, survivor, session, carrying, holders: holders.length, verified: isTrusted }
      })
  })
}
