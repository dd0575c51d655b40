import { describe, expect, it } from 'vitest'
import { failingDisk } from './scenarios.ts'

const seed = Number(process.env['SELFSAME_SEED'] ?? 1)

describe.each(['full', 'syncs fail', 'writes fail'] as const)('a disk that is or does this: %s', (fault) => {
  it('I-21 refuses with 503 while it lasts, goes on reading, and takes records again without a restart', async () => {
    const outcome = await failingDisk(fault, seed)
    expect(outcome.findings, `seed ${seed}`).toEqual([])
    expect([...outcome.during].filter(([, count]) => count > 0).map(([status]) => status)).toEqual([503])
    expect(outcome.read).toBe(true)
    expect(outcome.afterwards).toBeGreaterThan(20)
  })
})
