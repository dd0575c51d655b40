import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { folderWith, rowsOf, run, start } from './cli-process.ts'

const tables = [
  'identity_golden',
  'identity_lookup',
  'identity_identifiers',
  'identity_links',
  'identity_unresolved_records',
  'identity_review',
  'rejected',
]

/** Every table of a run as it stands on disk, by name. */
function tablesIn(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(tables.map((name) => [name, readFileSync(join(folder, `${name}.csv`), 'utf8')]))
}

async function resolved(cwd: string, ...args: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const { code, err } = await run(['resolve', '--quiet', ...args], { cwd })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const out = args[args.indexOf('--out') + 1]
  return tablesIn(join(cwd, args.includes('--out') && out !== undefined ? out : 'selfsame-out'))
}

const profileCount = (written: Readonly<Record<string, string>>) => rowsOf(written['identity_golden'] ?? '').length

/** Rows of forty people in three records each, written differently, with some that share a phone. */
function crmRows(): readonly string[] {
  return Array.from({ length: 120 }, (_, index) => {
    const person = index % 40
    const email = index % 3 === 0 ? `Person${person}@Example.com` : `person${person}@example.com`
    const day = String((index % 28) + 1).padStart(2, '0')
    return `${index},${index % 5 === 4 ? '' : email},+1303555${String(100 + (person % 35)).padStart(4, '0')},Name${person},2026-01-${day}T10:00:00Z`
  })
}
const crmHead = 'id,email,phone,first_name,updated_at'
const csv = (head: string, rows: readonly string[]) => `${[head, ...rows].join('\n')}\n`

/** The same rows in another order, always the same one. */
function shuffled<T>(rows: readonly T[]): readonly T[] {
  return rows
    .map((row, index) => ({ row, at: (index * 7919) % 104_729 }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row)
}

describe('resolve, as a stranger tries it', () => {
  it('shuffled rows, doubled rows and rows split over files give identical tables', async () => {
    const rows = crmRows()
    const folder = folderWith({
      'crm.csv': csv(crmHead, rows),
      'shuffled/crm.csv': csv(crmHead, shuffled(rows)),
      'doubled/crm.csv': csv(crmHead, [...rows, ...shuffled(rows)]),
      'one.csv': csv(crmHead, rows.slice(0, 50)),
      'two.csv': csv(crmHead, rows.slice(50)),
    })
    const first = await resolved(folder, 'crm.csv', '--out', 'a')
    expect(profileCount(first)).toBeLessThan(60)
    expect(await resolved(folder, 'shuffled/crm.csv', '--out', 'b')).toEqual(first)
    expect(await resolved(folder, 'doubled/crm.csv', '--out', 'c')).toEqual(first)
    expect(await resolved(folder, '--source', 'crm=two.csv', '--source', 'crm=one.csv', '--out', 'd')).toEqual(first)
  })

  it('500 rows that share test@test.com stay 500 profiles', async () => {
    const folder = folderWith({
      'crm.csv': csv(
        'id,email',
        Array.from({ length: 500 }, (_, index) => `${index},test@test.com`),
      ),
    })
    expect(profileCount(await resolved(folder, 'crm.csv'))).toBe(500)
  })

  it('DIN-12 three records on one phone exceed two limits, and all three are unresolved with the exact reasons', async () => {
    const folder = folderWith({
      'crm.csv': csv('id,user_id,email,phone', [
        '1,U1,a@x.example,+13035550100',
        '2,U1,b@x.example,+13035550100',
        '3,U2,c@x.example,+13035550100',
      ]),
      'rules.yaml': `version: 1
identifiers:
  - { name: user_id, kind: anchor, max_unique_values: 1, when_exceeded: block, stitch: false }
  - { name: email, kind: claim, standardize: [email], max_unique_values: 2, when_exceeded: block }
  - { name: phone, kind: claim, standardize: [phone] }
rules: [ { name: Same phone, match: [ { exact: phone } ] } ]
`,
    })
    const written = await resolved(folder, 'crm.csv', '--ruleset', 'rules.yaml')
    const unresolved = rowsOf(written['identity_unresolved_records'] ?? '')
    expect(unresolved.map((row) => row['record_key']).sort()).toEqual(['1', '2', '3'])
    for (const row of unresolved) {
      expect(row).toMatchObject({
        unresolved_reason: 'identifier_conflict',
        conflict_reasons:
          'user_id has too many unique values (2 > limit of 1); email has too many unique values (3 > limit of 2)',
      })
    }
  })

  it('MAS-22 two Maria Garcias with one phone stay two under e-mail AND phone', async () => {
    const folder = folderWith({
      'crm.csv': csv('id,name,email,phone', [
        '1,Maria Garcia,maria.g@example.com,(303) 555-0142',
        '2,Maria Garcia,mgarcia@example.com,303-555-0142',
      ]),
      'rules.yaml':
        'version: 1\nrules: [ { name: Both, match: [ { exact: email }, { exact: phone } ], within: 90d, max_group_size: 3 } ]\n',
    })
    expect(profileCount(await resolved(folder, 'crm.csv', '--ruleset', 'rules.yaml'))).toBe(2)
  })

  it('MAS-15 a filter on gmail.com does not make 50 Gmail users one', async () => {
    const folder = folderWith({
      'crm.csv': csv(
        'id,email',
        Array.from({ length: 50 }, (_, index) => `${index},user${index}@gmail.com`),
      ),
      'rules.yaml':
        'version: 1\nrules: [ { name: Gmail, match: [ { exact: email, where: { contains: gmail.com } } ] } ]\n',
    })
    expect(profileCount(await resolved(folder, 'crm.csv', '--ruleset', 'rules.yaml'))).toBe(50)
  })

  it('the row of a stranger changes no other id', async () => {
    const rows = crmRows()
    const folder = folderWith({
      'crm.csv': csv(crmHead, rows),
      'more/crm.csv': csv(crmHead, ['x,stranger@example.org,+13035559999,Stranger,2020-01-01T00:00:00Z', ...rows]),
    })
    const before = rowsOf((await resolved(folder, 'crm.csv', '--out', 'a'))['identity_lookup'] ?? '')
    const after = rowsOf((await resolved(folder, 'more/crm.csv', '--out', 'b'))['identity_lookup'] ?? '')
    expect(after.filter((row) => row['record_key'] !== 'x')).toEqual(before)
    expect(after).toHaveLength(before.length + 1)
  })

  it('every input line is in the lookup or among the rejected, exactly once', async () => {
    const folder = folderWith({
      'crm.csv': 'id,email\n1,a@example.com\n2,b@example.com,too,many\n3,"unfinished\n4,d@example.com\n',
      'web.jsonl':
        '{"type":"track","messageId":"m1","event":"Seen","anonymousId":"x"}\nnot json\n{"type":"identify","messageId":"m2","anonymousId":"x","traits":{"email":"a@example.com"}}\n',
    })
    const { code, out } = await run(['resolve', 'crm.csv', 'web.jsonl', '--json', '--quiet'], { cwd: folder })
    expect(code).toBe(0)
    const { counts } = JSON.parse(out) as { counts: Record<'lines' | 'records' | 'rejected' | 'superseded', number> }
    const written = tablesIn(join(folder, 'selfsame-out'))
    expect(rowsOf(written['identity_lookup'] ?? '')).toHaveLength(counts.records)
    expect(counts.records + counts.rejected + counts.superseded).toBe(counts.lines)
    expect(counts.rejected).toBeGreaterThanOrEqual(2)
    expect(written['rejected']).toContain('not json')
  })
})

describe('what resolve prints', () => {
  const files = {
    'crm.csv': csv('id,E-mail Address,agent_email', ['1,Ana@example.com,help@shop.example', '2,ana@example.com,']),
  }

  it('says on standard error how each column is read, before the summary on standard output', async () => {
    const { code, out, err } = await run(['resolve', 'crm.csv'], { cwd: folderWith(files) })
    expect(code).toBe(0)
    expect(err).toMatch(/^crm crm\.csv \(CSV, comma, UTF-8\)$/m)
    expect(err).toMatch(/^ +id +the record’s key$/m)
    expect(err).toMatch(/^ +E-mail Address +email$/m)
    expect(err).toMatch(/^ +agent_email +.*email, unverified$/m)
    expect(out).toMatch(/^2 records → 1 profile, 1 of them from several records/)
    expect(out).toContain(`report  selfsame-out/report.html`)
  })

  it('leaves one clean JSON document on standard output with --json', async () => {
    const { out } = await run(['resolve', 'crm.csv', '--json'], { cwd: folderWith(files) })
    expect(JSON.parse(out)).toMatchObject({ selfsame: 'resolve-run', counts: { records: 2, profiles: 1 } })
  })

  it('says nothing with --quiet, and shows no progress and no colour on a pipe', async () => {
    expect(await run(['resolve', 'crm.csv', '--quiet'], { cwd: folderWith(files) })).toEqual({
      code: 0,
      signal: null,
      out: '',
      err: '',
    })
    const { out, err } = await run(['resolve', 'crm.csv'], { cwd: folderWith(files) })
    expect(out + err).not.toMatch(/[\u001b\r█]/)
  })

  it('writes the tables, the summary and the report into the folder, and replaces an earlier run there', async () => {
    const folder = folderWith(files)
    await run(['resolve', 'crm.csv', '--out', 'here'], { cwd: folder })
    const first = statSync(join(folder, 'here/report.html')).ino
    expect((await run(['resolve', 'crm.csv', '--out', 'here', '--format', 'jsonl'], { cwd: folder })).code).toBe(0)
    const names = readdirSync(join(folder, 'here'))
    for (const table of tables) expect(names).toContain(`${table}.jsonl`)
    for (const name of ['summary.json', 'report.html']) expect(names).toContain(name)
    expect(names.filter((name) => name.endsWith('.csv'))).toEqual([])
    expect(statSync(join(folder, 'here/report.html')).ino).not.toBe(first)
    expect(readdirSync(folder).sort()).toEqual(['crm.csv', 'here'])
  })

  it('reads standard input and gzip, and names a source as told', async () => {
    const folder = folderWith({ 'crm.csv.gz': gzipSync(files['crm.csv']) })
    const { code, out } = await run(['resolve', 'crm.csv.gz', '--source', 'piped=-', '--json', '--quiet'], {
      cwd: folder,
      input: '{"id":7,"email":"ana@example.com"}\n',
    })
    expect(code).toBe(0)
    const { sources, counts } = JSON.parse(out) as {
      sources: readonly { name: string }[]
      counts: { profiles: number }
    }
    expect(sources.map((source) => source.name)).toEqual(['crm', 'piped'])
    expect(counts.profiles).toBe(1)
  })

  it('takes the source of a row from a column', async () => {
    const folder = folderWith({ 'all.csv': csv('id,system,email', ['1,crm,a@example.com', '1,shop,a@example.com']) })
    const written = await resolved(folder, 'all.csv', '--source-column', 'system')
    expect(
      rowsOf(written['identity_lookup'] ?? '')
        .map((row) => `${row['source']}:${row['record_key']}`)
        .sort(),
    ).toEqual(['crm:1', 'shop:1'])
    expect(profileCount(written)).toBe(1)
  })

  it('points out a value in more than 1 % of a thousand rows, with the line that blocks it', async () => {
    const rows = Array.from(
      { length: 1000 },
      (_, index) => `${index},${index < 40 ? 'support@shop.example' : `user${index}@example.com`}`,
    )
    const folder = folderWith({ 'crm.csv': csv('id,email', rows) })
    const { code, err } = await run(['resolve', 'crm.csv'], { cwd: folder })
    expect(code).toBe(0)
    expect(err).toMatch(/blocked_values: \["support@shop\.example"\]/)
  })
})

describe('what keeps resolve from starting', () => {
  const ok = csv('id,email', ['1,a@example.com', '2,b@example.com'])
  const cases: readonly (readonly [
    string,
    Readonly<Record<string, string | Uint8Array>>,
    readonly string[],
    RegExp,
  ])[] = [
    ['a missing file', {}, ['missing.csv'], /missing\.csv/],
    ['an empty file', { 'empty.csv': '' }, ['empty.csv'], /empty\.csv.*empty/],
    ['a file with nothing below its header', { 'head.csv': 'id,email\n' }, ['head.csv'], /head\.csv/],
    [
      'a binary file',
      { 'bin.csv': Uint8Array.from({ length: 4000 }, (_, index) => (index * 37) % 256) },
      ['bin.csv'],
      /bin\.csv.*binary/,
    ],
    ['a folder', { 'folder/x.csv': ok }, ['folder'], /folder.*folder/],
    [
      'a JSON array',
      { 'all.jsonl': '[{"id":1}]' },
      ['all.jsonl'],
      /all\.jsonl is one JSON array; write one .*object per line/,
    ],
    ['an unknown source column', { 'ok.csv': ok }, ['ok.csv', '--source-column', 'system'], /"system".*id, email/],
    ['standard input named twice', {}, ['-', '-'], /twice/],
    [
      'a column in the ruleset that the file does not have',
      {
        'ok.csv': ok,
        'rules.yaml':
          'version: 1\nsources: { ok: { key: customer_number } }\nrules: [ { name: E, match: [ { exact: email } ] } ]\n',
      },
      ['ok.csv', '--ruleset', 'rules.yaml'],
      /"customer_number".*ok\.csv.*id, email/,
    ],
    [
      'a folder with files of somebody else',
      { 'ok.csv': ok, 'out/notes.txt': 'mine' },
      ['ok.csv', '--out', 'out'],
      /out.*notes\.txt/,
    ],
    ['a file where the folder should be', { 'ok.csv': ok, out: 'mine' }, ['ok.csv', '--out', 'out'], /out/],
    ['a folder below a file', { 'ok.csv': ok, file: 'mine' }, ['ok.csv', '--out', 'file/out'], /file\/out/],
    ['too little memory', { 'ok.csv': ok }, ['ok.csv', '--memory', '1MB'], /memory/],
  ]

  it.each(cases)('%s is one clear sentence, exit code 2', async (_, files, args, told) => {
    const folder = folderWith(files)
    const before = readdirSync(folder)
    const { code, out, err } = await run(['resolve', ...args], { cwd: folder })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(told)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
    expect(err).toMatch(/^selfsame: /)
    expect(err).not.toMatch(/\bat .*:\d+:\d+|Error\b/)
    expect(readdirSync(folder)).toEqual(before)
  })

  it('a wrong delimiter is told where the file shows that it is one', async () => {
    const folder = folderWith({ 'x.csv': 'id:email\n1:a@example.com\n2:b@example.com\n3:c@example.com\n' })
    const { code, err } = await run(['resolve', 'x.csv'], { cwd: folder })
    expect({ code, lines: err.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 1 })
    expect(err).toMatch(/x\.csv/)
  })

  it('a file that somebody put into the folder of a run keeps the next run out of it', async () => {
    const folder = folderWith({ 'ok.csv': ok })
    await run(['resolve', 'ok.csv', '--out', 'out', '--quiet'], { cwd: folder })
    writeFileSync(join(folder, 'out/notes.txt'), 'mine')
    const { code, err } = await run(['resolve', 'ok.csv', '--out', 'out', '--quiet'], { cwd: folder })
    expect({ code, err }).toMatchObject({ code: 2, err: expect.stringContaining('notes.txt') as string })
    expect(readFileSync(join(folder, 'out/notes.txt'), 'utf8')).toBe('mine')
  })

  it('never touches files that are not its own', async () => {
    const folder = folderWith({ 'ok.csv': ok, 'out/notes.txt': 'mine', 'out/identity_golden.csv': 'mine too' })
    expect((await run(['resolve', 'ok.csv', '--out', 'out'], { cwd: folder })).code).toBe(2)
    expect(readFileSync(join(folder, 'out/identity_golden.csv'), 'utf8')).toBe('mine too')
  })
})

describe('stopping resolve', () => {
  it('^C ends with 130, leaves nothing behind and keeps the earlier run', async () => {
    const folder = folderWith({ 'crm.csv': csv('id,email', ['1,a@example.com']) })
    await run(['resolve', 'crm.csv', '--out', 'out', '--quiet'], { cwd: folder })
    const summary = readFileSync(join(folder, 'out/summary.json'), 'utf8')
    const rows = Array.from({ length: 400_000 }, (_, index) => `${index},user${index % 150_000}@example.com`)
    const big = folderWith({ 'big.csv': csv('id,email', rows) })
    const { child, finished } = start(['resolve', join(big, 'big.csv'), '--out', join(folder, 'out')], { cwd: folder })
    await new Promise<void>((resolve) => child.stderr?.once('data', () => resolve()))
    child.kill('SIGINT')
    const { code, out, err } = await finished
    expect({ code, out }).toEqual({ code: 130, out: '' })
    expect(err).toContain('selfsame: stopped; nothing was written\n')
    expect(readFileSync(join(folder, 'out/summary.json'), 'utf8')).toBe(summary)
    expect(existsSync(join(folder, 'out/report.html'))).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(['crm.csv', 'out'])
  })
})
