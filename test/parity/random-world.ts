import type { Decision, Evidence, RecordRef, Ruleset, Sighting } from '@selfsame/core'
import { deriveSightings, parseRulesetObject } from '@selfsame/core'

/** A source of numbers that a seed decides: mulberry32, 32 bits of state. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export interface RandomWorld {
  readonly seed: number
  readonly evidence: readonly Evidence[]
  readonly ruleset: Ruleset
  readonly decisions: readonly Decision[]
}

/** A small world in which every feature is on now and then, with few enough values that they collide. */
export function randomWorld(seed: number, size = 14): RandomWorld {
  const random = randomFrom(seed)
  const below = (count: number) => Math.floor(random() * count)
  const chance = (share: number) => random() < share
  const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T
  const ruleset = randomRuleset(chance, below, pick)
  const evidence = Array.from({ length: 2 + below(size) }, (_, index) =>
    randomRecord(index, ruleset, chance, below, pick),
  )
  const refs = evidence.map(({ source, key }): RecordRef => ({ source, key }))
  const decisions = chance(0.4)
    ? Array.from({ length: 1 + below(3) }, (_, index) => randomDecision(index, refs, evidence, chance, below, pick))
    : []
  return { seed, evidence, ruleset, decisions }
}

export type Chance = (share: number) => boolean
export type Below = (count: number) => number
export type Pick = <T>(items: readonly T[]) => T

/** A ruleset file as an object. */
export function randomRulesetObject(chance: Chance, below: Below, pick: Pick): object {
  const limit = (share: number) => (chance(share) ? { max_unique_values: 1 + below(2) } : {})
  const exceeded = () => (chance(0.3) ? { when_exceeded: 'block' } : {})
  const stronger = () => (chance(0.3) ? { stronger_rules: 'never' } : {})
  const shared = () =>
    chance(0.3)
      ? {
          shared_when: { [pick(['user_id', 'email', 'customer_id'])]: 1 + below(2) },
          ...(chance(0.3) ? { allowed_values: ['e1@example.com', '1', 'c1', 'u1', 'a1'] } : {}),
        }
      : {}
  const identifiers = [
    { name: 'customer_id', kind: 'anchor', ...limit(0.6), ...exceeded() },
    { name: 'user_id', kind: 'anchor', ...limit(0.6), ...exceeded(), ...(chance(0.1) ? { stitch: false } : {}) },
    { name: 'email', kind: 'claim', ...limit(0.6), ...exceeded(), ...stronger(), ...shared() },
    { name: 'phone', kind: 'claim', standardize: ['trim'], ...limit(0.5), ...exceeded(), ...stronger(), ...shared() },
    { name: 'work_phone', kind: 'claim', standardize: ['trim'], ...limit(0.2) },
    { name: 'anonymous_id', kind: 'anchor', ...shared() },
    { name: 'last_name', kind: 'attribute', standardize: ['fold'], ...limit(0.15) },
    { name: 'birth_date', kind: 'attribute', standardize: ['trim'] },
    { name: 'name_start', kind: 'attribute', derive: { from: 'last_name', as: { first_letters: 2 } } },
  ]
  const options = () => ({
    ...(chance(0.2) ? { within: pick(['1d', '3d']) } : {}),
    ...(chance(0.25) ? { max_group_size: 2 + below(2) } : {}),
    ...(chance(0.25) ? { compare: 'record' } : {}),
    ...(chance(0.2) ? { action: 'review' } : {}),
    ...(chance(0.1) ? { enabled: false } : {}),
  })
  const similar = () => ({
    similar: 'last_name',
    by: 'jaro_winkler',
    at_least: 0.8,
    ...(chance(0.3) ? { missing: 'match' } : {}),
  })
  const where = () => (chance(0.2) ? { where: chance(0.5) ? { contains: '1' } : { not: { contains: '2' } } } : {})
  const shapes = [
    () => [{ exact: 'email', ...where() }],
    () => [{ exact: 'phone', ...where() }],
    () => [{ exact: ['phone', 'work_phone'] }],
    () => [{ exact: 'phone' }, similar()],
    () => [{ exact: 'email' }, { exact: 'phone' }],
    () => [{ exact: 'birth_date' }, similar()],
    () => [{ exact: 'birth_date' }, { exact: 'name_start' }],
    () => [{ exact: ['phone', 'work_phone'] }, { fuzzy_medium: 'last_name' }],
    () => [{ exact: 'anonymous_id', ...where() }],
  ]
  const rules = Array.from({ length: 1 + below(3) }, (_, index) => ({
    name: `R${index}`,
    match: pick(shapes)(),
    ...options(),
  }))
  return {
    version: 1,
    sources: { web: { trust: 'untrusted', class: 'public' } },
    identifiers,
    rules,
    merge: {
      strategy: chance(0.2) ? 'manual_review' : chance(0.25) ? 'primary' : 'most_recent',
      review_on_conflict: ['last_name', 'birth_date'],
    },
    automatic: !chance(0.1),
    ...(chance(0.3) ? { crowd_above: 1 + below(3) } : {}),
  }
}

function randomRuleset(chance: Chance, below: Below, pick: Pick): Ruleset {
  const result = parseRulesetObject(randomRulesetObject(chance, below, pick))
  if (!result.ok) throw new Error(result.issues.map((issue) => `${issue.path} ${issue.message}`).join('\n'))
  return result.ruleset
}

const lastNames = ['smith', 'smyth', 'smithe', 'jones', 'jonas', 'garcia']

function randomRecord(index: number, ruleset: Ruleset, chance: Chance, below: Below, pick: Pick): Evidence {
  const source = pick(['crm', 'shop', 'web'])
  const trusted = source !== 'web'
  const kind = source === 'web' || chance(0.3) ? ('event' as const) : ('row' as const)
  const values = new Map<string, Sighting>()
  const see = (type: string, value: string, verified: boolean) =>
    values.set(`${type}:${value}`, { type, value, verified })
  if (chance(0.25)) see('customer_id', `c${below(4)}`, trusted)
  if (chance(0.25)) see('user_id', `u${below(4)}`, trusted)
  if (chance(0.5)) see('email', `e${below(5)}`, trusted || chance(0.2))
  if (chance(0.15)) see('email', `e${below(5)}`, trusted)
  if (chance(0.4)) see('phone', `${below(4)}`, trusted || chance(0.2))
  if (chance(0.15)) see('work_phone', `${below(4)}`, trusted)
  if (chance(0.4)) see('anonymous_id', `a${below(4)}`, true)
  if (chance(0.5)) see('last_name', pick(lastNames), trusted)
  if (chance(0.3)) see('birth_date', `d${below(2)}`, trusted)
  if (values.size === 0) see('anonymous_id', `a${below(4)}`, true)
  const position = (type: string) => ruleset.identifiers.findIndex((identifier) => identifier.name === type)
  const sightings = [...deriveSightings([...values.values()], ruleset.identifiers)].sort(
    (a, b) => position(a.type) - position(b.type) || (a.value < b.value ? -1 : 1),
  )
  const effectiveAt = below(8) * 43_200_000
  return {
    source,
    key: `k${index}`,
    kind,
    effectiveAt,
    observedAt: effectiveAt,
    sightings,
    rejected: [],
    fields: new Map(),
    alias: null,
  }
}

function randomDecision(
  index: number,
  refs: readonly RecordRef[],
  evidence: readonly Evidence[],
  chance: Chance,
  below: Below,
  pick: Pick,
): Decision {
  const most = chance(0.3) ? 5 : 2
  const side = () => Array.from({ length: 1 + below(most) }, () => pick(refs))
  const left = side()
  const right = side().filter((ref) => !left.includes(ref))
  const base = { id: `d${index}`, actor: 'tester', at: below(3), reason: null }
  const claims = evidence.flatMap((record) =>
    record.sightings.filter(({ type }) => type === 'email' || type === 'phone'),
  )
  const claim = claims.length > 0 && chance(0.5) ? pick(claims) : null
  if (chance(0.45)) {
    const confirmed = claim && { type: claim.type, value: claim.value }
    return { ...base, kind: chance(0.5) ? 'merge' : 'confirm', survivor: left, session: right, confirmed, pinned: [] }
  }
  if (chance(0.3)) return { ...base, kind: 'dismiss', left, right }
  const inactive = claim ? [{ type: claim.type, value: claim.value, side: pick(['stay', 'leave'] as const) }] : []
  return { ...base, kind: 'split', stay: left, leave: right, inactive }
}
