import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { profileIdOf } from '@selfsame/core'
import { tableNames } from './summary.ts'
import { RunFolder, rulesetOf } from './testing/run-in-folder.ts'

let folder: RunFolder
beforeEach(async () => {
  folder = await RunFolder.make()
})
afterEach(async () => {
  await folder.remove()
})

const phoneRules = (limits: string) => `
version: 1
identifiers:
  - { name: user_id, kind: anchor, ${limits.includes('block') ? 'when_exceeded: block, ' : ''}max_unique_values: 1, stitch: false }
  - { name: email, kind: claim, standardize: [email], ${limits.includes('block') ? 'when_exceeded: block, ' : ''}max_unique_values: 2 }
  - { name: phone, kind: claim, standardize: [phone] }
rules:
  - { name: Same phone, match: [ { exact: phone } ] }
merge: { strategy: most_recent${limits.includes('exclude') ? ', unresolved: exclude' : ''} }
`
const dinmoRows =
  'id,user_id,email,phone\n1,U1,a@x.test,(555) 123-4567\n2,U1,b@x.test,+1-555-123-4567\n3,U2,c@x.test,15551234567\n'

describe('the figures of a run', () => {
  it('DIN-18 count per rule whom it applies to, whom it matched and whom a guard refused', async () => {
    const ruleset = rulesetOf(`
version: 1
identifiers:
  - { name: user_id, kind: anchor, max_unique_values: 1, stitch: false }
  - { name: email, kind: claim, standardize: [email] }
  - { name: phone, kind: claim, standardize: [phone] }
rules:
  - { name: Same e-mail, match: [ { exact: email } ] }
  - { name: Same phone, match: [ { exact: phone } ] }
`)
    const rows = [
      'id,user_id,email,phone,city',
      '1,,a@x.example,,',
      '2,,A@x.example,,',
      '3,U1,b@x.example,(555) 123-4567,',
      '4,U1,,+15551234567,',
      '5,U2,,15551234567,',
      '6,,c@x.example,,',
      '7,,,,Ulm',
      '8,,a@x.example,(555) 123-9999,',
    ]
    const summary = await folder.resolve({ crm: `${rows.join('\n')}\n` }, { ruleset })
    const figures = new Map(summary.rules.map((rule) => [rule.name, rule]))
    expect(figures.get('Same e-mail')).toMatchObject({
      applicable: 5,
      validMatches: 3,
      conflicts: 0,
      links: 2,
      applicability: 0.625,
      validMatchRate: 0.6,
      conflictRate: 0,
    })
    expect(figures.get('Same phone')).toMatchObject({
      applicable: 4,
      validMatches: 2,
      conflicts: 1,
      links: 1,
      applicability: 0.5,
      validMatchRate: 0.5,
      conflictRate: 0.25,
    })
  })
})

describe('customers resolved from files', () => {
  it('MAS-8 MAS-9 one e-mail from four sources, in whatever case, is one profile', async () => {
    const summary = await folder.resolve({
      web: 'id,email\nw1,sarah.johnson@email.example\n',
      app: 'id,email\na1,Sarah.Johnson@email.example\n',
      crm: 'id,email,first_name\nc1, SARAH.JOHNSON@EMAIL.EXAMPLE ,Sarah\n',
      support: 'id,email\ns1,sarah.johnson@Email.example\n',
    })
    expect(summary.counts).toMatchObject({ lines: 4, records: 4, profiles: 1, rejected: 0 })
    const [golden, ...others] = await folder.table('identity_golden')
    expect(others).toEqual([])
    expect(golden).toMatchObject({
      email: 'sarah.johnson@email.example',
      first_name: 'Sarah',
      record_count: '4',
      source_count: '4',
    })
    const lookup = await folder.table('identity_lookup')
    expect(new Set(lookup.map((row) => row['profile_id'])).size).toBe(1)
  })

  it('a profile id is the hash of the senior record', async () => {
    await folder.resolve({ crm: 'id,email,updated_at\nb,x@x.example,2025-01-01\na,x@x.example,2025-02-01\n' })
    const [row] = await folder.table('identity_lookup')
    expect(row?.['profile_id']).toBe(profileIdOf('crm', 'b'))
  })

  it('500 rows that share test@test.com are 500 profiles, and the value is named', async () => {
    const rows = Array.from({ length: 500 }, (_, i) => `${i},test@test.com,P${i}`)
    const summary = await folder.resolve({ crm: `id,email,first_name\n${rows.join('\n')}\n` })
    expect(summary.counts.profiles).toBe(500)
    expect(summary.blockedValues.listed).toEqual([
      { type: 'email', value: 'test@test.com', records: 500, builtIn: true },
    ])
  })

  it('DIN-10 DIN-12 a group that breaks block limits stays apart, with both reasons', async () => {
    const ruleset = rulesetOf(phoneRules('block'))
    const summary = await folder.resolve({ crm: dinmoRows }, { ruleset })
    const reasons =
      'user_id has too many unique values (2 > limit of 1); email has too many unique values (3 > limit of 2)'
    const unresolved = await folder.table('identity_unresolved_records')
    expect(unresolved.map((row) => [row['record_key'], row['unresolved_reason'], row['conflict_reasons']])).toEqual(
      ['1', '2', '3'].map((key) => [key, 'identifier_conflict', reasons]),
    )
    expect(summary.counts.profiles).toBe(3)
    expect(summary.resolution).toEqual({ unique: 0, matched: 0, conflict: 3, missing: 0 })
  })

  it('DIN-12 with hold the junior record alone is unresolved', async () => {
    await folder.resolve({ crm: dinmoRows }, { ruleset: rulesetOf(phoneRules('hold')) })
    const unresolved = await folder.table('identity_unresolved_records')
    expect(unresolved.map((row) => row['record_key'])).toEqual(['3'])
  })

  it('DIN-10 DIN-13 unresolved records can be left out of the golden records, and are never dropped', async () => {
    await folder.resolve({ crm: dinmoRows }, { ruleset: rulesetOf(phoneRules('block exclude')) })
    expect(await folder.table('identity_golden')).toEqual([])
    expect((await folder.table('identity_unresolved_records')).length).toBe(3)
    expect((await folder.table('identity_lookup')).length).toBe(3)
  })

  it('DIN-C4 every table has the columns that are promised', async () => {
    await folder.resolve({ crm: 'id,email,first_name,city\n1,a@x.example,Ann,Ulm\n' })
    const header = async (table: (typeof tableNames)[number]) => (await folder.tableText(table)).split('\n')[0]
    expect(await header('identity_golden')).toBe(
      'profile_id,email,first_name,city,record_count,source_count,first_seen,last_seen',
    )
    expect(await header('identity_lookup')).toBe('source,record_key,profile_id')
    expect(await header('identity_identifiers')).toBe(
      'profile_id,type,value,verified,active,first_seen,last_seen,record_count',
    )
    expect(await header('identity_links')).toBe(
      'profile_id,left_source,left_key,right_source,right_key,rule,type,value',
    )
    expect(await header('identity_unresolved_records')).toBe(
      'source,record_key,profile_id,unresolved_reason,conflict_reasons',
    )
    expect(await header('identity_review')).toBe(
      'survivor_profile_id,session_profile_id,reason,type,value,confidence,seen_count,last_seen',
    )
    expect(await header('rejected')).toBe('source,line,reason,raw')
  })

  it('without times, first and last seen stay empty', async () => {
    await folder.resolve({ crm: 'id,email\n1,a@x.example\n' })
    const [golden] = await folder.table('identity_golden')
    expect([golden?.['first_seen'], golden?.['last_seen']]).toEqual(['', ''])
  })

  it('of two lines with one key the latest time counts, else the last line, and the rest are counted', async () => {
    const summary = await folder.resolve({
      crm: 'id,email,city,updated_at\n1,a@x.example,Ulm,2025-03-01\n1,b@x.example,Bonn,2025-01-01\n',
      shop: 'id,email,city\n1,c@x.example,Ulm\n1,d@x.example,Bonn\n',
    })
    expect(summary.counts).toMatchObject({ lines: 4, records: 2, superseded: 2, rejected: 0 })
    expect((await folder.table('identity_golden')).map((row) => [row['email'], row['city']])).toEqual([
      ['a@x.example', 'Ulm'],
      ['d@x.example', 'Bonn'],
    ])
    expect((await folder.tableText('identity_lookup')).split('\n').length).toBe(4)
  })

  it('a row keeps the seniority of its first version', async () => {
    await folder.resolve({
      crm: 'id,email,updated_at\nb,x@x.example,2025-01-01\na,x@x.example,2025-02-01\nb,x@x.example,2025-06-01\n',
    })
    const [row] = await folder.table('identity_lookup')
    expect(row).toMatchObject({ record_key: 'b', profile_id: profileIdOf('crm', 'b') })
  })

  it('DIN-C5 a record of a stranger changes no other id', async () => {
    const rows = 'id,email\n1,a@x.example\n2,a@x.example\n3,c@x.example\n'
    await folder.resolve({ crm: rows })
    const before = await folder.table('identity_lookup')
    await folder.resolve({ crm: `${rows}4,z@x.example\n` })
    const after = await folder.table('identity_lookup')
    expect(after.filter((row) => row['record_key'] !== '4')).toEqual(before)
  })

  it('values are written as they are, or safe for a spreadsheet when asked', async () => {
    const rows = 'id,email,note\n1,a@x.example,=1+1\n'
    await folder.resolve({ crm: rows })
    expect((await folder.table('identity_golden'))[0]?.['note']).toBe('=1+1')
    await folder.resolve({ crm: rows }, { spreadsheetSafe: true })
    expect((await folder.table('identity_golden'))[0]?.['note']).toBe("'=1+1")
  })
})

describe('the same records in another shape', () => {
  const people = Array.from({ length: 60 }, (_, i) => {
    const person = Math.floor(i / 3)
    const email =
      i % 3 === 0 ? `p${person}@x.example` : i % 3 === 1 ? `P${person}@X.example` : `q${person % 7}@x.example`
    const phone =
      i % 2 === 0
        ? `(212) 555-01${String(person).padStart(2, '0')}`
        : `+1212555${String(100 + person).padStart(4, '0')}`
    return `k${i},${i % 4 === 0 ? `C${person}` : ''},${email},${phone},N${i % 5},2025-01-${String((i % 28) + 1).padStart(2, '0')}`
  })
  const header = 'id,customer_id,email,phone,first_name,updated_at'
  const ruleset = rulesetOf(`
version: 1
identifiers:
  - { name: customer_id, kind: anchor, max_unique_values: 1 }
  - { name: email, kind: claim, standardize: [email], max_unique_values: 2, shared_when: { customer_id: 3 } }
  - { name: phone, kind: claim, standardize: [phone], max_unique_values: 2 }
rules:
  - { name: Same e-mail, match: [ { exact: email } ] }
  - { name: Same phone, match: [ { exact: phone } ] }
`)
  const allTables = async () => Promise.all(tableNames.map(async (table) => [table, await folder.tableText(table)]))
  const csv = (rows: readonly string[]) => `${header}\n${rows.join('\n')}\n`

  it('shuffled, doubled and split rows give identical tables', async () => {
    await folder.resolve({ crm: csv(people) }, { ruleset })
    const plain = await allTables()
    const shuffled = [...people]
      .map((row, i) => ({ row, at: (i * 37) % people.length }))
      .sort((a, b) => a.at - b.at)
      .map(({ row }) => row)
    await folder.resolve({ crm: csv(shuffled) }, { ruleset })
    expect(await allTables()).toEqual(plain)
    const doubled = await folder.resolve({ crm: csv([...people, ...shuffled]) }, { ruleset })
    expect(doubled.counts.superseded).toBe(people.length)
    expect(await allTables()).toEqual(plain)
    await folder.resolve(
      { crm: { 'b.csv': csv(shuffled.slice(0, 25)), 'a.csv': csv(shuffled.slice(25)) } },
      { ruleset },
    )
    expect(await allTables()).toEqual(plain)
  })

  it('CSV, JSON lines and Parquet of one table give the same tables', async () => {
    await folder.resolve({ crm: csv(people) }, { ruleset })
    const plain = await allTables()
    const names = header.split(',')
    const objects = people.map((row) =>
      JSON.stringify(Object.fromEntries(row.split(',').map((cell, at) => [names[at], cell]))),
    )
    await folder.resolve({ crm: { 'crm.jsonl': `${objects.join('\n')}\n` } }, { ruleset })
    expect(await allTables()).toEqual(plain)
  })
})

describe('golden records that are merged record by record', () => {
  const line = (value: object) => JSON.stringify(value)

  it('nested traits merge leaf by leaf', async () => {
    const lines = [
      line({
        id: 1,
        email: 'a@x.example',
        updated_at: '2025-01-01',
        address: { city: 'Ulm', zip: '89073' },
        plan: 'free',
      }),
      line({ id: 2, email: 'a@x.example', updated_at: '2025-02-01', address: { city: 'Bonn', street: 'Am Hof' } }),
    ]
    await folder.resolve({ crm: { 'crm.jsonl': lines.join('\n') } }, { format: 'jsonl' })
    const golden = JSON.parse(await folder.tableText('identity_golden', 'out', 'jsonl')) as Record<string, string>
    expect(JSON.parse(golden['address'] ?? '')).toEqual({ city: 'Bonn', street: 'Am Hof', zip: '89073' })
    expect(golden).toMatchObject({ email: 'a@x.example', plan: 'free', record_count: 2 })
  })

  it('a decision joins two profiles, pins its chosen values and makes its survivor primary', async () => {
    const ruleset = rulesetOf('version: 1\nmerge: { strategy: primary }\n')
    const ref = (key: string) => [{ source: 'crm', key }]
    const merge = {
      id: 'd1',
      kind: 'merge' as const,
      actor: 'ann',
      at: 1,
      reason: null,
      survivor: ref('2'),
      session: ref('1'),
      confirmed: null,
      pinned: [{ field: 'city', value: 'Köln' }],
    }
    const rows = 'id,email,city,plan\n1,a@x.example,Ulm,free\n2,b@x.example,Bonn,paid\n'
    const summary = await folder.resolve({ crm: rows }, { ruleset, decisions: [merge] })
    expect(summary.counts.profiles).toBe(1)
    expect(await folder.table('identity_golden')).toMatchObject([
      { city: 'Köln', plan: 'paid', email: 'b@x.example', record_count: '2' },
    ])
  })
})
