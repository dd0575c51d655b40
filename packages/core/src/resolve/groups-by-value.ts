import type { BulkEvidence, StagePlan } from './bulk-evidence.ts'
import { mayMeet, type CodeEdge } from './bulk-meeting.ts'
import { clustersByRoot, compareCodeEdges, type Group, type WorkingCluster } from './linked-groups.ts'
import { UnionFind } from './union-find.ts'

/** Groups of a stage that links equal codes, of clusters by seniority. */
export function groupsByValue(
  evidence: BulkEvidence,
  plan: StagePlan,
  clusters: readonly WorkingCluster[],
): readonly Group[] {
  const { population } = evidence
  const [criterion] = plan.criteria
  if (!criterion) return []
  const onlyVerified = !criterion.attributes || plan.attributesOnly
  /** Per code, the clusters that hold it with their first trace, by seniority of that trace. */
  const holding = new Map<number, Map<WorkingCluster, number>>()
  const codesOf = new Map<WorkingCluster, Set<number>>()
  for (const cluster of clusters) {
    for (const trace of cluster.traces) {
      const end = population.offsets[trace + 1] as number
      for (let entry = population.offsets[trace] as number; entry < end; entry++) {
        if (!mayMeet(evidence, criterion, entry, onlyVerified, cluster.demoted)) continue
        const code = population.codes[entry] as number
        const firsts = holding.get(code) ?? new Map<WorkingCluster, number>()
        holding.set(code, firsts)
        firsts.set(cluster, Math.min(trace, firsts.get(cluster) ?? trace))
        const codes = codesOf.get(cluster) ?? new Set<number>()
        codesOf.set(cluster, codes)
        codes.add(code)
      }
    }
  }
  const place = new Map(clusters.map((cluster, index) => [cluster, index]))
  const sets = new UnionFind(clusters.length)
  for (const firsts of holding.values()) {
    const [first, ...others] = firsts.keys()
    for (const other of others) sets.union(place.get(first as WorkingCluster) as number, place.get(other) as number)
  }
  const edgeOf = (x: number, y: number, code: number): CodeEdge => ({
    left: Math.min(x, y),
    right: Math.max(x, y),
    code,
  })
  const smallest = (edges: readonly CodeEdge[]) =>
    edges.reduce<CodeEdge | undefined>((a, b) => (a && compareCodeEdges(evidence, a, b) <= 0 ? a : b), undefined)
  const twoMostSenior = (firsts: Map<WorkingCluster, number>) => [...firsts].sort((a, b) => a[1] - b[1]).slice(0, 2)
  const starCache = new Map<number, [WorkingCluster, number][]>()
  const leadersOf = (code: number) => {
    const known = starCache.get(code) ?? twoMostSenior(holding.get(code) as Map<WorkingCluster, number>)
    starCache.set(code, known)
    return known
  }
  return clustersByRoot(clusters, (cluster, index) => (codesOf.has(cluster) ? sets.find(index) : -1)).map(
    (members): Group => ({
      clusters: members,
      keysOf: (cluster) =>
        new Map([...(codesOf.get(cluster) ?? [])].map((code) => [code, holding.get(code)?.get(cluster) ?? 0])),
      edgeOfKey: (code, x, y) => edgeOf(x, y, code),
      compareEdges: (p, q) => compareCodeEdges(evidence, p, q),
      edgeOf: (cluster) => {
        const edges: CodeEdge[] = []
        for (const code of codesOf.get(cluster) ?? []) {
          const own = holding.get(code)?.get(cluster) as number
          const leader = leadersOf(code).find(([other]) => other !== cluster)
          if (leader) edges.push(edgeOf(own, leader[1], code))
        }
        return smallest(edges) as CodeEdge
      },
      linkingCodes: () => {
        const codes = new Set<number>()
        for (const member of members) {
          for (const code of codesOf.get(member) ?? []) if ((holding.get(code)?.size ?? 0) > 1) codes.add(code)
        }
        return codes
      },
      edgesAmong: (some) => {
        const firstOf = new Map<number, { trace: number; others: number[] }>()
        const edges: CodeEdge[] = []
        for (const cluster of some) {
          for (const code of codesOf.get(cluster) ?? []) {
            const trace = holding.get(code)?.get(cluster) as number
            const known = firstOf.get(code)
            if (!known) firstOf.set(code, { trace, others: [] })
            else if (trace < known.trace) firstOf.set(code, { trace, others: [...known.others, known.trace] })
            else known.others.push(trace)
          }
        }
        for (const [code, { trace, others }] of firstOf)
          for (const other of others) edges.push(edgeOf(trace, other, code))
        return edges
      },
    }),
  )
}
