import { compareText } from '../evidence/record.ts'
import type { Trace } from '../evidence/trace.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'
import { allowedTexts } from './allowed-values.ts'
import type { SharedValue } from './resolution.ts'

/**
 * The values that are shared: their verified records hold more distinct verified values of the named type than
 * `shared_when` allows. Depends on the records alone, so that no decision and no order of joins can change it.
 * Of several reasons the one of the strongest identifier is given. Sorted by type, then value.
 */
export function quarantine(traces: readonly Trace[], ruleset: Ruleset): readonly SharedValue[] {
  const position = new Map(ruleset.identifiers.map((type, index) => [type.name, index]))
  const conditionsOf = new Map(ruleset.identifiers.map((type) => [type.name, type.sharedWhen]))
  const allowedOf = new Map(ruleset.identifiers.map((type) => [type.name, allowedTexts(type, ruleset)]))
  const found = new Map<string, { type: string; value: string; heldByType: Map<string, Set<string>> }>()
  for (const trace of traces) {
    const verified = trace.sightings.filter((sighting) => sighting.verified)
    for (const { type, value } of verified) {
      const conditions = conditionsOf.get(type) ?? []
      if (conditions.length === 0 || allowedOf.get(type)?.has(value)) continue
      const key = `${position.get(type)}:${value}`
      const entry = found.get(key) ?? { type, value, heldByType: new Map<string, Set<string>>() }
      found.set(key, entry)
      for (const condition of conditions) {
        const held = entry.heldByType.get(condition.type) ?? new Set<string>()
        entry.heldByType.set(condition.type, held)
        for (const sighting of verified) if (sighting.type === condition.type) held.add(sighting.value)
      }
    }
  }
  const shared = [...found.values()].flatMap(({ type, value, heldByType }): SharedValue[] => {
    const broken = (conditionsOf.get(type) ?? [])
      .map((condition) => ({ ...condition, count: heldByType.get(condition.type)?.size ?? 0 }))
      .filter(({ count, moreThan }) => count > moreThan)
      .sort((a, b) => (position.get(a.type) ?? 0) - (position.get(b.type) ?? 0))
    const [first] = broken
    return first ? [{ type, value, because: first.type, count: first.count, limit: first.moreThan }] : []
  })
  return shared.sort(
    (a, b) => (position.get(a.type) ?? 0) - (position.get(b.type) ?? 0) || compareText(a.value, b.value),
  )
}
