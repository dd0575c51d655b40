import type { Ruleset, Survivorship } from '@selfsame/core'
import type { Part } from '../read/part.ts'

/** Fields of the golden record in their order: identifiers and attributes by priority, then the others by name. */
export function goldenFields(parts: readonly Part[], ruleset: Ruleset): readonly string[] {
  const filled = new Set(parts.flatMap((part) => [...part.fields.keys()]))
  for (const part of parts) {
    if (part.content.kind === 'evidence')
      for (const list of part.content.sightingsOfSignature) for (const { type } of list) filled.add(type)
  }
  const listed = ruleset.identifiers
    .filter((type) => type.derive === null && type.name !== 'conversation_id' && filled.has(type.name))
    .map((type) => type.name)
  const reserved = new Set(['profile_id', 'record_count', 'source_count', 'first_seen', 'last_seen'])
  const others = [...filled].filter((field) => !ruleset.identifiers.some((type) => type.name === field))
  return [...listed, ...others.sort()].filter((field) => !reserved.has(field))
}

/** Fields that survive from the records as written: all but those of anchors and claims. */
export function fieldsOfRecords(fields: readonly string[], ruleset: Ruleset): readonly string[] {
  return fields.filter(
    (field) => (ruleset.identifiers.find((type) => type.name === field)?.kind ?? 'attribute') === 'attribute',
  )
}
/** Survivorship of a field. */
export function survivorshipOf(field: string, ruleset: Ruleset): Survivorship {
  return ruleset.merge.fields.get(field) ?? { by: ruleset.merge.strategy === 'primary' ? 'primary' : 'most_recent' }
}
