import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runFaultCodes } from '@selfsame/batch'
import { cliErrors } from '../../packages/cli/src/cli-errors.ts'
import { httpErrors, letterCodes } from '@selfsame/contract'
import { describe, expect, it } from 'vitest'
import { page, root, tableUnder } from './pages.ts'

const errors = page('docs/reference/errors.md')

describe('errors.md', () => {
  it('lists the codes of runs that do not start, and no others', () => {
    expect(documented('## A run that does not start')).toEqual(sorted(runFaultCodes))
  })

  it('lists the faults of commands with their exit codes and whether trying again helps, and no others', () => {
    const listed = tableUnder(errors, '## Commands').map(([code, exitCode, , again]) => [code, exitCode, again])
    const known = Object.entries(cliErrors).map(([code, { exitCode, retry }]) => [
      code,
      String(exitCode),
      retry ? 'yes' : 'no',
    ])
    expect(listed.sort()).toEqual(known.sort())
  })

  it('lists no fault of commands that no command can have', () => {
    const used = filesUnder('cli/src').flatMap((text) =>
      [...text.matchAll(/'([a-z]+\.[a-z_]+)'/g)].map(([, code]) => code),
    )
    for (const code of Object.keys(cliErrors)) expect(used, code).toContain(code)
  })

  it('lists the warnings of runs, and no others', () => {
    expect(documented('## Warnings of a run')).toEqual(codesIn('batch/src/summarize', /code: '(\w+\.\w+)'/g))
  })

  it('lists the faults of rulesets, and no others', () => {
    expect(documented('## Faults in a ruleset')).toEqual(
      codesIn('core/src/ruleset', /(?:fault\(\s*|code: )'(ruleset\.\w+)'/g),
    )
  })

  it('lists the warnings about rulesets, and no others', () => {
    expect(documented('## Warnings about a ruleset')).toEqual(codesIn('core/src/ruleset', /warn\(\s*'(ruleset\.\w+)'/g))
  })

  it('lists the codes of rejected values, and no others', () => {
    const pattern = /(?:rejected\(\s*|code: )'(\w+\.\w+)'/g
    expect(documented('## Rejected values')).toEqual(
      sorted([...codesIn('core/src/standardize', pattern), ...codesIn('core/src/evidence', pattern)]),
    )
  })

  it('lists the answers of the server with their status and whether a retry helps, and no others', () => {
    const listed = tableUnder(errors, '## Answers of the server').map(([code, status, , again]) => [
      code,
      status,
      again,
    ])
    const known = Object.entries(httpErrors).map(([code, { status, retry }]) => [
      code,
      String(status),
      retry ? 'yes' : 'no',
    ])
    expect(listed.sort()).toEqual(known.sort())
  })

  it('lists the codes of dead letters, and no others', () => {
    expect(documented('## Dead letters')).toEqual(sorted(Object.keys(letterCodes)))
  })
})

function documented(heading: string): readonly string[] {
  const codes = tableUnder(errors, heading).map(([code]) => code ?? '')
  expect(codes).toEqual([...new Set(codes)])
  return sorted(codes)
}

/** The programs of a folder and those below it, without tests and without the catalogue itself. */
function filesUnder(path: string): readonly string[] {
  return readdirSync(join(root, 'packages', path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.endsWith('cli-errors.ts'))
    .map((name) => readFileSync(join(root, 'packages', path, name), 'utf8'))
}

/** Codes that the files of a folder give, read from their source. */
function codesIn(path: string, pattern: RegExp): readonly string[] {
  const folder = join(root, 'packages', path)
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const codes = sources.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(pattern)].map((match) => match[1] ?? ''),
  )
  expect(codes.length).toBeGreaterThan(0)
  return sorted(codes)
}

function sorted(codes: readonly string[]): readonly string[] {
  return [...new Set(codes)].sort()
}
