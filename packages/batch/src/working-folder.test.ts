import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { letGoOf, makeWorkingFolder, ownerFile } from './working-folder.ts'

let parent: string
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'selfsame-working-'))
})
afterEach(() => {
  rmSync(parent, { recursive: true, force: true })
})

/** A folder of a process that ended: a real one, whose number is free again. */
function abandoned(
  name: string,
  change: (owner: { pid: number; machine: string }) => object = (owner) => owner,
): string {
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  const folder = join(parent, name)
  mkdirSync(folder)
  writeFileSync(join(folder, 'spill.tmp'), 'x')
  writeFileSync(join(folder, ownerFile), JSON.stringify(change({ pid, machine: own.machine })))
  return folder
}

let own: { pid: number; machine: string }
beforeEach(async () => {
  const folder = await makeWorkingFolder(parent, 'probe-')
  own = JSON.parse(readFileSync(join(folder, ownerFile), 'utf8')) as typeof own
  await letGoOf(folder)
})

describe('a working folder', () => {
  it('of a process that is gone is removed by the next run', async () => {
    const left = abandoned('run-gone')
    const made = await makeWorkingFolder(parent, 'run-')
    expect(existsSync(left)).toBe(false)
    expect(existsSync(made)).toBe(true)
    await letGoOf(made)
    expect(existsSync(join(made, ownerFile))).toBe(false)
  })
  it.each([
    ['of a process that is at work', (owner: object) => ({ ...owner, pid: process.pid })],
    ['of another machine', (owner: object) => ({ ...owner, machine: 'elsewhere' })],
    ['that says nothing we understand', () => ({ pid: 'x' })],
  ])('%s stays', async (_, change) => {
    const left = abandoned('run-other', change)
    await letGoOf(await makeWorkingFolder(parent, 'run-'))
    expect(existsSync(left)).toBe(true)
  })
  it('of another kind stays, and so does a folder without an owner', async () => {
    const other = abandoned('else-gone')
    mkdirSync(join(parent, 'run-mine'))
    await letGoOf(await makeWorkingFolder(parent, 'run-'))
    expect(existsSync(other)).toBe(true)
    expect(existsSync(join(parent, 'run-mine'))).toBe(true)
  })
  it('goes with a process that ends in the middle', () => {
    const program = `
      const { makeWorkingFolder } = await import(${JSON.stringify(new URL('./working-folder.ts', import.meta.url).href)})
      process.stdout.write(await makeWorkingFolder(${JSON.stringify(parent)}, 'run-'))
      process.exit(130)`
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    expect(status).toBe(130)
    expect(stdout).toContain(join(parent, 'run-'))
    expect(existsSync(stdout)).toBe(false)
  })
})
