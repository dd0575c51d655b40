import type { RunSummary } from '@selfsame/batch'
import { andMore, bar, count, dataValue, empty, recordName, section, shareBar, table, text } from './elements.ts'
import { html, type Html } from './html.ts'
import { formatCount, formatOf } from './numbers.ts'

type CandidateReason = RunSummary['candidates']['byReason'][number]['reason']
type GuardName = RunSummary['heldLinks']['byReason'][number]['guard']

const reasonMeans: Record<CandidateReason, string> = {
  unverified_claim: 'The value was never verified on one side, so it may not merge by itself.',
  identifier_conflict: 'Joining would give one profile more values of an identifier than one person has.',
  field_conflict: 'Names or birth dates disagree.',
  multiple_matches: 'One step would have joined more profiles than the rule allows.',
  low_confidence: 'The rule says: ask a person.',
}

const guardMeans: Record<GuardName, string> = {
  conflict_limit: 'conflict limit',
  field_conflict: 'field conflict',
  group_size: 'group size',
  separation: 'separation',
}

/** What was not merged: links that a guard held, and pairs a person should look at. */
export function reviewSection(summary: RunSummary): Html {
  const { heldLinks, candidates } = summary
  const nothing = heldLinks.total === 0 && candidates.total === 0
  const lead = nothing
    ? 'Nothing was held apart, and no pair waits for a person.'
    : `${formatOf(heldLinks.total, 'link')} held by a guard, ${formatOf(candidates.total, 'pair')} to look at. All of them stay apart until somebody decides.`
  return section('review', 'Kept apart, and why', lead, heldPart(summary), candidatePart(summary))
}

function heldPart({ heldLinks, unresolved }: RunSummary): Html {
  if (heldLinks.total === 0) return html``
  const most = Math.max(...heldLinks.byReason.map((one) => one.links))
  const reasons = heldLinks.byReason.map((one) => [
    html`<bdi>${one.reason}</bdi> <span class="chip bad">${guardMeans[one.guard]}</span>`,
    bar(one.links / most, 'bad'),
    count(one.links),
  ])
  const examples = heldLinks.listed.map((one) => [
    recordName(one.left.source, one.left.key),
    recordName(one.right.source, one.right.key),
    html`<bdi>${one.rule}</bdi>: ${dataValue(one.value, 60)}`,
    html`<bdi>${one.reasons.join('; ')}</bdi>`,
  ])
  const columns = [{ name: 'Reason' }, { name: 'Links, linear scale' }, { name: 'Held links', numeric: true }]
  const exampleColumns = [
    { name: 'Record' },
    { name: 'Held apart from' },
    { name: 'Though linked by' },
    { name: 'Because' },
  ]
  return html`<h3>Held links</h3>
${table('Why links were held', columns, reasons, { quiet: true })}
${examples.length > 0 ? table('Examples of held links', exampleColumns, examples) : null}
${andMore(heldLinks.total, examples.length, 'held links')}
<p class="soft small">${formatOf(unresolved.total, 'record')} in <code>identity_unresolved_records</code>. Remedies: block the value, tighten the rule, or correct the source.</p>
`
}

function candidatePart({ candidates }: RunSummary): Html {
  if (candidates.total === 0) return html`<h3>For review</h3>${empty('The queue is clear.')}`
  const most = Math.max(...candidates.byReason.map((one) => one.candidates))
  const reasons = candidates.byReason.map((one) => [
    html`${one.reason} <span class="sentence">${reasonMeans[one.reason]}</span>`,
    bar(one.candidates / most, 'accent'),
    count(one.candidates),
  ])
  const examples = candidates.listed.map((one) => [
    html`<span class="value id">${one.survivorProfileId}</span>`,
    html`<span class="value id">${one.sessionProfileId}</span>`,
    html`<bdi>${one.rule}</bdi>: ${dataValue(one.value, 60)}`,
    text(`seen ${formatCount(one.seenCount)}×`),
    shareBar(one.confidence, 'accent'),
  ])
  const columns = [{ name: 'Reason' }, { name: 'Pairs, linear scale' }, { name: 'Pairs', numeric: true }]
  const exampleColumns = [
    { name: 'Keeps identity' },
    { name: 'Would fold in' },
    { name: 'Linked by' },
    { name: 'Seen' },
    { name: 'Confidence' },
  ]
  return html`<h3>For review</h3>
${table('Why pairs wait for a person', columns, reasons, { quiet: true })}
${examples.length > 0 ? table('The likeliest pairs', exampleColumns, examples) : null}
${andMore(candidates.total, examples.length, 'pairs')}
${candidates.notListed > 0 ? html`<p class="soft small">${formatOf(candidates.notListed, 'more weak link')} through values that very many hold ${candidates.notListed === 1 ? 'is' : 'are'} counted, not listed.</p>` : null}
`
}
