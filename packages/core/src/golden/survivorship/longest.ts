import { compareSeniority } from '../../evidence/record.ts'
import { shownText } from '../canonical-text.ts'
import type { Contender, Preference } from '../golden-member.ts'

/**
 * The longest value: a text by its code points, anything else by those of its canonical JSON.
 * Order: code points descending, then effectiveAt, source, record key ascending.
 */
export const longest: Preference = (a, b) => lengthOf(b) - lengthOf(a) || compareSeniority(a.member, b.member)

function lengthOf({ value }: Contender): number {
  return [...shownText(value)].length
}
