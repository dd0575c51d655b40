import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { folderWith, run } from './cli-process.ts'

let folder: string

beforeAll(async () => {
  folder = folderWith({
    'crm.csv': [
      'id,customer_id,email,phone,first_name,last_name,updated_at',
      '1,C1,ana@example.com,+13035550101,Ana,Novak,2026-01-01T08:00:00Z',
      '2,C2,ben@example.com,+13035550101,Ben,Novak,2026-01-02T08:00:00Z',
      '3,C3,cem@example.com,+13035550103,Cem,Aydin,2026-01-03T08:00:00Z',
      '4,C4,dora@example.com,+13035550104,Dora,Lind,2026-01-04T08:00:00Z',
      '5,C5,test@test.com,,Eve,Berg,2026-01-05T08:00:00Z',
      '6,C6,test@test.com,,Finn,Dahl,2026-01-06T08:00:00Z',
      '',
    ].join('\n'),
    'shop.csv': [
      'id,email,phone,last_name,created_at',
      'S1,Ana@Example.com,,,2026-02-01T08:00:00Z',
      'S2,ana.private@example.com,+1 303 555 0101,Novák,2026-02-02T08:00:00Z',
      'S3,,+1 303 555 0104,Petersen,2026-02-03T08:00:00Z',
      '',
    ].join('\n'),
    'forms.csv': 'id,email,created_at\nF1,cem@example.com,2026-03-01T08:00:00Z\n',
    'rules.yaml': `version: 1
sources:
  forms: { trust: untrusted }
identifiers:
  - { name: customer_id, kind: anchor, max_unique_values: 1 }
  - { name: email, kind: claim, standardize: [email], max_unique_values: 3 }
  - { name: phone, kind: claim, standardize: [phone], max_unique_values: 2 }
  - { name: last_name, kind: attribute, standardize: [fold] }
rules:
  - name: Same e-mail
    match: [ { exact: email } ]
  - name: Same phone, similar last name
    match: [ { exact: phone }, { fuzzy_strong: last_name } ]
`,
  })
  const { code, err } = await run(
    ['resolve', 'crm.csv', 'shop.csv', 'forms.csv', '--ruleset', 'rules.yaml', '--quiet'],
    { cwd: folder },
  )
  if (code !== 0) throw new Error(err)
})

async function explained(left: string, right: string): Promise<string> {
  const { code, out, err } = await run(['explain', left, right], { cwd: folder })
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return out
}

describe('explaining two records that are one profile', () => {
  it('names the rule, the value, the trust and the times of a link', async () => {
    const told = await explained('crm:1', 'shop:S1')
    expect(told).toMatch(/^crm:1 and shop:S1 are one profile \(p_[0-9a-z]+\)\.$/m)
    expect(told).toContain('1. crm:1 ── shop:S1')
    expect(told).toMatch(/rule Same e-mail, stage \d+: email ana@example\.com/)
    expect(told).toContain('verified on both sides; seen 2026-01-01 08:00 UTC and 2026-02-01 08:00 UTC')
  })

  it('tells the whole chain from the first record to the second', async () => {
    const told = await explained('shop:S1', 'shop:S2')
    expect(told).toMatch(
      /1\. shop:S1 ── crm:1[^]*rule Same e-mail[^]*2\. crm:1 ── shop:S2[^]*rule Same phone, similar last name[^]*phone \+13035550101/,
    )
  })

  it('says so where both names are one record', async () => {
    expect(await explained('crm:1', 'crm:1')).toContain('is one record')
  })
})

describe('explaining two records that are apart', () => {
  it('a limit: the link that was held, and the guard with its reason', async () => {
    const told = await explained('crm:1', 'crm:2')
    expect(told).toMatch(/are apart/)
    expect(told).toContain('Rule Same phone, similar last name links the two profiles: phone +13035550101')
    expect(told).toContain('customer_id has too many unique values (2 > limit of 1)')
  })

  it('a criterion: what is the same, what differs and how much was needed', async () => {
    const told = await explained('crm:4', 'shop:S3')
    expect(told).toContain('The nearest rule is Same phone, similar last name.')
    expect(told).toContain('✔ phone is the same: +13035550104')
    expect(told).toMatch(/✘ last_name differs: lind and petersen \(similarity 0\.\d{3}, 0\.94 needed\)/)
  })

  it('trust: a value that is unverified on one side waits for review', async () => {
    const told = await explained('crm:3', 'forms:F1')
    expect(told).toContain('✔ email is the same: cem@example.com')
    expect(told).toContain('A value is unverified on one side')
  })

  it('a blocked value is named', async () => {
    expect(await explained('crm:5', 'crm:6')).toContain(
      'Both carry email test@test.com, which is a blocked value and links nobody.',
    )
  })

  it('nothing in common is said plainly', async () => {
    expect(await explained('crm:2', 'crm:5')).toContain('have no value in common that a rule reads')
  })
})

describe('what explain prints and refuses', () => {
  it('is one JSON document with --json', async () => {
    const { out, err } = await run(['explain', 'crm:1', 'crm:2', '--json', '--run', join(folder, 'selfsame-out')])
    expect(err).toBe('')
    expect(JSON.parse(out)).toMatchObject({
      outcome: 'apart',
      held: [{ guard: 'conflict_limit', rule: 'Same phone, similar last name' }],
    })
  })

  it.each([
    ['crm:99', 'has no record crm:99'],
    ['web:1', 'has no source "web"; its sources are crm, shop, forms'],
    ['crm:S1', 'a record of that key is in shop'],
  ])('%s is no record of the run: one sentence, exit code 2', async (name, told) => {
    const { code, out, err } = await run(['explain', 'crm:1', name], { cwd: folder })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain(told)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })
})
