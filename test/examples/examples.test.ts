import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { selfsame } from '../docs/cli.ts'
import { page, tableUnder } from '../docs/pages.ts'
import { runExample } from './example-run.ts'
import type { ExampleRun } from './example-run.ts'

const names = ['sarah', 'foodiechain', 'kiosk', 'family-phone'] as const
const runs = new Map<string, ExampleRun>()
const runOf = (name: (typeof names)[number]): ExampleRun => {
  const run = runs.get(name)
  if (!run) throw new Error(`${name} was not resolved`)
  return run
}

beforeAll(async () => {
  for (const name of names) runs.set(name, await runExample(name))
})
afterAll(() => {
  for (const run of runs.values()) run.remove()
})

describe('examples', () => {
  it.each(names)('%s has as many records and profiles as its README says', (name) => {
    const { summary, told } = runOf(name)
    expect({ records: summary.counts.records, profiles: summary.counts.profiles }).toEqual(told)
    expect(summary.counts.rejected).toBe(0)
  })

  it('Sarah’s laptop, phone and tablet are one person, with the laptop’s visits from before she was known', () => {
    const { profileOf, table } = runOf('sarah')
    const sarah = profileOf('orders', 'A-2001')
    expect(sarah).toBeDefined()
    for (const key of ['web-0001', 'web-0002', 'web-0003', 'web-0004', 'web-0006', 'web-0007'])
      expect(profileOf('web', key)).toBe(sarah)
    expect(profileOf('newsletter', 'N-1001')).toBe(sarah)
    expect(profileOf('web', 'web-0005')).not.toBe(sarah)
    const values = table('identity_identifiers').filter(
      (row) => row['profile_id'] === sarah && row['type'] !== 'first_name' && row['type'] !== 'last_name',
    )
    expect(values.map((row) => row['value']).sort()).toEqual([
      '+15551234567',
      'laptop-4f1c',
      'phone-9b22',
      'sarah.johnson@example.com',
      'tablet-c07a',
    ])
  })

  it('MAS-22 two Maria Garcias with one phone stay two under e-mail and phone', () => {
    const { profileOf } = runOf('foodiechain')
    expect(profileOf('loyalty', 'L-11')).toBe(profileOf('reservations', 'R-501'))
    expect(profileOf('loyalty', 'L-12')).toBe(profileOf('reservations', 'R-502'))
    expect(profileOf('loyalty', 'L-11')).not.toBe(profileOf('loyalty', 'L-12'))
  })

  it('the cookie of a kiosk is quarantined and joins none of its users', () => {
    const { summary, table } = runOf('kiosk')
    expect(summary.sharedValues.listed).toEqual([
      expect.objectContaining({ type: 'anonymous_id', value: 'kiosk-hall-3', because: 'email', count: 6, limit: 5 }),
    ])
    const customers = table('identity_lookup')
      .filter((row) => row['source'] === 'crm')
      .map((row) => row['profile_id'])
    expect(new Set(customers).size).toBe(6)
  })

  it('BOT-34 a family that shares a phone is held apart and reaches a human', () => {
    const { profileOf, table } = runOf('family-phone')
    const anna = profileOf('crm', '1')
    expect(profileOf('shop', 'S-81')).toBe(anna)
    const reasons = table('identity_unresolved_records').map((row) => [
      row['record_key'],
      row['unresolved_reason'],
      row['conflict_reasons'],
    ])
    expect(reasons.sort()).toEqual([
      [
        '2',
        'identifier_conflict',
        'customer_id has too many unique values (2 > limit of 1); first_name has too many unique values (2 > limit of 1)',
      ],
      ['S-82', 'field_conflict', 'first_name has too many unique values (2 > limit of 1)'],
    ])
    const review = table('identity_review')
    expect(review.map((row) => row['survivor_profile_id'])).toEqual([anna, anna])
    expect(review.map((row) => row['session_profile_id']).sort()).toEqual(
      [profileOf('crm', '2'), profileOf('shop', 'S-82')].sort(),
    )
  })
})

describe('selfsame demo', () => {
  it('resolves every example and says where its report is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'selfsame-demo-'))
    const { code, stdout, stderr } = await selfsame(['demo', '--out', folder])
    const reports = names.map((name) => join(folder, name, 'report.html'))
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(reports.filter((report) => !stdout.includes(report) || !existsSync(report))).toEqual([])
    rmSync(folder, { recursive: true })
  })
})

describe('read-the-report.md', () => {
  it('goes through the sections of the report in their order', () => {
    const headings = [...page('docs/guides/read-the-report.md').matchAll(/^## (.+)$/gm)].map((match) => match[1])
    const report = readFileSync(join(runOf('kiosk').folder, 'report.html'), 'utf8')
    const sections = [...report.matchAll(/<h2[^>]*>([^<]+)<\/h2>/g)].map((match) => match[1])
    expect(sections.length).toBeGreaterThan(5)
    expect(headings).toEqual([...sections, 'What to do about it'])
  })
})

describe('README.md', () => {
  it('shows the profiles that examples/sarah gives', () => {
    const readme = page('README.md')
    const shown = readme.slice(readme.indexOf('What comes out'), readme.indexOf('Try it'))
    const rows = tableUnder(`\n## profiles\n${shown}`, '## profiles')
    const golden = runOf('sarah').table('identity_golden')
    expect(rows).toHaveLength(2)
    for (const [, first, last, email, phone, city, records] of rows) {
      expect(golden).toContainEqual(
        expect.objectContaining({
          first_name: first,
          last_name: last,
          email,
          phone,
          city,
          record_count: Number(records),
        }),
      )
    }
  })

  it('shows the chain of links that explain gives', async () => {
    const readme = page('README.md')
    const [, shown = ''] = /```text\n([\s\S]*?)```/.exec(readme) ?? []
    const { stdout } = await selfsame(['explain', 'web:web-0001', 'orders:A-2001', '--run', runOf('sarah').folder])
    expect(linksIn(shown)).toHaveLength(3)
    expect(linksIn(stdout)).toEqual(linksIn(shown))
  })

  it('shows records of examples/sarah as they are', () => {
    const readme = page('README.md')
    const shown = readme.slice(readme.indexOf('What comes in'), readme.indexOf('What comes out'))
    const rows = tableUnder(`\n## records\n${shown}`, '## records')
    expect(rows.length).toBeGreaterThan(3)
    for (const [source, ...cells] of rows) {
      const file = page(`examples/sarah/${source}.${source === 'web' ? 'jsonl' : 'csv'}`)
      const line = file.split('\n').find((text) => text.includes(cells[0] ?? '-'))
      for (const cell of cells) expect(line).toContain(cell)
    }
  })
})

function linksIn(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.includes(' ── '))
    .map((line) => line.trim())
}
