import type { Candidate } from '../../api/answers.ts'
import type { Tone } from '../../ui/chip.tsx'

export const reasonWords: Readonly<Record<Candidate['reason'], readonly [string, Tone, string]>> = {
  unverified_claim: ['unverified claim', 'amber', 'One side says it has this value, and nobody has confirmed it.'],
  identifier_conflict: [
    'conflict',
    'red',
    'Joined, the two would hold more values of an identifier than one person may.',
  ],
  field_conflict: ['field conflict', 'red', 'The two differ in a field that is under review.'],
  multiple_matches: ['several matches', 'violet', 'More profiles match at once than the rule may join.'],
  low_confidence: ['low confidence', 'gray', 'The rule asks a person instead of merging.'],
}

export const partWords = [
  ['trust', 'Trust', 'verified on both sides is 1, on one 0.5, on none 0.25'],
  ['rarity', 'Rarity', 'how few profiles hold the value'],
  ['agreement', 'Agreement', 'how alike names, birth date and postcode are'],
  ['limits', 'Limits', 'how far the two stay within the limits together'],
] as const
