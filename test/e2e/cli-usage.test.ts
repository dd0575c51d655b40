import { describe, expect, it } from 'vitest'
import { folderWith, run } from './cli-process.ts'

/** A user's mistake: exit code 2, nothing on standard output, one sentence that says what to do, no stack. */
async function mistake(args: readonly string[], cwd?: string): Promise<string> {
  const { code, out, err } = await run(args, cwd === undefined ? {} : { cwd })
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).not.toMatch(/\n\s+at |Error:|node:internal/)
  return err
}

describe('the help of the command line', () => {
  it.each([[[]], [['resolve']], [['explain']], [['ruleset']], [['ruleset', 'check']], [['demo']]])(
    '%j is explained on standard output',
    async (command) => {
      const { code, out, err } = await run([...command, '--help'])
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toContain(`Usage: selfsame${command.map((word) => ` ${word}`).join('')}`)
    },
  )

  it('names the exit codes and gives examples', async () => {
    const { out } = await run(['--help'])
    for (const told of [
      'Exit codes: 0 done, 1 failed, 2 wrong usage or input, 130 stopped with ^C.',
      'selfsame resolve crm.csv',
    ])
      expect(out).toContain(told)
  })

  it('holds no colour on a pipe unless FORCE_COLOR asks for it', async () => {
    const escape = '\u001b['
    expect((await run(['ruleset', 'default'])).out).not.toContain(escape)
    const folder = folderWith({
      'rules.yaml': 'version: 1\nrules: [ { name: Same e-mail, match: [ { exact: email } ] } ]\n',
    })
    const args = ['ruleset', 'explain', 'rules.yaml']
    expect((await run(args, { cwd: folder })).out).not.toContain(escape)
    expect((await run(args, { cwd: folder, env: { FORCE_COLOR: '1' } })).out).toContain(escape)
    expect((await run(args, { cwd: folder, env: { FORCE_COLOR: '1', NO_COLOR: '1' } })).out).not.toContain(escape)
  })
})

describe('wrong usage', () => {
  it('an unknown command is answered with the one that was meant', async () => {
    expect(await mistake(['reslove', 'a.csv'])).toContain('Did you mean resolve?')
  })

  it('an unknown option is named', async () => {
    expect(await mistake(['resolve', 'a.csv', '--formt', 'csv'])).toContain('--formt')
  })

  it('an unknown format is answered with those that exist', async () => {
    expect(await mistake(['resolve', 'a.csv', '--format', 'xml'])).toContain('csv, parquet, jsonl')
  })

  it.each([['lots'], ['4'], ['0GB']])('--memory %s is no size', async (size) => {
    expect(await mistake(['resolve', 'a.csv', '--memory', size])).toBe(
      `selfsame: --memory "${size}" is not a size; write a number and a unit, such as 4GB or 512MB [usage.option]\n`,
    )
  })

  it('no file at all is told, with the command that would work', async () => {
    expect(await mistake(['resolve'])).toBe(
      'selfsame: no file was named; try: selfsame resolve customers.csv [usage.no_input]\n',
    )
  })

  it('a source without a file is told', async () => {
    expect(await mistake(['resolve', '--source', 'crm'])).toContain('is not NAME=FILE')
  })

  it('a record without a key is told', async () => {
    expect(await mistake(['explain', 'crm', 'crm:1'])).toContain('is not SOURCE:KEY')
  })

  it('a folder without a run is told', async () => {
    expect(await mistake(['explain', 'crm:1', 'crm:2', '--run', folderWith()])).toContain('is not the folder of a run')
  })
})

describe('the ruleset commands', () => {
  const three = `version: 1
rules:
  - name: Names only
    match: [ { fuzzy_strong: last_name } ]
  - name: Same e-mail
    match: [ { exact: e_mail_adress } ]
    witin: 30d
`

  it('DIN-6 a fuzzy-only rule and two more faults are all reported, with path and line', async () => {
    const folder = folderWith({ 'rules.yaml': three })
    const err = await mistake(['ruleset', 'check', 'rules.yaml'], folder)
    const faults = err
      .trim()
      .split('\n')
      .filter((line) => line.startsWith('fault '))
    expect(faults).toHaveLength(3)
    expect(faults[0]).toMatch(/^fault rules\.yaml:[34]:\d+ \/rules\/0/)
    expect(faults.some((line) => /rules\.yaml:6:\d+ \/rules\/1\/match\/0/.test(line))).toBe(true)
    expect(faults.some((line) => /rules\.yaml:7:\d+ \/rules\/1/.test(line) && line.includes('witin'))).toBe(true)
  })

  it('resolve reports the same faults before it reads any record', async () => {
    const folder = folderWith({ 'rules.yaml': three, 'crm.csv': 'id,email\n1,ana@example.com\n' })
    const err = await mistake(['resolve', 'crm.csv', '--ruleset', 'rules.yaml'], folder)
    expect(err.split('\n').filter((line) => line.startsWith('fault '))).toHaveLength(3)
  })

  it('a ruleset without faults passes, its warnings on standard error', async () => {
    const folder = folderWith({
      'rules.yaml': 'version: 1\nrules:\n  - name: Names\n    match: [ { exact: first_name }, { exact: last_name } ]\n',
    })
    const { code, out, err } = await run(['ruleset', 'check', 'rules.yaml'], { cwd: folder })
    expect({ code, out }).toEqual({ code: 0, out: 'rules.yaml: no fault, 1 to think about\n' })
    expect(err).toMatch(/^warning rules\.yaml:3:\d+ \/rules\/0: "Names" merges on names or household fields alone/)
  })

  it('what was found comes as JSON when asked', async () => {
    const folder = folderWith({ 'rules.yaml': three })
    const { code, out, err } = await run(['ruleset', 'check', 'rules.yaml', '--json'], { cwd: folder })
    expect({ code, err }).toEqual({ code: 2, err: '' })
    const [found] = JSON.parse(out) as readonly { ok: boolean; faults: readonly { line: number }[] }[]
    expect(found?.ok).toBe(false)
    expect(found?.faults).toHaveLength(3)
  })

  it('the default ruleset can be printed, checked and resolved with', async () => {
    const { out } = await run(['ruleset', 'default'])
    const folder = folderWith({ 'rules.yaml': out })
    expect((await run(['ruleset', 'check', 'rules.yaml'], { cwd: folder })).code).toBe(0)
  })

  it('every rule is said in plain English', async () => {
    const folder = folderWith({
      'rules.yaml': 'version: 1\nrules:\n  - name: Same e-mail\n    match: [ { exact: email } ]\n',
    })
    const { code, out } = await run(['ruleset', 'explain', 'rules.yaml'], { cwd: folder })
    expect(code).toBe(0)
    expect(out).toContain('Email field is the same')
  })

  it('two versions are compared', async () => {
    const folder = folderWith({
      'old.yaml': 'version: 1\nrules:\n  - name: Same e-mail\n    match: [ { exact: email } ]\n',
      'new.yaml': 'version: 1\nrules:\n  - name: Same e-mail\n    match: [ { exact: email } ]\n    max_group_size: 5\n',
    })
    const same = await run(['ruleset', 'diff', 'old.yaml', 'old.yaml'], { cwd: folder })
    expect(same).toMatchObject({ code: 0, out: '', err: 'the two decide the same\n' })
    const { code, out } = await run(['ruleset', 'diff', 'old.yaml', 'new.yaml'], { cwd: folder })
    expect(code).toBe(0)
    expect(out).toContain('Same e-mail')
  })

  it('the JSON Schema is one JSON document', async () => {
    const { out } = await run(['ruleset', 'schema'])
    expect(JSON.parse(out)).toMatchObject({ $schema: expect.stringContaining('json-schema.org') as string })
  })

  it.each([
    ['missing.yaml', 'there is no such file'],
    ['folder', 'it is a folder'],
    ['binary.yaml', 'is not text'],
    ['latin.yaml', 'is not UTF-8'],
  ])('%s is one sentence', async (file, told) => {
    const folder = folderWith({
      'folder/x': '',
      'binary.yaml': new Uint8Array([1, 0, 2]),
      'latin.yaml': new Uint8Array([0x76, 0xe9]),
    })
    expect(await mistake(['ruleset', 'check', file], folder)).toMatch(
      new RegExp(`^selfsame: [^\\n]*${file}[^\\n]*${told}[^\\n]*\\n$`),
    )
  })
})
