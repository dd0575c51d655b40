import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkout, folderWith, run } from './cli-process.ts'

describe('the demo', () => {
  it('resolves every example into a folder of its own, and says where the reports are', async () => {
    const folder = folderWith()
    const { code, out, err } = await run(['demo', '--out', 'here'], { cwd: folder })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    for (const name of ['sarah', 'foodiechain', 'kiosk', 'family-phone']) {
      expect(out).toContain(`report  here/${name}/report.html`)
      const report = readFileSync(join(folder, 'here', name, 'report.html'), 'utf8')
      expect(report).toContain(`examples/${name}/`)
      for (const place of [checkout, folder]) expect(report).not.toContain(place)
    }
    expect(out).toMatch(/^ {2}11 records → 3 profiles/m)
    expect(out.match(/records → /g)).toHaveLength(readdirSync(join(folder, 'here')).length)
  })

  it('ends with a question about one decision that can be asked as it stands', async () => {
    const folder = folderWith()
    const { out } = await run(['demo'], { cwd: folder })
    const [, command] = /npx selfsame (explain .+)/.exec(out) ?? []
    expect(command).toBeDefined()
    const { code, out: told } = await run((command as string).split(' '), { cwd: folder })
    expect(code).toBe(0)
    expect(told).toContain('are one profile')
  })

  it('can be run again', async () => {
    const folder = folderWith()
    expect((await run(['demo'], { cwd: folder })).code).toBe(0)
    expect((await run(['demo'], { cwd: folder })).code).toBe(0)
  })
})
