import type { RunPhase, RunProgress } from '@selfsame/batch'
import { describe, expect, it } from 'vitest'
import { shareDone } from './progress-bar.ts'

const told = (phase: RunPhase, done: number, total: number | null, elapsedMs: number): RunProgress => ({
  phase,
  done,
  total,
  unit: 'records',
  lines: 100,
  elapsedMs,
})
const at = (progress: RunProgress, phaseStartedMs: number, laterMs = 0) =>
  shareDone({ progress, toldAt: 0, phaseStartedMs }, laterMs)

describe('how far a run is', () => {
  it('grows from nothing to all over the phases', () => {
    expect(at(told('reading', 0, null, 0), 0)).toBe(0)
    const shares = [
      at(told('reading', 1, 1, 10), 0),
      at(told('encoding', 1, 1, 20), 10),
      at(told('resolving', 1, 1, 30), 20),
      at(told('golden records', 1, 1, 40), 30),
      at(told('writing', 1, 1, 50), 40),
    ]
    expect([...shares].sort((a, b) => a - b)).toEqual(shares)
    expect(shares[4]).toBeCloseTo(1)
  })

  it('goes on while the engine says nothing, and never reaches the next phase by itself', () => {
    const silent = told('encoding', 0, null, 100)
    const shares = [0, 100, 1000, 1e9].map((later) => at(silent, 100, later))
    expect([...shares].sort((a, b) => a - b)).toEqual(shares)
    expect(shares[1]).toBeGreaterThan(shares[0] as number)
    expect(shares[3]).toBeLessThan(at(told('resolving', 0, 1, 100), 100))
  })
})
