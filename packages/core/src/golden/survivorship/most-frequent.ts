import { compareSeniority } from '../../evidence/record.ts'
import { canonicalText } from '../canonical-text.ts'
import type { Contender, Preference } from '../golden-member.ts'

/**
 * The value that most records hold. Values are the same where their canonical JSON is: `"1"` and `1` are two values.
 * Order: records that hold the value descending, then effectiveAt, source, record key of the record ascending; so that
 * of two values as frequent the one survives whose most senior record is senior.
 */
export function mostFrequent(contenders: readonly Contender[]): Preference {
  const countByText = new Map<string, number>()
  const textOf = new Map<Contender, string>()
  for (const contender of contenders) {
    const text = canonicalText(contender.value)
    textOf.set(contender, text)
    countByText.set(text, (countByText.get(text) ?? 0) + 1)
  }
  const countOf = (contender: Contender) => countByText.get(textOf.get(contender) ?? '') ?? 0
  return (a, b) => countOf(b) - countOf(a) || compareSeniority(a.member, b.member)
}
