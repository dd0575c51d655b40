import { describe, expect, it } from 'vitest'
import { databaseKinds } from '../postgres/fresh-databases.ts'
import { killCycles } from './scenarios.ts'

const seed = Number(process.env['SELFSAME_SEED'] ?? 1)

describe.each(databaseKinds)('kill -9 on $name', ({ fresh }) => {
  it('I-21 I-22 I-24 at any moment of ingestion loses nothing, doubles nothing and leaves no merge half done', async () => {
    const { url, remove } = await fresh()
    try {
      const outcome = await killCycles(url, 3, seed)
      expect(outcome.findings, `seed ${seed}`).toEqual([])
      expect(outcome.acknowledged).toBeGreaterThan(0)
    } finally {
      await remove()
    }
  })
})
