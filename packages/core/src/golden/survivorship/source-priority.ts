import type { Preference } from '../golden-member.ts'
import { mostRecent } from './most-recent.ts'

/**
 * The value of the first source of the list that has one. Order: place of the source in the list (sources that are not
 * listed come after it, all alike), then as `most_recent`: effectiveAt descending, source, record key.
 */
export function sourcePriority(sources: readonly string[]): Preference {
  const placeOf = new Map(sources.map((source, place) => [source, place]))
  const rankOf = (source: string) => placeOf.get(source) ?? sources.length
  return (a, b) => rankOf(a.member.source) - rankOf(b.member.source) || mostRecent(a, b)
}
