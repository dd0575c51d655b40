import { describe, expect, it } from 'vitest'
import { parseRuleset } from '../ruleset/parse-ruleset.ts'
import type { MatchRule } from '../ruleset/ruleset.ts'
import { conditionsInEnglish, ruleInEnglish } from './rule-in-english.ts'

function rulesOf(yaml: string): readonly MatchRule[] {
  const result = parseRuleset(`version: 1\nrules:\n${yaml}`)
  if (!result.ok) throw new Error(result.issues.map((issue) => issue.message).join('\n'))
  return result.ruleset.rules
}

describe('rules in plain English', () => {
  it('MAS-15 conditions read as the sentences of a rule list', () => {
    const email = '{ exact: email, where: { contains: email } }'
    const sarah = '{ exact: email, where: { contains: sarah } }'
    const number = "{ exact: phone, where: { equals: '+15551234567' } }"
    expect(conditionsInEnglish(rulesOf(`  - { name: A, match: [ ${email} ] }`))).toBe("Email field contains 'email'")
    expect(conditionsInEnglish(rulesOf(`  - { name: A, match: [ ${sarah}, ${number} ] }`))).toBe(
      "Email field contains 'sarah' AND Phone field equals '+15551234567'",
    )
    expect(
      conditionsInEnglish(
        rulesOf(
          `  - { name: A, match: [ { exact: email, where: { contains: gmail.com } } ] }\n  - { name: B, match: [ ${number} ] }`,
        ),
      ),
    ).toBe("Email field contains 'gmail.com' OR Phone field equals '+15551234567'")
  })

  it.each([
    ['match: [ { exact: customer_id } ]', 'Customer id is the same'],
    ['match: [ { exact: email } ]', 'Email field is the same'],
    [
      'match: [ { exact: phone }, { fuzzy_strong: last_name } ], within: 90d, max_group_size: 3',
      'Phone is the same AND last name is very similar, seen within 90 days of each other, at most 3 profiles',
    ],
    [
      'match: [ { exact: [phone, work_phone] }, { exact: email, where: { contains: gmail.com } } ]',
      "Phone or work phone is the same AND Email field contains 'gmail.com' and is the same",
    ],
    [
      'match: [ { exact: birth_date }, { similar: last_name, by: jaro_winkler, at_least: 0.85, missing: match } ], compare: profile, action: review',
      'Birth date is the same AND last name is similar (Jaro–Winkler ≥ 0.85) or missing, sent to review',
    ],
    [
      'match: [ { exact: email }, { similar: first_name, by: nickname } ]',
      'Email field is the same AND first name is similar (the same or a nickname)',
    ],
    [
      'match: [ { exact: email, where: { not: { ends_with: example.com } } } ]',
      "Email field does not end with 'example.com' and is the same",
    ],
  ])('%s', (rule, sentence) => {
    const [found] = rulesOf(`  - { name: A, ${rule} }`)
    expect(found && ruleInEnglish(found)).toBe(sentence)
  })
})
