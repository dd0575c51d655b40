import { compareText } from '../evidence/record.ts'
import type { BulkEvidence, StagePlan } from './bulk-evidence.ts'
import { equalKeyOf, mayMeet, meetingEdges, type CodeEdge } from './bulk-meeting.ts'
import { demotes, groupSizeReason, limitReason, type Limit } from './limits.ts'
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

/** Distinct counted values of one limited type: code → its most senior trace. */
type Counted = Map<number, number>

interface Cluster {
  /** The most senior trace. */
  id: number
  traces: number[]
  demoted: Set<number> | null
  /** Per limit. */
  counted: Counted[]
  /** Per limit, the values that a decision piled up beyond it; null: none. */
  excused: (ReadonlySet<number> | null)[] | null
}

interface Verdict {
  readonly exceeded: readonly { readonly limit: Limit; readonly place: number; readonly found: number }[]
  readonly separated: boolean
  /** Codes demoted by this join. */
  readonly demote: readonly number[]
  readonly excused: (ReadonlySet<number> | null)[] | null
}

/** Clusters of one stage that hang together, with the way to ask how two of them are linked. */
interface Group {
  /** By seniority. */
  readonly clusters: readonly Cluster[]
  /** Smallest edge that touches a cluster. */
  edgeOf(cluster: Cluster): CodeEdge
  /** Keys that a cluster is linked by, with its most senior trace that holds each; two clusters that share one are linked. */
  keysOf(cluster: Cluster): ReadonlyMap<number, number>
  /** The edge of a key between two traces that hold it. */
  edgeOfKey(key: number, x: number, y: number): CodeEdge
  compareEdges(p: CodeEdge, q: CodeEdge): number
  /** All exact codes through which clusters of the group meet. */
  linkingCodes(): ReadonlySet<number>
  /** Edges among some of the clusters, enough to span them in canonical order. */
  edgesAmong(clusters: readonly Cluster[]): readonly CodeEdge[]
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
  private readonly clusterOf = new Map<number, Cluster>()
  private readonly clusters: Set<Cluster>
  private readonly links: CodeLink[] = []
  private readonly hasDecisions: boolean

  constructor(evidence: BulkEvidence, traces: readonly number[]) {
    this.evidence = evidence
    this.hasDecisions = traces.some((trace) => evidence.standing.named.has(trace))
    const singles = traces.map((trace) => {
      const counted = evidence.limits.map(() => new Map<number, number>())
      const cluster: Cluster = { id: trace, traces: [trace], demoted: null, counted, excused: null }
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
          const refusedBy = (senior as Cluster).id
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
          guardOf(verdict),
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
        const own: Cluster = current?.cluster ?? cluster
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
          guard: guardOf(verdict),
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
  private judge(clusters: readonly Cluster[], plan: StagePlan): Verdict {
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

  private excessOf(cluster: Cluster): Cluster['excused'] {
    return this.evidence.limits.map(({ limit, type }, place) => {
      const values = cluster.counted[place] as Counted
      const ownMost = Math.max(...cluster.traces.map((trace) => this.countedOf(trace, type).length))
      return values.size > limit && values.size > ownMost ? new Set(values.keys()) : null
    })
  }

  private isBare(cluster: Cluster, linking: ReadonlySet<number>): boolean {
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

  private count(cluster: Cluster): void {
    this.evidence.limits.forEach(({ type }, place) => {
      const counted = cluster.counted[place] as Counted
      for (const trace of cluster.traces) {
        for (const code of this.countedOf(trace, type)) if (!counted.has(code)) counted.set(code, trace)
      }
    })
  }

  private virtualUnion(clusters: readonly Cluster[], demote: readonly number[], excused: Cluster['excused']): Cluster {
    const largest = clusters.reduce((a, b) => (b.traces.length > a.traces.length ? b : a))
    const owned = largest.traces.length > 1 && this.clusterOf.get(largest.id) !== largest
    const united: Cluster = owned
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

  private unite(clusters: readonly Cluster[], demote: readonly number[], excused: Cluster['excused']): void {
    const united = this.virtualUnion(clusters, demote, excused)
    for (const trace of united.traces) this.clusterOf.set(trace, united)
    for (const cluster of clusters) this.clusters.delete(cluster)
    this.clusters.add(united)
  }

  /** Records the fewest links that connect the clusters, senior traces first. */
  private link(plan: StagePlan, clusters: readonly Cluster[], group: Group): void {
    const place = new Map(clusters.map((cluster, index) => [cluster, index]))
    const tree = new UnionFind(clusters.length)
    for (const edge of [...group.edgesAmong(clusters)].sort((a, b) => this.compareEdges(a, b))) {
      const a = place.get(this.clusterOf.get(edge.left) as Cluster) as number
      const b = place.get(this.clusterOf.get(edge.right) as Cluster) as number
      if (tree.find(a) === tree.find(b)) continue
      tree.union(a, b)
      this.links.push({ ...edge, stage: plan.index, decision: null })
    }
  }

  private compareEdges(p: CodeEdge, q: CodeEdge): number {
    if (p.left !== q.left) return p.left - q.left
    if (p.right !== q.right) return p.right - q.right
    if (p.code === q.code) return 0
    const { typeOf } = this.evidence.population
    return (
      (typeOf[p.code] as number) - (typeOf[q.code] as number) ||
      compareText(this.evidence.texts.get(p.code), this.evidence.texts.get(q.code))
    )
  }

  private groupsOf(plan: StagePlan): readonly Group[] {
    return plan.simple ? this.simpleGroups(plan) : this.pairGroups(plan)
  }

  /** Groups of a stage that links equal codes. */
  private simpleGroups(plan: StagePlan): readonly Group[] {
    const { population } = this.evidence
    const [criterion] = plan.criteria
    if (!criterion) return []
    const onlyVerified = !criterion.attributes || plan.attributesOnly
    const clusters = [...this.clusters].sort((a, b) => a.id - b.id)
    /** Per code, the clusters that hold it with their first trace, by seniority of that trace. */
    const holding = new Map<number, Map<Cluster, number>>()
    const codesOf = new Map<Cluster, Set<number>>()
    for (const cluster of clusters) {
      for (const trace of cluster.traces) {
        const end = population.offsets[trace + 1] as number
        for (let entry = population.offsets[trace] as number; entry < end; entry++) {
          if (!mayMeet(this.evidence, criterion, entry, onlyVerified, cluster.demoted)) continue
          const code = population.codes[entry] as number
          const firsts = holding.get(code) ?? new Map<Cluster, number>()
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
      for (const other of others) sets.union(place.get(first as Cluster) as number, place.get(other) as number)
    }
    const membersOf = new Map<number, Cluster[]>()
    clusters.forEach((cluster, index) => {
      if (!codesOf.has(cluster)) return
      const root = sets.find(index)
      const members = membersOf.get(root)
      if (members) members.push(cluster)
      else membersOf.set(root, [cluster])
    })
    const edgeOf = (x: number, y: number, code: number): CodeEdge => ({
      left: Math.min(x, y),
      right: Math.max(x, y),
      code,
    })
    const smallest = (edges: readonly CodeEdge[]) =>
      edges.reduce<CodeEdge | undefined>((a, b) => (a && this.compareEdges(a, b) <= 0 ? a : b), undefined)
    const twoMostSenior = (firsts: Map<Cluster, number>) => [...firsts].sort((a, b) => a[1] - b[1]).slice(0, 2)
    const starCache = new Map<number, [Cluster, number][]>()
    const leadersOf = (code: number) => {
      const known = starCache.get(code) ?? twoMostSenior(holding.get(code) as Map<Cluster, number>)
      starCache.set(code, known)
      return known
    }
    return [...membersOf.values()]
      .filter((members) => members.length > 1)
      .map(
        (members): Group => ({
          clusters: members,
          keysOf: (cluster) =>
            new Map([...(codesOf.get(cluster) ?? [])].map((code) => [code, holding.get(code)?.get(cluster) ?? 0])),
          edgeOfKey: (code, x, y) => edgeOf(x, y, code),
          compareEdges: (p, q) => this.compareEdges(p, q),
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

  /** Groups of a stage that must be asked pair by pair; the pairs are those that share a value of an exact criterion. */
  private pairGroups(plan: StagePlan): readonly Group[] {
    const { evidence } = this
    const { population } = evidence
    const primary = plan.criteria[plan.primary]
    if (!primary) return []
    const onlyVerified = !primary.attributes || plan.attributesOnly
    const clusters = [...this.clusters].sort((a, b) => a.id - b.id)
    const holding = new Map<number, Set<number>>()
    clusters.forEach((cluster, index) => {
      for (const trace of cluster.traces) {
        const end = population.offsets[trace + 1] as number
        for (let entry = population.offsets[trace] as number; entry < end; entry++) {
          if (!mayMeet(evidence, primary, entry, onlyVerified, cluster.demoted)) continue
          const key = equalKeyOf(primary, population.codes[entry] as number)
          const holders = holding.get(key) ?? new Set<number>()
          holding.set(key, holders)
          holders.add(index)
        }
      }
    })
    const edges = new Map<Cluster, Map<Cluster, CodeEdge>>()
    const linking = new Map<Cluster, Set<number>>()
    const asked = new Set<number>()
    const sets = new UnionFind(clusters.length)
    const note = (a: Cluster, b: Cluster, edge: CodeEdge, codes: readonly number[]) => {
      const known = edges.get(a) ?? new Map<Cluster, CodeEdge>()
      edges.set(a, known)
      known.set(b, edge)
      const own = linking.get(a) ?? new Set<number>()
      linking.set(a, own)
      for (const code of codes) own.add(code)
    }
    for (const holders of holding.values()) {
      const list = [...holders]
      for (let i = 0; i < list.length; i++) {
        for (let j = i + 1; j < list.length; j++) {
          const x = list[i] as number
          const y = list[j] as number
          const pair = Math.min(x, y) * clusters.length + Math.max(x, y)
          if (asked.has(pair)) continue
          asked.add(pair)
          const a = clusters[x] as Cluster
          const b = clusters[y] as Cluster
          const met = meetingEdges(evidence, plan, a, b, 'strong')
          const [edge] = [...met.edges].sort((p, q) => this.compareEdges(p, q))
          if (!edge) continue
          sets.union(x, y)
          note(a, b, edge, met.linking)
          note(b, a, edge, met.linking)
        }
      }
    }
    const membersOf = new Map<number, Cluster[]>()
    clusters.forEach((cluster, index) => {
      if (!edges.has(cluster)) return
      const root = sets.find(index)
      const members = membersOf.get(root)
      if (members) members.push(cluster)
      else membersOf.set(root, [cluster])
    })
    const smallest = (found: Iterable<CodeEdge>) => [...found].sort((p, q) => this.compareEdges(p, q))[0]
    /** Every linked pair is a key of its own. */
    const pairs: CodeEdge[] = []
    const keysOf = new Map<Cluster, Map<number, number>>(clusters.map((cluster) => [cluster, new Map()]))
    for (const [a, others] of edges) {
      for (const [b, edge] of others) {
        if (a.id > b.id) continue
        const holdsLeft = this.clusterOf.get(edge.left) === a
        keysOf.get(a)?.set(pairs.length, holdsLeft ? edge.left : edge.right)
        keysOf.get(b)?.set(pairs.length, holdsLeft ? edge.right : edge.left)
        pairs.push(edge)
      }
    }
    return [...membersOf.values()].map((members): Group => {
      return {
        clusters: members,
        keysOf: (cluster) => keysOf.get(cluster) ?? new Map(),
        edgeOfKey: (key) => pairs[key] as CodeEdge,
        compareEdges: (p, q) => this.compareEdges(p, q),
        edgeOf: (cluster) => smallest(edges.get(cluster)?.values() ?? []) as CodeEdge,
        linkingCodes: () => new Set(members.flatMap((member) => [...(linking.get(member) ?? [])])),
        edgesAmong: (some) => {
          const among = new Set(some)
          return some.flatMap((a) =>
            [...(edges.get(a) ?? [])].flatMap(([b, edge]) => (among.has(b) && a.id < b.id ? [edge] : [])),
          )
        },
      }
    })
  }
}

interface Part {
  cluster: Cluster
  from: Cluster[]
  /** Its most senior trace. */
  place: number
  /** Per linking key its most senior holder. */
  firsts: Map<number, number>
  merged: boolean
}

/** The parts built so far, found by the keys that link them and by the limited values they hold. */
class PartIndex {
  private readonly group: Group
  private readonly parts = new Set<Part>()
  /** By seniority, merged ones left standing until the list is sorted again. */
  private readonly byKey = new Map<number, { parts: Part[]; sorted: boolean }>()
  private readonly byValue: Map<number, Set<Part>>[]

  constructor(group: Group, limits: number) {
    this.group = group
    this.byValue = Array.from({ length: limits }, () => new Map<number, Set<Part>>())
  }

  all(): readonly Part[] {
    return [...this.parts].sort((a, b) => a.place - b.place)
  }

  /** Takes a cluster that stands in no part yet into a part; `united` is what the two become. */
  absorb(part: Part, cluster: Cluster, united: Cluster): Part {
    this.parts.add(part)
    part.cluster = united
    part.from.push(cluster)
    part.place = Math.min(part.place, cluster.id)
    for (const [key, trace] of this.group.keysOf(cluster)) this.hold(part, key, trace)
    this.holdValues(part, cluster)
    return part
  }

  /** Joins two parts; the larger one stays. */
  merge(a: Part, b: Part, united: Cluster): Part {
    const [stays, goes] = a.from.length >= b.from.length ? [a, b] : [b, a]
    goes.merged = true
    this.parts.delete(goes)
    stays.cluster = united
    for (const cluster of goes.from) stays.from.push(cluster)
    const place = Math.min(stays.place, goes.place)
    if (place !== stays.place) {
      stays.place = place
      for (const key of stays.firsts.keys()) this.unsort(key)
    }
    for (const [key, trace] of goes.firsts) this.hold(stays, key, trace)
    for (const cluster of goes.from) this.holdValues(stays, cluster)
    for (const byValue of this.byValue) for (const cluster of goes.from) forget(byValue, cluster, goes)
    return stays
  }

  /**
   * Parts that a cluster is linked to, senior first. After some limits refused it: those behind `after` that hold all its
   * values of these limits.
   */
  *linkedTo(cluster: Cluster, after = -1, refusing: ReadonlySet<number> = new Set()): Generator<Part> {
    const keys = this.group.keysOf(cluster)
    const narrowing = [...refusing].flatMap((place) => {
      const [code] = cluster.counted[place]?.keys() ?? []
      return code === undefined ? [] : [this.byValue[place]?.get(code) ?? new Set<Part>()]
    })
    const [narrowest] = narrowing.sort((a, b) => a.size - b.size)
    const isLinked = (part: Part) => [...keys.keys()].some((key) => part.firsts.has(key))
    if (narrowest) {
      yield* [...narrowest].filter((part) => part.place > after && isLinked(part)).sort((a, b) => a.place - b.place)
    } else if (keys.size === 1) {
      for (const key of keys.keys()) for (const part of this.partsOf(key)) if (part.place > after) yield part
    } else {
      const found = new Set([...keys.keys()].flatMap((key) => this.partsOf(key)))
      yield* [...found].filter((part) => part.place > after).sort((a, b) => a.place - b.place)
    }
  }

  /** Smallest edge between a cluster and a part. */
  edgeBetween(cluster: Cluster, part: Part): CodeEdge | undefined {
    let smallest: CodeEdge | undefined
    for (const [key, trace] of this.group.keysOf(cluster)) {
      const first = part.firsts.get(key)
      if (first === undefined) continue
      const edge = this.group.edgeOfKey(key, trace, first)
      if (!smallest || this.group.compareEdges(edge, smallest) < 0) smallest = edge
    }
    return smallest
  }

  private partsOf(key: number): readonly Part[] {
    const list = this.byKey.get(key)
    if (!list) return []
    if (!list.sorted) {
      list.parts = [...new Set(list.parts)].filter((part) => !part.merged).sort((a, b) => a.place - b.place)
      list.sorted = true
    }
    return list.parts
  }

  private unsort(key: number): void {
    const list = this.byKey.get(key)
    if (list) list.sorted = false
  }

  private hold(part: Part, key: number, trace: number): void {
    const known = part.firsts.get(key)
    part.firsts.set(key, Math.min(trace, known ?? trace))
    if (known !== undefined) return
    const list = this.byKey.get(key) ?? { parts: [], sorted: true }
    this.byKey.set(key, list)
    const last = list.parts[list.parts.length - 1]
    if (last && last.place > part.place) list.sorted = false
    list.parts.push(part)
  }

  private holdValues(part: Part, cluster: Cluster): void {
    cluster.counted.forEach((counted, place) => {
      for (const code of counted.keys()) addTo(this.byValue[place] as Map<number, Set<Part>>, code, part)
    })
  }
}

function forget(byValue: Map<number, Set<Part>>, cluster: Cluster, part: Part): void {
  for (const counted of cluster.counted) for (const code of counted.keys()) byValue.get(code)?.delete(part)
}

function addTo<V>(map: Map<number, Set<V>>, key: number, value: V): void {
  const known = map.get(key)
  if (known) known.add(value)
  else map.set(key, new Set([value]))
}

function isAllowed(verdict: Verdict): boolean {
  return verdict.exceeded.length === 0 && !verdict.separated
}

function guardOf(verdict: Verdict): GuardName {
  const [first] = verdict.exceeded
  if (!first) return 'separation'
  return verdict.exceeded.some(({ limit }) => limit.guard === 'conflict_limit') ? 'conflict_limit' : 'field_conflict'
}

function unionOf(sets: readonly (ReadonlySet<number> | null)[]): ReadonlySet<number> | null {
  const filled = sets.filter((set) => set !== null)
  const [first] = filled
  if (!first) return null
  return filled.length === 1 ? first : new Set(filled.flatMap((set) => [...set]))
}

/** Distinct counted values of a union, without building it where that can be avoided. */
function countUnion(clusters: readonly Cluster[], place: number, demoted: ReadonlySet<number> | null): number {
  const [a, b] = clusters
  if (clusters.length !== 2 || demoted !== null || !a || !b) return valuesOfUnion(clusters, place, demoted).size
  const x = a.counted[place] as Counted
  const y = b.counted[place] as Counted
  const [small, large] = x.size < y.size ? [x, y] : [y, x]
  let count = large.size
  for (const code of small.keys()) if (!large.has(code)) count++
  return count
}

function valuesOfUnion(clusters: readonly Cluster[], place: number, demoted: ReadonlySet<number> | null): Counted {
  const values: Counted = new Map()
  for (const cluster of clusters) {
    for (const [code, trace] of cluster.counted[place] ?? []) {
      if (demoted?.has(code)) continue
      values.set(code, Math.min(trace, values.get(code) ?? trace))
    }
  }
  return values
}

function addsValue(cluster: Cluster, part: Cluster, place: number): boolean {
  const held = part.counted[place]
  for (const code of cluster.counted[place]?.keys() ?? []) if (!held?.has(code)) return true
  return false
}

function strongestPerPair(held: readonly HeldCode[]): readonly HeldCode[] {
  const byPair = new Map<string, HeldCode>()
  for (const link of held) {
    const pair = `${link.cluster}/${link.refusedBy}`
    const known = byPair.get(pair)
    if (!known || link.stage < known.stage) byPair.set(pair, link)
  }
  return [...byPair.values()].sort((a, b) => a.cluster - b.cluster || a.refusedBy - b.refusedBy)
}
