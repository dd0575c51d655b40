import { compareText } from '../evidence/record.ts'
import type { Trace } from '../evidence/trace.ts'
import { compileFilter, criterionComparer, withinWindow } from '../match/index.ts'
import type { Criterion, Ruleset } from '../ruleset/ruleset.ts'
import { standardizersFor } from '../standardize/index.ts'
import type { Decision } from './decision.ts'
import { guardOf, strongestPerPair } from './held-links.ts'
import { demotes, groupSizeReason, limitReason, limitsOf, strengthOf, type Limit } from './limits.ts'
import { quarantine } from './quarantine.ts'
import type { GuardName, HeldLink, Link, Resolution } from './resolution.ts'
import { stagesOf, type Stage } from './stages.ts'
import type { Suggestion } from './suggestion.ts'
import { crowdedValues } from './crowd.ts'
import { standingDecisions, type PairGroup, type StandingDecisions } from './standing-decisions.ts'

/** Everything `resolve` looks at. Traces stand in seniority order; a trace is named by its place. */
export interface World {
  readonly traces: readonly Trace[]
  readonly ruleset: Ruleset
  /** The standing ones, in any order. */
  readonly decisions: readonly Decision[]
  readonly suggestions?: readonly Suggestion[]
  /** The trace that holds a record. */
  traceOf(source: string, key: string): number | undefined
}

/** A sighting as the closure sees it: where it stands, whether people made it verified, and what keeps it from linking. */
export interface Seen {
  readonly trace: number
  /** Index of the identifier type. */
  readonly type: number
  readonly value: string
  readonly verified: boolean
  /** Quarantined by `shared_when`, made inactive by a split, or one of a crowd's: never meets, never counts. */
  readonly idle: boolean
}

/** A cluster in the making. `id` is its most senior trace. */
export interface Cluster {
  readonly id: number
  readonly traces: readonly number[]
  readonly demoted: ReadonlySet<string>
  /** Per limited type, the values that a standing decision brought together beyond the limit. */
  readonly excused: ReadonlyMap<number, ReadonlySet<string>>
}

/** See `resolveReference`. */
export class ReferenceClosure {
  readonly world: World
  readonly ruleset: Ruleset
  readonly stages: readonly Stage[]
  readonly limits: readonly Limit[]
  readonly standing: StandingDecisions
  readonly shared: Resolution['shared']
  private readonly crowded: ReadonlySet<string>
  readonly links: Link[] = []
  readonly refusedGroups: { readonly clusters: readonly number[]; readonly held: readonly HeldLink[] }[] = []
  clusters: readonly Cluster[]
  private readonly seenByTrace: readonly (readonly Seen[])[]
  private readonly meetings: readonly (readonly Meeting[])[]

  constructor(world: World) {
    const { ruleset } = world
    this.world = world
    this.ruleset = ruleset
    this.stages = stagesOf(ruleset)
    this.limits = limitsOf(ruleset)
    this.standing = standingDecisions(world.decisions, world.traceOf)
    this.shared = quarantine(world.traces, ruleset)
    this.crowded = crowdedValues(world.traces, ruleset)
    this.seenByTrace = world.traces.map((_, trace) => this.see(trace))
    this.meetings = this.stages.map((stage) => stage.rule.match.map((criterion) => meetingOf(criterion, ruleset)))
    this.clusters = world.traces.map((_, id) => ({ id, traces: [id], demoted: new Set<string>(), excused: new Map() }))
  }

  /** Joins what people said is one person, latest decision first. Limits do not apply to people. */
  applyDecisions(): void {
    for (const sides of this.standing.positives) {
      for (const group of this.standing.standingGroups(sides)) this.joinSeniorPair(group, sides.decision.id)
    }
    this.clusters = this.clusters.map((cluster) => ({ ...cluster, excused: this.excessOf(cluster) }))
  }

  /** The most senior pair that no separation forbids. */
  private joinSeniorPair(group: PairGroup, decision: string): void {
    for (const [a, b] of group) {
      const left = this.clusterAt(a)
      const right = this.clusterAt(b)
      if (left === right) return
      if (this.standing.separatesWithin([...left.traces, ...right.traces])) continue
      this.links.push({ left: Math.min(a, b), right: Math.max(a, b), stage: -1, decision, type: '', value: '' })
      this.replace([left, right], unite([left, right], left.demoted, new Map()))
      return
    }
  }

  /** Passes over the stages until one joins nothing; what that last pass refused is held. */
  run(): readonly HeldLink[] {
    for (;;) {
      const held: HeldLink[] = []
      this.refusedGroups.length = 0
      const joined = this.stages.some((_, index) => this.runStage(index, held))
      if (!joined) return strongestPerPair(held)
    }
  }

  /** One stage over all clusters. True when anything was joined. */
  private runStage(index: number, held: HeldLink[]): boolean {
    const stage = this.stages[index] as Stage
    if (!stage.merges) return false
    const edges = this.strongLinks(index)
    let joined = false
    for (const group of connectedGroups(edges)) joined = this.runGroup(index, group, held) || joined
    return joined
  }

  private runGroup(index: number, group: readonly Edge[], held: HeldLink[]): boolean {
    const stage = this.stages[index] as Stage
    const clusters = clustersOf(group)
    const refuseAll = (guard: GuardName, reasons: readonly string[]): boolean => {
      const [senior, ...others] = clusters
      const refused = others.map((cluster): HeldLink => {
        const edge = group.find(({ a, b }) => a === cluster || b === cluster) as Edge
        const { type, value } = edge
        return {
          cluster: cluster.id,
          refusedBy: (senior as Cluster).id,
          stage: index,
          type,
          value,
          guard,
          reasons,
          group: true,
        }
      })
      held.push(...refused)
      this.refusedGroups.push({ clusters: clusters.map((cluster) => cluster.id), held: refused })
      return false
    }
    const size = clusters.filter((cluster) => !this.isBare(cluster, group)).length
    const { maxGroupSize } = stage.rule
    if (maxGroupSize !== null && size > maxGroupSize) {
      return refuseAll('group_size', [groupSizeReason(stage, size, maxGroupSize)])
    }
    const all = this.judge(clusters, stage)
    if (all.exceeded.some(({ limit }) => limit.whenExceeded === 'block')) {
      return refuseAll(
        guardOf(all.exceeded),
        all.exceeded.map(({ limit, found }) => limitReason(limit, found)),
      )
    }
    if (isAllowed(all)) {
      this.join(clusters, group, all)
      return true
    }
    return this.joinBySeniority(index, group, clusters, held)
  }

  /**
   * Takes the clusters by seniority and joins each to every part built so far that it is linked to, senior part first, where
   * the guards allow. A cluster that a limit refused joins a junior part only where it adds no new value of that limit.
   */
  private joinBySeniority(
    index: number,
    group: readonly Edge[],
    clusters: readonly Cluster[],
    held: HeldLink[],
  ): boolean {
    const stage = this.stages[index] as Stage
    let parts: Part[] = []
    for (const cluster of clusters) {
      let current: Part = { cluster, from: [cluster] }
      const refusedLimits = new Set<Limit>()
      for (const part of parts) {
        const edge = group.find(
          ({ a, b }) => (a === cluster && part.from.includes(b)) || (b === cluster && part.from.includes(a)),
        )
        if (!edge) continue
        if ([...refusedLimits].some((limit) => this.addsValue(cluster, part.cluster, limit))) continue
        const verdict = this.judge([part.cluster, current.cluster], stage)
        if (isAllowed(verdict)) {
          const from = [...part.from, ...current.from]
          const united = unite([part.cluster, current.cluster], verdict.demoted, verdict.excused)
          parts = parts.filter((other) => other !== part && other !== current)
          current = { cluster: united, from }
          continue
        }
        for (const { limit } of verdict.exceeded) refusedLimits.add(limit)
        const ids = [part.cluster.id, current.cluster.id].sort((a, b) => a - b) as [number, number]
        held.push({
          cluster: ids[1],
          refusedBy: ids[0],
          stage: index,
          type: edge.type,
          value: edge.value,
          guard: guardOf(verdict.exceeded),
          reasons: verdict.exceeded.map(({ limit, found }) => limitReason(limit, found)),
          group: false,
        })
      }
      parts = [...parts, current].sort((a, b) => a.cluster.id - b.cluster.id)
    }
    for (const part of parts) {
      if (part.from.length > 1)
        this.join(part.from, group, { demoted: part.cluster.demoted, excused: part.cluster.excused })
    }
    return parts.length < clusters.length
  }

  private join(
    clusters: readonly Cluster[],
    group: readonly Edge[],
    outcome: Pick<Verdict, 'demoted' | 'excused'>,
  ): void {
    this.links.push(...spanningLinks(clusters, group))
    this.replace(clusters, unite(clusters, outcome.demoted, outcome.excused))
  }

  /** What the guards say of the union of some clusters under a stage. */
  private judge(clusters: readonly Cluster[], stage: Stage): Verdict {
    const traces = clusters.flatMap((cluster) => cluster.traces)
    const demoted = new Set(clusters.flatMap((cluster) => [...cluster.demoted]))
    const excused = new Map<number, ReadonlySet<string>>()
    const exceeded: { limit: Limit; found: number }[] = []
    for (const limit of this.limits) {
      const values = this.countedValues(traces, limit.type, demoted)
      if (values.length <= limit.limit) continue
      const excuses = bySeniority(clusters).flatMap((cluster) => cluster.excused.get(limit.type) ?? [])
      const covering = excuses.find((excuse) => values.every((value) => excuse.has(value)))
      if (covering) {
        excused.set(limit.type, covering)
      } else if (demotes(strengthOf(stage, this.ruleset), limit)) {
        const kept = excuses[0] ?? new Set(values.slice(0, limit.limit))
        if (excuses[0]) excused.set(limit.type, excuses[0])
        for (const value of values) if (!kept.has(value)) demoted.add(keyOf(limit.type, value))
      } else {
        exceeded.push({ limit, found: values.length })
      }
    }
    return { exceeded, separated: this.standing.separatesWithin(traces), demoted, excused }
  }

  /** Distinct verified values that neither sleep nor are demoted, in the order of their earliest sighting. */
  countedValues(traces: readonly number[], type: number, demoted: ReadonlySet<string>): readonly string[] {
    const earliest = new Map<string, number>()
    for (const trace of traces) {
      for (const seen of this.seenByTrace[trace] ?? []) {
        if (seen.type !== type || !seen.verified || seen.idle || demoted.has(keyOf(type, seen.value))) continue
        earliest.set(seen.value, Math.min(trace, earliest.get(seen.value) ?? trace))
      }
    }
    return [...earliest].sort((a, b) => a[1] - b[1] || compareText(a[0], b[0])).map(([value]) => value)
  }

  private addsValue(cluster: Cluster, part: Cluster, limit: Limit): boolean {
    const held = new Set(this.countedValues(part.traces, limit.type, part.demoted))
    return this.countedValues(cluster.traces, limit.type, cluster.demoted).some((value) => !held.has(value))
  }

  /** Values that a decision piled up beyond the limits, and no single trace of the cluster holds by itself. */
  private excessOf(cluster: Cluster): ReadonlyMap<number, ReadonlySet<string>> {
    const excused = new Map<number, ReadonlySet<string>>()
    for (const { type, limit } of this.limits) {
      const values = this.countedValues(cluster.traces, type, cluster.demoted)
      const ownMost = Math.max(...cluster.traces.map((trace) => this.countedValues([trace], type, new Set()).length))
      if (values.length > limit && values.length > ownMost) excused.set(type, new Set(values))
    }
    return excused
  }

  /** Whether a cluster holds nothing but session anchors and attributes besides the values that link the group. */
  private isBare(cluster: Cluster, group: readonly Edge[]): boolean {
    const linking = new Set(group.flatMap(({ values }) => values))
    return cluster.traces.every((trace) =>
      (this.seenByTrace[trace] ?? []).every((seen) => {
        const type = this.ruleset.identifiers[seen.type]
        const strong = type !== undefined && type.kind !== 'attribute' && !type.session
        return !strong || !seen.verified || seen.idle || linking.has(keyOf(seen.type, seen.value))
      }),
    )
  }

  private strongLinks(index: number): readonly Edge[] {
    const edges: Edge[] = []
    this.clusters.forEach((a, place) => {
      for (const b of this.clusters.slice(place + 1)) edges.push(...this.meet(index, a, b, 'strong'))
    })
    return edges
  }

  /**
   * How two clusters meet under a stage: one edge per value of the first exact criterion through which every criterion is met.
   * `strong` asks for active values, verified on both sides; `any` takes unverified and demoted ones too.
   */
  meet(index: number, a: Cluster, b: Cluster, strength: 'strong' | 'any'): readonly Edge[] {
    const { rule } = this.stages[index] as Stage
    const meetings = this.meetings[index] as readonly Meeting[]
    const primary = primaryCriterion(rule.match)
    const attributesOnly = rule.match.every((criterion) => this.areAttributes(criterion))
    const sides = (cluster: Cluster): readonly (readonly number[])[] =>
      rule.compare === 'profile' ? [cluster.traces] : cluster.traces.map((trace) => [trace])
    const edges: Edge[] = []
    for (const left of sides(a)) {
      for (const right of sides(b)) {
        const met = rule.match.map((criterion, place) => {
          const onlyVerified = strength === 'strong' && (attributesOnly || !this.areAttributes(criterion))
          const meeting = meetings[place] as Meeting
          if (meeting.missingMatches && (this.lacks(left, meeting.types) || this.lacks(right, meeting.types))) {
            return 'missing'
          }
          const seenOf = (cluster: Cluster, traces: readonly number[]) =>
            this.seen(cluster, traces, strength).filter((seen) => meeting.types.includes(seen.type))
          return meetingPairs(
            meeting,
            seenOf(a, left),
            seenOf(b, right),
            onlyVerified,
            rule.withinMs,
            this.world.traces,
          )
        })
        if (met.some((pairs) => pairs !== 'missing' && pairs.length === 0)) continue
        const values = met.flatMap((pairs, place) =>
          pairs === 'missing' || rule.match[place]?.how !== 'exact'
            ? []
            : pairs.flatMap(([x, y]) => [keyOf(x.type, x.value), keyOf(y.type, y.value)]),
        )
        for (const [x, y] of met[primary] as readonly (readonly [Seen, Seen])[]) {
          const [senior, junior] = x.trace < y.trace ? [x, y] : [y, x]
          const type = this.ruleset.identifiers[senior.type]?.name ?? ''
          edges.push({
            a,
            b,
            left: senior.trace,
            right: junior.trace,
            stage: index,
            type,
            position: senior.type,
            value: senior.value,
            values,
          })
        }
      }
    }
    return edges
  }

  /** Sightings of some traces of a cluster that may meet; for `any` also unverified and demoted ones. */
  private seen(cluster: Cluster, traces: readonly number[], strength: 'strong' | 'any'): readonly Seen[] {
    return traces
      .flatMap((trace) => this.seenByTrace[trace] ?? [])
      .filter((seen) => !seen.idle && (strength === 'any' || !cluster.demoted.has(keyOf(seen.type, seen.value))))
  }

  /** Whether no sighting of these types stands on the traces, whatever became of it. */
  private lacks(traces: readonly number[], types: readonly number[]): boolean {
    return traces.every((trace) => (this.seenByTrace[trace] ?? []).every((seen) => !types.includes(seen.type)))
  }

  /** Every sighting of a cluster. */
  seenOf(cluster: Cluster): readonly Seen[] {
    return cluster.traces.flatMap((trace) => this.seenByTrace[trace] ?? [])
  }

  private see(trace: number): readonly Seen[] {
    const { ruleset } = this
    const isNamed = (list: StandingDecisions['confirmed'], type: string, value: string) =>
      list.some((named) => named.trace === trace && named.type === type && named.value === value)
    return (this.world.traces[trace] as Trace).sightings.map((sighting) => {
      const { type, value } = sighting
      const verified = sighting.verified || isNamed(this.standing.confirmed, type, value)
      return {
        trace,
        type: ruleset.identifiers.findIndex((identifier) => identifier.name === type),
        value,
        verified,
        idle:
          isNamed(this.standing.inactive, type, value) ||
          this.shared.some((shared) => shared.type === type && shared.value === value) ||
          (!verified && this.crowded.has(JSON.stringify([type, value]))),
      }
    })
  }

  private areAttributes(criterion: Criterion): boolean {
    return criterion.types.every(
      (name) => this.ruleset.identifiers.find((type) => type.name === name)?.kind === 'attribute',
    )
  }

  clusterAt(trace: number): Cluster {
    return this.clusters.find((cluster) => cluster.traces.includes(trace)) as Cluster
  }

  valueOfKey(key: string): { readonly type: string; readonly value: string } {
    const cut = key.indexOf(':')
    return { type: this.ruleset.identifiers[Number(key.slice(0, cut))]?.name ?? '', value: key.slice(cut + 1) }
  }

  private replace(old: readonly Cluster[], united: Cluster): void {
    this.clusters = [...this.clusters.filter((cluster) => !old.includes(cluster)), united].sort((a, b) => a.id - b.id)
  }
}

/** Two clusters that meet, through traces that hold the value; the more senior trace is `left`. */
export interface Edge {
  readonly a: Cluster
  readonly b: Cluster
  readonly left: number
  readonly right: number
  readonly stage: number
  readonly type: string
  readonly position: number
  readonly value: string
  /** Keys of all exact values through which the two meet. */
  readonly values: readonly string[]
}

interface Part {
  readonly cluster: Cluster
  readonly from: readonly Cluster[]
}

interface Verdict {
  readonly exceeded: readonly { readonly limit: Limit; readonly found: number }[]
  readonly separated: boolean
  readonly demoted: ReadonlySet<string>
  readonly excused: ReadonlyMap<number, ReadonlySet<string>>
}

function isAllowed(verdict: Verdict): boolean {
  return verdict.exceeded.length === 0 && !verdict.separated
}

export function keyOf(type: number, value: string): string {
  return `${type}:${value}`
}

function unite(
  clusters: readonly Cluster[],
  demoted: ReadonlySet<string>,
  excused: ReadonlyMap<number, ReadonlySet<string>>,
): Cluster {
  const traces = clusters.flatMap((cluster) => cluster.traces).sort((a, b) => a - b)
  return { id: traces[0] as number, traces, demoted, excused }
}

interface Meeting {
  readonly types: readonly number[]
  readonly passes: (seen: Seen) => boolean
  readonly similarity: ((left: string, right: string) => number) | null
  readonly missingMatches: boolean
}

function meetingOf(criterion: Criterion, ruleset: Ruleset): Meeting {
  const types = criterion.types.map((name) => ruleset.identifiers.findIndex((type) => type.name === name))
  const filters = new Map(
    types.map((position) => {
      const type = ruleset.identifiers[position]
      return [position, type ? compileFilter(criterion.where, standardizersFor(type, ruleset)) : () => true]
    }),
  )
  return {
    types,
    passes: (seen) => filters.get(seen.type)?.(seen.value) ?? false,
    similarity: criterion.how === 'exact' ? null : criterionComparer(criterion),
    missingMatches: criterion.how !== 'exact' && criterion.missing === 'match',
  }
}

function meetingPairs(
  meeting: Meeting,
  left: readonly Seen[],
  right: readonly Seen[],
  onlyVerified: boolean,
  withinMs: number | null,
  traces: readonly Trace[],
): readonly (readonly [Seen, Seen])[] {
  const mayMeet = (seen: Seen) => meeting.passes(seen) && (seen.verified || !onlyVerified)
  const pairs: [Seen, Seen][] = []
  for (const x of left.filter(mayMeet)) {
    for (const y of right.filter(mayMeet)) {
      const s = traces[x.trace] as Trace
      const t = traces[y.trace] as Trace
      if (withinMs !== null && !withinWindow(s.firstAt, s.lastAt, t.firstAt, t.lastAt, withinMs)) continue
      const meets = meeting.similarity ? meeting.similarity(x.value, y.value) >= 0 : x.value === y.value
      if (meets) pairs.push([x, y])
    }
  }
  return pairs
}

/** Place of the criterion that names a link: the first exact one. */
export function primaryCriterion(match: readonly Criterion[]): number {
  return match.findIndex((criterion) => criterion.how === 'exact')
}

function connectedGroups(edges: readonly Edge[]): readonly (readonly Edge[])[] {
  let groups: Edge[][] = []
  for (const edge of edges) {
    const touching = groups.filter((group) =>
      group.some((other) => other.a === edge.a || other.b === edge.a || other.a === edge.b || other.b === edge.b),
    )
    groups = [...groups.filter((group) => !touching.includes(group)), [...touching.flat(), edge]]
  }
  return groups.map((group) => group.sort(compareEdges))
}

function compareEdges(p: Edge, q: Edge): number {
  return p.left - q.left || p.right - q.right || p.position - q.position || compareText(p.value, q.value)
}

function bySeniority(clusters: readonly Cluster[]): readonly Cluster[] {
  return [...clusters].sort((a, b) => a.id - b.id)
}

function clustersOf(group: readonly Edge[]): readonly Cluster[] {
  return bySeniority([...new Set(group.flatMap(({ a, b }) => [a, b]))])
}

/** Fewest links that connect the clusters, senior traces first. */
function spanningLinks(clusters: readonly Cluster[], group: readonly Edge[]): readonly Link[] {
  const tree = new Map<Cluster, Cluster>(clusters.map((cluster) => [cluster, cluster]))
  const rootOf = (cluster: Cluster): Cluster => {
    const parent = tree.get(cluster) as Cluster
    return parent === cluster ? cluster : rootOf(parent)
  }
  const links: Link[] = []
  for (const { a, b, left, right, stage, type, value } of group) {
    if (!tree.has(a) || !tree.has(b) || rootOf(a) === rootOf(b)) continue
    tree.set(rootOf(a), rootOf(b))
    links.push({ left, right, stage, decision: null, type, value })
  }
  return links
}

/** One held link per cluster and refusing part: the strongest stage's. */
