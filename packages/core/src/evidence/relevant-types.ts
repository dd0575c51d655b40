import { agreementTypes } from '../resolve/agreement.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'

/**
 * Types whose sightings make a difference to the answer: anchors and claims, and the attributes that rules, limits,
 * `shared_when`, fields under review and confidence read.
 */
export function relevantTypes(ruleset: Ruleset): ReadonlySet<string> {
  return new Set([...agreementTypes, ...linkingTypes(ruleset)])
}

/** The relevant types without those that confidence alone reads. Sources of derived attributes are among them. */
export function linkingTypes(ruleset: Ruleset): ReadonlySet<string> {
  const read = new Set<string>()
  for (const rule of ruleset.rules) {
    if (rule.enabled) for (const criterion of rule.match) for (const type of criterion.types) read.add(type)
  }
  for (const type of ruleset.identifiers) {
    if (type.kind !== 'attribute' || type.maxUniqueValues !== null) read.add(type.name)
    for (const condition of type.sharedWhen) read.add(condition.type)
  }
  if (ruleset.merge.strategy === 'manual_review') for (const field of ruleset.merge.reviewOnConflict) read.add(field)
  const derivations = new Map(ruleset.identifiers.map((type) => [type.name, type.derive?.from ?? []]))
  // A set gives what is added while it is walked, so that what a derived attribute is derived from is followed to its end.
  for (const type of read) for (const from of derivations.get(type) ?? []) read.add(from)
  return read
}

/** Shortest window of the enabled rules, milliseconds; Infinity: none. */
export function shortestWindow(ruleset: Ruleset): number {
  const windows = ruleset.rules.flatMap(({ enabled, withinMs }) => (enabled && withinMs !== null ? [withinMs] : []))
  return Math.min(Infinity, ...windows)
}
