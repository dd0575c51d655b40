import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, run } from './cli-process.ts'

const folder = folderWith({
  'a.env': '# settings\nDATABASE_URL=sqlite:./a.db\nLOG_LEVEL=error\n',
  'unknown.env': 'DATABASE_URL=sqlite:./a.db\nDATABASE_PASSWORD=kanarienvogel\n',
})
const noSettings = { DATABASE_URL: undefined, DATABASE_URL_FILE: undefined, SELFSAME_CONFIG: undefined }
const create = (args: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) =>
  run(['spaces', 'create', `s${Math.random().toString(36).slice(2, 8)}`, ...args], {
    cwd: folder,
    env: { ...noSettings, ...env },
  })
/** Spaces in a database, or null where there is none. */
const spacesIn = async (name: string): Promise<number | null> => {
  const { code, out } = await run(['spaces', 'list', '--json', '--database', `sqlite:./${name}.db`], {
    cwd: folder,
    env: noSettings,
  })
  return code === 0 ? (JSON.parse(out) as readonly object[]).length : null
}

describe('settings', () => {
  it('come from flags, else the environment, else the file, else what is built in', async () => {
    writeFileSync(join(folder, 'address'), 'sqlite:./from-secret.db\n')
    expect((await create(['--config', 'a.env'])).code).toBe(0)
    expect(await spacesIn('a')).toBe(3)
    expect((await create([], { SELFSAME_CONFIG: 'a.env' })).code).toBe(0)
    expect(await spacesIn('a')).toBe(4)
    await create(['--config', 'a.env'], { DATABASE_URL: 'sqlite:./environment.db' })
    await create(['--config', 'a.env'], { DATABASE_URL_FILE: 'address' })
    await create(['--config', 'a.env', '--database', 'sqlite:./flag.db'], { DATABASE_URL: 'sqlite:./environment.db' })
    await create([])
    expect(await Promise.all(['a', 'environment', 'from-secret', 'flag', 'selfsame'].map(spacesIn))).toEqual([
      4, 3, 3, 3, 3,
    ])
  })

  it('that are not known are refused by name, and what they say is not repeated', async () => {
    const unknown = await create(['--config', 'unknown.env'])
    expect([unknown.code, unknown.err.includes('DATABASE_PASSWORD'), unknown.err.includes('kanarienvogel')]).toEqual([
      2,
      true,
      false,
    ])
    const missing = await create(['--config', 'nowhere.env'])
    expect([missing.code, missing.err.includes('nowhere.env')]).toEqual([2, true])
  })

  it('of the example are all known', async () => {
    const example = join(import.meta.dirname, '..', '..', '.env.example')
    expect((await create(['--config', example])).code).toBe(0)
  })
})
