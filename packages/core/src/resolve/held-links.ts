import type { Limit } from './limits.ts'
import type { GuardName } from './resolution.ts'

/** The guard that a refusal is told under: a conflict limit before a field under review, and a separation where no limit broke. */
export function guardOf(exceeded: readonly { readonly limit: Limit }[]): GuardName {
  if (exceeded.length === 0) return 'separation'
  return exceeded.some(({ limit }) => limit.guard === 'conflict_limit') ? 'conflict_limit' : 'field_conflict'
}

/** Of several held links between two clusters that of the strongest stage, the first of equals; sorted by cluster and refuser. */
export function strongestPerPair<
  T extends { readonly cluster: number; readonly refusedBy: number; readonly stage: number },
>(held: readonly T[]): readonly T[] {
  const byPair = new Map<string, T>()
  for (const link of held) {
    const pair = `${link.cluster}/${link.refusedBy}`
    const known = byPair.get(pair)
    if (!known || link.stage < known.stage) byPair.set(pair, link)
  }
  return [...byPair.values()].sort((a, b) => a.cluster - b.cluster || a.refusedBy - b.refusedBy)
}
