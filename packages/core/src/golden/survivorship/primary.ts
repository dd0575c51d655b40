import { compareSeniority, type RecordRef } from '../../evidence/record.ts'
import { blankness } from '../blank.ts'
import type { GoldenMember, Preference } from '../golden-member.ts'

/**
 * The value of the primary side, and of the other records where it has none. The primary side is what a decision named
 * the survivor; without one it is the oldest record, or the most complete.
 *
 * Order: named by the decision before not named, then (`most_complete` only) fields filled descending, then
 * effectiveAt, source, record key ascending. Filled are the fields of a record that hold neither null nor an empty
 * text.
 */
export function primaryFirst(
  members: readonly GoldenMember[],
  primarySide: readonly RecordRef[],
  otherwise: 'oldest' | 'most_complete',
): Preference {
  const placeOf = new Map<GoldenMember, number>()
  const named = new Set(primarySide.map(refText))
  const inOrder = members
    .map((member) => ({
      member,
      side: named.has(refText(member)) ? 0 : 1,
      filled: otherwise === 'most_complete' ? filledFields(member) : 0,
    }))
    .sort((a, b) => a.side - b.side || b.filled - a.filled || compareSeniority(a.member, b.member))
  inOrder.forEach(({ member }, place) => placeOf.set(member, place))
  return (a, b) => (placeOf.get(a.member) ?? 0) - (placeOf.get(b.member) ?? 0)
}

function filledFields(member: GoldenMember): number {
  let filled = 0
  for (const value of member.fields.values()) if (blankness(value) === 0) filled++
  return filled
}

function refText({ source, key }: RecordRef): string {
  return JSON.stringify([source, key])
}
