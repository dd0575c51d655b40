import { referenceCandidates } from './reference-candidates.ts'
import { ReferenceClosure, type World } from './reference-closure.ts'
import type { Resolution } from './resolution.ts'
import { unresolvedTraces } from './unresolved.ts'

/**
 * The closure of RESOLUTION.md §5, written to be read: every pair of clusters is asked for every rule, in every pass. It is
 * the oracle that every faster path is held equal to. Time grows with the square of the traces.
 */
export function resolveReference(world: World): Resolution {
  const closure = new ReferenceClosure(world)
  closure.applyDecisions()
  const held = closure.run()
  const { candidates, notListed } = referenceCandidates(closure, held)
  const clusterOf = new Int32Array(world.traces.length)
  for (const cluster of closure.clusters) for (const trace of cluster.traces) clusterOf[trace] = cluster.id
  return {
    clusterOf,
    links: closure.links.sort((a, b) => a.left - b.left || a.right - b.right || a.stage - b.stage),
    held,
    candidates,
    candidatesNotListed: notListed,
    demoted: closure.clusters.flatMap((cluster) =>
      [...cluster.demoted].map((key) => ({ cluster: cluster.id, ...closure.valueOfKey(key) })),
    ),
    shared: closure.shared,
    unresolved: unresolvedTraces(held, (cluster) => closure.clusterAt(cluster).traces, closure.refusedGroups),
  }
}
