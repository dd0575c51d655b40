import {
  buildTraces,
  describeLinks,
  populationOf,
  resolveBulk,
  resolveReference,
  type Resolution,
  type Ruleset,
} from '@selfsame/core'
import { describe, expect, it } from 'vitest'
import { randomFrom, randomWorld, type RandomWorld } from './random-world.ts'

const worlds = Number(process.env['SELFSAME_WORLDS'] ?? 1500)
const firstSeed = Number(process.env['SELFSAME_SEED'] ?? 1)

describe('reference and bulk', () => {
  it(`bulk gives the answer of the reference in ${worlds} random worlds with every feature on`, async () => {
    let exact = 0
    let freely = 0
    for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
      const world = randomWorld(seed)
      const { reference, bulk, components, free } = await resolveBoth(world)
      exact += components
      freely += free
      expect(bulk, `seed ${seed}`).toEqual(reference)
    }
    expect(exact).toBeGreaterThan(worlds / 10)
    expect(freely).toBeGreaterThan(worlds / 25)
  })

  it('I-1 the order of records never changes the answer', () => {
    for (let seed = firstSeed; seed < firstSeed + worlds / 3; seed++) {
      const world = randomWorld(seed)
      const shuffled = shuffle(world.evidence, randomFrom(seed + 1_000_000))
      const decisions = shuffle(world.decisions, randomFrom(seed + 2_000_000))
      const other = canonical({ ...world, evidence: shuffled, decisions })
      expect(other, `seed ${seed}`).toEqual(canonical(world))
    }
  })

  it('the answer for a component depends on that component alone', async () => {
    for (let seed = firstSeed; seed < firstSeed + worlds / 3; seed++) {
      const ruleset = randomWorld(seed).ruleset
      const left = withRuleset(randomWorld(seed), ruleset, 'left')
      const right = withRuleset(randomWorld(seed + 5_000_000), ruleset, 'right')
      const both: RandomWorld = {
        seed,
        ruleset,
        evidence: [...left.evidence, ...right.evidence],
        decisions: [...left.decisions, ...right.decisions],
      }
      const alone = partition(left)
      const together = partition(both).filter((cluster) => cluster.some((ref) => ref.includes('left')))
      expect(together, `seed ${seed}`).toEqual(alone)
    }
  })
})

async function resolveBoth(
  world: RandomWorld,
): Promise<{ reference: Resolution; bulk: Resolution; components: number; free: number }> {
  const { traces, traceOf } = buildTraces(world.evidence, world.ruleset, world.decisions)
  const reference = resolveReference({ traces, ruleset: world.ruleset, decisions: world.decisions, traceOf })
  const population = populationOf(traces, world.ruleset, traceOf)
  const {
    links,
    exact,
    free,
    sharedCodes: _shared,
    demotedCodes: _demoted,
    figures: _figures,
    ...rest
  } = await resolveBulk(population, world.ruleset, world.decisions)
  const bulk = { ...rest, links: await describeLinks(links, population, world.ruleset) }
  return { reference: sorted(reference), bulk: sorted(bulk), components: exact.components, free }
}

function sorted(resolution: Resolution): Resolution {
  const text = (value: unknown) => JSON.stringify(value)
  return { ...resolution, demoted: [...resolution.demoted].sort((a, b) => (text(a) < text(b) ? -1 : 1)) }
}

/** The whole answer with records in place of trace numbers. */
function canonical(world: RandomWorld): unknown {
  const { traces, traceOf, recordsOf } = buildTraces(world.evidence, world.ruleset, world.decisions)
  const resolution = sorted(resolveReference({ traces, ruleset: world.ruleset, decisions: world.decisions, traceOf }))
  return { ...resolution, records: recordsOf.map((records) => records.map(({ source, key }) => `${source}:${key}`)) }
}

function partition(world: RandomWorld): readonly (readonly string[])[] {
  const { traces, traceOf, recordsOf } = buildTraces(world.evidence, world.ruleset, world.decisions)
  const { clusterOf } = resolveReference({ traces, ruleset: world.ruleset, decisions: world.decisions, traceOf })
  const clusters = new Map<number, string[]>()
  clusterOf.forEach((cluster, trace) => {
    if (!traces[trace]?.formsProfile) return
    const refs = (recordsOf[trace] ?? []).map(({ source, key }) => `${source}:${key}`)
    clusters.set(cluster, [...(clusters.get(cluster) ?? []), ...refs])
  })
  return [...clusters.values()].map((cluster) => cluster.sort()).sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1))
}

/** The same world under other names, so that nothing ties it to another one. */
function withRuleset(world: RandomWorld, ruleset: Ruleset, prefix: string): RandomWorld {
  const rename = <R extends { readonly key: string }>(ref: R): R => ({ ...ref, key: `${prefix}-${ref.key}` })
  const tagged = new Set(['customer_id', 'user_id', 'email', 'phone', 'work_phone', 'anonymous_id', 'birth_date'])
  return {
    seed: world.seed,
    ruleset,
    evidence: world.evidence.map((record) => ({
      ...rename(record),
      sightings: record.sightings.map((sighting) =>
        tagged.has(sighting.type) ? { ...sighting, value: `${prefix}${sighting.value}` } : sighting,
      ),
    })),
    decisions: world.decisions.map((decision) => {
      const id = `${prefix}${decision.id}`
      const value = <C extends { readonly value: string }>(claim: C): C => ({
        ...claim,
        value: `${prefix}${claim.value}`,
      })
      switch (decision.kind) {
        case 'merge':
        case 'confirm':
          return {
            ...decision,
            id,
            survivor: decision.survivor.map(rename),
            session: decision.session.map(rename),
            confirmed: decision.confirmed && value(decision.confirmed),
          }
        case 'dismiss':
          return { ...decision, id, left: decision.left.map(rename), right: decision.right.map(rename) }
        case 'split':
          return {
            ...decision,
            id,
            stay: decision.stay.map(rename),
            leave: decision.leave.map(rename),
            inactive: decision.inactive.map(value),
          }
        case 'pin':
        case 'primary':
          return { ...decision, id, records: decision.records.map(rename) }
      }
    }),
  }
}

function shuffle<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item)
}
