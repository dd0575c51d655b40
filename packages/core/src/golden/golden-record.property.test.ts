import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareSeniority, type JsonValue } from '../evidence/record.ts'
import { defaultRuleset } from '../ruleset/default-ruleset.ts'
import { survivorshipNames, type Ruleset, type Survivorship } from '../ruleset/ruleset.ts'
import { canonicalText } from './canonical-text.ts'
import type { GoldenMember } from './golden-member.ts'
import { goldenRecord, type GoldenChoices } from './golden-record.ts'

const base = defaultRuleset()
const plain = fc.constantFrom<JsonValue>(
  '',
  ' ',
  null,
  'a',
  'B',
  'abc',
  '1',
  '1.0',
  '10',
  2,
  true,
  '2024-03-01',
  '2024-03-01T01:00:00+02:00',
  [],
  ['a'],
)
const field = fc.oneof(
  { weight: 3, arbitrary: plain },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom('p', 'q', 'r'),
      fc.oneof(plain, fc.dictionary(fc.constantFrom('s', 't'), plain, { noNullPrototype: true })),
      { noNullPrototype: true },
    ),
  },
)
const member = fc.record({
  source: fc.constantFrom('crm', 'shop', 'web'),
  key: fc.constantFrom('1', '2', '10', 'x'),
  effectiveAt: fc.nat(3),
  observedAt: fc.option(fc.nat(3), { nil: null }),
  fields: fc
    .dictionary(fc.constantFrom('x', 'y', 'first_name'), field)
    .map((fields): ReadonlyMap<string, JsonValue> => new Map(Object.entries(fields))),
  sightings: fc.array(
    fc.record({
      type: fc.constantFrom('email', 'customer_id'),
      value: fc.constantFrom('u', 'v', 'w'),
      verified: fc.boolean(),
    }),
    { maxLength: 3 },
  ),
})
const members = fc.uniqueArray(member, {
  selector: ({ source, key }) => `${source}:${key}`,
  minLength: 1,
  maxLength: 8,
})
const rule = fc
  .constantFrom(...survivorshipNames)
  .map((by): Survivorship => (by === 'source_priority' ? { by, sources: ['shop', 'crm'] } : { by }))
const ruleset = fc
  .record({
    strategy: fc.constantFrom('most_recent' as const, 'primary' as const, 'manual_review' as const),
    primary: fc.constantFrom('oldest' as const, 'most_complete' as const),
    fields: fc
      .dictionary(fc.constantFrom('x', 'y', 'email'), rule)
      .map((rules): Ruleset['merge']['fields'] => new Map(Object.entries(rules))),
  })
  .map((merge): Ruleset => ({ ...base, merge: { ...base.merge, ...merge } }))
const choices = fc
  .record({
    primarySide: fc.array(fc.record({ source: fc.constantFrom('crm', 'shop'), key: fc.constantFrom('1', '2') }), {
      maxLength: 2,
    }),
    inactive: fc.subarray(['u', 'v']),
  })
  .map(
    ({ primarySide, inactive }): GoldenChoices => ({
      primarySide,
      isActive: (_type, value) => !inactive.includes(value),
    }),
  )

describe('a golden record', () => {
  it('does not depend on the order of its records', () => {
    fc.assert(
      fc.property(members, ruleset, choices, fc.infiniteStream(fc.nat()), (records, given, chosen, dice) => {
        const shuffled = records
          .map((one) => ({ one, at: dice.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ one }) => one)
        const left = goldenRecord(records, given, chosen)
        const right = goldenRecord(shuffled, given, chosen)
        expect([...right.fields.keys()]).toEqual([...left.fields.keys()])
        expect(right).toEqual(left)
      }),
      { numRuns: 1000 },
    )
  })
  it('holds nothing that its records do not hold, and each leaf is in the record it names', () => {
    fc.assert(
      fc.property(members, ruleset, choices, (records, given, chosen) => {
        for (const [name, surviving] of goldenRecord(records, given, chosen).fields) {
          for (const origin of surviving.provenance) {
            if (origin.kind !== 'record') throw new Error('nobody decided anything')
            const from = records.find(({ source, key }) => source === origin.source && key === origin.key)
            const leaf = canonicalText(leafOf(surviving.value, origin.path) as JsonValue)
            const observed = leafOf(from?.fields.get(name), origin.path)
            const sighted = from?.sightings.some(({ type, value }) => type === name && JSON.stringify(value) === leaf)
            expect(sighted || (observed !== undefined && canonicalText(observed) === leaf)).toBe(true)
            expect(origin.effectiveAt).toBe(from?.effectiveAt)
          }
        }
      }),
      { numRuns: 1000 },
    )
  })
  it('accounts for every leaf of a merged value exactly once', () => {
    fc.assert(
      fc.property(members, ruleset, (records, given) => {
        for (const { value, provenance } of goldenRecord(records, given).fields.values()) {
          expect(provenance.map(({ path }) => path)).toEqual(leafPaths(value))
        }
      }),
    )
  })
  it('shows a value wherever an eligible record has one, and a missing field only where all miss it', () => {
    fc.assert(
      fc.property(members, ruleset, (records, given) => {
        const { fields } = goldenRecord(records, given)
        for (const name of ['x', 'y', 'first_name']) {
          const written = records.flatMap((one) => (one.fields.has(name) ? [one.fields.get(name)] : []))
          expect(fields.has(name)).toBe(written.length > 0)
          const filled = written.some((value) => !isBlank(value))
          expect(isBlank(fields.get(name)?.value)).toBe(!filled)
        }
      }),
    )
  })
  it('never shows an inactive value, nor an unverified one beside a verified one', () => {
    fc.assert(
      fc.property(members, ruleset, choices, (records, given, chosen) => {
        const golden = goldenRecord(records, given, chosen)
        for (const type of ['email', 'customer_id']) {
          const active = records
            .flatMap(({ sightings }) => sightings)
            .filter((one) => one.type === type && chosen.isActive?.(type, one.value))
          const shown = golden.fields.get(type)?.value
          const best = active.some(({ verified }) => verified) ? active.filter(({ verified }) => verified) : active
          const mayBeShown = best.length === 0 ? [undefined] : best.map(({ value }) => value)
          expect(mayBeShown).toContain(shown)
        }
      }),
    )
  })
  it('of one record is that record', () => {
    fc.assert(
      fc.property(member, ruleset, (only: GoldenMember, given) => {
        const { fields } = goldenRecord([only], given)
        for (const [name, value] of only.fields)
          expect(canonicalText(fields.get(name)?.value as JsonValue)).toBe(canonicalText(value))
      }),
    )
  })
  it('takes each plain field from the first record in the order that its rule states', () => {
    const simple = members.map((records) =>
      records.map((one) => ({
        ...one,
        fields: new Map([...one.fields].filter(([, value]) => !isBlank(value) && typeof value !== 'object')),
      })),
    )
    fc.assert(
      fc.property(simple, (records) => {
        const holders = records.filter(({ fields }) => fields.has('x'))
        const senior = [...holders].sort(compareSeniority)
        const latest = [...holders].sort((a, b) => b.effectiveAt - a.effectiveAt || compareSeniority(a, b))
        const shownBy = (by: 'most_recent' | 'primary') =>
          goldenRecord(records, { ...base, merge: { ...base.merge, strategy: by } }).fields.get('x')?.value
        expect(shownBy('most_recent')).toEqual(latest[0]?.fields.get('x'))
        expect(shownBy('primary')).toEqual(senior[0]?.fields.get('x'))
      }),
    )
  })
})

function leafOf(value: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>(
    (at, key) => (at as { readonly [key: string]: JsonValue } | undefined)?.[key],
    value,
  )
}

function leafPaths(value: JsonValue, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || Object.keys(value).length === 0)
    return [path]
  return Object.keys(value).flatMap((key) =>
    leafPaths((value as { readonly [key: string]: JsonValue })[key] as JsonValue, [...path, key]),
  )
}

function isBlank(value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true
  if (typeof value === 'string') return value.trim() === ''
  return typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0
}
