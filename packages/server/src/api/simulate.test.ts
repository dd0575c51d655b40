import { defaultRulesetYaml, type JsonObject } from '@selfsame/core'
import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { makeApiKey } from '../control/keys.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

interface Picture {
  readonly profileId: string
  readonly records: number
  readonly identifiers: readonly { readonly type: string; readonly value: string }[]
}
interface Report {
  readonly records: number
  readonly profiles: Readonly<Record<string, number>>
  readonly candidates: Readonly<Record<'before' | 'after' | 'added' | 'removed', number>>
  readonly heldLinks: Readonly<Record<'before' | 'after' | 'added' | 'removed', number>>
  readonly unresolvedRecords: { readonly before: number; readonly after: number }
  readonly sharedValues: { readonly before: number; readonly after: number }
  readonly golden: { readonly profiles: number; readonly values: number }
  readonly split: Readonly<Record<'before' | 'after', Readonly<Record<string, number>>>>
  readonly largest: readonly (Picture & { readonly recordsBefore: number })[]
  readonly examples: readonly {
    readonly kind: string
    readonly records: number
    readonly before: readonly Picture[]
    readonly after: readonly Picture[]
  }[]
  readonly regroupings: number
  readonly rules: readonly {
    readonly rule: string
    readonly applicable: number
    readonly validMatches: number
    readonly conflicts: number
    readonly links: number
    readonly applicability: number | null
    readonly validMatchRate: number | null
    readonly conflictRate: number | null
  }[]
}
interface RunAnswer {
  readonly runId: string
  readonly kind: string
  readonly state: string
  readonly report: Report
  readonly sample: { readonly profiles: number } | null
}

let world: ReadingWorld
let fresh: FreshDatabase
let manager: string
const rulesets = {
  'the default': defaultRulesetYaml,
  'phones too': defaultRulesetYaml.replace('enabled: false', 'enabled: true'),
  'names and birth dates': `version: 1
rules:
  - { name: Same person, match: [ { exact: last_name }, { exact: birth_date } ] }
  - { name: Same e-mail, match: [ { exact: email } ], action: review }
`,
  'nothing but ids': `version: 1
identifiers:
  - { name: user_id, kind: anchor, max_unique_values: 1 }
rules: []
`,
  'one e-mail each': `version: 1
identifiers:
  - { name: user_id, kind: anchor, max_unique_values: 2 }
  - { name: email, kind: claim, standardize: [email], max_unique_values: 1, shared_when: { user_id: 2 } }
  - { name: anonymous_id, kind: anchor }
merge: { strategy: primary }
`,
} as const
/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('simulation on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
    manager = (await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'manager' })).text
    await populate()
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })
  const post = async <T>(path: string, body: object) => {
    const answer = await world.ask({ method: 'POST', path, body }, manager)
    expect(answer.status, answer.text).toBe(200)
    return answer.json<T>()
  }
  const simulate = async (yaml: string, sample: number | null = null) => {
    const body = { ruleset: { yaml }, sample }
    return (await post<{ run: RunAnswer }>('/api/v1/rulesets/draft/simulate', body)).run
  }

  it('MAS-21 I-17 what a simulation counts is the difference that publishing makes, and it changes nothing itself', async () => {
    const steps = ['phones too', 'names and birth dates', 'nothing but ids', 'one e-mail each', 'the default'] as const
    for (const step of steps) {
      const before = await stored()
      const { report } = await simulate(rulesets[step])
      expect(await stored(), step).toEqual(before)
      await post('/api/v1/rulesets/publish', { yaml: rulesets[step] })
      const after = await stored()
      const difference = differenceOf(before, after)
      expect({ ...report.profiles, ...report.golden }, step).toMatchObject(difference.profiles)
      expect(report.candidates, step).toEqual(counted(before.candidates, after.candidates))
      expect(report.heldLinks, step).toEqual(counted(before.held, after.held))
      expect(report.unresolvedRecords, step).toEqual({ before: before.unresolved, after: after.unresolved })
      expect(report.sharedValues, step).toEqual({ before: before.shared, after: after.shared })
      expect(report.records).toBe(before.lookup.size)
      for (const side of ['before', 'after'] as const) {
        expect(Object.values(report.split[side]).reduce((sum, part) => sum + part, 0)).toBe(report.records)
        expect(report.split[side]['conflict']).toBe(report.unresolvedRecords[side])
      }
      expect(report.largest[0]?.records, step).toBe(Math.max(...sizesOf(after)))
    }
  })

  it('MAS-21 who goes where is named, those whom it concerns most first', async () => {
    const before = await stored()
    const { report } = await simulate(rulesets['phones too'])
    expect(report.examples.length).toBe(Math.min(25, report.regroupings))
    const sizes = report.examples.map(({ records }) => records)
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
    for (const example of report.examples) {
      const count = (pictures: readonly Picture[]) => pictures.reduce((sum, { records }) => sum + records, 0)
      expect(count(example.before)).toBe(example.records)
      for (const { profileId, records } of example.before) {
        expect(records).toBe([...before.lookup.values()].filter((id) => id === profileId).length)
      }
      expect(example.before.every(({ identifiers }) => identifiers.length > 0)).toBe(true)
      expect(example.after.every(({ identifiers }) => identifiers.length > 0)).toBe(true)
    }
    expect(report.examples.some(({ kind }) => kind === 'merged')).toBe(true)
  })

  it('DIN-18 DIN-19 each rule tells how often it applies, matches and conflicts; the run is kept', async () => {
    const { report, runId, kind, state } = await simulate(rulesets['phones too'])
    expect([kind, state]).toEqual(['simulate', 'done'])
    const phones = report.rules.find(({ rule }) => rule === 'Same phone')
    const [held] = await world.database.all<{ records: number }>(
      `SELECT count(*) AS records FROM records r JOIN traces t ON t.space_id = r.space_id AND t.trace_id = r.trace_id
       WHERE r.space_id = ? AND t.sightings LIKE '%"type":"phone"%'`,
      [world.dev],
    )
    expect(phones?.applicable).toBe(held?.records)
    expect(phones?.applicability).toBe((held?.records ?? 0) / report.records)
    expect(phones?.validMatches).toBeGreaterThan(0)
    for (const rule of report.rules) {
      expect(rule.validMatchRate).toBe(rule.applicable === 0 ? null : rule.validMatches / rule.applicable)
      expect(rule.conflictRate).toBe(rule.applicable === 0 ? null : rule.conflicts / rule.applicable)
    }
    expect(report.rules.some(({ conflicts }) => conflicts > 0)).toBe(true)
    const kept = await world.ask({ path: `/api/v1/runs/${runId}` })
    expect(kept.json<RunAnswer>().report).toEqual(report)
  })

  it('MAS-21 a sample is tried first where there is much: a part of the profiles, and nobody else', async () => {
    const { report, sample } = await simulate(rulesets['phones too'], 5)
    expect(sample?.profiles).toBeGreaterThanOrEqual(5)
    expect(report.profiles['before']).toBe(sample?.profiles)
    const whole = await simulate(rulesets['phones too'])
    expect(report.records).toBeLessThan(whole.report.records)
    const all = await simulate(rulesets['phones too'], 10_000)
    expect(all.report.profiles).toEqual(whole.report.profiles)
    const figures = ({ rules }: Report) =>
      rules.map(({ rule, applicable, validMatches, conflicts }) => [rule, applicable, validMatches, conflicts])
    expect(figures(all.report)).toEqual(figures(whole.report))
  })

  it('a simulation may go on by itself and tells how far it is', async () => {
    const body = { ruleset: 'published', wait: false }
    const { runId, run } = await post<{ runId: string; run: null }>('/api/v1/rulesets/draft/simulate', body)
    expect(run).toBeNull()
    let found: RunAnswer
    do found = (await world.ask({ path: `/api/v1/runs/${runId}` })).json<RunAnswer>()
    while (found.state === 'running')
    expect(found.state).toBe('done')
    expect(found.report.profiles).toMatchObject({ merged: 0, split: 0, moved: 0, dissolved: 0, recordsMoved: 0 })
    expect(found.report.golden).toEqual({ profiles: 0, values: 0 })
  })

  it('a run that was cut off is shown as abandoned, and nothing of it stands', async () => {
    await world.database.run(
      `INSERT INTO runs (space_id, run_id, kind, state, actor, started_at, finished_at, seen_at, progress, summary)
       VALUES (?, 'r_lost', 'publish', 'running', 'test', ?, NULL, ?, '{"phase":"resolving"}', NULL)`,
      [world.dev, world.now() - 120_000, world.now() - 120_000],
    )
    const lost = (await world.ask({ path: '/api/v1/runs/r_lost' })).json<{ state: string; version: number | null }>()
    expect(lost).toMatchObject({ state: 'abandoned', version: null })
  })

  it('a draft with faults is not tried, and without a draft there is nothing to try', async () => {
    const path = '/api/v1/rulesets/draft/simulate'
    const faulty = await world.ask({ method: 'POST', path, body: { ruleset: { yaml: 'version: 2' } } }, manager)
    expect(faulty.json()).toMatchObject({ status: 400, code: 'ruleset.invalid' })
    const none = await world.ask({ method: 'POST', path, body: {} }, manager)
    expect(none.json()).toMatchObject({ status: 404, code: 'ruleset.no_draft' })
  })

  it('A24 a stored run holds no value of anybody', async () => {
    const rows = await world.database.all<{ summary: string | null }>('SELECT summary FROM runs WHERE space_id = ?', [
      world.dev,
    ])
    const text = rows.map(({ summary }) => summary).join()
    expect(text).not.toMatch(/@example|\+1555|Smith/)
    expect(rows.length).toBeGreaterThan(5)
  })
})

/** People with some of everything in common: e-mails, phones, names, ids and cookies. */
async function populate(): Promise<void> {
  let state = 4
  const draw = (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return (state >>> 8) % below
  }
  for (let round = 0; round < 20; round++) {
    const events = Object.fromEntries(
      Array.from({ length: 10 }, (_, place): [string, JsonObject] => {
        const person = draw(60)
        const traits: JsonObject = {
          ...(draw(2) === 0 && { email: `e${draw(6) === 0 ? draw(60) : person}@example.com` }),
          ...(draw(3) === 0 && { phone: `+1555000${String(1000 + (draw(4) === 0 ? draw(60) : person))}` }),
          ...(draw(3) === 0 && { last_name: ['Smith', 'Jones', 'Garcia'][draw(3)] ?? '' }),
          ...(draw(3) === 0 && { birth_date: `1990-01-0${1 + draw(3)}` }),
          ...(draw(3) === 0 && { city: ['Rome', 'Oslo'][draw(2)] ?? '' }),
        }
        const ids = {
          ...(draw(2) === 0 && { userId: `u${draw(8) === 0 ? draw(60) : person}` }),
          ...(draw(2) === 0 && { anonymousId: `a${person}` }),
        }
        return [`k${round}-${place}`, { ...ids, traits }]
      }),
    )
    await world.tell(['shop', 'crm', 'web'][draw(3)] ?? '', events)
  }
}

interface Stored {
  /** Record → profile id. */
  readonly lookup: ReadonlyMap<string, string | null>
  /** Record → profile by its senior record, as the canonical export names it. */
  readonly canonical: ReadonlyMap<string, string | null>
  readonly golden: ReadonlyMap<string, Readonly<Record<string, { value: unknown }>>>
  readonly candidates: readonly string[]
  readonly held: readonly string[]
  readonly unresolved: number
  readonly shared: number
}

async function stored(): Promise<Stored> {
  const lines = async <T>(path: string) => {
    const { text, status } = await world.ask({ path: `/api/v1/export/${path}` })
    expect(status).toBe(200)
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as T)
  }
  type Lookup = { source: string; record_key: string; profile_id: string | null }
  const { items } = (await world.ask({ path: '/api/v1/records?limit=1000' })).json<{
    items: { source: string; key: string; profileId: string | null }[]
  }>()
  const canonical = new Map(
    (await lines<Lookup>('identity_lookup?format=jsonl&canonical=true')).map((row) => [
      `${row.source}:${row.record_key}`,
      row.profile_id,
    ]),
  )
  const profiles = await world.database.all<{ profile_id: string; golden: string }>(
    `SELECT profile_id, golden FROM profiles WHERE space_id = ? AND status = 'active'`,
    [world.dev],
  )
  const review = await lines<Record<string, string>>('identity_review?format=jsonl')
  const held = await world.database.all<{ cluster_profile: string; refused_by_profile: string }>(
    'SELECT cluster_profile, refused_by_profile FROM held_links WHERE space_id = ?',
    [world.dev],
  )
  return {
    lookup: new Map(items.map(({ source, key, profileId }) => [`${source}:${key}`, profileId])),
    canonical,
    golden: new Map(
      profiles.map(({ profile_id, golden }) => [
        profile_id,
        (JSON.parse(golden) as { fields: Record<string, { value: unknown }> }).fields,
      ]),
    ),
    candidates: review.map((row) => `${row['survivor_profile_id']} ${row['session_profile_id']}`),
    held: held.map(({ cluster_profile, refused_by_profile }) => `${cluster_profile} ${refused_by_profile}`),
    unresolved: (await lines('identity_unresolved_records?format=jsonl')).length,
    shared: (await world.ask({ path: '/api/v1/shared-values?limit=1000' })).json<{ items: object[] }>().items.length,
  }
}

function differenceOf(before: Stored, after: Stored) {
  const members = ({ canonical }: Stored) => {
    const found = new Map<string, Set<string>>()
    for (const [record, profile] of canonical)
      if (profile !== null) found.set(profile, (found.get(profile) ?? new Set()).add(record))
    return [...found.values()]
  }
  const [old, now] = [members(before), members(after)]
  const partOf = (record: string) => now.find((part) => part.has(record))
  const count = { merged: 0, split: 0, moved: 0, unchanged: 0, dissolved: 0 }
  for (const profile of old) {
    const parts = new Set([...profile].flatMap((record) => partOf(record) ?? []))
    const meets = [...parts].some((part) =>
      [...part].some((record) => !profile.has(record) && inOther(record, profile)),
    )
    if (parts.size === 0) count.dissolved++
    else if (parts.size === 1) count[meets ? 'merged' : 'unchanged']++
    else count[meets ? 'moved' : 'split']++
  }
  /** Whether a record was in another profile before. */
  function inOther(record: string, profile: ReadonlySet<string>): boolean {
    return old.some((other) => other !== profile && other.has(record))
  }
  let [recordsMoved, recordsGained, recordsLost] = [0, 0, 0]
  for (const [record, was] of before.lookup) {
    const is = after.lookup.get(record) ?? null
    if (was !== null && is !== null && was !== is) recordsMoved++
    if (was === null && is !== null) recordsGained++
    if (was !== null && is === null) recordsLost++
  }
  let [profiles, values] = [0, 0]
  for (const [id, fields] of after.golden) {
    const known = before.golden.get(id)
    if (!known) continue
    const names = new Set([...Object.keys(fields), ...Object.keys(known)])
    const differing = [...names].filter(
      (name) => JSON.stringify(fields[name]?.value) !== JSON.stringify(known[name]?.value),
    )
    if (differing.length > 0) profiles++
    values += differing.length
  }
  return {
    profiles: {
      before: old.length,
      after: now.length,
      ...count,
      recordsMoved,
      recordsGained,
      recordsLost,
      profiles,
      values,
    },
  }
}

function counted(before: readonly string[], after: readonly string[]) {
  return {
    before: before.length,
    after: after.length,
    added: after.filter((one) => !before.includes(one)).length,
    removed: before.filter((one) => !after.includes(one)).length,
  }
}

function sizesOf({ canonical }: Stored): readonly number[] {
  return [...Map.groupBy(canonical, ([, profile]) => profile)].flatMap(([profile, list]) =>
    profile === null ? [] : [list.length],
  )
}
