import { describe, expect, it } from 'vitest'
import type { GraphAnswer } from '../../api/answers.ts'
import { graphOf, placesOf } from './layout.ts'

function answerOf(count: number): GraphAnswer {
  const seen = { firstSeen: null, lastSeen: null, recordCount: 1 }
  const range = Array.from({ length: count }, (_, n) => n)
  return {
    profileId: 'p_1',
    complete: true,
    identifiers: range.map((n) => ({
      id: `i${n}`,
      type: 'anonymous_id',
      value: `cookie-${n}`,
      verified: true,
      state: 'active' as const,
      sources: [],
      ...seen,
    })),
    traces: range.map((n) => ({
      id: `t${n}`,
      source: 'web',
      kind: 'event' as const,
      senior: { source: 'web', key: String(n) },
      unresolvedReason: null,
      ...seen,
    })),
    sightings: range.map((n) => ({ trace: `t${n}`, identifier: `i${n}`, verified: true })),
    links: [],
  }
}

describe('the picture of a profile', () => {
  it('BOT-22 every key is a node tied to the profile, and what is held apart has a dashed edge', () => {
    const held = { profileId: 'p_1', refusedBy: 'p_2', rule: 'Same phone', type: 'anonymous_id', value: 'cookie-0' }
    const link = { ...held, guard: 'conflict_limit', reasons: ['too many'], wholeGroup: false }
    const { nodes, edges } = graphOf(answerOf(3), [link], 'Sarah')
    expect(nodes.map(({ kind }) => kind).sort()).toEqual(
      ['held', 'identifier', 'identifier', 'identifier', 'profile', 'trace', 'trace', 'trace'].sort(),
    )
    expect(edges.filter(({ from }) => from === 'profile').length).toBe(3)
    expect(edges.filter(({ isHeld }) => isHeld)).toEqual([
      { from: 'i i0', to: 'h p_2', isHeld: true, why: 'linked by “Same phone”, and held apart: too many' },
    ])
  })

  it.each([3, 150])(
    'of %i keys stands still: the same graph is drawn the same, and no two nodes lie on each other',
    (count) => {
      const graph = graphOf(answerOf(count), [], 'Sarah')
      const places = placesOf(graph)
      expect([...placesOf(graph)]).toEqual([...places])
      const all = [...places.values()]
      const nearest = Math.min(...all.flatMap((a, n) => all.slice(n + 1).map((b) => Math.hypot(a.x - b.x, a.y - b.y))))
      expect(nearest).toBeGreaterThan(10)
    },
  )
})
