import { parseRulesetObject } from '@selfsame/core'
import { describe, expect, it } from 'vitest'
import { faultsOf, isWhole, mappingOf, type RuleForm } from './rule-form.ts'

const form: RuleForm = {
  source: 'web',
  isAnyEvent: false,
  when: 'identify',
  read: 'traits.email',
  to: 'email',
  key: '',
  verified: false,
  precedence: 10,
  enabled: true,
}

describe('the form of an identity rule', () => {
  it('COM-7 an event name that is no snake_case is a fault', () => {
    expect(faultsOf({ ...form, when: 'Order Completed' }).when).not.toBeNull()
    expect(faultsOf({ ...form, when: 'Order Completed', isAnyEvent: true }).when).toBeNull()
  })

  it.each(['a..b', 'a[0]', 'a.*', '.a', 'a.', 'a b'])('COM-9 %s is no path', (read) => {
    expect(faultsOf({ ...form, read }).read).not.toBeNull()
    expect(isWhole({ ...form, read })).toBe(false)
  })

  it('COM-18 COM-25 a trait has a key and no trust, an anchor no trust, a claim one', () => {
    expect(mappingOf({ ...form, to: 'trait', key: 'plan' })).toEqual({
      when: 'identify',
      read: 'traits.email',
      to: 'trait',
      key: 'plan',
      precedence: 10,
    })
    expect(mappingOf({ ...form, to: 'customer_id' })).not.toHaveProperty('verified')
    expect(mappingOf(form)).toMatchObject({ verified: false })
    expect(isWhole({ ...form, to: 'trait' })).toBe(false)
  })

  it('whatever is whole is a mapping without fault', () => {
    for (const to of ['customer_id', 'external_ref', 'email', 'phone', 'first_name', 'last_name', 'display_name']) {
      const mapping = mappingOf({ ...form, to })
      const result = parseRulesetObject({ version: 1, sources: { web: { mappings: [mapping] } } } as never)
      expect(result.ok).toBe(true)
    }
  })
})
