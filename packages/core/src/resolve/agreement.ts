import { jaroWinkler } from '../match/index.ts'

/** The attributes that a candidate's agreement compares: names by Jaro–Winkler, the others by equality. */
export const agreementTypes = ['first_name', 'last_name', 'display_name', 'birth_date', 'postcode'] as const

/**
 * Mean similarity of the attributes that both sides have, 0 to 1; 0.5 where they have none in common. Of several values on
 * a side the best pair counts. Lists stand in the order of `agreementTypes`.
 */
export function agreementOf(left: readonly (readonly string[])[], right: readonly (readonly string[])[]): number {
  const similarities = agreementTypes.flatMap((type, place) => {
    const a = left[place] ?? []
    const b = right[place] ?? []
    if (a.length === 0 || b.length === 0) return []
    const compare = type === 'birth_date' || type === 'postcode' ? equality : jaroWinkler
    return [Math.max(...a.flatMap((x) => b.map((y) => compare(x, y))))]
  })
  if (similarities.length === 0) return 0.5
  return similarities.reduce((sum, similarity) => sum + similarity, 0) / similarities.length
}

function equality(a: string, b: string): number {
  return a === b ? 1 : 0
}
