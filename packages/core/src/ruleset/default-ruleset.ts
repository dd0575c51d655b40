import { parseRuleset } from './parse-ruleset.ts'
import type { Ruleset } from './ruleset.ts'

/** What applies where nobody wrote a ruleset. */
export const defaultRulesetYaml = `# The default ruleset: what applies where nobody wrote one.
version: 1
default_country: US

identifiers:                        # strongest first
  - { name: customer_id, kind: anchor, max_unique_values: 1 }
  - { name: user_id, kind: anchor, max_unique_values: 1 }
  - { name: external_ref, kind: anchor }
  - name: email
    kind: claim
    standardize: [email]
    max_unique_values: 3
    shared_when: { customer_id: 5, user_id: 5, anonymous_id: 1000 }
  - name: phone
    kind: claim
    standardize: [phone]
    max_unique_values: 2
    shared_when: { customer_id: 5, user_id: 5, anonymous_id: 1000 }
  - { name: conversation_id, kind: anchor, shared_when: { customer_id: 3, user_id: 3, email: 5 } }
  - { name: device_id, kind: anchor, shared_when: { customer_id: 3, user_id: 3, email: 5 } }
  - { name: anonymous_id, kind: anchor, shared_when: { customer_id: 3, user_id: 3, email: 5 } }

rules:
  - name: Same e-mail
    match: [ { exact: email } ]
  - name: Same phone                # one line away: set enabled to true
    match: [ { exact: phone } ]
    enabled: false

merge:
  strategy: most_recent
`

let parsed: Ruleset | null = null

/** The default ruleset, parsed. */
export function defaultRuleset(): Ruleset {
  if (parsed) return parsed
  const result = parseRuleset(defaultRulesetYaml)
  if (!result.ok)
    throw new Error(`the default ruleset has faults: ${result.issues.map((issue) => issue.message).join('; ')}`)
  parsed = result.ruleset
  return parsed
}
