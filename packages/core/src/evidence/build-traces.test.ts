import { describe, expect, it } from 'vitest'
import type { Decision } from '../resolve/decision.ts'
import { parseRuleset } from '../ruleset/index.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'
import { buildTraces } from './build-traces.ts'
import type { Evidence, Sighting } from './record.ts'
import { linkingTypes, relevantTypes, shortestWindow } from './relevant-types.ts'

const day = 86_400_000

function rulesetOf(yaml: string): Ruleset {
  const result = parseRuleset(`version: 1\n${yaml}`)
  if (!result.ok) throw new Error(result.issues.map(({ message }) => message).join('; '))
  return result.ruleset
}

/** `type value`, with a question mark where it is unverified. */
const see = (text: string): Sighting => {
  const [type = '', value = '', mark] = text.split(' ')
  return { type, value, verified: mark !== '?' }
}
const evidence = (
  kind: 'event' | 'row',
  key: string,
  effectiveAt: number,
  sightings: readonly string[],
  source = 'web',
): Evidence => ({
  source,
  key,
  kind,
  effectiveAt,
  observedAt: effectiveAt,
  sightings: sightings.map(see),
  rejected: [],
  fields: new Map(),
  alias: null,
})
const page = (key: string, at: number, ...sightings: string[]) => evidence('event', key, at, sightings)
const row = (key: string, at: number, ...sightings: string[]) => evidence('row', key, at, sightings)
const keys = (records: readonly Evidence[], ruleset = rulesetOf(''), decisions: readonly Decision[] = []) =>
  buildTraces(records, ruleset, decisions).recordsOf.map((trace) => trace.map(({ key }) => key).join(' '))

describe('traces', () => {
  it('ten thousand page views of one cookie are one trace with a count, a first and a last time', () => {
    const views = Array.from({ length: 10_000 }, (_, index) =>
      page(`m${index}`, (index * 7919) % 10_000, 'anonymous_id a'),
    )
    const { traces, traceOf } = buildTraces(views, rulesetOf(''))
    expect(traces).toEqual([
      {
        source: 'web',
        kind: 'event',
        seniorKey: 'm0',
        seniorAt: 0,
        firstAt: 0,
        lastAt: 9999,
        recordCount: 10_000,
        sightings: [see('anonymous_id a')],
        formsProfile: true,
      },
    ])
    expect([traceOf('web', 'm9999'), traceOf('web', 'other'), traceOf('crm', 'm1')]).toEqual([0, undefined, undefined])
  })

  it('events that differ in a value, its trust, its type or its source are several traces', () => {
    const records = [
      page('1', 1, 'email a'),
      page('2', 2, 'email a ?'),
      page('3', 3, 'email b'),
      page('4', 4, 'phone a'),
      page('5', 5, 'email a', 'phone a'),
      page('6', 6, 'email a'),
      evidence('event', '7', 7, ['email a'], 'app'),
    ]
    expect(keys(records)).toEqual(['1 6', '2', '3', '4', '5', '7'])
  })

  it('A10 I-14 no two lists of values have one signature', () => {
    const records = [
      page('1', 1, 'email a","b'),
      page('2', 2, 'email a', 'email b'),
      page('3', 3, 'email a",true],["email","b'),
      page('4', 4, 'email ab'),
      page('5', 5, 'email a|b'),
      page('6', 6, 'email a|', 'email b'),
    ]
    expect(keys(records)).toHaveLength(6)
  })

  it('names, birth date and postcode tell traces apart, attributes that nothing reads do not', () => {
    const custom = rulesetOf(
      'identifiers: [ { name: email }, { name: plan, kind: attribute }, { name: tier, kind: attribute, max_unique_values: 1 } ]',
    )
    expect(keys([page('1', 1, 'email a', 'first_name x'), page('2', 2, 'email a', 'first_name y')], custom)).toEqual([
      '1',
      '2',
    ])
    expect(keys([page('1', 1, 'email a', 'plan x'), page('2', 2, 'email a', 'plan y')], custom)).toEqual(['1 2'])
    expect(keys([page('1', 1, 'email a', 'tier x'), page('2', 2, 'email a', 'tier y')], custom)).toEqual(['1', '2'])
    expect(buildTraces([page('1', 1, 'email a', 'plan x')], custom).traces[0]?.sightings).toEqual([see('email a')])
  })

  it('every row is a trace of its own, in the order of seniority', () => {
    expect(
      keys([row('b', 2, 'email a'), row('a', 2, 'email a'), row('c', 1, 'email a'), page('m', 0, 'email a')]),
    ).toEqual(['m', 'c', 'a', 'b'])
  })

  it('a gap longer than the shortest window of an enabled rule starts a new trace', () => {
    const windows = rulesetOf(`rules:
  - { name: Long, match: [ { exact: email } ], within: 90d }
  - { name: Short, match: [ { exact: phone } ], within: 30d }
  - { name: Off, match: [ { exact: [email, phone] } ], within: 1d, enabled: false }`)
    expect(shortestWindow(windows)).toBe(30 * day)
    expect(shortestWindow(rulesetOf(''))).toBe(Infinity)
    const visits = [0, 30, 60, 90.5, 91].map((at, index) => page(`${index}`, at * day, 'anonymous_id a'))
    expect(keys(visits, windows)).toEqual(['0 1 2', '3 4'])
    expect(keys(visits)).toEqual(['0 1 2 3 4'])
  })

  it('records named on a side of a split form traces of their own', () => {
    const split = {
      id: 'd',
      actor: 'ann',
      at: 1,
      reason: null,
      kind: 'split',
      stay: [
        { source: 'web', key: '1' },
        { source: 'web', key: '2' },
      ],
      leave: [{ source: 'web', key: '3' }],
      inactive: [],
    } as const
    const records = ['1', '2', '3', '4', '5'].map((key, at) => page(key, at, 'anonymous_id a'))
    expect(keys(records, rulesetOf(''), [split])).toEqual(['1 2', '3', '4 5'])
  })

  it('an event without a usable identifier forms no profile, a row always does', () => {
    const { traces } = buildTraces(
      [page('1', 1, 'first_name ann'), page('2', 2), row('3', 3), page('4', 4, 'email a ?')],
      rulesetOf(''),
    )
    expect(traces.map(({ formsProfile }) => formsProfile)).toEqual([false, false, true, true])
  })
})

describe('types that make a difference', () => {
  it('are anchors, claims and whatever a rule, a limit, shared_when or a review field reads, through derivations too', () => {
    const ruleset = rulesetOf(`
identifiers:
  - { name: email, kind: claim, shared_when: { city: 9 } }
  - { name: city, kind: attribute }
  - { name: unread, kind: attribute }
  - { name: start, kind: attribute, derive: { from: sound, as: { first_letters: 1 } } }
  - { name: sound, kind: attribute, derive: { from: nickname, as: double_metaphone } }
  - { name: nickname, kind: attribute }
  - { name: paused, kind: attribute }
rules:
  - { name: One, match: [ { exact: email }, { exact: start } ] }
  - { name: Two, match: [ { exact: email }, { exact: paused } ], enabled: false }
merge: { strategy: manual_review, review_on_conflict: [birth_date] }`)
    expect([...linkingTypes(ruleset)].sort()).toEqual([
      'birth_date',
      'city',
      'conversation_id',
      'email',
      'nickname',
      'sound',
      'start',
    ])
    expect([...relevantTypes(ruleset)].filter((type) => !linkingTypes(ruleset).has(type)).sort()).toEqual([
      'display_name',
      'first_name',
      'last_name',
      'postcode',
    ])
  })
})
