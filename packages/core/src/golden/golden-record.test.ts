import { describe, expect, it } from 'vitest'
import type { JsonValue, Sighting } from '../evidence/record.ts'
import { stagesOf } from '../resolve/stages.ts'
import { defaultRuleset } from '../ruleset/default-ruleset.ts'
import type { MergeSettings, Ruleset, Survivorship } from '../ruleset/ruleset.ts'
import type { GoldenMember } from './golden-member.ts'
import { goldenRecord, type GoldenChoices } from './golden-record.ts'

const base = defaultRuleset()

function merging(merge: Partial<MergeSettings>): Ruleset {
  return { ...base, merge: { ...base.merge, ...merge } }
}

function by(rule: Survivorship | Exclude<Survivorship['by'], 'source_priority'>, field = 'x'): Ruleset {
  return merging({ fields: new Map([[field, typeof rule === 'string' ? { by: rule } : rule]]) })
}

/** `source:key` at a time, with fields; the time of observation is the effective time. */
function record(
  ref: string,
  effectiveAt: number,
  fields: Record<string, JsonValue>,
  sightings: readonly Sighting[] = [],
): GoldenMember {
  const [source = '', key = ''] = ref.split(':')
  return { source, key, effectiveAt, observedAt: effectiveAt, fields: new Map(Object.entries(fields)), sightings }
}

function survives(
  members: readonly GoldenMember[],
  ruleset: Ruleset,
  choices?: GoldenChoices,
  field = 'x',
): JsonValue | undefined {
  const forward = goldenRecord(members, ruleset, choices).fields.get(field)
  expect(goldenRecord(members.toReversed(), ruleset, choices).fields.get(field)).toEqual(forward)
  return forward?.value
}

/** Where each leaf comes from, as `path source:key`. */
function origins(
  members: readonly GoldenMember[],
  ruleset: Ruleset,
  field = 'x',
  choices?: GoldenChoices,
): readonly string[] {
  const value = goldenRecord(members, ruleset, choices).fields.get(field)
  return (value?.provenance ?? []).map((origin) =>
    origin.kind === 'decision'
      ? `decision ${origin.decision}`
      : `${origin.path.join('.')} ${origin.source}:${origin.key}`.trim(),
  )
}

describe('most recent', () => {
  it('BOT-10 the value of the most recently updated record survives', () => {
    const members = [record('crm:1', 10, { x: 'old' }), record('shop:1', 20, { x: 'new' })]
    expect(survives(members, merging({ strategy: 'most_recent' }))).toBe('new')
    expect(origins(members, base)).toEqual(['shop:1'])
  })
  it('SEG-17 of conflicting traits the last updated wins, trait by trait', () => {
    const members = [record('web:1', 10, { x: 'free', y: 'Berlin' }), record('web:2', 20, { x: 'pro' })]
    expect(survives(members, base)).toBe('pro')
    expect(survives(members, base, {}, 'y')).toBe('Berlin')
  })
  it('DIN-C3 the last value that is not null survives', () => {
    const members = [record('crm:1', 10, { x: 'kept' }), record('crm:2', 20, { x: null }), record('crm:3', 30, {})]
    expect(survives(members, base)).toBe('kept')
  })
  it('at one instant the value of the senior record survives', () => {
    expect(
      survives(
        [record('b:1', 10, { x: 'b1' }), record('a:2', 10, { x: 'a2' }), record('a:10', 10, { x: 'a10' })],
        base,
      ),
    ).toBe('a10')
  })
  it('is what manual review shows for values', () => {
    const members = [record('crm:1', 10, { x: 'old' }), record('crm:2', 20, { x: 'new' })]
    expect(survives(members, merging({ strategy: 'manual_review' }))).toBe('new')
  })
  it('the older address survives when both sources are equally trusted and the newer one is blank', () => {
    const members = [record('crm:1', 10, { address: '12 Main Street' }), record('shop:1', 20, { address: '' })]
    expect(survives(members, base, {}, 'address')).toBe('12 Main Street')
    const equal = by({ by: 'source_priority', sources: ['billing'] }, 'address')
    expect(survives(members, equal, {}, 'address')).toBe('12 Main Street')
  })
})

describe('primary', () => {
  const members = [
    record('crm:old', 10, { x: 'oldest' }),
    record('crm:mid', 20, { x: 'middle', y: 'filled', z: 'filled' }),
    record('crm:new', 30, { x: 'newest', y: '', z: null }),
  ]

  it('BOT-11 the value of the older record survives', () => {
    expect(survives(members, merging({ strategy: 'primary' }))).toBe('oldest')
  })
  it('BOT-11 or that of the more complete one, where blank fields do not count', () => {
    expect(survives(members, merging({ strategy: 'primary', primary: 'most_complete' }))).toBe('middle')
  })
  it('BOT-11 or that of the side which a decision named the survivor', () => {
    const choices = { primarySide: [{ source: 'crm', key: 'new' }] }
    expect(survives(members, merging({ strategy: 'primary' }), choices)).toBe('newest')
    expect(survives(members, merging({ strategy: 'primary', primary: 'most_complete' }), choices)).toBe('newest')
  })
  it('takes from the other records what the primary side leaves blank', () => {
    const choices = { primarySide: [{ source: 'crm', key: 'new' }] }
    expect(survives(members, merging({ strategy: 'primary' }), choices, 'y')).toBe('filled')
  })
})

describe('most frequent', () => {
  it('DIN-C3 the value that most records hold survives', () => {
    const members = [
      record('a:1', 10, { x: 'rare' }),
      record('a:2', 20, { x: 'often' }),
      record('a:3', 30, { x: 'often' }),
    ]
    expect(survives(members, by('most_frequent'))).toBe('often')
    expect(origins(members, by('most_frequent'))).toEqual(['a:2'])
  })
  it('of values as frequent the one whose most senior record is senior survives', () => {
    const members = [
      record('a:1', 20, { x: 'late' }),
      record('a:2', 10, { x: 'early' }),
      record('a:3', 30, { x: 'late' }),
      record('a:4', 40, { x: 'early' }),
    ]
    expect(survives(members, by('most_frequent'))).toBe('early')
  })
  it('tells a number from its text', () => {
    const members = [record('a:1', 10, { x: 1 }), record('a:2', 20, { x: '1' }), record('a:3', 30, { x: '1' })]
    expect(survives(members, by('most_frequent'))).toBe('1')
  })
  it('does not count blanks, however many', () => {
    const members = [record('a:1', 10, { x: '' }), record('a:2', 20, { x: '' }), record('a:3', 30, { x: 'value' })]
    expect(survives(members, by('most_frequent'))).toBe('value')
  })
})

describe('source priority', () => {
  const rule: Survivorship = { by: 'source_priority', sources: ['billing', 'crm'] }
  const members = [
    record('shop:1', 40, { x: 'shop', y: 'shop' }),
    record('crm:1', 10, { x: 'crm' }),
    record('billing:1', 20, { x: 'billing, older' }),
    record('billing:2', 30, { x: 'billing, newer' }),
    record('web:1', 5, { y: 'web' }),
  ]

  it('DIN-C3 the value of the first source listed survives, within it the most recent', () => {
    expect(survives(members, by(rule))).toBe('billing, newer')
    expect(survives(members.slice(0, 2), by(rule))).toBe('crm')
  })
  it('takes sources that are not listed last and all alike', () => {
    expect(survives(members, by(rule, 'y'), {}, 'y')).toBe('shop')
  })
})

describe('longest', () => {
  it('counts code points', () => {
    const members = [record('a:1', 10, { x: '\u{1F600}\u{1F600}' }), record('a:2', 20, { x: 'abc' })]
    expect(survives(members, by('longest'))).toBe('abc')
  })
  it('prefers the senior record of texts as long', () => {
    expect(survives([record('a:1', 20, { x: 'def' }), record('a:2', 10, { x: 'abc' })], by('longest'))).toBe('abc')
  })
})

describe('smallest and greatest', () => {
  const of = (...values: JsonValue[]) => values.map((x, i) => record(`a:${i}`, 10 + i, { x }))

  it('compare numbers as numbers, written as text or not', () => {
    expect(survives(of('10', '9', 11), by('min'))).toBe('9')
    expect(survives(of('10', '9', 11), by('max'))).toBe(11)
    expect(survives(of('1.0', '1'), by('max'))).toBe('1.0')
  })
  it('compare days and instants by time, whatever their zone', () => {
    const instants = ['2024-03-01T10:00:00+05:00', '2024-03-01T06:00:00Z', '2024-03-01']
    expect(survives(of(...instants), by('max'))).toBe('2024-03-01T06:00:00Z')
    expect(survives(of(...instants), by('min'))).toBe('2024-03-01')
  })
  it('compare other texts by code point', () => {
    expect(survives(of('\u{1F600}', '\uFB01', 'b'), by('max'))).toBe('\u{1F600}')
    expect(survives(of('b', 'B'), by('min'))).toBe('B')
  })
  it('prefer a number to a text either way', () => {
    expect(survives(of('n/a', '3', '7'), by('max'))).toBe('7')
    expect(survives(of('#', '3', '7'), by('min'))).toBe('3')
  })
})

describe('blanks', () => {
  it('are told apart: an empty text survives null, and null a missing field', () => {
    const ruleset = by('most_recent')
    expect(survives([record('a:1', 10, { x: '' }), record('a:2', 20, { x: null })], ruleset)).toBe('')
    expect(survives([record('a:1', 10, { x: null }), record('a:2', 20, {})], ruleset)).toBeNull()
    expect(survives([record('a:1', 10, {})], ruleset)).toBeUndefined()
  })
  it('are neither false, nor zero, nor a list that somebody emptied', () => {
    for (const value of [false, 0, []]) {
      expect(survives([record('a:1', 10, { x: 'before' }), record('a:2', 20, { x: value })], base)).toEqual(value)
    }
  })
})

describe('nested traits', () => {
  it('COM-37 merge deeply, leaf by leaf, and each leaf says where it comes from', () => {
    const members = [
      record('crm:1', 10, { x: { city: 'Lima', geo: { lat: 1, lon: 2 } } }),
      record('chat:1', 20, { x: { city: 'Cusco', geo: { lat: 3 }, zip: '' } }),
      record('chat:2', 30, { x: { zip: null } }),
    ]
    expect(survives(members, base)).toEqual({ city: 'Cusco', geo: { lat: 3, lon: 2 }, zip: '' })
    expect(origins(members, base)).toEqual(['city chat:1', 'geo.lat chat:1', 'geo.lon crm:1', 'zip chat:1'])
  })
  it('give way to a plain value where the rule prefers it, and the other way round', () => {
    const older = record('a:1', 10, { x: { city: 'Lima' } })
    expect(survives([older, record('a:2', 20, { x: 'Lima' })], base)).toBe('Lima')
    expect(survives([record('a:2', 5, { x: 'Lima' }), older], base)).toEqual({ city: 'Lima' })
    expect(survives([older, record('a:2', 20, { x: {} })], base)).toEqual({ city: 'Lima' })
  })
  it('keep lists whole', () => {
    const members = [record('a:1', 10, { x: { tags: ['a', 'b'] } }), record('a:2', 20, { x: { tags: ['c'] } })]
    expect(survives(members, base)).toEqual({ tags: ['c'] })
  })
  it('may have any key without touching the prototype', () => {
    const members = [record('a:1', 10, { x: JSON.parse('{"__proto__": {"polluted": true}}') as JsonValue })]
    const value = survives(members, base)
    expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":true}}')
    expect((value as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('identifier fields', () => {
  const email = (value: string, verified: boolean): Sighting => ({ type: 'email', value, verified })
  const members = [
    record('crm:1', 10, { email: 'a@example.com' }, [email('a@example.com', true)]),
    record('web:1', 20, { email: 'typed@example.com' }, [email('typed@example.com', false)]),
    record('shop:1', 15, { email: 'b@example.com' }, [email('b@example.com', true)]),
  ]

  it('show verified values before unverified ones, whatever the rule says about time', () => {
    expect(survives(members, base, {}, 'email')).toBe('b@example.com')
    expect(survives([members[1] as GoldenMember], base, {}, 'email')).toBe('typed@example.com')
  })
  it('never show a value that is not active', () => {
    const isActive = (_type: string, value: string) => value !== 'b@example.com'
    expect(survives(members, base, { isActive }, 'email')).toBe('a@example.com')
    expect(survives(members, base, { isActive: () => false }, 'email')).toBeUndefined()
  })
  it('say that they were left blank where no value is active', () => {
    expect(survives([record('crm:1', 10, { email: '' })], base, {}, 'email')).toBe('')
  })
  it('of two values of one record show that of the more senior holder', () => {
    const both = [
      record('crm:1', 10, {}, [email('z@example.com', true)]),
      record('crm:2', 20, {}, [email('a@example.com', true), email('z@example.com', true)]),
    ]
    expect(survives(both, base, {}, 'email')).toBe('z@example.com')
    expect(survives([both[1] as GoldenMember], base, {}, 'email')).toBe('a@example.com')
  })
  it('COM-17 names name the profile and link nothing', () => {
    const named = [
      record('chat:1', 10, { first_name: 'Sarah', last_name: 'Lee' }),
      record('form:1', 20, { first_name: 'Sara' }),
    ]
    const { fields } = goldenRecord(named, base)
    expect([...fields].map(([field, { value }]) => `${field} ${String(value)}`)).toEqual([
      'first_name Sara',
      'last_name Lee',
    ])
    const names = ['first_name', 'last_name', 'display_name']
    expect(
      stagesOf(base)
        .flatMap(({ rule }) => rule.match)
        .some(({ types }) => types.some((type) => names.includes(type))),
    ).toBe(false)
  })
})

describe('a value that a person chose', () => {
  const members = [record('crm:1', 10, { x: 'old' }), record('crm:2', 20, { x: 'new' })]
  const pin = (value: JsonValue, decision: string, at: number) => ({ field: 'x', value, decision, at })

  it('survives every rule, and names its decision', () => {
    const choices = { pins: [pin('chosen', 'd1', 50)] }
    expect(survives(members, base, choices)).toBe('chosen')
    expect(origins(members, base, 'x', choices)).toEqual(['decision d1'])
  })
  it('is the latest of several, then that of the greater decision id', () => {
    expect(survives(members, base, { pins: [pin('late', 'd1', 60), pin('early', 'd2', 50)] })).toBe('late')
    expect(survives(members, base, { pins: [pin('two', 'd2', 50), pin('one', 'd1', 50)] })).toBe('two')
  })
  it('may be for a field that no record holds', () => {
    expect(survives(members, base, { pins: [{ ...pin('chosen', 'd1', 50), field: 'z' }] }, 'z')).toBe('chosen')
  })
})

describe('a golden record', () => {
  it('counts records and sources, and was seen when its records carry a time', () => {
    const timeless = { ...record('list:9', 99, {}), observedAt: null }
    const { recordCount, sourceCount, firstSeen, lastSeen } = goldenRecord(
      [record('a:1', 30, {}), record('b:1', 20, {}), timeless, record('a:2', 40, {})],
      base,
    )
    expect({ recordCount, sourceCount, firstSeen, lastSeen }).toEqual({
      recordCount: 4,
      sourceCount: 3,
      firstSeen: 20,
      lastSeen: 40,
    })
    expect(goldenRecord([timeless], base)).toMatchObject({ firstSeen: null, lastSeen: null })
  })
  it('lists identifiers by priority, then other fields by name', () => {
    const member = record('a:1', 10, { zeta: 1, last_name: 'Lee', alpha: 1 }, [
      { type: 'phone', value: '+15551234567', verified: true },
      { type: 'customer_id', value: '7', verified: true },
      { type: 'conversation_id', value: 'a:1', verified: true },
    ])
    expect([...goldenRecord([member], base).fields.keys()]).toEqual([
      'customer_id',
      'phone',
      'last_name',
      'alpha',
      'zeta',
    ])
  })
})
