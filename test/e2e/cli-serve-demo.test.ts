import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { folderWith, start } from './cli-process.ts'

describe('selfsame serve --demo', () => {
  it('fills the space dev with a believable shop, and prints a link that signs in', async () => {
    const databaseUrl = `sqlite:${join(folderWith(), 'demo.db')}`
    const { child, finished } = start(['serve', '--demo', '--port', '0', '--database', databaseUrl])
    let printed = ''
    child.stdout?.on('data', (text: string) => void (printed += text))
    try {
      let link: string | undefined
      for (let tries = 0; tries < 1_500 && link === undefined; tries++) {
        await sleep(100)
        link = /http\S+#\S+/.exec(printed)?.[0]
      }
      const { origin, hash } = new URL(link ?? '')
      const ask = (path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
        fetch(`${origin}/api/v1${path}`, {
          method: body === undefined ? 'GET' : 'POST',
          headers: { 'content-type': 'application/json', 'x-selfsame-space': 'dev', ...headers },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
      const signedIn = await ask('/sign-in/link', { token: hash.slice(1), password: 'a password of my own' })
      expect(signedIn.status).toBe(200)
      const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
      const { csrfToken } = (await signedIn.json()) as { csrfToken: string }
      const signed = { cookie, 'x-selfsame-csrf': csrfToken, origin }
      const metrics = (await (await ask('/metrics', undefined, signed)).json()) as Record<string, number>
      expect(metrics['profiles']).toBeGreaterThan(500)
      expect(metrics['candidates']).toBeGreaterThan(50)
      expect(metrics['sharedValues']).toBeGreaterThan(0)
      expect(metrics['unresolvedTraces']).toBeGreaterThan(0)
      const found = await ask('/profiles/lookup', { type: 'email', value: 'SARAH.JOHNSON@example.com' }, signed)
      const { items } = (await found.json()) as { items: { verified: boolean; profile: { name: string } }[] }
      expect(items.find(({ verified }) => verified)?.profile.name).toBe('Sarah Johnson')
      const { points } = (await (await ask('/metrics/series?days=30', undefined, signed)).json()) as {
        points: { recordsStored: number }[]
      }
      expect(points.filter(({ recordsStored }) => recordsStored > 0).length).toBeGreaterThan(20)
    } finally {
      child.kill('SIGTERM')
      await finished
    }
  }, 170_000)
})
