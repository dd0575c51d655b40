import { describe, expect, it } from 'vitest'
import type { RecordRef } from '../evidence/record.ts'
import type { Decision, PositiveDecision } from '../resolve/decision.ts'
import { choicesByProfile } from './golden-choices.ts'

const ref = (key: string): RecordRef => ({ source: 'crm', key })

function merge(
  id: string,
  at: number,
  survivor: string,
  session: string,
  pinned: PositiveDecision['pinned'] = [],
): Decision {
  return {
    id,
    at,
    kind: 'merge',
    actor: 'ann',
    reason: null,
    survivor: [ref(survivor)],
    session: [ref(session)],
    confirmed: null,
    pinned,
  }
}

function pin(id: string, at: number, records: readonly string[], value: string): Decision {
  return { id, at, kind: 'pin', actor: 'ann', reason: null, records: records.map(ref), field: 'city', value }
}

/** Records by profile, senior first. */
function located(profiles: Record<string, readonly string[]>) {
  const places = new Map(
    Object.entries(profiles).flatMap(([profile, keys]) =>
      keys.map((key, effectiveAt) => [key, { profile, effectiveAt }] as const),
    ),
  )
  return ({ key }: RecordRef) => places.get(key)
}

describe('what decisions say about a golden record', () => {
  it('is that the survivor side of the latest merge is primary', () => {
    const choices = choicesByProfile(
      [merge('d1', 10, 'a', 'b'), merge('d2', 20, 'c', 'a')],
      located({ p: ['a', 'b', 'c'] }),
    )
    expect(choices.get('p')?.primarySide).toEqual([ref('c')])
  })
  it('is nothing once the two sides are apart again', () => {
    const chosen = [{ field: 'city', value: 'Lima' }]
    expect(choicesByProfile([merge('d1', 10, 'a', 'b', chosen)], located({ p: ['a'], q: ['b'] })).size).toBe(0)
    expect(choicesByProfile([merge('d1', 10, 'gone', 'lost', chosen)], located({ p: ['a'] })).size).toBe(0)
  })
  it('is every chosen value, the latest first', () => {
    const decisions = [merge('d1', 10, 'a', 'b', [{ field: 'city', value: 'Lima' }]), pin('d2', 20, ['b'], 'Cusco')]
    const pins = choicesByProfile(decisions, located({ p: ['a', 'b'] })).get('p')?.pins ?? []
    expect(pins.map(({ decision, value }) => `${decision} ${String(value)}`)).toEqual(['d2 Cusco', 'd1 Lima'])
  })
  it('is said of the profile that holds the most senior record of a pin', () => {
    const choices = choicesByProfile(
      [pin('d1', 10, ['c', 'b', 'unknown'], 'Lima')],
      located({ p: ['a', 'b'], q: ['x', 'y', 'c'] }),
    )
    expect([...choices.keys()]).toEqual(['p'])
  })
})
