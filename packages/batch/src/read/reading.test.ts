import { gzipSync } from 'node:zlib'
import { readFile, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunFault } from '../options.ts'
import type { SourceSummary } from '../summary.ts'
import { type FileContent, RunFolder, rulesetOf } from '../testing/run-in-folder.ts'

let folder: RunFolder
beforeEach(async () => {
  folder = await RunFolder.make()
})
afterEach(async () => {
  await folder.remove()
})

/** Keys and e-mails as they came out, and how the file was recognised. */
async function read(
  content: FileContent,
  name = 'crm.csv',
): Promise<{ file: unknown; rows: unknown; counts: unknown }> {
  const summary = await folder.resolve({ crm: { [name]: content } })
  const { path: _path, lines: _lines, ...file } = summary.sources[0]?.files[0] ?? { path: '', lines: 0 }
  const emails = new Map(
    (await folder.table('identity_golden')).map((row) => [
      row['profile_id'],
      `${row['email']} ${row['city'] ?? ''}`.trim(),
    ]),
  )
  const rows = (await folder.table('identity_lookup')).map((row) => [row['record_key'], emails.get(row['profile_id'])])
  return { file, rows, counts: summary.counts }
}

async function faultsOf(
  files: Parameters<RunFolder['run']>[0],
  options: Parameters<RunFolder['run']>[1] = {},
): Promise<readonly RunFault[]> {
  const result = await folder.run(files, options)
  return result.ok ? [] : result.faults
}

const twoRows = [
  ['1', 'ann@x.example Köln'],
  ['2', 'bob@x.example Ulm'],
]
const table = 'id,email,city\n1,ann@x.example,Köln\n2,bob@x.example,Ulm\n'
const csv = { format: 'csv', encoding: 'UTF-8', delimiter: ',', gzip: false }

describe('formats', () => {
  it.each([
    ['comma', table, csv],
    ['semicolon', table.replaceAll(',', ';'), { ...csv, delimiter: ';' }],
    ['tab', table.replaceAll(',', '\t'), { ...csv, delimiter: '\t' }],
    ['vertical bar', table.replaceAll(',', '|'), { ...csv, delimiter: '|' }],
    ['CR LF', table.replaceAll('\n', '\r\n'), csv],
    ['CR alone', table.replaceAll('\n', '\r'), csv],
    ['CR LF and LF mixed', table.replace('\n', '\r\n'), csv],
    ['no line end at the end', table.slice(0, -1), csv],
    ['blank lines', table.replaceAll('\n', '\n\n'), csv],
    ['quotes', 'id,"email","city"\n"1","ann@x.example","Köln"\n2,"bob@x.example",Ulm\n', csv],
    ['spaces around', 'id , email , city\n 1, ann@x.example ,Köln\t\n2\u00a0,bob@x.example, Ulm \n', csv],
    ['a byte order mark', `\ufeff${table}`, { ...csv, encoding: 'UTF-8 with BOM' }],
    ['UTF-16 LE', Buffer.from(`\ufeff${table}`, 'utf16le'), { ...csv, encoding: 'UTF-16LE' }],
    ['UTF-16 LE without a mark', Buffer.from(table, 'utf16le'), { ...csv, encoding: 'UTF-16LE' }],
    ['UTF-16 BE', Buffer.from(`\ufeff${table}`, 'utf16le').swap16(), { ...csv, encoding: 'UTF-16BE' }],
    ['Latin-1', Buffer.from(table, 'latin1'), { ...csv, encoding: 'Latin-1 (windows-1252)' }],
    ['gzip', gzipSync(table), { ...csv, gzip: true }],
  ])('reads CSV with %s', async (_, content, file) => {
    const found = await read(content)
    expect(found.file).toEqual(file)
    expect(found.rows).toEqual(twoRows)
  })

  it('reads JSON lines of rows, also gzipped, and rows that differ in their keys', async () => {
    const lines = '{"id":1,"email":"ann@x.example","city":"Köln"}\n{"city":"Ulm","id":"2","Email":"bob@x.example"}\n'
    expect((await read(gzipSync(lines), 'crm.jsonl.gz')).rows).toEqual(twoRows)
  })

  it('reads Parquet, whole numbers as they are and nested values as JSON', async () => {
    const db = await (await DuckDBInstance.create(':memory:')).connect()
    const path = join(folder.path, 'crm.parquet')
    await db.run(
      `COPY (SELECT 1::DOUBLE AS id, ' ann@x.example' AS email, 'Köln' AS city, [1, 2] AS tags UNION ALL SELECT 2, 'bob@x.example', 'Ulm', NULL) TO '${path}' (FORMAT parquet)`,
    )
    db.closeSync()
    const summary = await folder.resolve({}, { inputs: [{ source: 'crm', path }] })
    expect(summary.sources[0]?.files[0]).toMatchObject({ format: 'parquet', encoding: null, delimiter: null })
    expect((await folder.table('identity_lookup')).map((row) => row['record_key'])).toEqual(['1', '2'])
    expect((await folder.table('identity_golden')).map((row) => [row['email'], row['tags']])).toEqual([
      ['ann@x.example', '[1,2]'],
      ['bob@x.example', ''],
    ])
  })

  it('reads standard input', async () => {
    const summary = await folder.resolve({}, { inputs: [{ source: 'crm', path: '-' }], stdin: Readable.from([table]) })
    expect(summary.counts.records).toBe(2)
  })

  it('takes the source of each row from a column', async () => {
    const summary = await folder.resolve(
      { all: 'channel,id,email\nweb,1,a@x.example\napp,1,a@x.example\n,2,b@x.example\n' },
      { sourceColumn: 'channel' },
    )
    expect(summary.sources.map(({ name, records }) => [name, records])).toEqual([
      ['app', 1],
      ['web', 1],
    ])
    expect(summary.counts).toMatchObject({ lines: 3, records: 2, profiles: 1, rejected: 1 })
    expect(await folder.table('rejected')).toMatchObject([{ source: 'all', line: '4' }])
  })

  it('ids of more digits than a JSON number holds exactly are kept as they are written', async () => {
    const lines = ['9007199254740992', '9007199254740993', '9007199254740993'].map(
      (id, place) => `{"id":${place},"customer_id":${id}}`,
    )
    await folder.resolve({ crm: { 'crm.jsonl': lines.join('\n') } })
    const identifiers = await folder.table('identity_identifiers')
    expect(identifiers.map((row) => row['value']).sort()).toEqual(['9007199254740992', '9007199254740993'])
    const profiles = (await folder.table('identity_lookup')).map((row) => row['profile_id'])
    expect(new Set(profiles).size).toBe(2)
    expect(profiles[1]).toBe(profiles[2])
  })

  it('without a key column the line is the key, and a warning says so', async () => {
    const summary = await folder.resolve({ crm: 'email,note\na@x.example,"one\ntwo"\n\nb@x.example,\n' })
    expect((await folder.table('identity_lookup')).map((row) => row['record_key'])).toEqual(['2', '5'])
    expect(summary.warnings.map(({ code }) => code)).toContain('source.no_key')
    const several = await folder.resolve({ crm: { 'a.csv': 'email\na@x.example\n', 'b.csv': 'email\na@x.example\n' } })
    expect(several.counts).toMatchObject({ records: 2, profiles: 1 })
    expect((await folder.table('identity_lookup')).map((row) => row['record_key'])).toEqual(['a.csv:2', 'b.csv:2'])
  })

  it('a key of several columns joins their texts so that no two keys become one', async () => {
    const ruleset = rulesetOf('version: 1\nsources: { crm: { key: [shop, number] } }\n')
    await folder.resolve({ crm: 'shop,number,email\na|b,c,a@x.example\na,b|c,b@x.example\n' }, { ruleset })
    expect((await folder.table('identity_lookup')).map((row) => row['record_key'])).toEqual(['a\\|b|c', 'a|b\\|c'])
  })

  it('tells how every column is read before anything is resolved', async () => {
    let told: readonly SourceSummary[] = []
    await folder.resolve(
      { crm: 'id,E-mail Address,updated_at,city\n1,a@x.example,2025-01-01,Ulm\n' },
      {},
      { onSources: (sources) => (told = sources) },
    )
    expect(told[0]?.columns.map(({ name, role, to }) => [name, role, to])).toEqual([
      ['id', 'key', null],
      ['E-mail Address', 'identifier', 'email'],
      ['updated_at', 'observed_at', null],
      ['city', 'trait', 'city'],
    ])
  })
})

describe('events', () => {
  it('COM-19 COM-42 SEG-1 a session is one profile with the person it becomes', async () => {
    const events = [
      { type: 'page', messageId: 'm1', anonymousId: 'cookie-1', timestamp: '2025-01-01T10:00:00Z' },
      { type: 'page', messageId: 'm2', anonymousId: 'cookie-1', timestamp: '2025-01-01T10:01:00Z' },
      {
        type: 'identify',
        messageId: 'm3',
        anonymousId: 'cookie-1',
        userId: 'u1',
        traits: { email: 'Ann@x.example' },
        timestamp: '2025-01-01T10:02:00Z',
      },
      { event: 'form_sent', conversation_id: 'c9', props: { email: 'ann@x.example' }, context: {} },
      { event: 'noise', props: {} },
    ]
    const lines = events.map((event) => JSON.stringify(event)).join('\n')
    const summary = await folder.resolve({ web: { 'web.jsonl': `${lines}\n${lines}\n` } })
    expect(summary.counts).toMatchObject({ lines: 10, records: 5, superseded: 5, profiles: 1, unattributed: 1 })
    const lookup = await folder.table('identity_lookup')
    expect(lookup.filter((row) => row['profile_id'] !== '').length).toBe(4)
    expect(lookup.filter((row) => row['profile_id'] === '').length).toBe(1)
    const [golden] = await folder.table('identity_golden')
    expect(golden).toMatchObject({
      user_id: 'u1',
      email: 'ann@x.example',
      record_count: '4',
      first_seen: '2025-01-01T10:00:00.000Z',
      last_seen: '2025-01-01T10:02:00.000Z',
    })
  })
})

describe('broken lines', () => {
  it('stop nothing, and every line is in the lookup or rejected, once', async () => {
    const lines = [
      'id,email,city',
      '1,ann@x.example,Köln',
      '2,bob@x.example',
      '3,cy@x.example,Ulm,extra',
      ',nobody@x.example,Ulm',
      '4,"dan@x.example,Ulm',
      '5,eve@x.example,"Bad "Ems""',
      '6,"fay@x.example","a ""b"", c"',
      '',
      '7,\u0000gus@x.example,Ulm',
    ]
    const broken = Buffer.concat([
      Buffer.from(`${lines.join('\n')}\n8,`),
      Buffer.from([0xff]),
      Buffer.from(`,Ulm\n9,${'x'.repeat(1_100_000)},Ulm\n10,hal@x.example,Ulm`),
    ])
    const summary = await folder.resolve({ crm: broken })
    const rejected = await folder.tableText('rejected')
    const reasons = summary.rejectedLines.byReason.flatMap(({ reason, firstLines }) =>
      firstLines.map((line) => [line, reason] as const),
    )
    expect([...reasons].sort(([a], [b]) => a - b)).toEqual([
      [3, 'has 2 cells where the header has 3'],
      [4, 'has 4 cells where the header has 3'],
      [5, 'has no primary key (id)'],
      [6, 'has text behind a closing quote'],
      [7, 'has text behind a closing quote'],
      [10, 'holds a zero byte'],
      [11, 'is not valid UTF-8'],
      [12, 'is longer than 1 MB'],
    ])
    expect(rejected).toContain('2,bob@x.example')
    expect((await folder.table('identity_lookup')).map((row) => row['record_key'])).toEqual(['1', '10', '6'])
    expect(summary.counts).toMatchObject({ lines: 11, records: 3, rejected: 8, superseded: 0 })
  })

  it('a quote that is never closed costs its own line only', async () => {
    const rows = Array.from({ length: 50 }, (_, i) =>
      i === 20 ? `${i},"open@x.example,Ulm` : `${i},p${i}@x.example,Ulm`,
    )
    const summary = await folder.resolve({ crm: `id,email,city\n${rows.join('\n')}\n` })
    expect(summary.counts).toMatchObject({ records: 49, rejected: 1 })
    expect(await folder.table('rejected').catch(() => [])).toBeDefined()
    expect(summary.rejectedLines.byReason).toEqual([
      { source: 'crm', reason: 'opens a quote that is never closed', lines: 1, firstLines: [22] },
    ])
  })

  it('broken JSON, a list, a batch and a row without its key are rejected', async () => {
    const lines = [
      '{"id":1,"email":"ann@x.example"}',
      '{"id":2,',
      '[1,2]',
      '{"batch":[]}',
      '',
      '{"id":"","email":"x@x.example"}',
    ]
    const summary = await folder.resolve({ crm: { 'crm.jsonl': lines.join('\n') } })
    expect(summary.counts).toMatchObject({ lines: 5, records: 1, rejected: 4 })
    const found = summary.rejectedLines.byReason.flatMap(({ reason, firstLines }) =>
      firstLines.map((line) => `${line} ${reason}`),
    )
    expect(found.sort()).toEqual([
      '2 is not valid JSON',
      '3 is not a JSON object',
      '4 holds a batch of events; write one event per line',
      '6 has no primary key (id)',
    ])
  })
})

describe('times', () => {
  it('A11 a time more than five minutes ahead counts as now, and a warning counts such records', async () => {
    const rows =
      'id,email,updated_at\n1,a@x.example,2030-01-01\n2,b@x.example,2025-12-31\n3,c@x.example,2026-01-01T00:04:00Z\n'
    const summary = await folder.resolve({ crm: rows })
    const [warning] = summary.warnings.filter(({ code }) => code === 'time.future')
    expect(warning?.message).toBe('1 record says that it was observed in the future; now counts instead')
  })
})

describe('faults', () => {
  it.each<[string, string, FileContent, string]>([
    ['an empty file', 'input.empty', '', 'crm.csv'],
    ['white space alone', 'input.empty', ' \n\n', 'crm.csv'],
    ['a binary file', 'input.binary', Buffer.from(Array.from({ length: 400 }, (_, i) => (i * 37) % 251)), 'crm.csv'],
    ['a spreadsheet', 'input.binary', Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 1, 2]), 'crm.xlsx'],
    ['a cut gzip file', 'input.corrupt', gzipSync(table).subarray(0, 30), 'crm.csv.gz'],
    ['a cut Parquet file', 'input.corrupt', Buffer.from('PAR1xxxx'), 'crm.parquet'],
    ['a header alone', 'input.no_rows', 'id,email\n', 'crm.csv'],
    ['another delimiter', 'input.wrong_delimiter', 'id:email:city\n1:a@x.example:Ulm\n', 'crm.csv'],
    ['a delimiter the rows do not use', 'input.no_rows', 'id,email,city\n1;a@x.example;Ulm\n', 'crm.csv'],
    ['two columns of one name', 'input.duplicate_header', 'id,email,email\n1,a@x.example,b@x.example\n', 'crm.csv'],
    ['values instead of a header', 'input.unreadable_header', '1,a@x.example,Ulm\n', 'crm.csv'],
    ['a JSON array', 'input.not_lines', '[{"id":1}]', 'crm.json'],
  ])('%s is one clear sentence', async (_, code, content, name) => {
    const faults = await faultsOf({ crm: { [name]: content } })
    expect(faults.map((fault) => fault.code)).toEqual([code])
    expect(faults[0]?.message).toContain(name)
    expect(faults[0]?.message).not.toContain('\n')
  })

  it('a missing file, a folder and standard input named twice are named', async () => {
    expect(await faultsOf({}, { inputs: [{ source: 'a', path: join(folder.path, 'none.csv') }] })).toMatchObject([
      { code: 'input.missing' },
    ])
    expect(await faultsOf({}, { inputs: [{ source: 'a', path: folder.path }] })).toMatchObject([
      { code: 'input.directory' },
    ])
    const twice = [
      { source: 'a', path: '-' },
      { source: 'b', path: '-' },
    ]
    expect(await faultsOf({}, { inputs: twice })).toMatchObject([{ code: 'stdin.twice' }])
  })

  it('every input at fault is named at once', async () => {
    const inputs = [
      { source: 'a', path: join(folder.path, 'none.csv') },
      { source: 'b', path: await folder.write('empty.csv', '') },
      { source: 'c', path: await folder.write('good.csv', table) },
      { source: 'd', path: await folder.write('binary.csv', new Uint8Array([0, 1, 2, 3, 255])) },
    ]
    expect((await faultsOf({}, { inputs })).map(({ code }) => code)).toEqual([
      'input.missing',
      'input.empty',
      'input.binary',
    ])
  })

  it('an event without the source column belongs to the source of its file', async () => {
    const events =
      '{"type":"identify","messageId":"m1","userId":"u1"}\n{"type":"track","event":"Seen","messageId":"m2","userId":"u1","shop":"north"}\n'
    const inputs = [
      { source: 'crm', path: await folder.write('crm.csv', 'id,email,shop\n1,ann@x.example,south\n') },
      { source: 'web', path: await folder.write('web.jsonl', events) },
    ]
    const summary = await folder.resolve({}, { inputs, sourceColumn: 'shop' })
    expect(summary.counts.rejected).toBe(0)
    expect(summary.sources.map(({ name }) => name).sort()).toEqual(['north', 'south', 'web'])
  })

  it('a column that the ruleset or the command line names and the file does not have', async () => {
    const ruleset = rulesetOf('version: 1\nsources: { crm: { key: nummer } }\n')
    const [fault] = await faultsOf({ crm: table }, { ruleset })
    expect(fault).toMatchObject({ code: 'column.unknown' })
    expect(fault?.message).toContain('"nummer"')
    expect(await faultsOf({ crm: table }, { sourceColumn: 'kanal' })).toMatchObject([{ code: 'source_column.unknown' }])
  })

  it('files that are not a run of ours are never written over, a run of ours is', async () => {
    await folder.write('out/holiday.txt', 'mine')
    expect(await faultsOf({ crm: table })).toMatchObject([{ code: 'output.foreign' }])
    const outputFolder = join(folder.path, 'run')
    await folder.resolve({ crm: table }, { outputFolder })
    const summary = await folder.resolve({ crm: table }, { outputFolder })
    expect(summary.counts.records).toBe(2)
  })

  it('a file that somebody put beside an earlier run is neither removed nor moved', async () => {
    const outputFolder = join(folder.path, 'shared')
    await folder.resolve({ crm: table }, { outputFolder })
    for (const name of ['notes.txt', 'explain/notes.txt', 'mine/notes.txt']) {
      const path = await folder.write(`shared/${name}`, 'mine')
      const [fault] = await faultsOf({ crm: table }, { outputFolder })
      expect(fault).toMatchObject({ code: 'output.foreign' })
      expect(await readFile(path, 'utf8')).toBe('mine')
      await rm(path)
    }
    await rmdir(join(outputFolder, 'mine'))
    await folder.resolve({ crm: table }, { outputFolder })
  })

  it('a file that comes while a run is at work is kept', async () => {
    const outputFolder = join(folder.path, 'late')
    await folder.resolve({ crm: table }, { outputFolder })
    let path = ''
    const beforeFinish = async () => {
      path = await folder.write('late/notes.txt', 'mine')
    }
    const result = await folder.run({ crm: table }, { outputFolder }, { beforeFinish })
    expect(result).toMatchObject({ ok: false, faults: [{ code: 'output.foreign' }] })
    expect(await readFile(path, 'utf8')).toBe('mine')
  })
})
