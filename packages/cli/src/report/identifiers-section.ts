import type { IdentifierSummary, RunSummary } from '@selfsame/batch'
import { count, section, shareBar, table, text } from './elements.ts'
import { html, type Html } from './html.ts'
import { formatCount, formatOf } from './numbers.ts'

/** How complete each identifier is, and how clean. */
export function identifiersSection(summary: RunSummary): Html {
  const columns = [
    { name: 'Identifier, strongest first' },
    { name: 'Records that have it' },
    { name: 'Profiles that have it' },
    { name: 'Distinct values', numeric: true },
    { name: 'Set aside' },
    { name: 'Conflict rate' },
  ]
  return section(
    'identifiers',
    'How complete the identifiers are',
    'A value that could not be read, a placeholder, or a value too many people share is kept and shown, but links nobody.',
    table('Identifiers', columns, summary.identifiers.map(identifierRow), { quiet: true }),
  )
}

function identifierRow(identifier: IdentifierSummary): readonly Html[] {
  const limit =
    identifier.maxUniqueValues === null
      ? null
      : html` <span class="sentence">at most ${formatCount(identifier.maxUniqueValues)} per profile</span>`
  return [
    html`<bdi>${identifier.type}</bdi> <span class="chip">${identifier.kind}</span>${limit}`,
    shareBar(identifier.completeness, 'good'),
    shareBar(identifier.profileCompleteness, 'good'),
    count(identifier.distinctValues),
    setAside(identifier),
    identifier.maxUniqueValues === null ? text('–') : shareBar(identifier.conflictRate, 'bad'),
  ]
}

function setAside(identifier: IdentifierSummary): Html {
  const parts = [
    ...identifier.rejected.map((rejected) => html`${formatCount(rejected.values)} <code>${rejected.code}</code>`),
    ...(identifier.blocked > 0 ? [html`${formatOf(identifier.blocked, 'record')} with a blocked value`] : []),
    ...(identifier.shared > 0 ? [html`${formatOf(identifier.shared, 'shared value')}`] : []),
    ...(identifier.demoted > 0 ? [html`${formatOf(identifier.demoted, 'demoted value')}`] : []),
  ]
  if (parts.length === 0) return html`<span class="none">nothing</span>`
  return html`${parts.map((part, index) => html`${index > 0 ? ', ' : ''}${part}`)}`
}
