import { defaultRulesetYaml, parseRuleset } from '@selfsame/core'
import { describe, expect, it } from 'vitest'
import { editRuleset, moveInList, putInList, setOrDelete, takeFromList } from './ruleset-text.ts'

describe('editing the text of a ruleset', () => {
  it('switching a rule on leaves every other line and comment as it was written', () => {
    const edited = editRuleset(defaultRulesetYaml, (text) => setOrDelete(text, ['rules', 1, 'enabled'], undefined))
    expect(edited).toContain('# The default ruleset')
    expect(edited).toContain('# strongest first')
    const parsed = parseRuleset(edited)
    expect(parsed.ok && parsed.ruleset.rules.map(({ enabled }) => enabled)).toEqual([true, true])
  })

  it('a first mapping makes its source, and taking the last one leaves none', () => {
    const path = ['sources', 'web', 'mappings']
    const added = editRuleset(defaultRulesetYaml, (text) =>
      putInList(text, path, null, { when: 'identify', read: 'traits.email', to: 'email' }),
    )
    const parsed = parseRuleset(added)
    expect(parsed.ok && parsed.ruleset.sources.get('web')?.mappings?.length).toBe(1)
    const taken = parseRuleset(editRuleset(added, (text) => takeFromList(text, path, 0)))
    expect(taken.ok && (taken.ruleset.sources.get('web')?.mappings ?? null)).toBeNull()
  })

  it('an identifier that moves up is stronger', () => {
    const moved = parseRuleset(editRuleset(defaultRulesetYaml, (text) => moveInList(text, ['identifiers'], 4, 3)))
    expect(moved.ok && moved.ruleset.identifiers.slice(3, 5).map(({ name }) => name)).toEqual(['phone', 'email'])
  })

  it('a value that looks like markup or YAML stays a value', () => {
    const hostile = '"><script>: [x] # not a comment'
    const edited = editRuleset(defaultRulesetYaml, (text) =>
      setOrDelete(text, ['identifiers', 3, 'blocked_values'], [hostile]),
    )
    const parsed = parseRuleset(edited)
    expect(parsed.ok && parsed.ruleset.identifiers[3]?.blockedValues).toEqual([hostile])
  })
})
