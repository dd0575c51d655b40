import { compareText } from '../evidence/record.ts'
import type { IdentifierType } from '../ruleset/ruleset.ts'
import type { GoldenMember } from './golden-member.ts'

/**
 * Fields that some record holds, in the order in which a golden record shows them: identifiers and attributes by
 * priority, then the others by name in code point order. Derived attributes are no fields, and neither is
 * `conversation_id`, which names a conversation of one source rather than the person.
 */
export function goldenFieldOrder(
  members: readonly GoldenMember[],
  identifiers: readonly IdentifierType[],
): readonly string[] {
  const held = new Set<string>()
  for (const { fields, sightings } of members) {
    for (const field of fields.keys()) held.add(field)
    for (const { type } of sightings) held.add(type)
  }
  const listed = identifiers.flatMap(({ name, derive }) => {
    const present = held.delete(name)
    return present && derive === null && name !== 'conversation_id' ? [name] : []
  })
  return [...listed, ...[...held].sort(compareText)]
}
