import { openDatabase } from '@selfsame/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Candidate, DecisionAnswer, DecisionRow, Identifier, ProfileAnswer } from '@selfsame/contract'
import { databaseKinds, type FreshDatabase } from '../../../../test/postgres/fresh-databases.ts'
import { makeApiKey, makeWriteKey } from '../control/keys.ts'
import { makeSpace } from '../control/spaces.ts'
import { openReadingWorld, type ReadingWorld } from '../testing/reading-world.ts'

/** SQLite and the newest PostgreSQL. */
const kinds = databaseKinds.slice(0, 2)

let world: ReadingWorld
let fresh: FreshDatabase
let manager: string

/** Everything that says who is who, without what grows with every decision. */
const canonicalTables = [
  'identity_golden',
  'identity_lookup',
  'identity_identifiers',
  'identity_links',
  'identity_unresolved_records',
  'identity_review',
]

describe.each(kinds)('decisions on $name', ({ fresh: make }) => {
  beforeAll(async () => {
    fresh = await make()
    world = await openReadingWorld(openDatabase(fresh.url))
    manager = (await makeApiKey(world, 'test', world.workspaceId, world.dev, { role: 'manager' })).text
    await makeWriteKey(world, 'test', world.everywhere, world.dev, { source: 'site', class: 'public', mayView: false })
  })
  afterAll(async () => {
    await world.close()
    await fresh.remove()
  })

  const post = (path: string, body?: unknown, key = manager) =>
    world.ask({ method: 'POST', path: `/api/v1${path}`, ...(body !== undefined && { body }) }, key)
  const get = async <T>(path: string) => (await world.ask({ path: `/api/v1${path}` })).json<T>()
  const queue = async (query = '') => (await get<{ items: Candidate[] }>(`/candidates${query}`)).items
  const canonical = async () =>
    Promise.all(
      canonicalTables.map(async (table) => (await world.ask({ path: `/api/v1/export/${table}?canonical=true` })).text),
    )
  /** Somebody known, and a visitor who types their e-mail. */
  const collision = async (name: string) => {
    const email = `${name}@example.com`
    const [owner] = await world.tell('crm', {
      [`${name}-1`]: { userId: name, traits: { email, first_name: name, city: 'Oslo' } },
    })
    const [visitor] = await world.tell('site', {
      [`${name}-2`]: { anonymousId: `cookie-${name}`, traits: { email, first_name: name, city: 'Rome', size: 42 } },
    })
    const [candidate] = (await queue()).filter(({ value }) => value === email)
    if (!candidate) throw new Error('an unverified claim meets its owner')
    return { owner: owner ?? '', visitor: visitor ?? '', candidate, email }
  }

  it('COM-32 COM-36 BOT-15 BOT-16 a queue entry names survivor, session, identifier, reason and confidence with its parts', async () => {
    const { owner, visitor, candidate } = await collision('ann')
    expect(candidate).toMatchObject({
      reason: 'unverified_claim',
      type: 'email',
      survivor: { profileId: owner },
      session: { profileId: visitor },
      seenCount: 1,
      reach: 2,
    })
    const { trust, rarity, agreement, limits } = candidate.parts
    expect(candidate.confidence).toBeCloseTo((trust + rarity + agreement + limits) / 4, 10)
  })

  it('COM-34 a collision that comes again raises its count, and no second row', async () => {
    const { email } = await collision('bea')
    await world.tell('site', { 'bea-3': { anonymousId: 'cookie-bea', traits: { email }, event: 'Again' } })
    const rows = (await queue()).filter(({ value }) => value === email)
    expect(rows.map(({ seenCount }) => seenCount)).toEqual([2])
    expect((await queue('?order=newest'))[0]?.value).toBe(email)
  })

  it('the queue is filtered by reason, type, profile and confidence, and ordered by age, confidence and reach', async () => {
    const { visitor, candidate } = await collision('cid')
    expect((await queue(`?profileId=${visitor}`)).map(({ candidateId }) => candidateId)).toEqual([
      candidate.candidateId,
    ])
    expect(await queue('?reason=field_conflict')).toEqual([])
    expect(await queue('?type=phone')).toEqual([])
    expect(await queue(`?leastConfidence=${Math.min(1, candidate.confidence + 0.001)}&profileId=${visitor}`)).toEqual(
      [],
    )
    for (const order of ['newest', 'oldest', 'confidence', 'reach']) {
      const whole = (await queue(`?order=${order}`)).map(({ candidateId }) => candidateId)
      const paged: string[] = []
      for (let cursor = ''; ; ) {
        const page = await get<{ items: Candidate[]; next: string | null }>(
          `/candidates?order=${order}&limit=1${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
        )
        paged.push(...page.items.map(({ candidateId }) => candidateId))
        if (page.next === null) break
        cursor = page.next
      }
      expect(paged, order).toEqual(whole)
      expect(whole.length).toBeGreaterThan(1)
    }
  })

  it('COM-37 COM-38 BOT-17 nothing takes effect until it is confirmed; then identifiers, activity and traits are the survivor’s and the claim is verified', async () => {
    const { owner, visitor, candidate, email } = await collision('dora')
    expect((await get<ProfileAnswer>(`/profiles/${owner}`)).recordCount).toBe(1)
    const tried = await post(`/candidates/${candidate.candidateId}/confirm?preview=true`)
    expect(tried.status).toBe(200)
    expect((await get<ProfileAnswer>(`/profiles/${owner}`)).recordCount).toBe(1)
    const preview = tried.json<DecisionAnswer>()
    expect(preview).toMatchObject({ preview: true, before: [owner, visitor].sort(), after: [owner] })
    expect(preview.conflicts).toEqual([{ field: 'city', survivor: 'Oslo', session: 'Rome', outcome: 'Rome' }])

    const done = await post(`/candidates/${candidate.candidateId}/confirm`, { reason: 'same birthday' })
    expect(done.status).toBe(200)
    expect(done.json<DecisionAnswer>()).toMatchObject({ kind: 'confirm', preview: false, after: [owner] })
    const profile = await get<ProfileAnswer>(`/profiles/${owner}`)
    expect(profile.recordCount).toBe(2)
    expect(Object.fromEntries(profile.fields.map(({ field, value }) => [field, value]))).toMatchObject({ size: 42 })
    expect(await get<ProfileAnswer>(`/profiles/${visitor}`)).toMatchObject({ profileId: owner, moved: true })
    const { items } = await get<{ items: Identifier[] }>(`/profiles/${owner}/identifiers`)
    expect(items.find(({ value }) => value === email)).toMatchObject({ verified: true, state: 'active' })
    expect(items.map(({ value }) => value)).toContain('cookie-dora')
    expect((await queue()).filter(({ value }) => value === email)).toEqual([])
  })

  it('COM-39 I-10 a dismissed pair stays two, and is not asked about again, whatever the visitor types', async () => {
    const { owner, visitor, candidate, email } = await collision('ed')
    expect((await post(`/candidates/${candidate.candidateId}/dismiss`, { reason: 'a colleague' })).status).toBe(200)
    await world.tell('site', { 'ed-3': { anonymousId: 'cookie-ed', traits: { email: email.toUpperCase() } } })
    expect((await queue()).filter(({ value }) => value === email)).toEqual([])
    expect((await get<ProfileAnswer>(`/profiles/${visitor}`)).profileId).toBe(visitor)
    expect((await get<ProfileAnswer>(`/profiles/${owner}`)).recordCount).toBe(1)
    const [decision] = (await get<{ items: DecisionRow[] }>(`/decisions?profileId=${visitor}&kind=dismiss`)).items
    await post(`/decisions/${decision?.decisionId}/revert`)
    expect((await queue()).filter(({ value }) => value === email)).toHaveLength(1)
  })

  it('a dismissed pair that strong evidence joins is joined, and the audit log says so', async () => {
    const { owner, visitor, candidate } = await collision('fay')
    await post(`/candidates/${candidate.candidateId}/dismiss`)
    await world.tell('crm', { 'fay-3': { userId: 'fay', anonymousId: 'cookie-fay' } })
    expect((await get<ProfileAnswer>(`/profiles/${visitor}`)).profileId).toBe(
      (await get<ProfileAnswer>(`/profiles/${owner}`)).profileId,
    )
    const entries = await world.database.all<{ action: string }>(
      `SELECT action FROM audit WHERE space_id = ? AND action = 'dismissal.overruled'`,
      [world.dev],
    )
    expect(entries).toHaveLength(1)
  })

  it('COM-40 I-31 every decision has exactly one audit entry, with who and why', async () => {
    const { candidate } = await collision('gil')
    const count = async () => (await world.database.all('SELECT seq FROM audit WHERE space_id = ?', [world.dev])).length
    const before = await count()
    const answer = (
      await post(`/candidates/${candidate.candidateId}/confirm`, { reason: 'called them' })
    ).json<DecisionAnswer>()
    expect(await count()).toBe(before + 1)
    expect(await get<DecisionRow>(`/decisions/${answer.decisionId}`)).toMatchObject({
      kind: 'confirm',
      reason: 'called them',
      reverted: null,
    })
    await post(`/decisions/${answer.decisionId}/revert`, { reason: 'wrong Gil' })
    expect(await count()).toBe(before + 2)
    expect(await get<DecisionRow>(`/decisions/${answer.decisionId}`)).toMatchObject({
      reverted: { reason: 'wrong Gil' },
    })
  })

  it('I-25 of twenty decisions at once on one candidate one wins, and the others learn which', async () => {
    const { candidate } = await collision('hal')
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        post(`/candidates/${candidate.candidateId}/${index % 2 === 0 ? 'confirm' : 'dismiss'}`),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 409)])
    const winner = answers.find(({ status }) => status === 200)?.json<DecisionAnswer>()
    for (const refused of answers.filter(({ status }) => status === 409)) {
      expect(refused.json()).toMatchObject({
        code: 'candidate.decided',
        decision: winner?.decisionId,
        kind: winner?.kind,
      })
    }
  })

  it('several candidates are decided in one step, and what cannot be decided any more is said', async () => {
    const first = await collision('ida')
    const second = await collision('jon')
    await post(`/candidates/${second.candidate.candidateId}/dismiss`)
    const candidateIds = [first.candidate.candidateId, second.candidate.candidateId, 'c_unknown']
    const tried = (await post('/candidates/decide?preview=true', { action: 'confirm', candidateIds })).json<{
      decided: number
    }>()
    expect(tried).toMatchObject({ decided: 1, skipped: 2 })
    const done = (await post('/candidates/decide', { action: 'confirm', candidateIds })).json<{ results: unknown[] }>()
    expect(done).toMatchObject({ decided: 1, skipped: 2 })
    expect(done.results).toMatchObject([
      { decision: { kind: 'confirm' }, problem: null },
      { decision: null, problem: { code: 'candidate.decided' } },
      { decision: null, problem: { code: 'candidate.unknown' } },
    ])
  })

  it('BOT-18 BOT-19 BOT-20 BOT-21 BOT-27 a merge by hand shows where the two differ, takes the chosen values and moves every event', async () => {
    const [kim] = await world.tell('crm', {
      'kim-1': { userId: 'kim', traits: { first_name: 'Kim', city: 'Oslo', plan: 'gold' } },
    })
    const [jim] = await world.tell('crm', { 'kim-2': { userId: 'jim', traits: { first_name: 'Jim', city: 'Rome' } } })
    await world.tell('crm', { 'kim-3': { userId: 'jim', event: 'Order Completed' } })
    const request = {
      survivor: kim,
      session: jim,
      pinned: [{ field: 'first_name', value: 'Kim' }],
      reason: 'one phone call',
    }
    const tried = (await post('/profiles/merge?preview=true', request)).json<DecisionAnswer>()
    expect(tried.conflicts).toEqual([
      { field: 'user_id', survivor: 'kim', session: 'jim', outcome: 'jim' },
      { field: 'first_name', survivor: 'Kim', session: 'Jim', outcome: 'Kim' },
      { field: 'city', survivor: 'Oslo', session: 'Rome', outcome: 'Rome' },
    ])
    expect(tried.profiles).toMatchObject([{ profileId: kim, recordCount: 3 }])
    expect((await get<ProfileAnswer>(`/profiles/${jim}`)).profileId).toBe(jim)
    expect((await post('/profiles/merge', request)).status).toBe(200)
    const { items } = await get<{ items: { key: string }[] }>(`/profiles/${jim}/events`)
    expect(items.map(({ key }) => key).sort()).toEqual(['kim-1', 'kim-2', 'kim-3'])
    const fields = Object.fromEntries(
      (await get<ProfileAnswer>(`/profiles/${kim}`)).fields.map(({ field, value }) => [field, value]),
    )
    expect(fields).toMatchObject({ first_name: 'Kim', city: 'Rome', plan: 'gold' })
    expect((await post('/profiles/merge', request)).json()).toMatchObject({ code: 'merge.same_profile' })
  })

  it('COM-41 BOT-38 I-8 a merge, a hundred more events, and a revert leave what a world that never merged has, byte for byte', async () => {
    const spaces = await Promise.all(
      ['merging', 'never'].map((name) => makeSpace(world, 'test', world.workspaceId, name)),
    )
    const [merging, never] = spaces.map(({ space_id }) => space_id) as [string, string]
    const keyOf = async (space: string) =>
      (await makeApiKey(world, 'test', world.workspaceId, space, { role: 'manager' })).text
    const keys = new Map([
      [merging, await keyOf(merging)],
      [never, await keyOf(never)],
    ])
    const canonicalOf = (space: string) =>
      Promise.all(
        canonicalTables.map(async (table) => {
          const answer = await world.ask({ path: `/api/v1/export/${table}?canonical=true` }, keys.get(space))
          expect(answer.status).toBe(200)
          return answer.text
        }),
      )
    const start = async (space: string) => {
      const [left] = await world.tell(
        'crm',
        { 'liv-1': { userId: 'liv', traits: { email: 'liv@example.com', city: 'Oslo' } } },
        space,
      )
      const [right] = await world.tell(
        'crm',
        { 'liv-2': { userId: 'viv', traits: { email: 'viv@example.com', city: 'Rome' } } },
        space,
      )
      return [left ?? '', right ?? ''] as const
    }
    const goOn = async (space: string) => {
      for (let index = 0; index < 100; index++) {
        const payload = { userId: index % 2 === 0 ? 'liv' : 'viv', event: 'Page', traits: { step: index } }
        await world.tell('crm', { [`more-${index}`]: payload }, space)
      }
    }
    const at = world.now()
    const [left, right] = await start(merging)
    const key = keys.get(merging)
    const merge = (await post('/profiles/merge', { survivor: left, session: right }, key)).json<DecisionAnswer>()
    await goOn(merging)
    const merged = (await world.ask({ path: `/api/v1/profiles/${right}` }, key)).json<ProfileAnswer>()
    expect(merged).toMatchObject({ profileId: left, recordCount: 102 })
    const tried = (
      await post(`/decisions/${merge.decisionId}/revert?preview=true`, undefined, key)
    ).json<DecisionAnswer>()
    expect(tried.since).toHaveLength(100)
    expect(new Set(tried.since.map(({ profileId }) => profileId))).toEqual(new Set([left, right]))
    const { after } = (await post(`/decisions/${merge.decisionId}/revert`, undefined, key)).json<DecisionAnswer>()
    expect(after).toEqual([left, right].sort())

    world.pass(at - world.now())
    await start(never)
    await goOn(never)
    expect(await canonicalOf(merging)).toEqual(await canonicalOf(never))
  })

  it('I-11 a split keeps its sides apart, even where a strong e-mail is shared afterwards, until it is taken back', async () => {
    const [mia] = await world.tell('crm', { 'mia-1': { userId: 'mia', traits: { email: 'mia@example.com' } } })
    await world.tell('shop', { 'mia-2': { anonymousId: 'cookie-mia', traits: { email: 'mia@example.com' } } })
    const before = await canonical()
    const body = { records: [{ source: 'shop', key: 'mia-2' }], reason: 'her sister' }
    const tried = (await post(`/profiles/${mia}/split?preview=true`, body)).json<DecisionAnswer>()
    expect(tried.after).toHaveLength(2)
    expect(await canonical()).toEqual(before)
    const split = (await post(`/profiles/${mia}/split`, body)).json<DecisionAnswer>()
    expect(split.after).toHaveLength(2)
    const sister = split.after.find((id) => id !== mia) ?? ''
    const { items } = await get<{ items: Identifier[] }>(`/profiles/${sister}/identifiers`)
    expect(items.find(({ type }) => type === 'email')).toMatchObject({ state: 'inactive' })
    await world.tell('shop', { 'mia-3': { anonymousId: 'cookie-mia', traits: { email: 'mia@example.com' } } })
    const joined = await Promise.all([mia, sister].map((id) => get<ProfileAnswer>(`/profiles/${id}`)))
    expect(new Set(joined.map(({ profileId }) => profileId)).size).toBe(2)
    await post(`/decisions/${split.decisionId}/revert`)
    expect((await get<ProfileAnswer>(`/profiles/${sister}`)).profileId).toBe(mia)
  })

  it('an identifier is split off: it is inactive where records carry another one, and the others leave with it', async () => {
    const [nel] = await world.tell('crm', { 'nel-1': { userId: 'nel', traits: { email: 'family@example.com' } } })
    await world.tell('crm', { 'nel-2': { traits: { email: 'family@example.com', city: 'Bonn' } } })
    const identifiers = [{ type: 'email', value: 'family@example.com' }]
    const split = (await post(`/profiles/${nel}/split`, { identifiers })).json<DecisionAnswer>()
    expect(split.after).toHaveLength(2)
    const byId = new Map(split.profiles.map((profile) => [profile.profileId, profile]))
    expect(byId.get(nel ?? '')?.identifiers).toContainEqual({ ...identifiers[0], state: 'inactive' })
    expect(byId.get(nel ?? '')?.fields.map(({ field }) => field)).not.toContain('email')
    const other = split.profiles.find(({ profileId }) => profileId !== nel)
    expect(other?.identifiers).toEqual([{ ...identifiers[0], state: 'active' }])
  })

  it('a chosen value stands until it is taken back', async () => {
    const [ola] = await world.tell('crm', { 'ola-1': { userId: 'ola', traits: { city: 'Oslo' } } })
    const cityOf = async () =>
      (await get<ProfileAnswer>(`/profiles/${ola}`)).fields.find(({ field }) => field === 'city')?.value
    const { decisionId } = (
      await post(`/profiles/${ola}/pin`, { field: 'city', value: 'Bergen' })
    ).json<DecisionAnswer>()
    expect(await cityOf()).toBe('Bergen')
    await world.tell('crm', { 'ola-2': { userId: 'ola', traits: { city: 'Rome' } } })
    expect(await cityOf()).toBe('Bergen')
    await post(`/decisions/${decisionId}/revert`)
    expect(await cityOf()).toBe('Rome')
    expect((await post(`/profiles/${ola}/pin`, { field: 'no_such_field', value: 1 })).json()).toMatchObject({
      code: 'field.unknown',
    })
  })

  it('a decision that a later one rests on says so first, and is taken back where one insists', async () => {
    const [pia] = await world.tell('crm', { 'pia-1': { userId: 'pia' } })
    const [ria] = await world.tell('crm', { 'pia-2': { userId: 'ria' } })
    const merge = (await post('/profiles/merge', { survivor: pia, session: ria })).json<DecisionAnswer>()
    const pin = (await post(`/profiles/${pia}/pin`, { field: 'first_name', value: 'Pia' })).json<DecisionAnswer>()
    const refused = await post(`/decisions/${merge.decisionId}/revert`)
    expect(refused.status).toBe(409)
    expect(refused.json()).toMatchObject({ code: 'decision.rested_on', later: [pin.decisionId] })
    expect((await post(`/decisions/${merge.decisionId}/revert`, { anyway: true })).status).toBe(200)
    expect((await post(`/decisions/${merge.decisionId}/revert`)).json()).toMatchObject({ code: 'decision.reverted' })
    expect((await get<ProfileAnswer>(`/profiles/${ria}`)).profileId).toBe(ria)
  })

  it('what cannot be decided is refused with a reason', async () => {
    const [one] = await world.tell('crm', { 'quin-1': { userId: 'quin' } })
    const refusals = [
      ['/candidates/c_none/confirm', {}, 404, 'candidate.unknown'],
      ['/profiles/merge', { survivor: one, session: 'p_none' }, 404, 'profile.unknown'],
      [`/profiles/${one}/split`, { records: [{ source: 'crm', key: 'nobody' }] }, 409, 'split.not_in_profile'],
      [`/profiles/${one}/split`, { records: [{ source: 'crm', key: 'quin-1' }] }, 409, 'split.nothing_stays'],
      [`/profiles/${one}/split`, { records: [] }, 400, 'split.nothing_leaves'],
      [`/profiles/${one}/split`, {}, 400, 'request.invalid'],
      [
        `/profiles/${one}/split`,
        { identifiers: [{ type: 'email', value: 'x@example.com' }] },
        409,
        'split.not_in_profile',
      ],
      ['/decisions/d_none/revert', {}, 404, 'decision.unknown'],
      ['/profiles/merge', { survivor: one, session: one, verified: true }, 400, 'request.invalid'],
    ] as const
    for (const [path, body, status, code] of refusals) {
      const answer = await post(path, body)
      expect([path, answer.status, answer.json<{ code: string }>().code]).toEqual([path, status, code])
    }
    const asViewer = await post('/profiles/merge', { survivor: one, session: 'p_none' }, world.devKey)
    expect(asViewer.status).toBe(403)
  })
})
