import { buildTraces, resolveReference, type Evidence, type Sighting } from '@selfsame/core'
import { defaultRuleset } from '@selfsame/core'
import { describe, expect, it } from 'vitest'

const ruleset = defaultRuleset()

function event(key: string, source: string, at: number, sightings: readonly Sighting[]): Evidence {
  const base = { rejected: [], fields: new Map(), alias: null, kind: 'event' as const }
  return { ...base, source, key, effectiveAt: at, observedAt: at, sightings }
}

describe('an alias call from a browser', () => {
  it('A4 joins nobody, and asks a person about the visitor and the profile that holds the id verified', () => {
    const evidence = [
      event('e1', 'crm', 1, [{ type: 'user_id', value: 'u1', verified: true }]),
      event('e2', 'web', 2, [{ type: 'anonymous_id', value: 'a1', verified: true }]),
      event('e3', 'web', 3, [
        { type: 'user_id', value: 'u1', verified: false },
        { type: 'anonymous_id', value: 'a2', verified: true },
      ]),
    ]
    const { traces, traceOf } = buildTraces(evidence, ruleset)
    const suggestion = {
      id: 'alias:web:e4',
      survivor: [
        { source: 'crm', key: 'e1' },
        { source: 'web', key: 'e3' },
      ],
      survivorType: 'user_id',
      session: [{ source: 'web', key: 'e2' }],
      type: 'anonymous_id',
      value: 'a1',
    }
    const { clusterOf, candidates } = resolveReference({
      traces,
      ruleset,
      decisions: [],
      suggestions: [suggestion],
      traceOf,
    })
    expect(new Set(clusterOf).size).toBe(3)
    const asked = candidates.find(({ session }) => session === traceOf('web', 'e2'))
    expect(asked).toMatchObject({
      survivor: traceOf('crm', 'e1'),
      reason: 'unverified_claim',
      type: 'anonymous_id',
      value: 'a1',
      seenCount: 1,
    })
  })
})
