import { stagesOf } from '../resolve/stages.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'

/** Where a value of a type leads: to the holders of the same text under these types. */
export interface Reach {
  /** true: only from a verified sighting to verified ones. */
  readonly verifiedOnly: boolean
  readonly types: readonly string[]
}

/**
 * How the neighbourhood of a trace grows, by type. A link of a rule, strong or weak, needs a value in common for its first
 * exact criterion; what is shared depends on the verified holders of a value. A neighbourhood closed under these is resolved
 * by itself.
 */
export function reachOf(ruleset: Ruleset): ReadonlyMap<string, Reach> {
  const reach = new Map<string, Reach>()
  for (const { name, sharedWhen } of ruleset.identifiers) {
    if (sharedWhen.length > 0) reach.set(name, { verifiedOnly: true, types: [name] })
  }
  for (const { rule } of stagesOf(ruleset)) {
    const types = rule.match.find((criterion) => criterion.how === 'exact')?.types ?? []
    for (const name of types) {
      reach.set(name, { verifiedOnly: false, types: [...new Set([...(reach.get(name)?.types ?? []), ...types])] })
    }
  }
  return reach
}
