import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from './parse-json.ts'

describe('JSON', () => {
  it('keeps whole numbers beyond 2^53 as they are written, wherever they stand', () => {
    expect(
      parseJson(
        '{"id":9007199254740993,"in":[ -12345678901234567890, {"a":9007199254740991}],"t":"90071992547409931"}',
      ),
    ).toEqual({
      id: '9007199254740993',
      in: ['-12345678901234567890', { a: 9007199254740991 }],
      t: '90071992547409931',
    })
    expect(parseJson('9007199254740993')).toBe('9007199254740993')
  })
  it('leaves other numbers to JSON', () => {
    expect(parseJson('[1e20, 1.5, 1234567890123456.25, 0]')).toEqual([1e20, 1.5, 1234567890123456.25, 0])
  })
  it('makes a field called __proto__ a field like any other', () => {
    const parsed = parseJson('{"__proto__":{"x":1},"n":12345678901234567890}') as object
    expect(Object.keys(parsed)).toEqual(['__proto__', 'n'])
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
  })
  it('is read as JSON.parse reads it where no number is too long', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/[0-9]{16}/.test(text))
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })
  it('throws on what is no JSON', () => {
    expect(() => parseJson('{"a":12345678901234567890')).toThrow(SyntaxError)
  })
})
