import type { IdentityRule, MappingPreview } from '../../api/answers.ts'
import type { Tone } from '../../ui/chip.tsx'
import { typeInWords } from '../../ui/identifier-words.ts'

/** The targets that a rule offers, each with what it is. */
export const targets = [
  ['customer_id', 'Customer id', 'anchor'],
  ['external_ref', 'External reference', 'anchor'],
  ['email', 'E-mail', 'claim'],
  ['phone', 'Phone', 'claim'],
  ['first_name', 'First name', 'name'],
  ['last_name', 'Last name', 'name'],
  ['display_name', 'Display name', 'name'],
  ['trait', 'Trait', 'trait'],
] as const

export const kindTones: Readonly<Record<IdentityRule['kind'], Tone>> = {
  anchor: 'violet',
  claim: 'blue',
  attribute: 'gray',
  name: 'teal',
  trait: 'gray',
}

export const trustWords: Readonly<Record<IdentityRule['trust'], readonly [string, Tone]>> = {
  verified: ['verified', 'green'],
  unverified: ['unverified', 'amber'],
  name_hint: ['name hint', 'teal'],
  none: ['—', 'gray'],
}

export interface Outcome {
  readonly title: string
  readonly text: string
  readonly tone: Tone
}

/** What happens with the value, in words. */
export function outcomeInWords({ outcome, target, key, rejected }: MappingPreview): Outcome {
  const name = typeInWords(target)
  switch (outcome) {
    case 'anchor_stitches':
      return {
        tone: 'violet',
        title: 'Stitches on sight',
        text: `Every record with the same ${name} is this person, at once.`,
      }
    case 'verified_claim_merges':
      return {
        tone: 'green',
        title: 'Merges by itself',
        text: `Profiles that hold the same verified ${name} become one.`,
      }
    case 'unverified_waits_for_review':
      return {
        tone: 'amber',
        title: 'Waits for a person',
        text: `Where another profile holds the same ${name}, the two go to the merge review.`,
      }
    case 'name_hints':
      return {
        tone: 'teal',
        title: 'Hints the name',
        text: 'The profile may show it as its name. It never merges anybody.',
      }
    case 'trait_writes':
      return {
        tone: 'gray',
        title: 'Writes a trait',
        text: `Kept and shown as traits.${key ?? '…'}; never used for matching.`,
      }
    case 'attribute_compares':
      return { tone: 'gray', title: 'Is compared', text: `Match rules may compare the ${name} beside other evidence.` }
    case null:
      return {
        tone: 'red',
        title: 'Does nothing',
        text:
          rejected === null
            ? 'The value is blank.'
            : `The value is rejected (${rejected}): kept on the record, and never linking.`,
      }
  }
}

export const whyNot: Readonly<Record<NonNullable<MappingPreview['because']>, string>> = {
  disabled: 'the rule is switched off',
  other_event: 'the sample is another event',
  path_invalid: 'the path is not one: words with dots between them, no brackets, no stars',
  path_absent: 'the path is not in the sample',
  not_a_value: 'what stands at the path is no text, number or yes/no',
  target_unknown: 'the ruleset has no such identifier',
}
