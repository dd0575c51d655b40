import type { Trace } from '../evidence/trace.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'

/**
 * Values that more traces than `crowdAbove` carry unverified, as JSON of type and value: strangers who type an address they
 * have seen, or a form that fills in a sample. Their unverified sightings meet nobody, so that a flood costs neither time nor
 * the attention of whoever reviews. Depends on the records alone; verified sightings of the value are as ever.
 */
export function crowdedValues(
  traces: readonly Trace[],
  { identifiers, crowdAbove }: Pick<Ruleset, 'identifiers' | 'crowdAbove'>,
): ReadonlySet<string> {
  const keyTypes = new Set(identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name])))
  const counts = new Map<string, number>()
  for (const { sightings } of traces) {
    for (const { type, value, verified } of sightings) {
      if (verified || !keyTypes.has(type)) continue
      const key = JSON.stringify([type, value])
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  return new Set([...counts].flatMap(([key, count]) => (count > crowdAbove ? [key] : [])))
}
