import { defaultRulesetYaml } from '@selfsame/core'
import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { makeApiKey } from '../control/keys.ts'
import { callServer } from '../testing/call-server.ts'
import { signedInHeaders } from '../testing/callers.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

interface Issue {
  readonly code: string
  readonly path: string
  readonly line: number
  readonly message: string
}
interface Check {
  readonly valid: boolean
  readonly issues: readonly Issue[]
  readonly warnings: readonly Issue[]
  readonly english: readonly { readonly name: string; readonly sentence: string }[]
  readonly yaml: string
  readonly document: object
}
interface Version {
  readonly version: number
  readonly yaml: string
  readonly document: { readonly rules: readonly { readonly name: string; readonly enabled?: boolean }[] }
}
interface Draft {
  readonly published: number
  readonly draft: { readonly revision: number; readonly text: string; readonly changes: readonly string[] } | null
}

let world: ReadingWorld
let fresh: FreshDatabase
let manager: string
const phonesOn = defaultRulesetYaml.replace('enabled: false', 'enabled: true')
/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

describe.each(kinds)('rulesets on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
    manager = (await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'manager' })).text
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })
  const post = (path: string, body: unknown, key = manager) => world.ask({ method: 'POST', path, body }, key)
  const published = async () => (await world.ask({ path: '/api/v1/rulesets/published' })).json<Version>()
  const profiles = async () => {
    const answer = await world.ask({ path: '/api/v1/metrics' })
    return answer.json<{ profiles: number }>().profiles
  }

  it('every fault of a ruleset comes at once, with its path and line', async () => {
    const yaml = 'version: 1\nfuzzy: { medium: 7 }\nrules:\n  - name: A\n    match: [ { fuzy: last_name } ]\n'
    const { valid, issues } = (await post('/api/v1/rulesets/check', { yaml })).json<Check>()
    expect(valid).toBe(false)
    expect(issues.map(({ path, line }) => [path, line])).toEqual(
      expect.arrayContaining([
        ['/fuzzy/medium', 2],
        ['/rules/0/match/0/fuzy', 5],
      ]),
    )
  })

  it('MAS-11 the default rule is opened, and reads as a sentence', async () => {
    const { yaml, document } = await published()
    expect(yaml).toBe(defaultRulesetYaml)
    const { english, valid } = (await post('/api/v1/rulesets/check', { document })).json<Check>()
    expect(valid).toBe(true)
    expect(english[0]?.sentence).toBe('Email field is the same')
  })

  it('the document of a ruleset is accepted back, and decides the same', async () => {
    const { document, yaml } = await published()
    const again = (await post('/api/v1/rulesets/check', { document })).json<Check>()
    expect(again.document).toEqual(document)
    const diff = await post('/api/v1/rulesets/diff', { from: { yaml }, to: { document } })
    expect(diff.json()).toEqual({ changes: [] })
  })

  it('DIN-17 a rule on names alone, a claim without a limit and a covered rule are pointed out', async () => {
    const yaml = [
      'version: 1',
      'identifiers:',
      '  - { name: email, kind: claim, standardize: [email] }',
      'rules:',
      '  - { name: Mail, match: [ { exact: email } ] }',
      '  - { name: Names, match: [ { exact: first_name }, { exact: last_name } ] }',
      '  - { name: Mail and name, match: [ { exact: email }, { exact: first_name } ] }',
    ].join('\n')
    const { warnings, issues } = (await post('/api/v1/rulesets/check', { yaml })).json<Check>()
    expect(issues.map(({ message }) => message)).toEqual([])
    expect(warnings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['ruleset.no_limit', 'ruleset.weak_rule', 'ruleset.covered_rule']),
    )
    expect(warnings.every(({ line }) => line > 0)).toBe(true)
  })

  it('MAS-20 MAS-12 a rule that is added and saved takes effect at once, for the past as well, and is undone', async () => {
    await world.tell('shop', {
      p1: { userId: 'p1', traits: { phone: '(555) 123-4567' } },
      p2: { anonymousId: 'p2', traits: { phone: '+1-555-123-4567' } },
    })
    const before = await profiles()
    const answer = await post('/api/v1/rulesets/publish', { yaml: phonesOn, expectedVersion: 1 })
    expect(answer.json()).toMatchObject({
      version: 2,
      changes: ['Rule "Same phone" is switched on: Phone is the same.'],
    })
    expect(await profiles()).toBe(before - 1)
    const undone = await post('/api/v1/rulesets/1/rollback', { expectedVersion: 2 })
    expect(undone.json()).toMatchObject({
      version: 3,
      changes: ['Rule "Same phone" is switched off: Phone is the same.'],
    })
    expect(await profiles()).toBe(before)
    expect((await published()).yaml).toBe(defaultRulesetYaml)
  })

  it('a ruleset with faults is not published, and nothing changes', async () => {
    const answer = await post('/api/v1/rulesets/publish', { yaml: 'version: 7' })
    expect(answer.status).toBe(400)
    expect(answer.json()).toMatchObject({ code: 'ruleset.invalid', issues: [{ path: '/version', line: 1 }] })
    expect((await published()).version).toBe(3)
  })

  it('of two who publish from one version the second gets 409 and the difference', async () => {
    const first = await post('/api/v1/rulesets/publish', { yaml: phonesOn, expectedVersion: 3 })
    expect(first.status).toBe(200)
    const second = await post('/api/v1/rulesets/publish', { yaml: defaultRulesetYaml, expectedVersion: 3 })
    expect(second.status).toBe(409)
    expect(second.json()).toMatchObject({
      code: 'ruleset.version_conflict',
      version: 4,
      changes: ['Rule "Same phone" is switched on: Phone is the same.'],
    })
    const both = await Promise.all(
      [1, 2, 3, 4].map(() => post('/api/v1/rulesets/publish', { yaml: defaultRulesetYaml, expectedVersion: 4 })),
    )
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
  })

  it('of two who save the draft the second gets 409 and the difference', async () => {
    const put = (body: object) => world.ask({ method: 'PUT', path: '/api/v1/rulesets/draft', body }, manager)
    const mine = (await put({ yaml: phonesOn, expectedRevision: 0 })).json<Draft>()
    expect(mine.draft).toMatchObject({ changes: ['Rule "Same phone" is switched on: Phone is the same.'] })
    const yours = await put({ yaml: defaultRulesetYaml, expectedRevision: 0 })
    expect(yours.status).toBe(409)
    expect(yours.json()).toMatchObject({
      code: 'ruleset.draft_conflict',
      revision: mine.draft?.revision,
      changes: ['Rule "Same phone" is switched off: Phone is the same.'],
    })
    const broken = await put({ yaml: 'version: 1\nrules: 7', expectedRevision: mine.draft?.revision })
    expect(broken.json()).toMatchObject({ draft: { check: { valid: false } } })
  })

  it('I-17 a draft changes nothing until it is published, and goes with it', async () => {
    const { draft } = (await world.ask({ path: '/api/v1/rulesets/draft' })).json<Draft>()
    const { version } = await published()
    const faulty = await post('/api/v1/rulesets/draft/publish', { expectedRevision: draft?.revision })
    expect(faulty.json()).toMatchObject({ code: 'ruleset.invalid' })
    const saved = await world.ask(
      {
        method: 'PUT',
        path: '/api/v1/rulesets/draft',
        body: { yaml: phonesOn, expectedRevision: draft?.revision },
      },
      manager,
    )
    const { revision } = saved.json<Draft>().draft ?? { revision: 0 }
    expect((await published()).version).toBe(version)
    const old = await post('/api/v1/rulesets/draft/publish', { expectedRevision: draft?.revision })
    expect(old.json()).toMatchObject({ status: 409, code: 'ruleset.draft_conflict' })
    const done = await post('/api/v1/rulesets/draft/publish', { expectedRevision: revision, note: 'phones' })
    expect(done.json()).toMatchObject({ version: version + 1 })
    expect((await world.ask({ path: '/api/v1/rulesets/draft' })).json<Draft>().draft).toBeNull()
  })

  it('SEG-16 the ruleset of another space is copied into the draft, where it is looked at first', async () => {
    const headers = {
      host: '127.0.0.1:4680',
      ...(await signedInHeaders(world, world.app, 'root')),
      'x-selfsame-space': 'prod',
    }
    const path = '/api/v1/rulesets/copy'
    const body = { fromSpace: 'dev', expectedRevision: 0 }
    const copied = (await callServer(world.app, { method: 'POST', path, headers, body })).json<Draft>()
    expect(copied.draft).toMatchObject({ text: phonesOn, changes: [expect.stringContaining('"Same phone"')] })
    expect(copied.published).toBe(1)
    const stranger = await post(path, { fromSpace: 'prod', expectedRevision: 0 })
    const unknown = await post(path, { fromSpace: 'nowhere', expectedRevision: 0 })
    expect([stranger.status, unknown.status]).toEqual([404, 404])
    expect(stranger.json<{ detail: string }>().detail).toBe(unknown.json<{ detail: string }>().detail)
  })

  it('MAS-2 SEG-20 who may only view reads rulesets and changes none', async () => {
    for (const [method, path, body] of [
      ['POST', '/api/v1/rulesets/publish', { yaml: phonesOn }],
      ['PUT', '/api/v1/rulesets/draft', { yaml: phonesOn, expectedRevision: 0 }],
      ['POST', '/api/v1/rulesets/1/rollback', {}],
    ] as const) {
      expect((await world.ask({ method, path, body })).status).toBe(403)
    }
    expect((await world.ask({ path: '/api/v1/rulesets/published' })).status).toBe(200)
  })

  it('I-31 each publication has one audit entry and one run', async () => {
    const audit = (await world.ask({ path: '/api/v1/audit' })).json<{ entries: { action: string; object: string }[] }>()
    const published = audit.entries.filter(({ action }) => action === 'ruleset.publish').map(({ object }) => object)
    const versions = (await world.ask({ path: '/api/v1/rulesets' })).json<{ items: { version: number }[] }>()
    const expected = versions.items.filter(({ version }) => version > 1).map(({ version }) => `ruleset:${version}`)
    expect(published).toEqual(expected)
    const runs = (await world.ask({ path: '/api/v1/runs' })).json<{ items: { runId: string; state: string }[] }>()
    expect(runs.items.filter(({ state }) => state === 'done')).toHaveLength(expected.length)
    const one = await world.ask({ path: `/api/v1/runs/${runs.items[0]?.runId}` })
    expect(one.json()).toMatchObject({ kind: 'publish' })
    expect((await world.ask({ path: '/api/v1/runs/r_nothing' })).status).toBe(404)
  })
})
