import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lookAtJson } from './json-text.ts'

/** JSON text of a value with blanks, escapes and double keys wherever JSON allows them. */
const blank = fc.string({ unit: fc.constantFrom(' ', '\n', '\r', '\t'), maxLength: 3 })
const textOfString = fc.string({ unit: 'grapheme', maxLength: 8 }).chain((text) =>
  fc.array(fc.boolean(), { minLength: text.length, maxLength: text.length }).map((escapes) => {
    const units = [...Array(text.length).keys()].map((at) =>
      escapes[at]
        ? `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
        : JSON.stringify(text.charAt(at)).slice(1, -1),
    )
    return `"${units.join('')}"`
  }),
)
const hostileString = fc.constantFrom(
  '"}"',
  '"]"',
  '","',
  '"\\""',
  '"\\\\"',
  '"\\\\\\""',
  '"batch"',
  '"[{"',
  '"\\u005d"',
)
const jsonText = fc.letrec<{ value: string; object: string; list: string; leaf: string; key: string }>((tie) => ({
  leaf: fc.oneof(
    textOfString,
    hostileString,
    fc.constantFrom('null', 'true', 'false', '0', '-0', '1e400', '-1.50E-7', '10000000000000000000001'),
  ),
  // Once V8 has seen a key that is a backslash, it misreads others, and is no measure any more.
  key: fc
    .oneof(textOfString, hostileString, fc.constantFrom('"batch"', '"b\\u0061tch"', '"__proto__"'))
    .filter((key) => !(JSON.parse(key) as string).includes('\\')),
  list: fc
    .tuple(fc.array(fc.tuple(blank, tie('value'), blank), { maxLength: 4 }), blank)
    .map(([items, empty]) => (items.length === 0 ? `[${empty}]` : `[${items.map((one) => one.join('')).join(',')}]`)),
  object: fc
    .tuple(
      fc.uniqueArray(fc.tuple(blank, tie('key'), blank, blank, tie('value'), blank), {
        maxLength: 4,
        selector: ([, key]) => JSON.parse(key) as string,
      }),
      blank,
    )
    .map(([entries, empty]) =>
      entries.length === 0
        ? `{${empty}}`
        : `{${entries.map(([a, key, b, c, value, d]) => `${a}${key}${b}:${c}${value}${d}`).join(',')}}`,
    ),
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, tie('leaf'), tie('list'), tie('object')),
}))

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

const runs = { numRuns: 3_000 }

describe('lookAtJson', () => {
  it('COM-5 gives every element of a batch byte for byte as it was sent', () => {
    const batchText = fc.tuple(
      fc.array(fc.tuple(blank, jsonText.value, blank), { maxLength: 5 }),
      fc.array(fc.tuple(jsonText.key, jsonText.value), { maxLength: 3 }),
      fc.array(fc.tuple(jsonText.key, jsonText.value), { maxLength: 3 }),
      blank,
    )
    fc.assert(
      fc.property(batchText, ([elements, before, after, gap]) => {
        const isOther = ([key]: readonly [string, string]) => JSON.parse(key) !== 'batch'
        const entries = [
          ...before.map(([key, value]) => `${key}:${value}`),
          `${gap}"batch"${gap}:${gap}[${elements.map((parts) => parts.join('')).join(',')}]`,
          ...after.filter(isOther).map(([key, value]) => `${key}${gap}:${value}`),
        ]
        const text = `${gap}{${entries.join(',')}}${gap}`
        const found = lookAtJson(text, 'batch').elements?.map(({ start, end }) => text.slice(start, end))
        expect(found).toEqual(elements.map(([, element]) => element))
      }),
      runs,
    )
  })

  it('finds the list that JSON.parse finds, or none where there is none', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(blank, jsonText.key, blank, jsonText.value), { maxLength: 5 }), (entries) => {
        const text = `{${entries.map(([a, key, b, value]) => `${a}${key}${b}:${value}`).join(',')}}`
        const { elements } = lookAtJson(text, 'batch')
        const last = entries.findLast(([, key]) => JSON.parse(key) === 'batch')
        const batch: unknown = last === undefined ? null : JSON.parse(last[3])
        if (!Array.isArray(batch)) expect(elements).toBeNull()
        else expect(elements?.map(({ start, end }) => JSON.parse(text.slice(start, end)) as unknown)).toEqual(batch)
      }),
      runs,
    )
  })

  it('finds the elements of a list that stands alone', () => {
    fc.assert(
      fc.property(blank, fc.array(fc.tuple(blank, jsonText.value, blank), { maxLength: 5 }), (gap, elements) => {
        const text = `${gap}[${elements.map((parts) => parts.join('')).join(',')}]${gap}`
        const found = lookAtJson(text, null).elements?.map(({ start, end }) => text.slice(start, end))
        expect(found).toEqual(elements.map(([, element]) => element))
      }),
      runs,
    )
  })

  it('tells the depth that a parser reaches', () => {
    fc.assert(
      fc.property(jsonText.value, (text) => {
        const parsed: unknown = JSON.parse(text)
        const found = lookAtJson(text, 'batch')
        expect(found.depth).toBe(depthOf(parsed))
        expect(found.backslashKey).toBe(false)
      }),
      runs,
    )
  })

  it('finds every spelling of a backslash in a key, and none in a value', () => {
    for (const text of ['{"\\\\":1}', '{"a\\\\n":1}', '{"\\u005c" : 1}', '{"\\u005C":1}', '[{"a":{"b\\"\\\\":1}}]']) {
      expect([text, lookAtJson(text, null).backslashKey]).toEqual([text, true])
    }
    for (const text of ['{"\\n":"\\\\"}', '{"\\u00e9\\"":["\\u005c"]}', '{"a":"\\\\","b":1}', '["\\\\"]']) {
      expect([text, lookAtJson(text, null).backslashKey]).toEqual([text, false])
    }
  })

  it('A19 ends on text of any kind, and on a depth of a million', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'a', ' ') }), (text) => {
        const { elements } = lookAtJson(text, 'batch')
        for (const { start, end } of elements ?? []) expect(start).toBeLessThanOrEqual(end)
      }),
      runs,
    )
    expect(lookAtJson('['.repeat(1_000_000), 'batch').depth).toBe(1_000_000)
  })
})
