import { describe, expect, it } from 'vitest'
import { openServingWorld } from '../testing/serving-world.ts'

const canary = 'kanarienvogel'

describe('the log', () => {
  it('A24 tells where the server failed and under which request, and never what was in it', async () => {
    const lines: string[] = []
    const fault = Object.assign(new Error(`cannot store "${canary}@example.com"\n    at ${canary}`), { detail: canary })
    const world = await openServingWorld({
      config: { logLevel: 'debug' },
      log: { write: (line) => void lines.push(line) },
      engine: { ingest: () => Promise.reject(fault) },
    })
    const key = await world.writeKey()
    const answer = await world.send(`/v1/track?who=${canary}`, { key, body: { event: canary, userId: canary } })
    await world.close()
    expect(answer.body).toMatchObject({ status: 500, code: 'server.failed' })
    expect(answer.text).not.toContain(canary)
    expect(lines.join('')).not.toContain(canary)
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    const failed = entries.find(({ msg }) => msg === 'a request failed')
    expect(failed).toMatchObject({ reqId: answer.body.requestId, err: { name: 'Error' } })
    expect(JSON.stringify(failed)).toMatch(/at .*server-log\.test\.ts/)
    expect(entries.find(({ msg }) => msg === 'incoming request')).toMatchObject({
      req: { method: 'POST', route: '/v1/track' },
    })
  })
})
