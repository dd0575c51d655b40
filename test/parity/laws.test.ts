import {
  buildTraces,
  latestVersions,
  limitsOf,
  resolveReference,
  stagesOf,
  type Evidence,
  type Resolution,
  type Sighting,
  type Trace,
} from '@selfsame/core'
import { describe, expect, it } from 'vitest'
import { randomFrom, randomWorld, type RandomWorld } from './random-world.ts'

const worlds = Number(process.env['SELFSAME_WORLDS'] ?? 600)
const firstSeed = Number(process.env['SELFSAME_SEED'] ?? 50_000)

describe('laws of the answer, in random worlds', () => {
  it('I-1 records that come twice, in other chunks, change nothing', () => {
    for (const world of randomWorlds()) {
      const random = randomFrom(world.seed)
      const twice = [...world.evidence, ...world.evidence.filter(() => random() < 0.5)].sort(() => random() - 0.5)
      const { records, superseded } = latestVersions(
        twice.map((record) => ({ ...record, receivedAt: 0, text: record.key })),
      )
      expect(superseded, seedOf(world)).toBe(twice.length - world.evidence.length)
      const once = resolve({ ...world, evidence: records })
      expect(once.partition, seedOf(world)).toEqual(resolve(world).partition)
    }
  })

  it('I-5 every record stands in one cluster, which its most senior record names', () => {
    for (const world of randomWorlds()) {
      const { resolution, traces } = resolve(world)
      resolution.clusterOf.forEach((cluster, trace) => {
        expect(cluster, seedOf(world)).toBeLessThanOrEqual(trace)
        expect(resolution.clusterOf[cluster], seedOf(world)).toBe(cluster)
      })
      expect(traces.reduce((sum, trace) => sum + trace.recordCount, 0)).toBe(world.evidence.length)
    }
  })

  it('I-7 no profile holds more active values than a limit allows, unless a decision or a single record put them there', () => {
    let counted = 0
    for (const world of randomWorlds()) {
      const { resolution, traces, clusterOf } = resolve(world)
      // A split may make a value inactive on one side, where it no longer counts.
      const silenced = world.decisions.flatMap((decision) =>
        decision.kind === 'split' && decision.inactive.length > 0 ? [...decision.stay, ...decision.leave] : [],
      )
      const decided = new Set([
        ...resolution.links.filter((link) => link.stage < 0).map((link) => resolution.clusterOf[link.left]),
        ...silenced.map(clusterOf),
      ])
      for (const { name, limit } of limitsOf(world.ruleset)) {
        for (const [cluster, members] of membersOf(resolution)) {
          const active = activeValues(resolution, traces, cluster, members, name)
          const ownMost = Math.max(
            ...members.map((member) => activeValues(resolution, traces, cluster, [member], name).size),
          )
          if (decided.has(cluster) || ownMost > limit) continue
          counted++
          expect(active.size, `${seedOf(world)} ${name} in cluster ${cluster}`).toBeLessThanOrEqual(limit)
        }
      }
    }
    expect(counted).toBeGreaterThan(worlds)
  })

  it('I-8 I-9 decisions that are reverted, in any order, leave the answer as if they had never been made', () => {
    for (const world of randomWorlds()) {
      const before = resolve({ ...world, decisions: [] }).canonical
      const random = randomFrom(world.seed + 7)
      let standing = [...world.decisions]
      while (standing.length > 0) {
        resolve({ ...world, decisions: standing })
        const reverted = Math.floor(random() * standing.length)
        standing = standing.filter((_, index) => index !== reverted)
      }
      expect(resolve({ ...world, decisions: standing }).canonical, seedOf(world)).toEqual(before)
    }
  })

  it('I-11 the sides of a split are never one profile, whatever arrives', () => {
    let splits = 0
    for (const world of randomWorlds()) {
      const more = randomWorld(world.seed + 900_000).evidence.map((record) => ({
        ...record,
        key: `later-${record.key}`,
      }))
      for (const evidence of [world.evidence, [...world.evidence, ...more]]) {
        const { clusterOf } = resolve({ ...world, evidence })
        const positives = world.decisions.filter((decision) => decision.kind === 'merge' || decision.kind === 'confirm')
        if (positives.length > 0) continue
        for (const decision of world.decisions) {
          if (decision.kind !== 'split') continue
          for (const a of decision.stay) {
            for (const b of decision.leave) {
              splits++
              expect(clusterOf(a), seedOf(world)).not.toBe(clusterOf(b))
            }
          }
        }
      }
    }
    expect(splits).toBeGreaterThan(worlds / 20)
  })

  it('I-12 strangers with unverified claims, attributes and fresh cookies neither join nor split anybody', () => {
    for (const world of randomWorlds()) {
      const random = randomFrom(world.seed + 11)
      const strangers = Array.from({ length: 12 }, (_, index) => stranger(index, world, random))
      const alone = resolve(world).partition
      const among = resolve({ ...world, evidence: [...world.evidence, ...strangers] }).partition
      const known = among
        .map((cluster) => cluster.filter((ref) => !ref.includes('stranger')))
        .filter((cluster) => cluster.length > 0)
      expect(known, seedOf(world)).toEqual(alone)
    }
  })

  it('I-13 links connect every profile, each by a value that both sides held and that could link', () => {
    let checked = 0
    for (const world of randomWorlds()) {
      const { resolution, traces } = resolve(world)
      const stages = stagesOf(world.ruleset)
      const tree = traces.map((_, trace) => trace)
      const rootOf = (trace: number): number => (tree[trace] === trace ? trace : rootOf(tree[trace] as number))
      for (const link of resolution.links) {
        tree[rootOf(link.left)] = rootOf(link.right)
        if (link.stage < 0) continue
        checked++
        const rule = stages[link.stage]?.rule
        const exact = rule?.match.find((criterion) => criterion.how === 'exact')
        for (const trace of [link.left, link.right]) {
          const held =
            traces[trace]?.sightings.filter(({ type, value }) => exact?.types.includes(type) && value === link.value) ??
            []
          expect(held.length, `${seedOf(world)} link ${link.left}–${link.right}`).toBeGreaterThan(0)
          const isShared = (sighting: Sighting) =>
            resolution.shared.some(({ type, value }) => type === sighting.type && value === sighting.value)
          expect(held.every(isShared), seedOf(world)).toBe(false)
        }
      }
      const clusters = new Set(resolution.clusterOf)
      const connected = new Set(traces.map((_, trace) => rootOf(trace)))
      expect(connected.size, seedOf(world)).toBe(clusters.size)
    }
    expect(checked).toBeGreaterThan(worlds)
  })
})

function* randomWorlds(): Generator<RandomWorld> {
  for (let seed = firstSeed; seed < firstSeed + worlds; seed++) yield randomWorld(seed)
}

function seedOf(world: RandomWorld): string {
  return `seed ${world.seed}`
}

interface Resolved {
  readonly resolution: Resolution
  readonly traces: readonly Trace[]
  readonly partition: readonly (readonly string[])[]
  readonly canonical: unknown
  clusterOf(ref: { readonly source: string; readonly key: string }): number
}

function resolve(world: RandomWorld): Resolved {
  const { traces, traceOf, recordsOf } = buildTraces(world.evidence, world.ruleset, world.decisions)
  const resolution = resolveReference({ traces, ruleset: world.ruleset, decisions: world.decisions, traceOf })
  const clusters = new Map<number, string[]>()
  resolution.clusterOf.forEach((cluster, trace) => {
    if (!traces[trace]?.formsProfile) return
    const refs = (recordsOf[trace] ?? []).map(({ source, key }) => `${source}:${key}`)
    clusters.set(cluster, [...(clusters.get(cluster) ?? []), ...refs])
  })
  const partition = [...clusters.values()]
    .map((cluster) => cluster.sort())
    .sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1))
  const records = recordsOf.map((list) => list.map(({ source, key }) => `${source}:${key}`))
  return {
    resolution,
    traces,
    partition,
    canonical: { ...resolution, records },
    clusterOf: ({ source, key }) => resolution.clusterOf[traceOf(source, key) ?? -1] ?? -1,
  }
}

function membersOf(resolution: Resolution): ReadonlyMap<number, readonly number[]> {
  const members = new Map<number, number[]>()
  resolution.clusterOf.forEach((cluster, trace) => members.set(cluster, [...(members.get(cluster) ?? []), trace]))
  return members
}

function activeValues(
  resolution: Resolution,
  traces: readonly Trace[],
  cluster: number,
  members: readonly number[],
  name: string,
): ReadonlySet<string> {
  const isOff = (value: string) =>
    resolution.shared.some((shared) => shared.type === name && shared.value === value) ||
    resolution.demoted.some(
      (demoted) => demoted.cluster === cluster && demoted.type === name && demoted.value === value,
    )
  const values = members.flatMap((trace) => traces[trace]?.sightings ?? [])
  return new Set(
    values.filter(({ type, value, verified }) => type === name && verified && !isOff(value)).map(({ value }) => value),
  )
}

/** An event of a visitor: a cookie nobody has seen, and whatever they type. */
function stranger(index: number, world: RandomWorld, random: () => number): Evidence {
  const known = world.evidence
    .flatMap((record) => record.sightings)
    .filter(({ type }) => type !== 'anonymous_id' && type !== 'name_start')
  const typed = known.filter(() => random() < 0.3).map((sighting): Sighting => ({ ...sighting, verified: false }))
  const unique = typed.filter(
    (sighting, place) =>
      typed.findIndex(({ type, value }) => type === sighting.type && value === sighting.value) === place,
  )
  return {
    source: 'web',
    key: `stranger${index}`,
    kind: 'event',
    effectiveAt: Math.floor(random() * 8) * 43_200_000,
    observedAt: null,
    sightings: [...unique, { type: 'anonymous_id', value: `fresh${index}`, verified: true }],
    rejected: [],
    fields: new Map(),
    alias: null,
  }
}
