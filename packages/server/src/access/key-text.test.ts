import { describe, expect, it } from 'vitest'
import { classOfKeyText, hashOfToken, makeKeyText } from './key-text.ts'

describe('the text of a key', () => {
  it('A23 names its class and holds 256 random bits and a checksum', () => {
    const keys = Array.from({ length: 200 }, () => makeKeyText('public'))
    expect(new Set(keys).size).toBe(200)
    for (const key of keys) {
      expect(key).toMatch(/^ss_public_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/)
      expect(classOfKeyText(key)).toBe('public')
    }
    expect([makeKeyText('server'), makeKeyText('api')].map(classOfKeyText)).toEqual(['server', 'api'])
  })

  it('A23 is told from a mistyped one without a look at the database', () => {
    const key = makeKeyText('server')
    const faults: string[] = []
    for (let at = 0; at < key.length; at++) {
      const other = key[at] === 'x' ? 'y' : 'x'
      const mistyped = `${key.slice(0, at)}${other}${key.slice(at + 1)}`
      if (classOfKeyText(mistyped) !== null) faults.push(mistyped)
    }
    expect(faults).toEqual([])
    const others = ['', 'ss_', key.slice(0, -1), `${key}0`, ` ${key}`, key.replace('ss_server', 'ss_public')]
    expect(others.map(classOfKeyText)).toEqual(others.map(() => null))
  })

  it('A23 is stored as a hash from which it cannot be read', () => {
    const key = makeKeyText('api')
    expect(hashOfToken(key)).toMatch(/^[0-9a-f]{64}$/)
    expect(hashOfToken(key)).not.toContain(key.slice(7, 20))
    expect(hashOfToken(key)).toBe(hashOfToken(key))
  })
})
