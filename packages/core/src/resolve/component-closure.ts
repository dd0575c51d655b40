import { compareText } from '../evidence/record.ts'
import type { BulkEvidence, StagePlan } from './bulk-evidence.ts'
import type { CodeEdge } from './bulk-meeting.ts'
import { groupsByMeeting } from './groups-by-meeting.ts'
import { groupsByValue } from './groups-by-value.ts'
import { guardOf, strongestPerPair } from './held-links.ts'
import { demotes, groupSizeReason, limitReason, type Limit } from './limits.ts'
import { compareCodeEdges, type Counted, type Group, type WorkingCluster } from './linked-groups.ts'
import { addsValue, type Part, PartIndex } from './part-index.ts'
import type { GuardName, HeldLink } from './resolution.ts'
import type { PairGroup } from './standing-decisions.ts'
import { UnionFind } from './union-find.ts'

/** A held link whose value is still a code. */
export type HeldCode = Omit<HeldLink, 'type' | 'value'> & { readonly code: number }

export interface CodeLink extends CodeEdge {
  /** -1: a decision. */
  readonly stage: number
  readonly decision: string | null
}

/** What the closure makes of one component. */
export interface ComponentResolution {
  readonly clusters: readonly {
    readonly id: number
    readonly traces: readonly number[]
    readonly demoted: readonly number[]
  }[]
  readonly links: readonly CodeLink[]
  readonly held: readonly HeldCode[]
  readonly refusedGroups: readonly { readonly clusters: readonly number[]; readonly held: readonly HeldCode[] }[]
}

interface Verdict {
  readonly exceeded: readonly { readonly limit: Limit; readonly place: number; readonly found: number }[]
  readonly separated: boolean
  /** Codes demoted by this join. */
  readonly demote: readonly number[]
  readonly excused: (ReadonlySet<number> | null)[] | null
}

/**
 * The exact closure of RESOLUTION.md §5 over the traces of one component, on codes and with indexes: equal to the reference,
 * in time that grows with the sightings and not with their pairs.
 */
export function closeComponent(evidence: BulkEvidence, traces: readonly number[]): ComponentResolution {
  return new ComponentClosure(evidence, traces).run()
}

class ComponentClosure {
  private readonly evidence: BulkEvidence
  private readonly clusterOf = new Map<number, WorkingCluster>()
  private readonly clusters: Set<WorkingCluster>
  private readonly links: CodeLink[] = []
  private readonly hasDecisions: boolean

  constructor(evidence: BulkEvidence, traces: readonly number[]) {
    this.evidence = evidence
    this.hasDecisions = traces.some((trace) => evidence.standing.named.has(trace))
    const singles = traces.map((trace) => {
      const counted = evidence.limits.map(() => new Map<number, number>())
      const cluster: WorkingCluster = { id: trace, traces: [trace], demoted: null, counted, excused: null }
      this.clusterOf.set(trace, cluster)
      return cluster
    })
    for (const cluster of singles) this.count(cluster)
    this.clusters = new Set(singles)
  }

  run(): ComponentResolution {
    if (this.hasDecisions) this.applyDecisions()
    for (;;) {
      const held: HeldCode[] = []
      const refusedGroups: { clusters: number[]; held: HeldCode[] }[] = []
      const joined = this.evidence.stages.some((plan) => plan.merges && this.runStage(plan, held, refusedGroups))
      if (joined) continue
      return {
        clusters: [...this.clusters].map(({ id, traces, demoted }) => ({
          id,
          traces: traces.sort((a, b) => a - b),
          demoted: demoted ? [...demoted] : [],
        })),
        links: this.links,
        held: strongestPerPair(held),
        refusedGroups,
      }
    }
  }

  private applyDecisions(): void {
    const { standing } = this.evidence
    for (const sides of standing.positives) {
      for (const group of standing.standingGroups(sides)) this.joinSeniorPair(group, sides.decision.id)
    }
    for (const cluster of this.clusters) {
      if (cluster.traces.length > 1) cluster.excused = this.excessOf(cluster)
    }
  }

  /** The most senior pair that no separation forbids. A group lies within one component. */
  private joinSeniorPair(group: PairGroup, decision: string): void {
    for (const [a, b] of group) {
      const left = this.clusterOf.get(a)
      const right = this.clusterOf.get(b)
      if (!left || !right || left === right) return
      if (this.evidence.standing.separatesWithin([...left.traces, ...right.traces])) continue
      this.links.push({ left: Math.min(a, b), right: Math.max(a, b), code: -1, stage: -1, decision })
      this.unite([left, right], [], null)
      return
    }
  }

  private runStage(
    plan: StagePlan,
    held: HeldCode[],
    refusedGroups: { clusters: number[]; held: HeldCode[] }[],
  ): boolean {
    let joined = false
    for (const group of this.groupsOf(plan)) {
      const { clusters } = group
      const refuseAll = (guard: GuardName, reasons: readonly string[]) => {
        const [senior, ...others] = clusters
        const refused = others.map((cluster): HeldCode => {
          const { code } = group.edgeOf(cluster)
          const refusedBy = (senior as WorkingCluster).id
          return { cluster: cluster.id, refusedBy, stage: plan.index, code, guard, reasons, group: true }
        })
        for (const link of refused) held.push(link)
        refusedGroups.push({ clusters: clusters.map(({ id }) => id), held: refused })
      }
      const { maxGroupSize } = plan.stage.rule
      if (maxGroupSize !== null && clusters.length > maxGroupSize) {
        const linking = group.linkingCodes()
        const size = clusters.filter((cluster) => !this.isBare(cluster, linking)).length
        if (size > maxGroupSize) {
          refuseAll('group_size', [groupSizeReason(plan.stage, size, maxGroupSize)])
          continue
        }
      }
      const verdict = this.judge(clusters, plan)
      if (verdict.exceeded.some(({ limit }) => limit.whenExceeded === 'block')) {
        refuseAll(
          guardOf(verdict.exceeded),
          verdict.exceeded.map(({ limit, found }) => limitReason(limit, found)),
        )
      } else if (isAllowed(verdict)) {
        this.link(plan, clusters, group)
        this.unite(clusters, verdict.demote, verdict.excused)
        joined = true
      } else {
        joined = this.joinBySeniority(plan, group, held) || joined
      }
    }
    return joined
  }

  /** See `ReferenceClosure.joinBySeniority`; here linked parts are found by what links them, senior part first. */
  private joinBySeniority(plan: StagePlan, group: Group, held: HeldCode[]): boolean {
    const parts = new PartIndex(group, this.evidence.limits.length)
    for (const cluster of group.clusters) {
      let current: Part | null = null
      const refusing = new Set<number>()
      let linked: Iterator<Part> = parts.linkedTo(cluster)
      for (let next = linked.next(); !next.done; next = linked.next()) {
        const part: Part = next.value
        if (part.merged || part === current) continue
        if ([...refusing].some((place) => addsValue(cluster, part.cluster, place))) continue
        const own: WorkingCluster = current?.cluster ?? cluster
        const verdict = this.judge([part.cluster, own], plan)
        if (isAllowed(verdict)) {
          const united = this.virtualUnion([part.cluster, own], verdict.demote, verdict.excused)
          current = current ? parts.merge(part, current, united) : parts.absorb(part, cluster, united)
          continue
        }
        const { code } = parts.edgeBetween(cluster, part) as CodeEdge
        const place = current?.place ?? cluster.id
        held.push({
          cluster: Math.max(part.place, place),
          refusedBy: Math.min(part.place, place),
          stage: plan.index,
          code,
          guard: guardOf(verdict.exceeded),
          reasons: verdict.exceeded.map(({ limit, found }) => limitReason(limit, found)),
          group: false,
        })
        const known = refusing.size
        for (const { place } of verdict.exceeded) refusing.add(place)
        if (refusing.size > known) linked = parts.linkedTo(cluster, part.place, refusing)
      }
      if (!current)
        parts.absorb({ cluster, from: [], place: cluster.id, firsts: new Map(), merged: false }, cluster, cluster)
    }
    let joined = false
    for (const part of parts.all()) {
      if (part.from.length === 1) continue
      joined = true
      this.link(plan, part.from, group)
      const { demoted, excused } = part.cluster
      this.unite(part.from, demoted ? [...demoted] : [], excused)
    }
    return joined
  }

  /** What the guards say of the union of some clusters under a stage. */
  private judge(clusters: readonly WorkingCluster[], plan: StagePlan): Verdict {
    const { limits, texts, standing } = this.evidence
    const exceeded: { limit: Limit; place: number; found: number }[] = []
    const demote: number[] = []
    const demoted = unionOf(clusters.map((cluster) => cluster.demoted))
    let excused: (ReadonlySet<number> | null)[] | null = null
    for (let place = 0; place < limits.length; place++) {
      const limit = limits[place] as Limit
      const found = countUnion(clusters, place, demoted)
      if (found <= limit.limit) continue
      const values = valuesOfUnion(clusters, place, demoted)
      const excuses = [...clusters].sort((a, b) => a.id - b.id).flatMap((cluster) => cluster.excused?.[place] ?? [])
      const covering = excuses.find((excuse) => [...values.keys()].every((code) => excuse.has(code)))
      if (covering) {
        excused ??= limits.map(() => null)
        excused[place] = covering
      } else if (demotes(plan.strength, limit)) {
        const senior = [...values].sort((a, b) => a[1] - b[1] || compareText(texts.get(a[0]), texts.get(b[0])))
        const [excuse] = excuses
        if (excuse) {
          excused ??= limits.map(() => null)
          excused[place] = excuse
        }
        const kept = excuse ?? new Set(senior.slice(0, limit.limit).map(([code]) => code))
        for (const [code] of senior) if (!kept.has(code)) demote.push(code)
      } else {
        exceeded.push({ limit, place, found })
      }
    }
    const separated = this.hasDecisions && standing.separatesWithin(clusters.flatMap((cluster) => cluster.traces))
    return { exceeded, separated, demote, excused }
  }

  private excessOf(cluster: WorkingCluster): WorkingCluster['excused'] {
    return this.evidence.limits.map(({ limit, type }, place) => {
      const values = cluster.counted[place] as Counted
      const ownMost = Math.max(...cluster.traces.map((trace) => this.countedOf(trace, type).length))
      return values.size > limit && values.size > ownMost ? new Set(values.keys()) : null
    })
  }

  private isBare(cluster: WorkingCluster, linking: ReadonlySet<number>): boolean {
    const { population, ruleset, verified, idle } = this.evidence
    return cluster.traces.every((trace) => {
      const end = population.offsets[trace + 1] as number
      for (let entry = population.offsets[trace] as number; entry < end; entry++) {
        const code = population.codes[entry] as number
        const type = ruleset.identifiers[population.typeOf[code] as number]
        const strong = type !== undefined && type.kind !== 'attribute' && !type.session
        if (strong && verified[entry] === 1 && idle[entry] === 0 && !linking.has(code)) return false
      }
      return true
    })
  }

  private countedOf(trace: number, type: number): number[] {
    const { population, verified, idle } = this.evidence
    const found: number[] = []
    const end = population.offsets[trace + 1] as number
    for (let entry = population.offsets[trace] as number; entry < end; entry++) {
      const code = population.codes[entry] as number
      if (population.typeOf[code] === type && verified[entry] === 1 && idle[entry] === 0) found.push(code)
    }
    return found
  }

  private count(cluster: WorkingCluster): void {
    this.evidence.limits.forEach(({ type }, place) => {
      const counted = cluster.counted[place] as Counted
      for (const trace of cluster.traces) {
        for (const code of this.countedOf(trace, type)) if (!counted.has(code)) counted.set(code, trace)
      }
    })
  }

  private virtualUnion(
    clusters: readonly WorkingCluster[],
    demote: readonly number[],
    excused: WorkingCluster['excused'],
  ): WorkingCluster {
    const largest = clusters.reduce((a, b) => (b.traces.length > a.traces.length ? b : a))
    const owned = largest.traces.length > 1 && this.clusterOf.get(largest.id) !== largest
    const united: WorkingCluster = owned
      ? largest
      : {
          id: largest.id,
          traces: [...largest.traces],
          demoted: largest.demoted ? new Set(largest.demoted) : null,
          counted: largest.counted.map((counted) => new Map(counted)),
          excused,
        }
    united.excused = excused
    for (const cluster of clusters) {
      if (cluster === largest) continue
      united.id = Math.min(united.id, cluster.id)
      for (const trace of cluster.traces) united.traces.push(trace)
      cluster.counted.forEach((counted, place) => {
        const target = united.counted[place] as Counted
        for (const [code, trace] of counted) target.set(code, Math.min(trace, target.get(code) ?? trace))
      })
      if (cluster.demoted) united.demoted = new Set([...(united.demoted ?? []), ...cluster.demoted])
    }
    if (demote.length > 0) united.demoted = new Set([...(united.demoted ?? []), ...demote])
    if (united.demoted) {
      for (const counted of united.counted) for (const code of united.demoted) counted.delete(code)
    }
    return united
  }

  private unite(
    clusters: readonly WorkingCluster[],
    demote: readonly number[],
    excused: WorkingCluster['excused'],
  ): void {
    const united = this.virtualUnion(clusters, demote, excused)
    for (const trace of united.traces) this.clusterOf.set(trace, united)
    for (const cluster of clusters) this.clusters.delete(cluster)
    this.clusters.add(united)
  }

  /** Records the fewest links that connect the clusters, senior traces first. */
  private link(plan: StagePlan, clusters: readonly WorkingCluster[], group: Group): void {
    const place = new Map(clusters.map((cluster, index) => [cluster, index]))
    const tree = new UnionFind(clusters.length)
    for (const edge of [...group.edgesAmong(clusters)].sort((a, b) => compareCodeEdges(this.evidence, a, b))) {
      const a = place.get(this.clusterOf.get(edge.left) as WorkingCluster) as number
      const b = place.get(this.clusterOf.get(edge.right) as WorkingCluster) as number
      if (tree.find(a) === tree.find(b)) continue
      tree.union(a, b)
      this.links.push({ ...edge, stage: plan.index, decision: null })
    }
  }

  private groupsOf(plan: StagePlan): readonly Group[] {
    const clusters = [...this.clusters].sort((a, b) => a.id - b.id)
    const clusterAt = (trace: number) => this.clusterOf.get(trace) as WorkingCluster
    return plan.simple
      ? groupsByValue(this.evidence, plan, clusters)
      : groupsByMeeting(this.evidence, plan, clusters, clusterAt)
  }
}

function isAllowed(verdict: Verdict): boolean {
  return verdict.exceeded.length === 0 && !verdict.separated
}

function unionOf(sets: readonly (ReadonlySet<number> | null)[]): ReadonlySet<number> | null {
  const filled = sets.filter((set) => set !== null)
  const [first] = filled
  if (!first) return null
  return filled.length === 1 ? first : new Set(filled.flatMap((set) => [...set]))
}

/** Distinct counted values of a union, without building it where that can be avoided. */
function countUnion(clusters: readonly WorkingCluster[], place: number, demoted: ReadonlySet<number> | null): number {
  const [a, b] = clusters
  if (clusters.length !== 2 || demoted !== null || !a || !b) return valuesOfUnion(clusters, place, demoted).size
  const x = a.counted[place] as Counted
  const y = b.counted[place] as Counted
  const [small, large] = x.size < y.size ? [x, y] : [y, x]
  let count = large.size
  for (const code of small.keys()) if (!large.has(code)) count++
  return count
}

function valuesOfUnion(
  clusters: readonly WorkingCluster[],
  place: number,
  demoted: ReadonlySet<number> | null,
): Counted {
  const values: Counted = new Map()
  for (const cluster of clusters) {
    for (const [code, trace] of cluster.counted[place] ?? []) {
      if (demoted?.has(code)) continue
      values.set(code, Math.min(trace, values.get(code) ?? trace))
    }
  }
  return values
}
