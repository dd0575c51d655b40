import { describe, expect, it } from 'vitest'
import type { Trace } from '../evidence/trace.ts'
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
): Promise<ReadonlySet<string>> {
  const population = populationOf(traces, ruleset, () => undefined)
  const evidence = await prepareBulk(population, ruleset, [])
  const plan = evidence.stages.find(({ simple }) => !simple)
  const found = new Set<string>()
  if (!plan) throw new Error('the stage is missing')
  forEachPairInBlocks(
    evidence,
    plan,
    { sideOf: Int32Array.from(sides), onlyStrong: true, mostCombinations },
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
