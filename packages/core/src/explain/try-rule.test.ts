import { parseRuleset, stagesOf, type Ruleset } from '@selfsame/core'
import { describe, expect, it } from 'vitest'
import type { StoredSighting } from './stored-sighting.ts'
import { nearness, tryRule, type RuleTrial } from './try-rule.ts'

const day = 86_400_000

function rulesetOf(rule: string, more = ''): Ruleset {
  const result = parseRuleset(`version: 1\n${more}rules:\n  - ${rule}\n`)
  if (!result.ok) throw new Error(result.issues.map((issue) => issue.message).join('; '))
  return result.ruleset
}

function sighting(type: string, value: string, more: Partial<StoredSighting> = {}): StoredSighting {
  return { trace: 0, type, value, verified: true, state: 'active', firstAt: 0, lastAt: 0, observedAt: 0, ...more }
}

/** The first written rule tried on two profiles. */
function tried(rule: string, left: readonly StoredSighting[], right: readonly StoredSighting[], more = ''): RuleTrial {
  const ruleset = rulesetOf(rule, more)
  const stage = stagesOf(ruleset).find((one) => !one.implicit)
  if (!stage) throw new Error('no written rule')
  return tryRule(stage, left, right, ruleset)
}

const phoneAndName = '{ name: R, match: [ { exact: phone }, { fuzzy_strong: last_name } ] }'
const sameEmail = '{ name: R, match: [ { exact: email } ] }'

describe('trying a rule on two profiles', () => {
  it('nothing stops two profiles that meet it with verified values', () => {
    const trial = tried(
      sameEmail,
      [sighting('email', 'a@example.com')],
      [sighting('email', 'a@example.com', { trace: 1 })],
    )
    expect(trial.stopped).toBeNull()
    expect(nearness(trial)).toBe(1)
  })

  it('a missed criterion is told with the closest values and their similarity', () => {
    const trial = tried(
      phoneAndName,
      [sighting('phone', '+13035550101'), sighting('last_name', 'novak'), sighting('last_name', 'lind')],
      [sighting('phone', '+13035550101', { trace: 1 }), sighting('last_name', 'nowak', { trace: 1 })],
    )
    expect(trial.stopped).toBe('criterion')
    expect(nearness(trial)).toBe(0.5)
    expect(trial.criteria[1]?.outcome).toMatchObject({
      kind: 'different',
      left: { value: 'novak' },
      right: { value: 'nowak' },
    })
    const { outcome } = trial.criteria[1] ?? {}
    expect(outcome?.kind === 'different' && outcome.similarity).toBeGreaterThan(0.8)
  })

  it.each(['shared', 'demoted', 'inactive'] as const)('a value that is %s does not meet', (state) => {
    const trial = tried(
      sameEmail,
      [sighting('email', 'a@example.com', { state })],
      [sighting('email', 'a@example.com', { trace: 1 })],
    )
    expect(trial.stopped).toBe('criterion')
    expect(trial.criteria[0]?.outcome).toMatchObject({ kind: 'set_aside', state })
    expect(nearness(trial)).toBe(0.5)
  })

  it('a filter leaves an equal value out', () => {
    const trial = tried(
      '{ name: R, match: [ { exact: email, where: { contains: gmail.com } } ] }',
      [sighting('email', 'a@example.com')],
      [sighting('email', 'a@example.com', { trace: 1 })],
    )
    expect(trial.criteria[0]?.outcome).toMatchObject({ kind: 'filtered', value: 'a@example.com' })
  })

  it('a window stops values that were seen too far apart, and only those', () => {
    const rule = '{ name: R, match: [ { exact: email } ], within: 30d }'
    const left = [sighting('email', 'a@example.com', { lastAt: 10 * day })]
    const at = (first: number) => [
      sighting('email', 'a@example.com', { trace: 1, firstAt: first * day, lastAt: first * day }),
    ]
    expect(tried(rule, left, at(40)).stopped).toBeNull()
    expect(tried(rule, left, at(41)).stopped).toBe('window')
  })

  it('a rule that compares records is not met by values of several records', () => {
    const rule = '{ name: R, match: [ { exact: email }, { exact: phone } ], compare: record }'
    const right = [sighting('email', 'a@example.com', { trace: 2 }), sighting('phone', '+1', { trace: 2 })]
    const split = [sighting('email', 'a@example.com', { trace: 0 }), sighting('phone', '+1', { trace: 1 })]
    expect(tried(rule, split, right).stopped).toBe('one_record')
    expect(
      tried(
        rule,
        split.map((one) => ({ ...one, trace: 0 })),
        right,
      ).stopped,
    ).toBeNull()
  })

  it('an unverified value, a rule for review and merging by hand each leave the pair to a person', () => {
    const left = [sighting('email', 'a@example.com')]
    const right = [sighting('email', 'a@example.com', { trace: 1 })]
    const unverified = right.map((one) => ({ ...one, verified: false, state: 'unverified' as const }))
    expect(tried(sameEmail, left, unverified).stopped).toBe('unverified')
    expect(tried(sameEmail, left, [...unverified, ...right]).stopped).toBeNull()
    expect(tried('{ name: R, match: [ { exact: email } ], action: review }', left, right).stopped).toBe('review')
    expect(tried(sameEmail, left, right, 'automatic: false\n').stopped).toBe('not_automatic')
  })

  it('a side without a value fails, unless the rule lets it pass', () => {
    const phone = [sighting('phone', '+1')]
    const right = [sighting('phone', '+1', { trace: 1 }), sighting('last_name', 'novak', { trace: 1 })]
    expect(tried(phoneAndName, phone, right).criteria[1]?.outcome).toEqual({ kind: 'no_value', side: 'left' })
    const lenient =
      '{ name: R, match: [ { exact: phone }, { similar: last_name, by: jaro_winkler, at_least: 0.9, missing: match } ] }'
    expect(tried(lenient, phone, right).stopped).toBeNull()
  })
})
