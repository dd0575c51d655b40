import { agreementOf, agreementTypes } from './agreement.ts'
import { assembleCandidates, type CandidateDraft } from './assemble-candidates.ts'
import { codesOfTraces, type BulkEvidence, type StagePlan } from './bulk-evidence.ts'
import { equalKeyOf, mayMeet, meetingEdges, type Side } from './bulk-meeting.ts'
import type { HeldCode } from './component-closure.ts'
import { forEachPairInBlocks } from './exact-blocks.ts'
import type { Candidate, CandidateReason, HeldLink } from './resolution.ts'
import { weakReason } from './reference-candidates.ts'
import { suggestedPairs, type SuggestedPair, type Suggestion } from './suggestion.ts'
import { reasonOf } from './unresolved.ts'

interface Pairing {
  readonly survivor: number
  readonly session: number
  readonly stage: number
  readonly code: number
  /** null: told by the trust of both sides. */
  readonly reason: CandidateReason | null
}

/** Review candidates of a resolved population; equal to `referenceCandidates`. */
export async function bulkCandidates(
  evidence: BulkEvidence,
  clusterOf: Int32Array,
  tracesOf: (cluster: number) => readonly number[],
  demoted: readonly { readonly cluster: number; readonly code: number }[],
  held: ReadonlyMap<HeldCode, HeldLink>,
  suggestions: readonly Suggestion[] = [],
): Promise<{ readonly candidates: readonly Candidate[]; readonly notListed: number }> {
  const clusters = new Clusters(evidence, clusterOf, tracesOf, demoted)
  const pairings: Pairing[] = []
  for (const [link, { guard }] of held) {
    if (guard === 'separation') continue
    const { refusedBy: survivor, cluster: session, stage, code } = link
    pairings.push({ survivor, session, stage, code, reason: reasonOf(held.get(link) as HeldLink) })
  }
  for (const plan of evidence.stages) {
    const found = plan.simple ? simplePairings(evidence, plan, clusters) : compositePairings(evidence, plan, clusters)
    for (const pairing of found) pairings.push(pairing)
  }
  const open = pairings.filter(({ survivor, session }) => clusters.mayPair(survivor, session))
  const suggested = suggestedPairs(suggestions, {
    traceOf: (source, key) => evidence.population.traceOf(source, key),
    clusterOf: (trace) => clusterOf[trace] as number,
    isProfile: (cluster) => clusters.isProfile(cluster),
    isVerified: (trace, type) => holdsTypeVerified(evidence, trace, type),
  }).filter(({ survivor, session }) => clusters.mayPair(survivor, session))
  const involved = new Set([...open, ...suggested].flatMap(({ survivor, session }) => [survivor, session]))
  const traces = Int32Array.from([...involved].flatMap((cluster) => [...tracesOf(cluster)]))
  await evidence.texts.load(open.map(({ code }) => code))
  const agreement = await loadAgreement(evidence, traces)
  const drafts = [
    ...open.map((pairing) => draftOf(evidence, clusters, agreement, pairing)),
    ...suggested.map((pair) => suggestedDraft(evidence, clusters, agreement, pair)),
  ]
  return assembleCandidates(drafts, evidence.ruleset)
}

/** Clusters as candidates see them. */
class Clusters {
  readonly clusterOf: Int32Array
  readonly tracesOf: (cluster: number) => readonly number[]
  readonly demotedIn = new Map<number, Set<number>>()
  /** By stage and value. */
  readonly profilesHolding = new Map<string, number>()
  private readonly evidence: BulkEvidence
  private readonly profiles: Uint8Array

  constructor(
    evidence: BulkEvidence,
    clusterOf: Int32Array,
    tracesOf: (cluster: number) => readonly number[],
    demoted: readonly { readonly cluster: number; readonly code: number }[],
  ) {
    this.evidence = evidence
    this.clusterOf = clusterOf
    this.tracesOf = tracesOf
    for (const { cluster, code } of demoted) {
      const codes = this.demotedIn.get(cluster)
      if (codes) codes.add(code)
      else this.demotedIn.set(cluster, new Set([code]))
    }
    this.profiles = new Uint8Array(clusterOf.length)
    evidence.population.formsProfile.forEach((forms, trace) => {
      if (forms === 1) this.profiles[clusterOf[trace] as number] = 1
    })
  }

  isProfile(cluster: number): boolean {
    return this.profiles[cluster] === 1
  }

  side(cluster: number): Side {
    return { traces: this.tracesOf(cluster), demoted: this.demotedIn.get(cluster) ?? null }
  }

  mayPair(a: number, b: number): boolean {
    const { standing } = this.evidence
    if (standing.named.size === 0) return true
    const left = this.tracesOf(a)
    const right = this.tracesOf(b)
    return !standing.separatesWithin([...left, ...right]) && !standing.dismisses(left, right)
  }
}

/** A cluster that holds a value: verified, and whether the value was demoted there. */
interface Holder {
  readonly cluster: number
  verified: boolean
  readonly demoted: boolean
}

/** Weak links through equal codes: unverified on a side, demoted on a side, or a rule that does not merge. */
function* simplePairings(evidence: BulkEvidence, plan: StagePlan, clusters: Clusters): Generator<Pairing> {
  const { population, holders } = evidence
  const [criterion] = plan.criteria
  if (!criterion) return
  if (plan.merges && evidence.allCount && clusters.demotedIn.size === 0) return
  const demotedSomewhere = new Set([...clusters.demotedIn.values()].flatMap((codes) => [...codes]))
  for (let code = 0; code < population.valueCount; code++) {
    if (criterion.reads[population.typeOf[code] as number] === 0) continue
    const start = holders.offsets[code] as number
    const end = holders.offsets[code + 1] as number
    if (end - start < 2) continue
    if (plan.merges && !demotedSomewhere.has(code) && isVerifiedThroughout(evidence, start, end)) continue
    const found = holdersOf(evidence, plan, clusters, code)
    /** In rank order: the first cluster, and the first whose value does not link, before the present one. */
    let first: Holder | undefined
    let firstWeak: Holder | undefined
    for (const holder of found) {
      const isActive = holder.verified && !holder.demoted
      const owner = !plan.merges || !isActive ? first : firstWeak
      if (owner) {
        const reason = plan.merges ? null : ('low_confidence' as const)
        yield { survivor: owner.cluster, session: holder.cluster, stage: plan.index, code, reason }
      }
      first ??= holder
      if (!isActive) firstWeak ??= holder
    }
  }
}

function isVerifiedThroughout({ holders, verified }: BulkEvidence, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (verified[holders.entries[i] as number] === 0) return false
  return true
}

/** Profiles that hold a code which may take part, verified holders first, then by seniority. */
function holdersOf(evidence: BulkEvidence, plan: StagePlan, clusters: Clusters, code: number): readonly Holder[] {
  const { holders, verified } = evidence
  const [criterion] = plan.criteria
  const byCluster = new Map<number, Holder>()
  const end = holders.offsets[code + 1] as number
  for (let i = holders.offsets[code] as number; i < end; i++) {
    const entry = holders.entries[i] as number
    if (!criterion || !mayMeet(evidence, criterion, entry, false, null)) continue
    const cluster = clusters.clusterOf[holders.traces[i] as number] as number
    if (!clusters.isProfile(cluster)) continue
    const demoted = clusters.demotedIn.get(cluster)?.has(code) ?? false
    const holder = byCluster.get(cluster) ?? { cluster, verified: false, demoted }
    byCluster.set(cluster, holder)
    if (verified[entry] === 1) holder.verified = true
  }
  return [...byCluster.values()].sort((a, b) => Number(b.verified) - Number(a.verified) || a.cluster - b.cluster)
}

/**
 * Weak links of rules that must be asked pair by pair. Per value of the first exact criterion each cluster is paired with the
 * first in rank that it has a weak link to: verified holders first, then by seniority.
 */
function compositePairings(evidence: BulkEvidence, plan: StagePlan, clusters: Clusters): readonly Pairing[] {
  const primary = plan.criteria[plan.primary]
  if (!primary) return []
  // Where everything counts, what meets at all meets strongly.
  if (plan.merges && evidence.allCount && clusters.demotedIn.size === 0) return []
  const { clusterOf } = clusters
  const sideOf = clusterOf.map((cluster) => (clusters.isProfile(cluster) ? cluster : -1))
  const asked = new Map<number, Set<number>>()
  const verified = new Map<string, boolean>()
  const isVerified = (cluster: number, key: number) => {
    const id = `${cluster}/${key}`
    const known = verified.get(id) ?? holdsVerified(evidence, plan, clusters, cluster, key)
    verified.set(id, known)
    return known
  }
  /** Whether a stands before b among the holders of a value. */
  const ranksBefore = (a: number, b: number, key: number) => {
    const trust = Number(isVerified(b, key)) - Number(isVerified(a, key))
    return trust === 0 ? a < b : trust < 0
  }
  /** By session and value the first in rank. */
  const owners = new Map<string, { owner: number; session: number; key: number }>()
  const demotedIn = (cluster: number) => clusters.demotedIn.get(cluster) ?? null
  // Where no link of the stage is strong, clusters that are alike have the links of the first of them.
  const firstOf = new Map<number, number>()
  const alike = plan.merges ? {} : { onAlike: (first: number, cluster: number) => void firstOf.set(cluster, first) }
  forEachPairInBlocks(evidence, plan, { sideOf, onlyStrong: false, purpose: 'rank', demotedIn, ...alike }, (x, y) => {
    const partners = asked.get(Math.min(x, y)) ?? new Set<number>()
    asked.set(Math.min(x, y), partners)
    if (partners.has(Math.max(x, y))) return
    partners.add(Math.max(x, y))
    for (const key of weakKeys(evidence, plan, clusters, x, y)) {
      const [owner, session] = ranksBefore(x, y, key) ? [x, y] : [y, x]
      const id = `${session}/${key}`
      const known = owners.get(id)
      if (!known || ranksBefore(owner, known.owner, key)) owners.set(id, { owner, session, key })
    }
  })
  for (const [id, known] of owners) {
    const first = firstOf.get(known.session)
    const above = first === undefined ? undefined : owners.get(`${first}/${known.key}`)
    if (above && ranksBefore(above.owner, known.owner, known.key)) owners.set(id, { ...known, owner: above.owner })
  }
  return [...owners.values()].map(({ owner, session, key }) => ({
    survivor: owner,
    session,
    stage: plan.index,
    code: strongestCode(evidence, plan, clusters, owner, key),
    reason: plan.merges ? null : ('low_confidence' as const),
  }))
}

/** Values of the first exact criterion through which two clusters meet, but not strongly. */
function weakKeys(
  evidence: BulkEvidence,
  plan: StagePlan,
  clusters: Clusters,
  a: number,
  b: number,
): ReadonlySet<number> {
  const primary = plan.criteria[plan.primary]
  const keys = new Set<number>()
  if (!primary) return keys
  const through = (strength: 'strong' | 'any') =>
    meetingEdges(evidence, plan, clusters.side(a), clusters.side(b), strength).edges
  for (const { code } of through('any')) keys.add(equalKeyOf(primary, code))
  if (plan.merges && keys.size > 0) for (const { code } of through('strong')) keys.delete(equalKeyOf(primary, code))
  return keys
}

function holdsVerified(
  evidence: BulkEvidence,
  plan: StagePlan,
  clusters: Clusters,
  cluster: number,
  key: number,
): boolean {
  return carriers(evidence, plan, clusters.tracesOf(cluster), key).some(({ entry }) => evidence.verified[entry] === 1)
}

/** The code of the strongest type under which a cluster holds a key. */
function strongestCode(
  evidence: BulkEvidence,
  plan: StagePlan,
  clusters: Clusters,
  cluster: number,
  key: number,
): number {
  const { typeOf } = evidence.population
  const codes = carriers(evidence, plan, clusters.tracesOf(cluster), key).map(({ code }) => code)
  return codes.reduce((a, b) => ((typeOf[b] as number) < (typeOf[a] as number) ? b : a))
}

/** Sightings on some traces that carry a key of the stage's first exact criterion, whether its filters let them pass or not. */
function carriers(
  evidence: BulkEvidence,
  plan: StagePlan,
  traces: readonly number[],
  key: number,
): readonly { readonly trace: number; readonly entry: number; readonly code: number }[] {
  const { population, idle } = evidence
  const primary = plan.criteria[plan.primary]
  const found: { trace: number; entry: number; code: number }[] = []
  for (const trace of traces) {
    const end = population.offsets[trace + 1] as number
    for (let entry = population.offsets[trace] as number; entry < end; entry++) {
      const code = population.codes[entry] as number
      if (!primary || primary.reads[population.typeOf[code] as number] === 0 || idle[entry] === 1) continue
      if (equalKeyOf(primary, code) === key) found.push({ trace, entry, code })
    }
  }
  return found
}

function draftOf(
  evidence: BulkEvidence,
  clusters: Clusters,
  agreement: ReadonlyMap<number, readonly (readonly string[])[]>,
  { survivor, session, stage, code, reason }: Pairing,
): CandidateDraft {
  const { population, ruleset, texts } = evidence
  const plan = evidence.stages[stage] as StagePlan
  const primary = plan.criteria[plan.primary]
  const key = primary ? equalKeyOf(primary, code) : code
  const sides = [survivor, session]
  const verified = sides.filter((side) => holdsVerified(evidence, plan, clusters, side, key)).length
  const trust = verified === 2 ? 1 : verified === 1 ? 0.5 : 0.25
  const carrying = new Set(carriers(evidence, plan, clusters.tracesOf(session), key).map(({ trace }) => trace))
  return {
    survivor,
    session,
    stage,
    type: ruleset.identifiers[population.typeOf[code] as number]?.name ?? '',
    value: texts.get(code),
    reason: reason ?? weakReason(trust),
    parts: {
      trust,
      rarity: 1 / Math.max(1, countProfilesHolding(evidence, plan, clusters, code)),
      ...comparisonOf(evidence, clusters, agreement, survivor, session),
    },
    seenCount: [...carrying].reduce((sum, trace) => sum + (population.recordCount?.[trace] ?? 1), 0),
    lastSeen: Math.max(...[...carrying].map((trace) => population.lastAt[trace] as number)),
  }
}

/** As its source says, whatever people confirmed. */
function holdsTypeVerified({ population, ruleset }: BulkEvidence, trace: number, type: string): boolean {
  const end = population.offsets[trace + 1] as number
  for (let entry = population.offsets[trace] as number; entry < end; entry++) {
    if (population.verified[entry] === 0) continue
    if (ruleset.identifiers[population.typeOf[population.codes[entry] as number] as number]?.name === type) return true
  }
  return false
}

function suggestedDraft(
  evidence: BulkEvidence,
  clusters: Clusters,
  agreement: ReadonlyMap<number, readonly (readonly string[])[]>,
  { suggestion, survivor, session, carrying, holders, verified }: SuggestedPair,
): CandidateDraft {
  const { population } = evidence
  return {
    survivor,
    session,
    stage: evidence.stages.length,
    type: suggestion.type,
    value: suggestion.value,
    reason: 'unverified_claim',
    parts: {
      trust: verified ? 0.5 : 0.25,
      rarity: 1 / holders,
      ...comparisonOf(evidence, clusters, agreement, survivor, session),
    },
    seenCount: carrying.reduce((sum, trace) => sum + (population.recordCount?.[trace] ?? 1), 0),
    lastSeen: Math.max(...carrying.map((trace) => population.lastAt[trace] as number)),
  }
}

/** The parts of confidence that look at both sides whole. */
function comparisonOf(
  evidence: BulkEvidence,
  clusters: Clusters,
  agreement: ReadonlyMap<number, readonly (readonly string[])[]>,
  survivor: number,
  session: number,
): { readonly agreement: number; readonly limits: number } {
  const valuesOf = (cluster: number) =>
    agreementTypes.map((_, place) => clusters.tracesOf(cluster).flatMap((trace) => agreement.get(trace)?.[place] ?? []))
  let excess = 0
  for (const { type, limit } of evidence.limits)
    excess += Math.max(0, countedValues(evidence, clusters, [survivor, session], type) - limit)
  return { agreement: agreementOf(valuesOf(survivor), valuesOf(session)), limits: 1 / (1 + excess) }
}

function countedValues(evidence: BulkEvidence, clusters: Clusters, sides: readonly number[], type: number): number {
  const { population, verified, idle } = evidence
  const values = new Set<number>()
  for (const trace of sides.flatMap((side) => clusters.tracesOf(side))) {
    const end = population.offsets[trace + 1] as number
    for (let entry = population.offsets[trace] as number; entry < end; entry++) {
      const code = population.codes[entry] as number
      if (population.typeOf[code] === type && verified[entry] === 1 && idle[entry] === 0) values.add(code)
    }
  }
  for (const side of sides) for (const code of clusters.demotedIn.get(side) ?? []) values.delete(code)
  return values.size
}

/** Clusters that hold the value under any type the stage compares. */
function countProfilesHolding(evidence: BulkEvidence, plan: StagePlan, clusters: Clusters, code: number): number {
  const primary = plan.criteria[plan.primary]
  const id = `${plan.index}/${primary ? equalKeyOf(primary, code) : code}`
  const known = clusters.profilesHolding.get(id) ?? countHolders(evidence, plan, clusters, code)
  clusters.profilesHolding.set(id, known)
  return known
}

function countHolders(evidence: BulkEvidence, plan: StagePlan, clusters: Clusters, code: number): number {
  const { holders, idle } = evidence
  const primary = plan.criteria[plan.primary]
  const codes =
    primary?.equalKey == null
      ? [code]
      : [...primary.equalKey.keys()].filter((other) => primary.equalKey?.[other] === primary.equalKey?.[code])
  const found = new Set<number>()
  for (const other of codes) {
    const end = holders.offsets[other + 1] as number
    for (let i = holders.offsets[other] as number; i < end; i++) {
      if (idle[holders.entries[i] as number] === 0) found.add(clusters.clusterOf[holders.traces[i] as number] as number)
    }
  }
  return found.size
}

/** Per trace the values of `agreementTypes`. */
async function loadAgreement(
  evidence: BulkEvidence,
  traces: Int32Array,
): Promise<ReadonlyMap<number, readonly (readonly string[])[]>> {
  const { population, ruleset, texts } = evidence
  if (population.loadAgreement) return population.loadAgreement(traces)
  await texts.load(codesOfTraces(population, traces))
  return new Map(
    [...traces].map((trace) => [
      trace,
      agreementTypes.map((name) =>
        [...codesOfTraces(population, [trace])]
          .filter((code) => ruleset.identifiers[population.typeOf[code] as number]?.name === name)
          .map((code) => texts.get(code)),
      ),
    ]),
  )
}
