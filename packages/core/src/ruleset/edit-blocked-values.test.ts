import { describe, expect, it } from 'vitest'
import { defaultRulesetYaml } from './default-ruleset.ts'
import { blockValue, unblockValue } from './edit-blocked-values.ts'
import { parseRuleset } from './parse-ruleset.ts'

const written = `version: 1
identifiers:
  # Everybody has one.
  - name: email
    kind: claim
    standardize: [email]
    blocked_values: ["noreply@*"] # robots
  - { name: phone, kind: claim, standardize: [phone] }
`
const edited = (result: ReturnType<typeof blockValue>) => (result.ok ? result.text : result.because)
function blockedIn(text: string, identifier: string): readonly string[] {
  const parsed = parseRuleset(text)
  if (!parsed.ok) throw new Error('the text has faults')
  return parsed.ruleset.identifiers.find(({ name }) => name === identifier)?.blockedValues ?? []
}

describe('blocking a value', () => {
  it('adds it and leaves everything else as it is written', () => {
    const text = edited(blockValue(written, 'email', 'Desk@Example.com'))
    expect(blockedIn(text, 'email')).toEqual(['noreply@*', 'Desk@Example.com'])
    expect(text).toContain('# Everybody has one.')
    expect(blockedIn(text, 'phone')).toEqual([])
  })

  it('goes where the text lists no identifiers, or the identifier has none yet', () => {
    expect(blockedIn(edited(blockValue(defaultRulesetYaml, 'email', 'desk@example.com')), 'email')).toContain(
      'desk@example.com',
    )
    expect(blockedIn(edited(blockValue('version: 1', 'user_id', 'kiosk')), 'user_id')).toContain('kiosk')
    expect(blockedIn(edited(blockValue(written, 'phone', '+15551234567')), 'phone')).toEqual(['+15551234567'])
  })

  it('tells what is blocked already, in any spelling, by a glob or by the built-in list', () => {
    const text = edited(blockValue(written, 'email', 'Desk@Example.com'))
    expect(edited(blockValue(text, 'email', ' desk@example.COM'))).toBe('blocked')
    expect(edited(blockValue(text, 'email', 'noreply@shop.test'))).toBe('blocked')
    expect(edited(blockValue(text, 'email', 'test@test.com'))).toBe('blocked')
    expect(edited(blockValue(text, 'nobody', 'x'))).toBe('unknown_identifier')
  })

  it('is undone by unblocking, which takes off no more than the value', () => {
    const text = edited(blockValue(written, 'email', 'Desk@Example.com'))
    expect(blockedIn(edited(unblockValue(text, 'email', 'desk@example.com')), 'email')).toEqual(['noreply@*'])
    expect(edited(unblockValue(text, 'email', 'noreply@shop.test'))).toBe('blocked_otherwise')
    expect(edited(unblockValue(text, 'email', 'ann@example.com'))).toBe('not_blocked')
  })

  it('takes a value literally that looks like a glob or a pattern', () => {
    for (const value of ['*', 'a*b', '/x/', '/a.c/', String.raw`\d*`]) {
      const text = edited(blockValue('version: 1', 'user_id', value))
      expect(edited(blockValue(text, 'user_id', value))).toBe('blocked')
      expect(edited(blockValue(text, 'user_id', 'axxb'))).not.toBe('blocked')
      expect(edited(blockValue(text, 'user_id', 'abc'))).not.toBe('blocked')
      expect(blockedIn(edited(unblockValue(text, 'user_id', value)), 'user_id')).toEqual(
        blockedIn('version: 1', 'user_id'),
      )
    }
  })
})
