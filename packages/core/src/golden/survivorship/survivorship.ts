import { compareSeniority, compareText, type RecordRef } from '../../evidence/record.ts'
import type { MergeSettings, Survivorship } from '../../ruleset/ruleset.ts'
import { blankness } from '../blank.ts'
import { canonicalText } from '../canonical-text.ts'
import type { Contender, GoldenMember, Preference } from '../golden-member.ts'
import { longest } from './longest.ts'
import { greatest, smallest } from './min-max.ts'
import { mostFrequent } from './most-frequent.ts'
import { mostRecent } from './most-recent.ts'
import { primaryFirst } from './primary.ts'
import { sourcePriority } from './source-priority.ts'

/** The survivorship rule of a field. `manual_review` asks before it merges; for values it is `most_recent`. */
export function survivorshipRuleOf(field: string, merge: Pick<MergeSettings, 'fields' | 'strategy'>): Survivorship {
  return merge.fields.get(field) ?? { by: merge.strategy === 'primary' ? 'primary' : 'most_recent' }
}

/** Picks the contender that survives, of at least one. */
export type PickSurvivor = (contenders: readonly Contender[], rule: Survivorship) => Contender

/**
 * Compiles survivorship for the records of one profile. Whatever the rule, a value survives an empty text, and an empty
 * text null; then the rule's own order counts, which ends in seniority; two values of one record are taken by the
 * seniority of the most senior record that holds each, then by canonical text.
 */
export function survivorPicker(
  members: readonly GoldenMember[],
  primarySide: readonly RecordRef[],
  merge: Pick<MergeSettings, 'primary'>,
): PickSurvivor {
  let primary: Preference | null = null
  const preferenceOf = (rule: Survivorship, contenders: readonly Contender[]): Preference => {
    switch (rule.by) {
      case 'most_recent':
        return mostRecent
      case 'primary':
        return (primary ??= primaryFirst(members, primarySide, merge.primary))
      case 'most_frequent':
        return mostFrequent(contenders)
      case 'source_priority':
        return sourcePriority(rule.sources)
      case 'longest':
        return longest
      case 'min':
        return smallest
      case 'max':
        return greatest
    }
  }
  return (contenders, rule) => {
    const least = contenders.reduce((least, { value }) => Math.min(least, blankness(value)), 2)
    const filled = contenders.filter(({ value }) => blankness(value) === least)
    const prefers = preferenceOf(rule, filled)
    return filled.reduce((best, next) =>
      (prefers(next, best) || compareOfOneRecord(next, best, filled)) < 0 ? next : best,
    )
  }
}

/** Two values of one record: that of the more senior holder first, then by canonical text. */
function compareOfOneRecord(a: Contender, b: Contender, contenders: readonly Contender[]): number {
  const textA = canonicalText(a.value)
  const textB = canonicalText(b.value)
  if (textA === textB) return 0
  return compareSeniority(seniorHolder(textA, contenders), seniorHolder(textB, contenders)) || compareText(textA, textB)
}

function seniorHolder(text: string, contenders: readonly Contender[]): GoldenMember {
  return contenders
    .filter(({ value }) => canonicalText(value) === text)
    .map(({ member }) => member)
    .reduce((senior, member) => (compareSeniority(member, senior) < 0 ? member : senior))
}
