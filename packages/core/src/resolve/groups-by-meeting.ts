import type { BulkEvidence, CriterionPlan, StagePlan } from './bulk-evidence.ts'
import { equalKeyOf, mayMeet, meetingEdges, type CodeEdge } from './bulk-meeting.ts'
import { clustersByRoot, compareCodeEdges, type Group, type WorkingCluster } from './linked-groups.ts'
import { forEachSimilarSides, onlyVerifiedOf, signatureOfSide } from './side-classes.ts'
import { UnionFind } from './union-find.ts'

/**
 * Groups of a stage that must be asked pair by pair, of clusters by seniority. Clusters of one trace that the stage sees alike
 * form a kind: they meet one another and the same others, so that one of each kind is asked, and only those that share a value
 * of the narrowest exact criterion. `clusterAt` gives the cluster that holds a trace.
 */
export function groupsByMeeting(
  evidence: BulkEvidence,
  plan: StagePlan,
  clusters: readonly WorkingCluster[],
  clusterAt: (trace: number) => WorkingCluster,
): readonly Group[] {
  const meetings = new Meetings(evidence, plan, clusters)
  return clustersByRoot(clusters, (cluster) => meetings.rootOf(cluster)).map(
    (members): Group => ({
      clusters: members,
      edgeOf: (cluster) => meetings.edgeOf(cluster),
      keysOf: (cluster) => meetings.keysOf(cluster),
      edgeOfKey: (_key, x, y) => meetings.edgeBetween(clusterAt(x), clusterAt(y)) as CodeEdge,
      compareEdges: (p, q) => compareCodeEdges(evidence, p, q),
      linkingCodes: () => meetings.linkingCodes(members),
      edgesAmong: (some) => meetings.edgesAmong(some),
    }),
  )
}

/** More kinds that share a value are asked only where their other values may meet. */
const mostPlain = 48

/** Clusters that a stage cannot tell apart. Those of several traces are a kind each. */
interface Kind {
  readonly place: number
  /** By seniority. Where there are several, they meet one another. */
  readonly members: readonly WorkingCluster[]
  /** Kinds it meets, with the number of the pair, the same on both sides. */
  readonly meets: Map<Kind, number>
  /** Exact codes through which its members meet anything. */
  readonly linking: Set<number>
}

class Meetings {
  private readonly evidence: BulkEvidence
  private readonly plan: StagePlan
  private readonly kindOf = new Map<WorkingCluster, Kind>()
  private readonly sets: UnionFind
  private pairs = 0

  constructor(evidence: BulkEvidence, plan: StagePlan, clusters: readonly WorkingCluster[]) {
    this.evidence = evidence
    this.plan = plan
    const kinds = this.kindsOf(clusters)
    this.sets = new UnionFind(kinds.length, false)
    for (const kind of kinds) for (const member of kind.members) this.kindOf.set(member, kind)
    const asked = new Set<number>()
    const ask = (a: Kind, b: Kind) => {
      const pair = Math.min(a.place, b.place) * kinds.length + Math.max(a.place, b.place)
      if (a === b || asked.has(pair)) return
      asked.add(pair)
      const { edges, linking } = this.meet(a.members[0], b.members[0])
      if (edges.length === 0) return
      this.sets.union(a.place, b.place)
      const number = this.pairs++
      a.meets.set(b, number)
      b.meets.set(a, number)
      for (const code of linking) {
        a.linking.add(code)
        b.linking.add(code)
      }
    }
    for (const block of this.narrowestBlocks(kinds)) {
      const sides = block.map(({ members }) => members[0] as WorkingCluster)
      if (block.length > mostPlain) {
        forEachSimilarSides(evidence, plan, sides, false, (i, j) => ask(block[i] as Kind, block[j] as Kind))
      } else block.forEach((a, place) => block.slice(place + 1).forEach((b) => ask(a, b)))
    }
  }

  /** What tells the group of a cluster; negative: it meets nobody. */
  rootOf(cluster: WorkingCluster): number {
    const kind = this.kindOf.get(cluster)
    if (!kind || (kind.meets.size === 0 && kind.members.length === 1)) return -1
    return this.sets.find(kind.place)
  }

  edgeOf(cluster: WorkingCluster): CodeEdge {
    const { members, meets } = this.kindOf.get(cluster) as Kind
    const others = [members.find((member) => member !== cluster), ...[...meets.keys()].map((kind) => kind.members[0])]
    return this.smallest(others.flatMap((other) => (other ? (this.edgeBetween(cluster, other) ?? []) : []))) as CodeEdge
  }

  /** A pair of kinds is a key that all members of both hold, a kind of several members a key of its own. */
  keysOf(cluster: WorkingCluster): ReadonlyMap<number, number> {
    const kind = this.kindOf.get(cluster) as Kind
    const keys = new Map<number, number>()
    if (kind.members.length > 1) keys.set(-1 - kind.place, cluster.id)
    for (const [other, number] of kind.meets) keys.set(number, this.traceTowards(cluster, other))
    return keys
  }

  linkingCodes(clusters: readonly WorkingCluster[]): ReadonlySet<number> {
    const kinds = new Set(clusters.map((cluster) => this.kindOf.get(cluster) as Kind))
    return new Set([...kinds].flatMap(({ linking }) => [...linking]))
  }

  /**
   * Between kinds the edges of their most senior members; and each other member's edge to the most senior cluster it meets, its
   * smallest one. A tree of the smallest edges holds no others: what they would close is a circle in which they are the largest.
   */
  edgesAmong(some: readonly WorkingCluster[]): readonly CodeEdge[] {
    const present = new Map<Kind, WorkingCluster[]>()
    for (const cluster of some) {
      const kind = this.kindOf.get(cluster) as Kind
      const known = present.get(kind)
      if (known) known.push(cluster)
      else present.set(kind, [cluster])
    }
    for (const members of present.values()) members.sort((a, b) => a.id - b.id)
    const edges: CodeEdge[] = []
    for (const [kind, [first, ...others]] of present) {
      if (!first) continue
      let mostSenior = { cluster: first, trace: first.id }
      for (const other of kind.meets.keys()) {
        const there = present.get(other)?.[0]
        if (!there) continue
        const trace = this.traceTowards(there, kind)
        if (trace < mostSenior.trace) mostSenior = { cluster: there, trace }
        const edge = other.place > kind.place ? this.edgeBetween(first, there) : undefined
        if (edge) edges.push(edge)
      }
      for (const member of others) {
        const edge = this.edgeBetween(member, mostSenior.cluster)
        if (edge) edges.push(edge)
      }
    }
    return edges
  }

  edgeBetween(a: WorkingCluster, b: WorkingCluster): CodeEdge | undefined {
    return this.smallest(this.meet(a, b).edges)
  }

  /** The trace of a cluster at its end of the smallest edge to any member of a kind it meets. */
  private traceTowards(cluster: WorkingCluster, other: Kind): number {
    if (cluster.traces.length === 1) return cluster.id
    const edge = this.edgeBetween(cluster, other.members[0] as WorkingCluster)
    if (!edge) throw new Error('two clusters that met do not meet')
    return cluster.traces.includes(edge.left) ? edge.left : edge.right
  }

  private meet(a: WorkingCluster | undefined, b: WorkingCluster | undefined): ReturnType<typeof meetingEdges> {
    return a && b ? meetingEdges(this.evidence, this.plan, a, b, 'strong') : { edges: [], linking: [] }
  }

  private smallest(edges: readonly CodeEdge[]): CodeEdge | undefined {
    return edges.reduce<CodeEdge | undefined>(
      (a, b) => (a && compareCodeEdges(this.evidence, a, b) <= 0 ? a : b),
      undefined,
    )
  }

  private kindsOf(clusters: readonly WorkingCluster[]): readonly Kind[] {
    const bySignature = new Map<string, WorkingCluster[]>()
    for (const cluster of clusters) {
      const signature = cluster.traces.length > 1 ? null : signatureOfSide(this.evidence, this.plan, cluster, false)
      const key = signature ?? `#${cluster.id}`
      const known = bySignature.get(key)
      if (known) known.push(cluster)
      else bySignature.set(key, [cluster])
    }
    const kinds: Kind[] = []
    const add = (members: readonly WorkingCluster[], linking: readonly number[]) =>
      kinds.push({ place: kinds.length, members, meets: new Map(), linking: new Set(linking) })
    for (const members of bySignature.values()) {
      const { edges, linking } = this.meet(members[0], members[1])
      if (members.length === 1 || edges.length > 0) add(members, linking)
      else for (const member of members) add([member], [])
    }
    return kinds
  }

  /** Kinds that share a value of the exact criterion whose values make the fewest pairs, per value. */
  private narrowestBlocks(kinds: readonly Kind[]): readonly (readonly Kind[])[] {
    const exact = this.plan.criteria.filter((criterion) => criterion.similarity === null)
    const blocks = exact.map((criterion) => this.blocksOf(criterion, kinds))
    const cost = (of: readonly (readonly Kind[])[]) => of.reduce((sum, block) => sum + block.length * block.length, 0)
    return blocks.reduce((best, next) => (cost(next) < cost(best) ? next : best), blocks[0] ?? [])
  }

  private blocksOf(criterion: CriterionPlan, kinds: readonly Kind[]): readonly (readonly Kind[])[] {
    const { population } = this.evidence
    const onlyVerified = onlyVerifiedOf(this.plan, criterion)
    const holding = new Map<number, Set<Kind>>()
    for (const kind of kinds) {
      const [cluster] = kind.members
      for (const trace of cluster?.traces ?? []) {
        const end = population.offsets[trace + 1] as number
        for (let entry = population.offsets[trace] as number; entry < end; entry++) {
          if (!mayMeet(this.evidence, criterion, entry, onlyVerified, cluster?.demoted ?? null)) continue
          const key = equalKeyOf(criterion, population.codes[entry] as number)
          const known = holding.get(key)
          if (known) known.add(kind)
          else holding.set(key, new Set([kind]))
        }
      }
    }
    return [...holding.values()].map((block) => [...block])
  }
}
