import type { HeldLink, UnresolvedTrace } from './resolution.ts'

/** A group that was refused whole: every cluster of it, the senior one too, is unresolved. */
export interface RefusedGroup {
  readonly clusters: readonly number[]
  readonly held: readonly HeldLink[]
}

/**
 * The traces of refused groups and of held clusters, each with its reasons. What a separation keeps apart is no open
 * question and is not among them. One entry per trace, reasons of the strongest stage first.
 */
export function unresolvedTraces(
  held: readonly HeldLink[],
  tracesOf: (cluster: number) => readonly number[],
  refusedGroups: readonly RefusedGroup[],
): readonly UnresolvedTrace[] {
  const linksByCluster = new Map<number, HeldLink[]>()
  const note = (cluster: number, link: HeldLink) => {
    const known = linksByCluster.get(cluster)
    if (known) known.push(link)
    else linksByCluster.set(cluster, [link])
  }
  for (const link of held) if (!link.group) note(link.cluster, link)
  for (const group of refusedGroups) {
    const [link] = group.held
    if (link) for (const cluster of group.clusters) note(cluster, link)
  }
  const unresolved: UnresolvedTrace[] = []
  for (const [cluster, links] of linksByCluster) {
    const open = links.filter((link) => link.guard !== 'separation').sort((a, b) => a.stage - b.stage)
    const [first] = open
    if (!first) continue
    const conflictReasons = [...new Set(open.flatMap((link) => link.reasons))].join('; ')
    for (const trace of tracesOf(cluster)) unresolved.push({ trace, reason: reasonOf(first), conflictReasons })
  }
  return unresolved.sort((a, b) => a.trace - b.trace)
}

export function reasonOf(link: HeldLink): UnresolvedTrace['reason'] {
  switch (link.guard) {
    case 'field_conflict':
      return 'field_conflict'
    case 'group_size':
      return 'multiple_matches'
    default:
      return 'identifier_conflict'
  }
}
