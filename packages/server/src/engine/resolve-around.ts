import { resolveNeighbourhood, type ResolvedNeighbourhood } from '@selfsame/core'
import {
  loadNeighbourhood,
  valueText,
  type Disturbance,
  type LoadedNeighbourhood,
  type NeighbourhoodOptions,
  type SpaceRow,
  type Sql,
} from '@selfsame/store'
import { decisionOfAlias, suggestionOfAlias } from './alias-decision.ts'
import { profileIdMaker } from './ids.ts'
import type { SpaceRules } from './space-rules.ts'

export interface ResolvedAround {
  readonly neighbourhood: LoadedNeighbourhood
  readonly resolved: ResolvedNeighbourhood
}

/**
 * Resolves what a disturbance touches. Where a value turns out to be shared, or shared no longer, everybody who holds it is
 * looked at, also those whom it could never have linked: it is shown as shared on them.
 */
export async function resolveAround(
  sql: Sql,
  space: Pick<SpaceRow, 'spaceId' | 'secret'>,
  disturbance: Omit<Disturbance, 'turned'>,
  rules: SpaceRules,
): Promise<ResolvedAround> {
  const options = neighbourhoodOptions(rules)
  const idOf = profileIdMaker(space.secret)
  const turned = new Map<string, { readonly type: string; readonly value: string }>()
  for (;;) {
    const neighbourhood = await loadNeighbourhood(
      sql,
      space.spaceId,
      { ...disturbance, turned: [...turned.values()] },
      options,
    )
    const resolved = await resolveNeighbourhood(neighbourhood, rules.ruleset, idOf)
    const before = new Set(neighbourhood.sharedBefore.map(valueText))
    const after = new Set(resolved.shared.map(valueText))
    const fresh = [
      ...resolved.shared.filter((value) => !before.has(valueText(value))),
      ...neighbourhood.sharedBefore.filter((value) => !after.has(valueText(value)) && !isKnown(neighbourhood, value)),
    ].filter((value) => rules.reach.get(value.type)?.verifiedOnly === true && !turned.has(valueText(value)))
    if (fresh.length === 0) return { neighbourhood, resolved }
    for (const value of fresh) turned.set(valueText(value), value)
  }
}

/** How neighbourhoods of a space grow. */
export function neighbourhoodOptions({
  ruleset,
  reach,
  keyTypes,
}: Pick<SpaceRules, 'ruleset' | 'reach' | 'keyTypes'>): NeighbourhoodOptions {
  return {
    reach,
    keyTypes,
    crowdAbove: ruleset.crowdAbove,
    decisionOfAlias: (alias, traces) => decisionOfAlias(alias, traces, ruleset),
    suggestionOfAlias: (alias, traces) => suggestionOfAlias(alias, traces, ruleset),
  }
}

function isKnown({ shared }: LoadedNeighbourhood, value: { readonly type: string; readonly value: string }): boolean {
  return shared.some((one) => valueText(one) === valueText(value))
}
