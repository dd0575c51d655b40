import { allowedTexts } from './allowed-values.ts'
import { compileFilter, criterionComparer } from '../match/index.ts'
import type { Criterion, Ruleset } from '../ruleset/ruleset.ts'
import { standardizersFor } from '../standardize/index.ts'
import type { Decision } from './decision.ts'
import { groupByKey } from './group-by-key.ts'
import { limitsOf, strengthOf, type Limit } from './limits.ts'
import type { Population, SharedCode } from './population.ts'
import type { SharedValue } from './resolution.ts'
import { typesOfSightings } from './sighting-types.ts'
import { stagesOf, type Stage } from './stages.ts'
import { standingDecisions, type StandingDecisions } from './standing-decisions.ts'

/** A population made ready for resolving: rules compiled to codes, decisions applied to sightings, shared values found. */
export interface BulkEvidence {
  readonly population: Population
  readonly ruleset: Ruleset
  readonly stages: readonly StagePlan[]
  readonly limits: readonly Limit[]
  readonly standing: StandingDecisions
  readonly texts: TextCache
  /** Per sighting: verified, by its source or by a confirm. */
  readonly verified: Uint8Array
  /** Per sighting: 1 where quarantine or a split keeps it from linking and counting. */
  readonly idle: Uint8Array
  /** Idle sightings. */
  readonly idleCount: number
  /** Every sighting is verified and none is idle, so that nobody needs to ask. */
  readonly allCount: boolean
  /** Per sighting the index of its identifier type. */
  readonly types: Uint16Array
  readonly holders: Holders
  readonly shared: readonly SharedCode[]
}

export interface StagePlan {
  readonly index: number
  readonly stage: Stage
  readonly merges: boolean
  /** Nothing but one exact criterion over one type, without a window: equal codes link. */
  readonly simple: boolean
  /** See `strengthOf`. */
  readonly strength: number
  readonly criteria: readonly CriterionPlan[]
  /** The criteria with the exact ones, which cost least, first. */
  readonly cheapestFirst: readonly CriterionPlan[]
  /** Place of the exact criterion that names the links. */
  readonly primary: number
  /** All criteria are on attributes: then attributes must be verified too. */
  readonly attributesOnly: boolean
}

export interface CriterionPlan {
  readonly criterion: Criterion
  readonly attributes: boolean
  /** Per identifier type: 1 where the criterion reads it. */
  readonly reads: Uint8Array
  /** Per code: 1 where the filters let it take part; null: all of them. */
  readonly passes: Uint8Array | null
  /** Per code: what equal values share; null: the code itself. */
  readonly equalKey: Int32Array | null
  /** Similarity of two codes, or -1 where they do not meet; null for an exact criterion. */
  readonly similarity: ((left: number, right: number) => number) | null
  readonly missingMatches: boolean
}

/** Holders of each code: traces in ascending order, with the sighting's place beside each. */
export interface Holders {
  readonly offsets: Int32Array
  readonly traces: Int32Array
  readonly entries: Int32Array
}

export async function prepareBulk(
  population: Population,
  ruleset: Ruleset,
  decisions: readonly Decision[],
): Promise<BulkEvidence> {
  const texts = new TextCache(population)
  const stages = stagesOf(ruleset)
  await texts.load(codesOfTypes(population, typesReadAsText(ruleset, stages)))
  const standing = standingDecisions(decisions, (source, key) => population.traceOf(source, key))
  await texts.load(codesOfTraces(population, standing.named))
  const holders = holdersOf(population)
  const types = typesOfSightings(population)
  const shared = await withoutAllowed(sharedValues(population, ruleset, holders, types), population, ruleset, texts)
  const verified = population.verified.slice()
  const idle = new Uint8Array(population.codes.length)
  for (const { code } of shared) {
    const end = holders.offsets[code + 1] as number
    for (let i = holders.offsets[code] as number; i < end; i++) idle[holders.entries[i] as number] = 1
  }
  for (const { trace, type, value } of standing.confirmed)
    mark(population, ruleset, texts, trace, type, value, verified)
  for (const { trace, type, value } of standing.inactive) mark(population, ruleset, texts, trace, type, value, idle)
  for (const entry of crowdEntries(population, ruleset, holders)) if (verified[entry] === 0) idle[entry] = 1
  let idleCount = 0
  for (let entry = 0; entry < idle.length; entry++) idleCount += idle[entry] as number
  return {
    population,
    ruleset,
    stages: stages.map((stage, index) => planOf(stage, index, ruleset, population, texts)),
    limits: limitsOf(ruleset),
    standing,
    texts,
    verified,
    idle,
    idleCount,
    allCount: idleCount === 0 && !verified.includes(0),
    types,
    holders,
    shared,
  }
}

/** Texts of codes, fetched in bulk and kept. */
export class TextCache {
  private readonly texts = new Map<number, string>()
  private readonly population: Population

  constructor(population: Population) {
    this.population = population
  }

  async load(codes: Iterable<number>): Promise<void> {
    const wanted = new Set<number>()
    for (const code of codes) if (!this.texts.has(code)) wanted.add(code)
    if (wanted.size === 0) return
    const list = Int32Array.from(wanted)
    const found = await this.population.loadTexts(list)
    list.forEach((code, i) => this.texts.set(code, found[i] ?? ''))
  }

  get(code: number): string {
    const text = this.texts.get(code)
    if (text === undefined) throw new Error(`the text of value ${code} was not loaded`)
    return text
  }
}

export async function describeShared(evidence: BulkEvidence): Promise<readonly SharedValue[]> {
  await evidence.texts.load(evidence.shared.map(({ code }) => code))
  return evidence.shared.map(({ code, because, count, limit }) => ({
    type: evidence.ruleset.identifiers[evidence.population.typeOf[code] as number]?.name ?? '',
    value: evidence.texts.get(code),
    because,
    count,
    limit,
  }))
}

function planOf(stage: Stage, index: number, ruleset: Ruleset, population: Population, texts: TextCache): StagePlan {
  const { match, withinMs } = stage.rule
  const criteria = match.map((criterion) => criterionPlanOf(criterion, ruleset, population, texts))
  const [only] = match
  return {
    index,
    stage,
    merges: stage.merges,
    simple: match.length === 1 && only?.how === 'exact' && only.types.length === 1 && withinMs === null,
    strength: strengthOf(stage, ruleset),
    criteria,
    cheapestFirst: [...criteria].sort((a, b) => Number(a.similarity !== null) - Number(b.similarity !== null)),
    primary: match.findIndex((criterion) => criterion.how === 'exact'),
    attributesOnly: criteria.every((plan) => plan.attributes),
  }
}

function criterionPlanOf(
  criterion: Criterion,
  ruleset: Ruleset,
  population: Population,
  texts: TextCache,
): CriterionPlan {
  const reads = new Uint8Array(ruleset.identifiers.length)
  const types = ruleset.identifiers.filter((type, position) => {
    const read = criterion.types.includes(type.name)
    if (read) reads[position] = 1
    return read
  })
  const codes = () => codesOfTypes(population, reads)
  let passes: Uint8Array | null = null
  if (criterion.where.length > 0) {
    passes = new Uint8Array(population.valueCount)
    const filters = ruleset.identifiers.map((type) =>
      types.includes(type) ? compileFilter(criterion.where, standardizersFor(type, ruleset)) : null,
    )
    for (const code of codes()) {
      if (filters[population.typeOf[code] as number]?.(texts.get(code))) passes[code] = 1
    }
  }
  let equalKey: Int32Array | null = null
  if (criterion.how === 'exact' && types.length > 1) {
    equalKey = new Int32Array(population.valueCount).fill(-1)
    const keyByText = new Map<string, number>()
    for (const code of codes()) {
      const text = texts.get(code)
      const key = keyByText.get(text) ?? code
      keyByText.set(text, key)
      equalKey[code] = key
    }
  }
  const compare = criterion.how === 'exact' ? null : criterionComparer(criterion)
  return {
    criterion,
    attributes: types.every((type) => type.kind === 'attribute'),
    reads,
    passes,
    equalKey,
    similarity: compare && ((left, right) => compare(texts.get(left), texts.get(right))),
    missingMatches: criterion.how !== 'exact' && criterion.missing === 'match',
  }
}

/** Types whose values some stage filters, compares for similarity, or compares across types. */
function typesReadAsText(ruleset: Ruleset, stages: readonly Stage[]): Uint8Array {
  const reads = new Uint8Array(ruleset.identifiers.length)
  for (const { rule } of stages) {
    for (const criterion of rule.match) {
      if (criterion.how === 'exact' && criterion.where.length === 0 && criterion.types.length === 1) continue
      ruleset.identifiers.forEach((type, position) => {
        if (criterion.types.includes(type.name)) reads[position] = 1
      })
    }
  }
  return reads
}

function* codesOfTypes(population: Population, reads: Uint8Array): Generator<number> {
  if (!reads.includes(1)) return
  for (let code = 0; code < population.valueCount; code++) {
    if (reads[population.typeOf[code] as number] === 1) yield code
  }
}

export function* codesOfTraces(population: Population, traces: Iterable<number>): Generator<number> {
  for (const trace of traces) {
    const end = population.offsets[trace + 1] as number
    for (let entry = population.offsets[trace] as number; entry < end; entry++) yield population.codes[entry] as number
  }
}

function holdersOf({ codes, offsets, traceCount, valueCount }: Population): Holders {
  const { starts, order } = groupByKey(codes, valueCount)
  const traceOf = new Int32Array(codes.length)
  for (let trace = 0; trace < traceCount; trace++)
    for (let entry = offsets[trace] as number; entry < (offsets[trace + 1] as number); entry++) traceOf[entry] = trace
  const traces = new Int32Array(codes.length)
  for (let place = 0; place < order.length; place++) traces[place] = traceOf[order[place] as number] as number
  return { offsets: starts, traces, entries: order }
}

/** The quarantine of RESOLUTION.md §4 on codes; equal to `quarantine`. */
/** Unverified sightings of values that too many carry so; see `crowdedValues`. */
function* crowdEntries(
  population: Population,
  { identifiers, crowdAbove }: Pick<Ruleset, 'identifiers' | 'crowdAbove'>,
  holders: Holders,
): Generator<number> {
  const known = new Set(population.knownCrowded ?? [])
  if (known.size === 0 && population.codes.length <= crowdAbove) return
  for (let code = 0; code < population.valueCount; code++) {
    const start = holders.offsets[code] as number
    const end = holders.offsets[code + 1] as number
    if (end - start <= crowdAbove && !known.has(code)) continue
    if (identifiers[population.typeOf[code] as number]?.kind === 'attribute') continue
    const unverified: number[] = []
    for (let i = start; i < end; i++) {
      const entry = holders.entries[i] as number
      if (population.verified[entry] === 0) unverified.push(entry)
    }
    if (unverified.length > crowdAbove || known.has(code)) yield* unverified
  }
}

function sharedValues(
  population: Population,
  ruleset: Ruleset,
  holders: Holders,
  types: Uint16Array,
): BulkEvidence['shared'] {
  const positionOf = new Map(ruleset.identifiers.map((type, position) => [type.name, position]))
  const conditionsOf = ruleset.identifiers.map((type) =>
    type.sharedWhen
      .flatMap(({ type: name, moreThan }) => {
        const position = positionOf.get(name)
        return position === undefined ? [] : [{ name, position, moreThan }]
      })
      .sort((a, b) => a.position - b.position),
  )
  const mostHeld = mostPerTrace(population, types, ruleset.identifiers.length)
  const shared: SharedCode[] = [...(population.knownShared ?? [])]
  const known = new Set(shared.map(({ code }) => code))
  for (let code = 0; code < population.valueCount; code++) {
    if (known.has(code)) continue
    const conditions = conditionsOf[population.typeOf[code] as number]
    if (!conditions || conditions.length === 0) continue
    const start = holders.offsets[code] as number
    const end = holders.offsets[code + 1] as number
    for (const { name, position, moreThan } of conditions) {
      if ((end - start) * (mostHeld[position] as number) <= moreThan) continue
      const count = countHeld(population, holders, start, end, position)
      if (count <= moreThan) continue
      shared.push({ code, because: name, count, limit: moreThan })
      break
    }
  }
  return shared
}

/** The shared values but those that the ruleset allows. */
async function withoutAllowed(
  shared: BulkEvidence['shared'],
  population: Population,
  ruleset: Ruleset,
  texts: TextCache,
): Promise<BulkEvidence['shared']> {
  if (ruleset.identifiers.every(({ allowedValues }) => allowedValues.length === 0)) return shared
  const allowed = ruleset.identifiers.map((type) => allowedTexts(type, ruleset))
  const allowedOf = (code: number) => allowed[population.typeOf[code] as number]
  await texts.load(shared.flatMap(({ code }) => (allowedOf(code)?.size ? [code] : [])))
  return shared.filter(({ code }) => !(allowedOf(code)?.size && allowedOf(code)?.has(texts.get(code))))
}

/** Per type, the most sightings of it that one trace holds. */
function mostPerTrace({ traceCount, offsets }: Population, types: Uint16Array, typeCount: number): Int32Array {
  const most = new Int32Array(typeCount)
  const count = new Int32Array(typeCount)
  for (let trace = 0; trace < traceCount; trace++) {
    const start = offsets[trace] as number
    const end = offsets[trace + 1] as number
    for (let entry = start; entry < end; entry++) {
      const type = types[entry] as number
      const seen = (count[type] as number) + 1
      count[type] = seen
      if (seen > (most[type] as number)) most[type] = seen
    }
    for (let entry = start; entry < end; entry++) count[types[entry] as number] = 0
  }
  return most
}

function countHeld(population: Population, holders: Holders, start: number, end: number, type: number): number {
  const held = new Set<number>()
  for (let i = start; i < end; i++) {
    if (population.verified[holders.entries[i] as number] === 0) continue
    const trace = holders.traces[i] as number
    const last = population.offsets[trace + 1] as number
    for (let entry = population.offsets[trace] as number; entry < last; entry++) {
      const code = population.codes[entry] as number
      if (population.typeOf[code] === type && population.verified[entry] === 1) held.add(code)
    }
  }
  return held.size
}

function mark(
  population: Population,
  ruleset: Ruleset,
  texts: TextCache,
  trace: number,
  type: string,
  value: string,
  flags: Uint8Array,
): void {
  const end = population.offsets[trace + 1] as number
  for (let entry = population.offsets[trace] as number; entry < end; entry++) {
    const code = population.codes[entry] as number
    const name = ruleset.identifiers[population.typeOf[code] as number]?.name
    if (name === type && texts.get(code) === value) flags[entry] = 1
  }
}
