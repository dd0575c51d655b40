import { compareText } from '../evidence/record.ts'
import type { BulkEvidence } from './bulk-evidence.ts'
import type { CodeEdge } from './bulk-meeting.ts'

/** Distinct counted values of one limited type: code → its most senior trace. */
export type Counted = Map<number, number>

/** A cluster while the closure of its component is at work. */
export interface WorkingCluster {
  /** The most senior trace. */
  id: number
  traces: number[]
  demoted: Set<number> | null
  /** Per limit. */
  counted: Counted[]
  /** Per limit, the values that a decision piled up beyond it; null: none. */
  excused: (ReadonlySet<number> | null)[] | null
}

/** Clusters of one stage that hang together, with the way to ask how two of them are linked. */
export interface Group {
  /** By seniority. */
  readonly clusters: readonly WorkingCluster[]
  /** Smallest edge that touches a cluster. */
  edgeOf(cluster: WorkingCluster): CodeEdge
  /** Keys that a cluster is linked by, with its most senior trace that holds each; two clusters that share one are linked. */
  keysOf(cluster: WorkingCluster): ReadonlyMap<number, number>
  /** The edge of a key between two traces that hold it. */
  edgeOfKey(key: number, x: number, y: number): CodeEdge
  compareEdges(p: CodeEdge, q: CodeEdge): number
  /** All exact codes through which clusters of the group meet. */
  linkingCodes(): ReadonlySet<number>
  /** Edges among some of the clusters, enough to span them in canonical order. */
  edgesAmong(clusters: readonly WorkingCluster[]): readonly CodeEdge[]
}

/** The canonical order of edges: senior traces first, then the type's place, then the text. */
export function compareCodeEdges({ population, texts }: BulkEvidence, p: CodeEdge, q: CodeEdge): number {
  if (p.left !== q.left) return p.left - q.left
  if (p.right !== q.right) return p.right - q.right
  if (p.code === q.code) return 0
  const { typeOf } = population
  return (typeOf[p.code] as number) - (typeOf[q.code] as number) || compareText(texts.get(p.code), texts.get(q.code))
}

/** Those that hang together, each by seniority; clusters that hang on nothing are left out. */
export function clustersByRoot(
  clusters: readonly WorkingCluster[],
  rootOf: (cluster: WorkingCluster, place: number) => number,
): readonly (readonly WorkingCluster[])[] {
  const membersOf = new Map<number, WorkingCluster[]>()
  clusters.forEach((cluster, place) => {
    const root = rootOf(cluster, place)
    const members = membersOf.get(root)
    if (members) members.push(cluster)
    else if (root >= 0) membersOf.set(root, [cluster])
  })
  return [...membersOf.values()].filter((members) => members.length > 1)
}
