import { describe, expect, it } from 'vitest'
import { databaseKinds } from '../postgres/fresh-databases.ts'
import { frozenProcess } from './scenarios.ts'

const seed = Number(process.env['SELFSAME_SEED'] ?? 1)

describe.each(databaseKinds)('SIGSTOP and SIGCONT on $name', ({ fresh }) => {
  it('I-21 a server that is stopped in mid-flight goes on as if nothing had been', async () => {
    const { url, remove } = await fresh()
    try {
      const outcome = await frozenProcess(url, 3, seed)
      expect(outcome.findings, `seed ${seed}`).toEqual([])
      expect(outcome.acknowledged).toBeGreaterThan(0)
    } finally {
      await remove()
    }
  })
})
