import { describe, expect, it } from 'vitest'
import { freezeBuiltIns } from './freeze-built-ins.ts'

describe('freezeBuiltIns', () => {
  it('A16 lets nobody add to a prototype or change what stands on it', () => {
    freezeBuiltIns()
    freezeBuiltIns()
    const change = (target: object, name: string) => () => Object.assign(target, { [name]: 'polluted' })
    for (const target of [Object.prototype, Array.prototype, Function.prototype, Promise.prototype, Error.prototype]) {
      expect(change(target, 'isAdmin')).toThrow(TypeError)
      expect(change(target, 'toString')).toThrow(TypeError)
    }
    expect(Object.hasOwn({}, 'isAdmin') || 'isAdmin' in {}).toBe(false)
    const merged = JSON.parse('{"__proto__":{"isAdmin":true}}') as Record<string, unknown>
    for (const [name, value] of Object.entries(merged)) Object.assign({}, { [name]: value })
    expect('isAdmin' in {}).toBe(false)
  })

  it('lets objects have properties of their own under the names of the prototype', () => {
    freezeBuiltIns()
    const error = new Error('one')
    error.name = 'Other'
    error.message = 'two'
    expect(String(error)).toBe('Other: two')
    const named: Record<string, unknown> = {}
    for (const name of ['constructor', 'toString', 'valueOf', 'hasOwnProperty']) named[name] = name
    expect(Object.keys(named)).toEqual(['constructor', 'toString', 'valueOf', 'hasOwnProperty'])
    expect({}.constructor).toBe(Object)
    expect(`${[1, 2] as unknown as string}`).toBe('1,2')
  })
})
