import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultRuleset } from '@selfsame/core'
import { expect, it } from 'vitest'
import { resolveFiles } from './resolve-files.ts'

it('I-1 of two bodies under one message id the same one counts, whatever the order of lines', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'selfsame-bodies-'))
  const event = (email: string, timestamp: string) =>
    JSON.stringify({ type: 'identify', messageId: 'm1', anonymousId: 'c1', traits: { email }, timestamp })
  const lines = [event('a@example.com', '2026-01-02T00:00:00Z'), event('b@example.com', '2026-01-01T00:00:00Z')]
  try {
    const tables: string[] = []
    for (const [place, ordered] of [lines, [...lines].reverse()].entries()) {
      const path = join(folder, `${place}.jsonl`)
      await writeFile(path, ordered.join('\n'))
      const result = await resolveFiles({
        inputs: [{ source: 'web', path }],
        sourceColumn: null,
        ruleset: defaultRuleset(),
        rulesetOrigin: { file: null, text: null, warnings: [] },
        outputFolder: join(folder, `out-${place}`),
        format: 'csv',
        spreadsheetSafe: false,
        memoryBytes: null,
        threads: 2,
        receivedAt: Date.parse('2026-06-01T00:00:00Z'),
        engine: 'test',
      })
      expect(result.ok && result.summary.counts.superseded).toBe(1)
      tables.push(await readFile(join(folder, `out-${place}`, 'identity_golden.csv'), 'utf8'))
    }
    expect(tables[0]).toBe(tables[1])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
