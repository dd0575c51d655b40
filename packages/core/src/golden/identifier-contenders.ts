import { blankness } from './blank.ts'
import type { Contender, GoldenMember } from './golden-member.ts'

/**
 * What may survive as an anchor or a claim: its active values, verified ones alone where there are any. A value that
 * any record of the profile shows verified counts as verified on all of them. Where no value is active, records that
 * left the field blank say so; demoted, shared, inactive and blocked values never survive.
 */
export function identifierContenders(
  type: string,
  members: readonly GoldenMember[],
  isActive: (type: string, value: string) => boolean,
  isConfirmed: (type: string, value: string) => boolean,
): readonly Contender[] {
  const verified = new Set<string>()
  const active: { readonly member: GoldenMember; readonly value: string }[] = []
  for (const member of members) {
    for (const sighting of member.sightings) {
      if (sighting.type !== type || !isActive(type, sighting.value)) continue
      active.push({ member, value: sighting.value })
      if (sighting.verified || isConfirmed(type, sighting.value)) verified.add(sighting.value)
    }
  }
  if (active.length > 0) return verified.size > 0 ? active.filter(({ value }) => verified.has(value)) : active
  return members.flatMap((member) => {
    const value = member.fields.get(type)
    return value !== undefined && blankness(value) !== 0 ? [{ member, value }] : []
  })
}
