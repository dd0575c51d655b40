import { agreementOf, agreementTypes } from './agreement.ts'
import { assembleCandidates, type CandidateDraft } from './assemble-candidates.ts'
import { primaryCriterion, type Cluster, type Edge, type ReferenceClosure, type Seen } from './reference-closure.ts'
import type { Candidate, HeldLink } from './resolution.ts'
import { suggestedPairs } from './suggestion.ts'
import { reasonOf } from './unresolved.ts'

/**
 * Review candidates by their definition: per rule and value each cluster is paired with the highest-ranking cluster it has a
 * weak link to through that value (holders of a verified sighting first, then by seniority), when that one ranks above it.
 */
export function referenceCandidates(
  closure: ReferenceClosure,
  held: readonly HeldLink[],
): { readonly candidates: readonly Candidate[]; readonly notListed: number } {
  const drafts: CandidateDraft[] = []
  const profiles = closure.clusters.filter((cluster) =>
    cluster.traces.some((trace) => closure.world.traces[trace]?.formsProfile),
  )
  const pairMay = (a: Cluster, b: Cluster) =>
    !closure.standing.separatesWithin([...a.traces, ...b.traces]) && !closure.standing.dismisses(a.traces, b.traces)

  for (const link of held) {
    const survivor = closure.clusterAt(link.refusedBy)
    const session = closure.clusterAt(link.cluster)
    if (link.guard === 'separation' || !pairMay(survivor, session)) continue
    drafts.push({ ...draftOf(closure, survivor, session, link.stage, link.type, link.value), reason: reasonOf(link) })
  }

  closure.stages.forEach((stage, index) => {
    const edges = weakEdges(closure, profiles, index)
    const values = new Map<string, Edge[]>()
    for (const edge of edges) values.set(edge.value, [...(values.get(edge.value) ?? []), edge])
    for (const [value, meeting] of values) {
      const types = (stage.rule.match[primaryCriterion(stage.rule.match)]?.types ?? []).map((name) =>
        closure.ruleset.identifiers.findIndex((type) => type.name === name),
      )
      const rank = (cluster: Cluster) => [isVerifiedHolder(closure, cluster, types, value) ? 0 : 1, cluster.id] as const
      const above = (a: Cluster, b: Cluster) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1]
      for (const cluster of new Set(meeting.flatMap(({ a, b }) => [a, b]))) {
        const [owner] = meeting
          .filter(({ a, b }) => a === cluster || b === cluster)
          .map(({ a, b }) => (a === cluster ? b : a))
          .sort(above)
        if (!owner || above(owner, cluster) > 0 || !pairMay(owner, cluster)) continue
        const type = closure.ruleset.identifiers[typeOf(closure, owner, types, value)]?.name ?? ''
        const draft = draftOf(closure, owner, cluster, index, type, value)
        drafts.push({ ...draft, reason: stage.merges ? weakReason(draft.parts.trust) : 'low_confidence' })
      }
    }
  })
  const { world } = closure
  const view = {
    traceOf: world.traceOf,
    clusterOf: (trace: number) => closure.clusterAt(trace).id,
    isProfile: (cluster: number) => profiles.some(({ id }) => id === cluster),
    isVerified: (trace: number, name: string) =>
      world.traces[trace]?.sightings.some(({ type, verified }) => type === name && verified) ?? false,
  }
  for (const pair of suggestedPairs(world.suggestions ?? [], view)) {
    const survivor = closure.clusterAt(pair.survivor)
    const session = closure.clusterAt(pair.session)
    if (!pairMay(survivor, session)) continue
    drafts.push({
      survivor: pair.survivor,
      session: pair.session,
      stage: closure.stages.length,
      type: pair.suggestion.type,
      value: pair.suggestion.value,
      reason: 'unverified_claim',
      parts: {
        trust: pair.verified ? 0.5 : 0.25,
        rarity: 1 / pair.holders,
        agreement: agreementOf(agreementValues(closure, survivor), agreementValues(closure, session)),
        limits: 1 / (1 + excessOf(closure, survivor, session)),
      },
      seenCount: pair.carrying.reduce((sum, trace) => sum + (world.traces[trace]?.recordCount ?? 0), 0),
      lastSeen: Math.max(...pair.carrying.map((trace) => world.traces[trace]?.lastAt ?? -Infinity)),
    })
  }
  return assembleCandidates(drafts, closure.ruleset)
}

/** Values beyond the limits that the two would hold together. */
function excessOf(closure: ReferenceClosure, a: Cluster, b: Cluster): number {
  const both = [...a.traces, ...b.traces]
  const demoted = new Set([...a.demoted, ...b.demoted])
  return closure.limits.reduce(
    (sum, { type, limit }) => sum + Math.max(0, closure.countedValues(both, type, demoted).length - limit),
    0,
  )
}

/** Verified on both sides and yet weak: a demoted value, that is a limit's doing. */
export function weakReason(trust: number): 'identifier_conflict' | 'unverified_claim' {
  return trust === 1 ? 'identifier_conflict' : 'unverified_claim'
}

function weakEdges(closure: ReferenceClosure, profiles: readonly Cluster[], index: number): readonly Edge[] {
  const edges: Edge[] = []
  profiles.forEach((a, place) => {
    for (const b of profiles.slice(place + 1)) {
      const strong = closure.stages[index]?.merges ? closure.meet(index, a, b, 'strong') : []
      const strongValues = new Set(strong.map(({ value }) => value))
      edges.push(...closure.meet(index, a, b, 'any').filter(({ value }) => !strongValues.has(value)))
    }
  })
  return edges
}

function draftOf(
  closure: ReferenceClosure,
  survivor: Cluster,
  session: Cluster,
  stage: number,
  type: string,
  value: string,
): Omit<CandidateDraft, 'reason'> {
  const { match } = closure.stages[stage]?.rule ?? { match: [] }
  const types = (match[primaryCriterion(match)]?.types ?? [type]).map((name) =>
    closure.ruleset.identifiers.findIndex((identifier) => identifier.name === name),
  )
  const holds = (cluster: Cluster) => closure.seenOf(cluster).some((seen) => carries(seen, types, value))
  const verified = [survivor, session].filter((side) => isVerifiedHolder(closure, side, types, value)).length
  const traces = session.traces.filter((trace) =>
    closure.seenOf(session).some((seen) => seen.trace === trace && carries(seen, types, value)),
  )
  return {
    survivor: survivor.id,
    session: session.id,
    stage,
    type,
    value,
    parts: {
      trust: verified === 2 ? 1 : verified === 1 ? 0.5 : 0.25,
      rarity: 1 / Math.max(1, closure.clusters.filter(holds).length),
      agreement: agreementOf(agreementValues(closure, survivor), agreementValues(closure, session)),
      limits: 1 / (1 + excessOf(closure, survivor, session)),
    },
    seenCount: traces.reduce((sum, trace) => sum + (closure.world.traces[trace]?.recordCount ?? 0), 0),
    lastSeen: Math.max(...traces.map((trace) => closure.world.traces[trace]?.lastAt ?? -Infinity)),
  }
}

function agreementValues(closure: ReferenceClosure, cluster: Cluster): readonly (readonly string[])[] {
  return agreementTypes.map((name) =>
    closure
      .seenOf(cluster)
      .filter((seen) => closure.ruleset.identifiers[seen.type]?.name === name)
      .map((seen) => seen.value),
  )
}

function carries(seen: Seen, types: readonly number[], value: string): boolean {
  return types.includes(seen.type) && seen.value === value && !seen.idle
}

function isVerifiedHolder(
  closure: ReferenceClosure,
  cluster: Cluster,
  types: readonly number[],
  value: string,
): boolean {
  return closure.seenOf(cluster).some((seen) => carries(seen, types, value) && seen.verified)
}

/** The strongest type under which a cluster holds the value. */
function typeOf(closure: ReferenceClosure, cluster: Cluster, types: readonly number[], value: string): number {
  return Math.min(
    ...closure
      .seenOf(cluster)
      .filter((seen) => carries(seen, types, value))
      .map((seen) => seen.type),
  )
}
