import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkout, folderWith, launcher, run, start } from './cli-process.ts'

const version = (JSON.parse(readFileSync(join(checkout, 'packages/cli/package.json'), 'utf8')) as { version: string })
  .version

/** A Node that says it is an old one: the launcher cannot tell the difference. */
const pretendOld = [
  '--import',
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.11.1"}})',
]

/** A Node older than 22.18 on this machine, outside of the checkout; undefined where there is none. */
const realOld = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .filter((path) => existsSync(path) && !path.includes('node_modules'))
  .find((path) => Number(/^v(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1]) < 22)

const oldNodes: readonly (readonly [string, { readonly node?: string; readonly nodeArgs?: readonly string[] }])[] = [
  ['a Node that pretends to be old', { nodeArgs: pretendOld }],
  ...(realOld ? [['the old Node of this machine', { node: realOld }] as const] : []),
]

describe.each(oldNodes)('the launcher under %s', (_, old) => {
  it('runs under the Node that npm ships', async () => {
    expect(await run(['--version'], old)).toEqual({ code: 0, signal: null, out: `${version}\n`, err: '' })
  })

  it('passes arguments, output and the exit code through', async () => {
    const { code, out, err } = await run(['resolve', 'no such file.csv'], { ...old, cwd: folderWith() })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('no such file.csv')
  })

  it('passes standard input through', async () => {
    const folder = folderWith()
    const { code } = await run(['resolve', '--source', 'web=-', '--out', join(folder, 'out'), '--quiet'], {
      ...old,
      input: 'id,email\n1,ana@example.com\n',
    })
    expect(code).toBe(0)
  })

  it('ends with the signal that it was sent', async () => {
    const { child, finished } = start(['resolve', '/dev/stdin', '--out', folderWith()], { ...old, input: 'id,email\n' })
    child.kill('SIGKILL')
    expect((await finished).signal).toBe('SIGKILL')
  })

  it('says what it needs where npm has shipped none', async () => {
    const folder = folderWith()
    mkdirSync(join(folder, 'bin'))
    copyFileSync(launcher, join(folder, 'bin/selfsame.js'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    const { code, out, err } = await run(['--version'], { ...old, script: join(folder, 'bin/selfsame.js') })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^selfsame: needs Node >= 22\.18 \(this is v\d+\.\d+\.\d+\)\. Try: npx -p node@24 [^\n]*\n$/)
  })
})
