import { describe, expect, it } from 'vitest'
import { powerCuts } from './scenarios.ts'

const seed = Number(process.env['SELFSAME_SEED'] ?? 1)

describe('a power cut', () => {
  it('I-21 I-22 loses nothing that was acknowledged and leaves nothing half done, wherever it falls', async () => {
    const outcome = await powerCuts(40, seed)
    expect(outcome.findings, `seed ${seed}`).toEqual([])
    expect(outcome.acknowledged).toBeGreaterThanOrEqual(500)
  })

  it('I-23 after a failed sync nothing is acknowledged that a power cut could take', async () => {
    const outcome = await powerCuts(40, seed, { failingSyncs: true, leastAcknowledged: 100 })
    expect(outcome.findings, `seed ${seed}`).toEqual([])
    expect(outcome.refused).toBeGreaterThan(3)
    expect(outcome.acknowledged).toBeGreaterThanOrEqual(100)
  })

  it('I-23 nor does a server lose anything that takes over from one which a failed sync stopped', async () => {
    const outcome = await powerCuts(40, seed, { restarted: true })
    expect(outcome.findings, `seed ${seed}`).toEqual([])
    expect(outcome.acknowledged).toBeGreaterThanOrEqual(500)
  })
})
