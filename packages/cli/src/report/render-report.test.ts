import { describe, expect, it } from 'vitest'
import { exampleSummary } from './render-report.fixture.ts'
import { renderReport } from './render-report.ts'

const page = renderReport(exampleSummary)

/** The text of a page or a part of it, without markup. */
function textOf(markup: string): string {
  return markup
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/\s+/g, ' ')
}

function sectionOf(id: string): string {
  const from = page.indexOf(`<section id="${id}"`)
  expect(from).toBeGreaterThan(0)
  return textOf(page.slice(from, page.indexOf('</section>', from)))
}

/** The same summary with one text put in every place that holds a text of the user's. */
function filledWith(text: string): typeof exampleSummary {
  const fill = (value: unknown, key: string): unknown => {
    const closed = [
      'selfsame',
      'kind',
      'role',
      'format',
      'delimiter',
      'action',
      'guard',
      'why',
      'trust',
      'class',
      'startedAt',
      'finishedAt',
      'observedAt',
    ]
    if (typeof value === 'string')
      return closed.includes(key) || (key === 'reason' && value.includes('_')) ? value : text
    if (Array.isArray(value)) return value.map((one) => fill(one, key))
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one, name)]))
    return value
  }
  return fill(exampleSummary, '') as typeof exampleSummary
}

describe('the report of a run', () => {
  it('leads with how many records became how many profiles', () => {
    expect(textOf(page.slice(page.indexOf('<h1>'), page.indexOf('</h1>')))).toContain('1,204 records are 790 profiles')
    expect(textOf(page)).toContain('33 % fewer')
  })

  it('DIN-18 shows applicability, valid match rate and conflict rate of every rule beside its sentence', () => {
    const rules = sectionOf('rules')
    expect(rules).toContain('Same e-mail Email field is the same 76 % 57 % 0.6 % 310 4')
    expect(rules).toContain(
      'Phone is the same AND last name is very similar, seen within 90 days of each other, at most 3 profiles 35 % 28 % 0.7 %',
    )
    expect(rules).toMatch(/Same phone switched off Phone is the same 35 % – –/)
  })

  it('splits every record into matched, unique, conflict or missing', () => {
    const text = sectionOf('resolution')
    for (const told of [
      'Matched 53 % 634 records',
      'Unique 43 % 519 records',
      'Conflict 0.7 % 9 records',
      'Missing 3.4 % 42 records',
    ])
      expect(text).toContain(told)
  })

  it('shows how large the profiles are', () => {
    expect(sectionOf('resolution')).toMatch(/1 549 549 2 160 320 3 50 150/)
    expect(sectionOf('resolution')).toContain('21–50 1 36')
  })

  it('draws a sample of every rule that linked, with the rule and the value on each line', () => {
    const from = page.indexOf('<section id="samples"')
    const markup = page.slice(from, page.indexOf('</section>', from))
    const drawings = markup.split('<svg').slice(1)
    expect(drawings).toHaveLength(2)
    expect(drawings[0]?.match(/class="edge"/g)).toHaveLength(3)
    expect(textOf(drawings[0] as string)).toContain('Same anonymous_id tablet-31')
    expect(textOf(drawings[1] as string)).toContain('Same phone, simila… +15550100199')
  })

  it('names shared, blocked and frequent values, and the line that would block them', () => {
    const text = sectionOf('values')
    expect(text).toContain(
      'kiosk-hall-3 anonymous_id 40 its records hold 17 different email; more than 5 makes it shared',
    )
    expect(text).toContain('test@test.com email 27 the built-in list')
    expect(text).toContain('blocked_values: ["support@shop.example"]')
  })

  it('says what was kept apart and why, and what waits for a person', () => {
    const text = sectionOf('review')
    expect(text).toContain('customer_id has too many unique values (2 > limit of 1) conflict limit 6')
    expect(text).toContain('unverified_claim')
    expect(text).toContain('1 more weak link')
  })

  it('says how each column was read', () => {
    const text = sectionOf('sources')
    expect(text).toContain('exports/crm.csv CSV, semicolon, Latin-1 (windows-1252)')
    expect(text).toContain('agent_email email, unverified 30 %')
    expect(text).toContain('No key column: the line number is the key.')
  })

  it('shows rejected lines, warnings with their remedies, completeness, large profiles and times', () => {
    expect(sectionOf('rejected')).toContain('is not JSON 3 17, 204, 299')
    expect(textOf(page)).toContain('Name the column under sources in the ruleset: shop: { key: order_id }.')
    expect(sectionOf('identifiers')).toContain(
      '14 email.malformed , 31 records with a blocked value, 1 shared value, 2 demoted values',
    )
    expect(sectionOf('large')).toContain('last_name : 7 values')
    expect(sectionOf('run')).toContain('2.4 s, 508 rows a second, at most 412 MB of memory of 4 GB allowed.')
  })

  it('asks nothing of the network and runs no script', () => {
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"`)
    expect(page).not.toMatch(/<script|javascript:|<link|<iframe|\son[a-z]+=|@import|url\(|https?:\/\//i)
    expect(page.match(/\s(?:src|href)="([^"]*)"/g)?.every((one) => /="#/.test(one))).toBe(true)
  })

  it('never lets a value become markup', () => {
    const hostile = `"'><img src=x onerror=alert(1)><script>alert(2)</script></style></title><!--`
    const attacked = renderReport(filledWith(hostile))
    const tags = (markup: string) =>
      new Set([...markup.matchAll(/<\/?([a-z][a-z0-9]*)/gi)].map((match) => (match[1] as string).toLowerCase()))
    expect([...tags(attacked)].filter((tag) => !tags(page).has(tag))).toEqual([])
    expect(attacked).not.toMatch(/<img|<script|<!--/)
    expect(attacked.match(/<style>/g)).toHaveLength(1)
    expect(textOf(attacked)).toContain('alert(2)')
  })

  it('writes out what would turn the text around or hide in it', () => {
    const attacked = renderReport(filledWith('ab\u202ecd\u200b\u0000e\ud800'))
    expect(attacked).not.toMatch(/[\u202e\u200b\u0000]/)
    expect(attacked).toContain('ab\\u{202e}cd\\u{200b}\\u{0}e\\u{d800}')
  })

  it('shortens a value of a kilobyte and says how long it is', () => {
    const attacked = renderReport(filledWith('x'.repeat(1024)))
    expect(attacked).toContain('(1,024 characters)')
    const listing = /<pre[^>]*>[^<]*<\/pre>/g
    expect(attacked.replace(listing, '')).not.toContain('x'.repeat(1025))
  })

  it('has one main heading, and every section is named by its own', () => {
    expect(page.match(/<h1>/g)).toHaveLength(1)
    const ids = [...page.matchAll(/<section id="([a-z]+)" aria-labelledby="([a-z-]+)"/g)]
    expect(ids.length).toBe(10)
    for (const [, , label] of ids) expect(page).toContain(`<h2 id="${label}">`)
  })

  it('tells a run in which nothing matched, and one without records', () => {
    const nothing = {
      ...exampleSummary,
      samples: [],
      counts: { ...exampleSummary.counts, records: 3, profiles: 3, mergedProfiles: 0, unattributed: 0 },
    }
    expect(textOf(renderReport(nothing))).toContain('Nothing was merged: every record stands alone.')
    const empty = {
      ...nothing,
      profileSizes: [],
      rules: [],
      identifiers: [],
      sources: [],
      warnings: [],
      counts: {
        lines: 2,
        records: 0,
        profiles: 0,
        rejected: 2,
        superseded: 0,
        unattributed: 0,
        mergedProfiles: 0,
        largestProfile: 0,
      },
      resolution: { unique: 0, matched: 0, conflict: 0, missing: 0 },
    }
    expect(textOf(renderReport(empty))).toContain('0 records are 0 profiles')
    expect(renderReport(empty)).not.toContain('NaN')
  })
})
