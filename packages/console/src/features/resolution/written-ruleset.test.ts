import { describe, expect, it } from 'vitest'
import { criterionOf, writtenCriterion } from './written-ruleset.ts'

describe('a criterion in the form', () => {
  it.each([
    [{ exact: 'email' }],
    [{ exact: ['phone', 'work_phone'] }],
    [{ fuzzy_strong: 'last_name' }],
    [{ exact: 'email', where: { contains: 'gmail.com' } }],
    [{ exact: 'email', where: { not: { ends_with: 'example.com' } } }],
    [{ exact: 'plan', where: { one_of: ['plus', 'family'] } }],
  ])('%j is written back as it was read', (written) => {
    const read = criterionOf(written)
    expect(read && writtenCriterion(read)).toEqual(written)
  })

  it.each([
    [{ similar: 'last_name', by: 'jaro_winkler', at_least: 0.85 }],
    [{ fuzzy_medium: 'last_name', missing: 'match' }],
    [{ exact: 'email', where: { contains: 'a', not: { contains: 'b' } } }],
  ])('%j says more than the form can, which leaves it alone', (written) => {
    expect(criterionOf(written)).toBeNull()
  })
})
