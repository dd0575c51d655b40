import { resolveNeighbourhood, type LiveTrace, type Ruleset } from '@selfsame/core'
import { loadNeighbourhood, tracesByProfile, type Sql } from '@selfsame/store'
import { neighbourhoodOptions } from '../engine/resolve-around.ts'
import type { SpaceRules } from '../engine/space-rules.ts'

/** The parts that a profile falls into when nobody carries a value, each with its traces; the largest first. */
export async function partsWithoutValue(
  sql: Sql,
  spaceId: string,
  profileId: string,
  { type, value }: { readonly type: string; readonly value: string },
  rules: Pick<SpaceRules, 'ruleset' | 'reach'>,
): Promise<readonly (readonly LiveTrace[])[]> {
  const own = await tracesByProfile(sql, spaceId, [profileId])
  const neighbourhood = await loadNeighbourhood(
    sql,
    spaceId,
    { drafts: new Map(), removed: new Set(), before: [], again: own, aliases: [] },
    neighbourhoodOptions({ ...rules, keyTypes: new Set(keyTypes(rules.ruleset)) }),
  )
  const lacking = (trace: LiveTrace): LiveTrace => ({
    ...trace,
    sightings: trace.sightings.filter((sighting) => sighting.type !== type || sighting.value !== value),
  })
  const resolved = await resolveNeighbourhood(
    { ...neighbourhood, traces: neighbourhood.traces.map(lacking) },
    rules.ruleset,
    ({ source, key }) => JSON.stringify([source, key]),
  )
  const parts = Map.groupBy(own, ({ id }) => resolved.profileOf.get(id) ?? '')
  const size = (traces: readonly LiveTrace[]) => traces.reduce((sum, { recordCount }) => sum + recordCount, 0)
  return [...parts.values()].sort((a, b) => size(b) - size(a) || (a[0]?.firstSeq ?? 0) - (b[0]?.firstSeq ?? 0))
}

/** Types whose values a profile is known by. */
export function keyTypes({ identifiers }: Pick<Ruleset, 'identifiers'>): readonly string[] {
  return identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name]))
}
