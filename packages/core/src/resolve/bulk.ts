import { compareText } from '../evidence/record.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'
import { bulkCandidates } from './bulk-candidates.ts'
import { describeShared, prepareBulk, type BulkEvidence } from './bulk-evidence.ts'
import { closeFreely } from './close-freely.ts'
import { closeComponent, type CodeLink, type HeldCode } from './component-closure.ts'
import type { Decision } from './decision.ts'
import { optimisticUnion } from './optimistic-union.ts'
import { layOut, resolvePlainComponents } from './plain-components.ts'
import type { Population } from './population.ts'
import type { DemotedValue, HeldLink, Resolution } from './resolution.ts'
import { ruleFigures, type RuleFigures } from './rule-figures.ts'
import type { Suggestion } from './suggestion.ts'
import { unresolvedTraces } from './unresolved.ts'

/** A resolution whose links are columns, because whole populations have millions of them. */
export interface BulkResolution extends Omit<Resolution, 'links'> {
  readonly links: LinkColumns
  /** Codes of `shared` and `demoted`. */
  readonly sharedCodes: readonly number[]
  readonly demotedCodes: readonly { readonly cluster: number; readonly code: number }[]
  /** By index of `stagesOf(ruleset)`. */
  readonly figures: readonly RuleFigures[]
  /** Components that went through the exact closure, and their traces. */
  readonly exact: { readonly components: number; readonly traces: number }
  /** Components joined by composite rules in which nothing could be refused. */
  readonly free: number
}

/** Entry i of every column is one link; no stated order. */
export interface LinkColumns {
  readonly left: Int32Array
  readonly right: Int32Array
  /** Index into `stagesOf(ruleset)`; -1: a decision. */
  readonly stage: Int16Array
  /** Value code; -1: a decision. */
  readonly code: Int32Array
  /** Id of the decision by index of the link. */
  readonly decisions: ReadonlyMap<number, string>
}

/**
 * Resolves a whole population: joins everything that could ever join, takes that answer where no guard, decision or composite
 * rule has a say in it, and sends the other components through the exact closure one by one. Equal to `resolveReference`.
 */
export async function resolveBulk(
  population: Population,
  ruleset: Ruleset,
  decisions: readonly Decision[],
  suggestions: readonly Suggestion[] = [],
): Promise<BulkResolution> {
  const evidence = await prepareBulk(population, ruleset, decisions)
  const { sets, complex } = optimisticUnion(evidence)
  const components = layOut(evidence, sets, complex)
  const { exact, members, starts, size } = components
  const links = new LinkWriter(population.traceCount)
  await evidence.texts.load(tiedCodes(evidence))
  const agreeing = resolvePlainComponents(evidence, components, (link) => links.add(link))

  const clusterOf = components.rootOf
  const held: HeldCode[] = []
  const refusedGroups: { clusters: readonly number[]; held: readonly HeldCode[] }[] = []
  const demoted: { cluster: number; code: number }[] = []
  const membersOf = new Map<number, readonly number[]>()
  let exactComponents = 0
  let exactTraces = 0
  let freeComponents = 0
  for (let root = 0; root < population.traceCount; root++) {
    if (exact[root] === 0) continue
    const traces = [...members.subarray(starts[root], (starts[root] as number) + (size[root] as number))]
    const free = closeFreely(evidence, traces)
    if (free) {
      for (const cluster of free.clusters) {
        const [id] = cluster
        if (id === undefined) continue
        membersOf.set(id, cluster)
        for (const trace of cluster) clusterOf[trace] = id
      }
      for (const link of free.links) links.add(link)
      freeComponents++
      continue
    }
    exactComponents++
    exactTraces += traces.length
    const closed = closeComponent(evidence, traces)
    for (const cluster of closed.clusters) {
      membersOf.set(cluster.id, cluster.traces)
      for (const trace of cluster.traces) clusterOf[trace] = cluster.id
      for (const code of cluster.demoted) demoted.push({ cluster: cluster.id, code })
    }
    for (const link of closed.links) links.add(link)
    for (const link of closed.held) held.push(link)
    for (const group of closed.refusedGroups) refusedGroups.push(group)
  }
  const tracesOf = (cluster: number): readonly number[] =>
    membersOf.get(cluster) ?? [
      ...members.subarray(starts[cluster], (starts[cluster] as number) + (size[cluster] as number)),
    ]

  const described = await describeHeld(evidence, held)
  const { candidates, notListed } = await bulkCandidates(evidence, clusterOf, tracesOf, demoted, described, suggestions)
  const describedGroups = await Promise.all(
    refusedGroups.map(async (group) => ({
      clusters: group.clusters,
      held: [...(await describeHeld(evidence, group.held.slice(0, 1))).values()],
    })),
  )
  return {
    clusterOf,
    links: links.columns(),
    held: [...described.values()].sort((a, b) => a.cluster - b.cluster || a.refusedBy - b.refusedBy),
    candidates,
    candidatesNotListed: notListed,
    demoted: await describeDemoted(evidence, demoted),
    shared: sortShared(ruleset, await describeShared(evidence)),
    unresolved: unresolvedTraces([...described.values()], tracesOf, describedGroups),
    sharedCodes: evidence.shared.map(({ code }) => code),
    demotedCodes: demoted,
    figures: ruleFigures(evidence, clusterOf, exact, components, agreeing),
    exact: { components: exactComponents, traces: exactTraces },
    free: freeComponents,
  }
}

/** Codes that a link can carry, in full: what `Resolution.links` says. Sorted by left, right, stage. */
export async function describeLinks(
  links: LinkColumns,
  population: Population,
  ruleset: Ruleset,
): Promise<Resolution['links']> {
  const codes = links.code.filter((code) => code >= 0)
  const texts = await population.loadTexts(codes)
  const textOf = new Map([...codes].map((code, i) => [code, texts[i] ?? '']))
  return [...links.left]
    .map((left, i) => {
      const code = links.code[i] as number
      return {
        left,
        right: links.right[i] as number,
        stage: links.stage[i] as number,
        decision: links.decisions.get(i) ?? null,
        type: code < 0 ? '' : (ruleset.identifiers[population.typeOf[code] as number]?.name ?? ''),
        value: textOf.get(code) ?? '',
      }
    })
    .sort((a, b) => a.left - b.left || a.right - b.right || a.stage - b.stage)
}

/** Codes of traces that hold several values of one type: only between those does their text decide an order. */
function* tiedCodes({ population, types }: BulkEvidence): Generator<number> {
  for (const entry of tiedEntries(population, types)) yield population.codes[entry] as number
}

/** Sightings beside which their trace holds another value of the same type. */
export function tiedEntries({ traceCount, offsets }: Population, types: Uint16Array): readonly number[] {
  const tied: number[] = []
  for (let trace = 0; trace < traceCount; trace++) {
    const start = offsets[trace] as number
    const end = offsets[trace + 1] as number
    for (let i = start; i < end; i++) {
      for (let j = start; j < end; j++) {
        if (j === i || types[j] !== types[i]) continue
        tied.push(i)
        break
      }
    }
  }
  return tied
}

async function describeHeld(
  evidence: BulkEvidence,
  held: readonly HeldCode[],
): Promise<ReadonlyMap<HeldCode, HeldLink>> {
  await evidence.texts.load(held.map(({ code }) => code))
  return new Map(
    held.map((link) => {
      const { code, ...rest } = link
      const type = evidence.ruleset.identifiers[evidence.population.typeOf[code] as number]?.name ?? ''
      return [link, { ...rest, type, value: evidence.texts.get(code) }]
    }),
  )
}

async function describeDemoted(
  evidence: BulkEvidence,
  demoted: readonly { readonly cluster: number; readonly code: number }[],
): Promise<readonly DemotedValue[]> {
  await evidence.texts.load(demoted.map(({ code }) => code))
  return demoted.map(({ cluster, code }) => ({
    cluster,
    type: evidence.ruleset.identifiers[evidence.population.typeOf[code] as number]?.name ?? '',
    value: evidence.texts.get(code),
  }))
}

function sortShared(ruleset: Ruleset, shared: Resolution['shared']): Resolution['shared'] {
  const position = new Map(ruleset.identifiers.map((type, index) => [type.name, index]))
  return [...shared].sort(
    (a, b) => (position.get(a.type) ?? 0) - (position.get(b.type) ?? 0) || compareText(a.value, b.value),
  )
}

/** Growing columns. A forest over n traces has fewer than n links. */
class LinkWriter {
  private readonly left: Int32Array
  private readonly right: Int32Array
  private readonly stage: Int16Array
  private readonly code: Int32Array
  private readonly decisions = new Map<number, string>()
  private count = 0

  constructor(traces: number) {
    this.left = new Int32Array(traces)
    this.right = new Int32Array(traces)
    this.stage = new Int16Array(traces)
    this.code = new Int32Array(traces)
  }

  add({ left, right, stage, code, decision }: CodeLink): void {
    const at = this.count++
    this.left[at] = left
    this.right[at] = right
    this.stage[at] = stage
    this.code[at] = code
    if (decision !== null) this.decisions.set(at, decision)
  }

  columns(): LinkColumns {
    const { count, decisions } = this
    return {
      left: this.left.slice(0, count),
      right: this.right.slice(0, count),
      stage: this.stage.slice(0, count),
      code: this.code.slice(0, count),
      decisions,
    }
  }
}
