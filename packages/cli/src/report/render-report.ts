import type { RunSummary } from '@selfsame/batch'
import { flowPicture } from './flow-picture.ts'
import { html, trusted, type Html } from './html.ts'
import { identifiersSection } from './identifiers-section.ts'
import { formatCount, formatOf, formatShare } from './numbers.ts'
import { suspiciousSection } from './profiles-section.ts'
import { resolutionSection } from './resolution-section.ts'
import { reviewSection } from './review-section.ts'
import { rulesSection } from './rules-section.ts'
import { runSection } from './run-section.ts'
import { samplesSection } from './samples-section.ts'
import { rejectedSection, sourcesSection } from './sources-section.ts'
import { style } from './style.ts'
import { valuesSection } from './values-section.ts'

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

const contents: readonly (readonly [id: string, label: string])[] = [
  ['resolution', 'Resolution'],
  ['rules', 'Rules'],
  ['samples', 'Samples'],
  ['identifiers', 'Identifiers'],
  ['values', 'Shared values'],
  ['large', 'Large profiles'],
  ['review', 'Kept apart'],
  ['sources', 'Sources'],
  ['rejected', 'Rejected lines'],
  ['run', 'The run'],
]

/** The report of a run as one page that needs no network, no script and no other file. */
export function renderReport(summary: RunSummary): string {
  const { counts } = summary
  const title = `${formatOf(counts.records, 'record')}, ${formatOf(counts.profiles, 'profile')}`
  const page = html`${trusted('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${title} – Selfsame</title>
<style>${trusted(style)}</style>
</head>
<body>
<a class="skip" href="#resolution">Skip to the figures</a>
<div class="page">
<header class="top"><div class="brand">${mark}Selfsame</div><p class="soft small">${dayAndTime(summary.run.startedAt)}</p></header>
<main>
${headline(summary)}
${flowPicture(summary)}
${tiles(summary)}
${notices(summary)}
<nav aria-label="Contents"><ul>${contents.map(([id, label]) => html`<li><a href="#${id}">${label}</a></li>`)}</ul></nav>
${resolutionSection(summary)}${rulesSection(summary)}${samplesSection(summary)}${identifiersSection(summary)}${valuesSection(summary)}${suspiciousSection(summary)}${reviewSection(summary)}${sourcesSection(summary)}${rejectedSection(summary)}${runSection(summary)}
</main>
<footer>Selfsame ${summary.run.engine}. This page is one file and asks the network for nothing. It shows values of your customers: share it as you would share them.</footer>
</div>
</body>
</html>
`
  return page.markup
}

const mark = trusted(
  '<svg viewBox="0 0 30 20" aria-hidden="true"><circle cx="10" cy="10" r="9" fill="var(--accent)" fill-opacity=".85"/><circle cx="20" cy="10" r="9" fill="var(--s1)" fill-opacity=".7"/></svg>',
)

function headline(summary: RunSummary): Html {
  const { counts } = summary
  const { records, profiles, unattributed } = counts
  const attributed = records - unattributed
  const fewer = attributed > 0 ? 1 - profiles / attributed : 0
  const from = summary.sources.length > 1 ? ` from ${formatOf(summary.sources.length, 'source')}` : ''
  const standfirst =
    records === 0
      ? 'There was nothing to resolve: the files hold no record that could be read.'
      : fewer <= 0
        ? 'Nothing was merged: every record stands alone. What the rules found to compare is told below.'
        : `${formatOf(counts.mergedProfiles, 'profile')} ${counts.mergedProfiles === 1 ? 'gathers' : 'gather'} several records${from}: ${formatShare(fewer)} fewer than before. The largest holds ${formatCount(counts.largestProfile)}.`
  return html`<h1>${formatOf(records, 'record')} ${records === 1 ? 'is' : 'are'} <em>${formatOf(profiles, 'profile')}</em></h1>
<p class="standfirst">${standfirst}</p>`
}

function tiles(summary: RunSummary): Html {
  const { counts, candidates, unresolved } = summary
  const shown: readonly (readonly [string, number, string])[] = [
    [
      'Lines read',
      counts.lines,
      counts.superseded > 0 ? `${formatCount(counts.superseded)} came again` : 'each one once',
    ],
    ['Records', counts.records, formatOf(summary.sources.length, 'source')],
    ['Profiles', counts.profiles, `${formatCount(counts.mergedProfiles)} of several records`],
    ['Kept apart', unresolved.total, 'records a guard refused'],
    ['To review', candidates.total, 'pairs for a person'],
    ['Rejected', counts.rejected, 'lines that could not be read'],
  ]
  return html`<dl class="tiles">${shown.map(([label, value, note]) => html`<div><dt>${label}</dt><dd>${formatCount(value)}<small>${note}</small></dd></div>`)}</dl>`
}

function notices(summary: RunSummary): Html {
  const all = [
    ...summary.warnings.map((warning) => ({ message: warning.message, remedy: warning.remedy })),
    ...summary.ruleset.warnings.map((message) => ({ message: `Ruleset: ${message}`, remedy: null })),
  ]
  if (all.length === 0) return html``
  return html`<ul class="notices" aria-label="Warnings">${all.map(
    ({ message, remedy }) =>
      html`<li><p><bdi>${message}</bdi></p>${remedy === null ? null : html`<p class="remedy soft"><bdi>${remedy}</bdi></p>`}</li>`,
  )}</ul>`
}

function dayAndTime(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`
}
