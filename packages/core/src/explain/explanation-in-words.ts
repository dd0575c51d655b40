import { formatDuration } from '../ruleset/checker.ts'
import type { Criterion } from '../ruleset/ruleset.ts'
import type { Explanation, ExplainedStep, RecordName } from './explain-records.ts'
import { plainText, shortenedText } from './plain-text.ts'
import type { StoredSighting } from './stored-sighting.ts'
import type { CriterionTrial, RuleTrial } from './try-rule.ts'

/** What makes parts of a sentence stand out. */
export interface Paint {
  readonly bold: (text: string) => string
  readonly cyan: (text: string) => string
  readonly green: (text: string) => string
  readonly red: (text: string) => string
}

const unpainted = (text: string) => text
export const noPaint: Paint = { bold: unpainted, cyan: unpainted, green: unpainted, red: unpainted }

/** An explanation in sentences for people. */
export function explanationInWords(explanation: Explanation, colors: Paint = noPaint): string {
  switch (explanation.outcome) {
    case 'same_record':
      return `${nameOf(explanation.left)} is one record: there is nothing to join.\n`
    case 'together':
      return together(explanation, colors)
    case 'apart':
      return apart(explanation, colors)
  }
}

function together(explanation: Extract<Explanation, { outcome: 'together' }>, colors: Paint): string {
  const { left, right, steps } = explanation
  const head = `${colors.bold(nameOf(left))} and ${colors.bold(nameOf(right))} are one profile (${left.profileId}).\n`
  if (steps.length === 0)
    return `${head}\n  Both events of ${plainText(left.source)} say the same, and stand for one trace.\n`
  const first = steps[0] as ExplainedStep
  const last = steps[steps.length - 1] as ExplainedStep
  const before = sameTrace(left, first.from)
  const after = sameTrace(right, last.to)
  const told = steps.map((step, index) => stepInWords(step, index + 1, colors))
  return `${head}\n${before}${told.join('')}${after}`
}

function stepInWords(
  { link, from, to, fromSighting, toSighting }: ExplainedStep,
  place: number,
  colors: Paint,
): string {
  const names = `${nameOf(from)} ${colors.cyan('──')} ${nameOf(to)}`
  if (link.decision !== null)
    return `  ${place}. ${names}\n     a person decided: one customer (decision ${plainText(link.decision)})\n`
  const stage = link.stage >= 0 ? `, stage ${link.stage + 1}` : ''
  return `  ${place}. ${names}
     rule ${colors.bold(plainText(link.rule))}${stage}: ${plainText(link.type)} ${colors.green(value(link.value))}
     ${trust(fromSighting, toSighting)}; ${seen(fromSighting, toSighting)}
`
}

function sameTrace(record: RecordName, end: RecordName): string {
  if (record.source === end.source && record.key === end.key) return ''
  return `  ${nameOf(record)} says the same as ${nameOf(end)}.\n`
}

function apart(explanation: Extract<Explanation, { outcome: 'apart' }>, colors: Paint): string {
  const { left, right, held, nearest, blocked } = explanation
  const profile = (record: { readonly profileId: string | null }) =>
    record.profileId ?? 'of no profile: it carries no usable identifier'
  const lines = [
    `${colors.bold(nameOf(left))} (${profile(left)}) and ${colors.bold(nameOf(right))} (${profile(right)}) are apart.`,
    '',
  ]
  for (const link of held) {
    lines.push(
      `  Rule ${colors.bold(plainText(link.rule))} links the two profiles: ${plainText(link.type)} ${colors.green(value(link.value))}, between ${nameOf(link.left)} and ${nameOf(link.right)}.`,
      `  A guard (${link.guard.replaceAll('_', ' ')}) held it: ${colors.red(plainText(link.reasons))}.`,
    )
  }
  for (const one of blocked)
    lines.push(
      `  Both carry ${plainText(one.type)} ${colors.green(value(one.raw))}, which is a blocked value and links nobody.`,
    )
  for (const { id, kind } of explanation.decisions) {
    lines.push(
      kind === 'split'
        ? `  ${colors.red('A person split them')} (decision ${plainText(id)}): they are never one profile.`
        : `  A person said that they are two (decision ${plainText(id)}): nobody is asked about them again.`,
    )
  }
  if (held.length === 0) lines.push(...nearestInWords(nearest, explanation, colors))
  for (const link of explanation.heldAround) {
    lines.push(`    between ${nameOf(link.left)} and ${nameOf(link.right)}: ${colors.red(plainText(link.reasons))}`)
  }
  return `${lines.join('\n')}\n`
}

function nearestInWords(
  nearest: RuleTrial | null,
  names: { readonly left: RecordName; readonly right: RecordName },
  colors: Paint,
): readonly string[] {
  if (nearest === null) return ['  No rule comes near: their profiles have no value in common that a rule reads.']
  const { rule, implicit } = nearest.stage
  const head = `  The nearest rule is ${colors.bold(plainText(rule.name))}${implicit ? ' (the anchor’s own)' : ''}.`
  const criteria = nearest.criteria.map((trial) => `    ${mark(trial, colors)} ${criterionInWords(trial, names)}`)
  const stopped = stoppedInWords(nearest)
  return [head, ...criteria, ...(stopped === null ? [] : [`  ${colors.red(stopped)}`])]
}

function mark({ outcome }: CriterionTrial, colors: Paint): string {
  return outcome.kind === 'met' || outcome.kind === 'passed_without_value' ? colors.green('✔') : colors.red('✘')
}

function criterionInWords(
  { criterion, outcome }: CriterionTrial,
  names: { readonly left: RecordName; readonly right: RecordName },
): string {
  const types = criterion.types.join(' or ')
  switch (outcome.kind) {
    case 'met':
      return outcome.left.value === outcome.right.value
        ? `${types} is the same: ${value(outcome.left.value)}`
        : `${types} is similar enough: ${value(outcome.left.value)} and ${value(outcome.right.value)}`
    case 'passed_without_value':
      return `${types} is missing on a side, which the rule allows`
    case 'no_value':
      return outcome.side === 'both'
        ? `${types}: neither profile has one`
        : `${types}: the profile of ${nameOf(names[outcome.side])} has none`
    case 'set_aside':
      return `${outcome.type} ${value(outcome.value)} is the same, but ${setAside[outcome.state]}`
    case 'filtered':
      return `${outcome.type} ${value(outcome.value)} is the same, but the rule’s filter leaves it out`
    case 'different':
      return `${types} differs: ${value(outcome.left.value)} and ${value(outcome.right.value)}${similarityInWords(criterion, outcome.similarity)}`
  }
}

const setAside = {
  demoted: 'stronger evidence set it aside (demoted): it links no more',
  shared: 'too many different people hold it (shared): it links nobody',
  inactive: 'a split made it inactive',
} as const

function similarityInWords(criterion: Criterion, similarity: number | null): string {
  if (criterion.how === 'exact' || similarity === null) return ''
  const needed = criterion.atLeast === null ? '' : `, ${criterion.atLeast} needed`
  return ` (similarity ${similarity.toFixed(3)}${needed})`
}

function stoppedInWords({ stopped, stage }: RuleTrial): string | null {
  switch (stopped) {
    case 'window':
      return `The values were seen too far apart: the rule asks for at most ${formatDuration(stage.rule.withinMs ?? 0)}.`
    case 'one_record':
      return 'The rule compares records, and no single record of each side fulfils all of it.'
    case 'unverified':
      return 'A value is unverified on one side: it does not merge by itself, and waits for review.'
    case 'review':
      return 'The rule sends its links to review instead of merging.'
    case 'not_automatic':
      return 'Merging is not automatic in this ruleset: the link waits for review.'
    case 'criterion':
      return null
    case null:
      return 'The rule links them, but a guard refused the group they belong to:'
  }
}

function trust(from: StoredSighting | null, to: StoredSighting | null): string {
  if (!from || !to) return 'trust is not recorded'
  if (from.verified && to.verified) return 'verified on both sides'
  return from.verified || to.verified ? 'verified on one side' : 'unverified on both sides'
}

function seen(from: StoredSighting | null, to: StoredSighting | null): string {
  const [first, second] = [from, to].map((sighting) =>
    sighting?.observedAt == null ? null : instant(sighting.observedAt),
  )
  if (first === null && second === null) return 'the records give no time'
  if (first === second) return `seen ${first}`
  return `seen ${first ?? 'at an unknown time'} and ${second ?? 'at an unknown time'}`
}

function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

function nameOf(record: RecordName): string {
  return plainText(`${shortenedText(record.source, 60)}:${shortenedText(record.key, 80)}`)
}

function value(text: string): string {
  return plainText(shortenedText(text, 80))
}
