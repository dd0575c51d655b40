import { describe, expect, it } from 'vitest'
import type { Trace } from '../evidence/trace.ts'
import { jaroWinkler } from '../match/index.ts'
import { parseRulesetObject } from '../ruleset/parse-ruleset.ts'
import { prepareBulk } from './bulk-evidence.ts'
import { forEachPairInBlocks } from './exact-blocks.ts'
import { populationOf } from './population-of.ts'

const parsed = parseRulesetObject({
  version: 1,
  rules: [
    {
      name: 'Birth date, postcode and name',
      match: [{ exact: 'birth_date' }, { exact: 'postcode' }, { fuzzy_medium: 'last_name' }],
    },
  ],
})
if (!parsed.ok) throw new Error('the ruleset of this test has faults')
const { ruleset } = parsed

function traceOf(index: number, values: readonly (readonly [string, string])[]): Trace {
  const at = index
  return {
    source: 'crm',
    kind: 'row',
    seniorKey: String(index),
    seniorAt: at,
    firstAt: at,
    lastAt: at,
    recordCount: 1,
    sightings: values.map(([type, value]) => ({ type, value, verified: true })),
    formsProfile: true,
  }
}

/** Sides by trace, their values, and the pairs that share a birth date and a postcode. */
async function pairsOf(
  traces: readonly Trace[],
  sides: readonly number[],
  mostCombinations: number,
  mostPlain = 48,
): Promise<ReadonlySet<string>> {
  const population = populationOf(traces, ruleset, () => undefined)
  const evidence = await prepareBulk(population, ruleset, [])
  const plan = evidence.stages.find(({ simple }) => !simple)
  const found = new Set<string>()
  if (!plan) throw new Error('the stage is missing')
  forEachPairInBlocks(
    evidence,
    plan,
    { sideOf: Int32Array.from(sides), onlyStrong: true, purpose: 'join', mostCombinations, mostPlain },
    (a, b) => {
      if (a !== b) found.add(`${Math.min(a, b)}-${Math.max(a, b)}`)
    },
  )
  return found
}

const traces = [
  traceOf(0, [
    ['birth_date', '1990-01-01'],
    ['postcode', 'A'],
  ]),
  traceOf(1, [
    ['birth_date', '1990-01-01'],
    ['postcode', 'B'],
  ]),
  traceOf(2, [
    ['birth_date', '1990-01-01'],
    ['postcode', 'A'],
  ]),
  traceOf(3, [['birth_date', '1980-01-01']]),
  traceOf(4, [['postcode', 'B']]),
  traceOf(5, [
    ['birth_date', '1980-01-01'],
    ['postcode', 'B'],
  ]),
] as const

describe('blocks by two exact criteria', () => {
  it('records are paired where they share both values, and not for one alone', async () => {
    expect([...(await pairsOf(traces, [0, 1, 2, 3, 4, 5], 1024))]).toEqual(['0-2'])
  })

  it('a profile is paired by what different records of it hold', async () => {
    expect([...(await pairsOf(traces, [0, 1, 2, 3, 3, 5], 1024))].sort()).toEqual(['0-2', '3-5'])
  })

  it('a side with too many combinations is still paired with everybody who could meet it', async () => {
    const found = await pairsOf(traces, [0, 1, 2, 3, 3, 5], 0)
    expect(found.has('0-2')).toBe(true)
    expect(found.has('3-5')).toBe(true)
  })
})

describe('blocks that many share', () => {
  const named = (index: number, ...names: readonly string[]): Trace =>
    traceOf(index, [
      ['birth_date', '1981-01-01'],
      ['postcode', 'A'],
      ...names.map((name): readonly [string, string] => ['last_name', name]),
    ])
  const crowd = ['martha', 'marhta', 'dixon', 'martha', 'dickson', 'jones', 'dixon', 'martha'].map((name, index) =>
    named(index, name),
  )
  const sides = crowd.map((_, index) => index)

  it('are asked for sides alike, and for the first of each kind that may meet another kind', async () => {
    expect([...(await pairsOf(crowd, sides, 1024, 1))].sort()).toEqual(['0-1', '0-3', '0-7', '2-6'])
  })

  it('join the same profiles as asking every pair does', async () => {
    const groupsOf = (pairs: ReadonlySet<string>): readonly string[] => {
      const group = crowd.map((_, index) => index)
      for (let again = true; again; ) {
        again = false
        for (const pair of pairs) {
          const [a = 0, b = 0] = pair.split('-').map(Number)
          const left = crowd[a]?.sightings.find(({ type }) => type === 'last_name')?.value ?? ''
          const right = crowd[b]?.sightings.find(({ type }) => type === 'last_name')?.value ?? ''
          const least = Math.min(group[a] as number, group[b] as number)
          if (jaroWinkler(left, right) < 0.88 || (group[a] === least && group[b] === least)) continue
          group[a] = least
          group[b] = least
          again = true
        }
      }
      return group.map(String)
    }
    const plain = await pairsOf(crowd, sides, 1024)
    expect(plain.size).toBe(28)
    expect(groupsOf(await pairsOf(crowd, sides, 1024, 1))).toEqual(groupsOf(plain))
  })
})
