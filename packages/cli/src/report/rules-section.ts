import type { RuleSummary, RunSummary } from '@selfsame/batch'
import { count, section, shareBar, table } from './elements.ts'
import { html, type Html } from './html.ts'

/** What each rule did: how often it applied, how often it found a partner, how often a guard refused. */
export function rulesSection(summary: RunSummary): Html {
  const columns = [
    { name: 'Rule, strongest first' },
    { name: 'Applicability' },
    { name: 'Valid match rate' },
    { name: 'Conflict rate' },
    { name: 'Links', numeric: true },
    { name: 'To review', numeric: true },
  ]
  return section(
    'rules',
    'What the rules did',
    'Applicability: the share of all records with a value for everything the rule asks. Of those, the valid match rate is the share that found a partner in its own profile, the conflict rate the share that a guard kept apart.',
    table('Match rules and their figures', columns, summary.rules.map(ruleRow), { quiet: true }),
    definitionNote(summary),
  )
}

function ruleRow(rule: RuleSummary): readonly Html[] {
  const chips = [
    rule.enabled ? null : html` <span class="chip">switched off</span>`,
    rule.implicit ? html` <span class="chip">anchor</span>` : null,
    rule.action === 'review' ? html` <span class="chip accent">for review</span>` : null,
  ]
  return [
    html`<bdi>${rule.name}</bdi>${chips} <span class="sentence"><bdi>${rule.sentence}</bdi></span>`,
    shareBar(rule.applicability, 'plain'),
    shareBar(rule.enabled ? rule.validMatchRate : null, 'accent'),
    shareBar(rule.enabled ? rule.conflictRate : null, 'bad'),
    count(rule.links),
    count(rule.candidates),
  ]
}

function definitionNote(summary: RunSummary): Html {
  return summary.rules.some((rule) => rule.implicit)
    ? html`<p class="soft small">An anchor links by itself, without a written rule.</p>`
    : html``
}
