import type { LiveTrace, PositiveDecision, RecordRef, Ruleset, Suggestion } from '@selfsame/core'
import type { StoredAlias } from '@selfsame/store'

/**
 * The decision that an `alias` call of a server source stands for, between everybody who holds the ids now; null: one side
 * has no holder yet, or the source is public.
 */
export function decisionOfAlias(
  { source, record_key, at, user_id, previous_id }: StoredAlias,
  traces: readonly LiveTrace[],
  ruleset: Ruleset,
): PositiveDecision | null {
  if (ruleset.sources.get(source)?.class === 'public') return null
  const survivor = holders(traces, ['user_id'], user_id)
  const session = holders(traces, ['anonymous_id', 'user_id'], previous_id)
  if (survivor.length === 0 || session.length === 0) return null
  return {
    id: `alias:${source}:${record_key}`,
    kind: 'merge',
    actor: `source:${source}`,
    at,
    reason: 'alias call',
    survivor,
    session,
    confirmed: null,
    pinned: [],
  }
}

/** What an `alias` call of a public source suggests between everybody who holds the ids now; null: nothing, or it decides. */
export function suggestionOfAlias(
  { source, record_key, user_id, previous_id }: StoredAlias,
  traces: readonly LiveTrace[],
  ruleset: Ruleset,
): Suggestion | null {
  if (ruleset.sources.get(source)?.class !== 'public') return null
  const survivor = holders(traces, ['user_id'], user_id)
  const session = holders(traces, ['anonymous_id', 'user_id'], previous_id)
  if (survivor.length === 0 || session.length === 0) return null
  const type = holders(traces, ['anonymous_id'], previous_id).length > 0 ? 'anonymous_id' : 'user_id'
  return { id: `alias:${source}:${record_key}`, survivor, survivorType: 'user_id', session, type, value: previous_id }
}

/** The senior record of every trace that holds the value, by trace id. */
function holders(traces: readonly LiveTrace[], types: readonly string[], value: string): readonly RecordRef[] {
  return traces
    .filter((trace) => trace.sightings.some((sighting) => types.includes(sighting.type) && sighting.value === value))
    .map((trace) => ({ source: trace.source, key: trace.seniorKey }))
}
