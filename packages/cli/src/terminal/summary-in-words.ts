import type { RunSummary } from '@selfsame/batch'
import { relative, sep } from 'node:path'
import { formatBytes, formatCount, formatDuration, formatOf, formatShare } from '../report/numbers.ts'
import { textTable } from './text-table.ts'
import { plainText, type Terminal } from './terminal.ts'

/** What a run did, in a few lines, and where its files are. */
export function summaryInWords(summary: RunSummary, terminal: Terminal): string {
  const { outColors: colors } = terminal
  const { counts, timings, candidates, unresolved } = summary
  const aside = [
    counts.rejected > 0 ? `${formatOf(counts.rejected, 'line')} rejected` : null,
    counts.superseded > 0 ? `${formatOf(counts.superseded, 'line')} came again` : null,
    counts.unattributed > 0 ? `${formatOf(counts.unattributed, 'event')} without an identifier` : null,
    unresolved.total > 0 ? `${formatOf(unresolved.total, 'record')} kept apart by a guard` : null,
    candidates.total > 0 ? `${formatOf(candidates.total, 'pair')} to review` : null,
  ].filter((part) => part !== null)
  const rate = counts.lines >= 1000 ? `, ${formatCount(Math.round(timings.rowsPerSecond))} rows/s` : ''
  const folder = shortPath(summary.output.folder)
  return `${colors.bold(`${formatOf(counts.records, 'record')} → ${formatOf(counts.profiles, 'profile')}`)}${
    counts.mergedProfiles > 0
      ? `, ${formatCount(counts.mergedProfiles)} of them from several records (the largest from ${formatCount(counts.largestProfile)})`
      : ''
  }
${aside.length > 0 ? `${aside.join(', ')}\n` : ''}
${rulesTable(summary, terminal)}
${formatDuration(timings.totalMs)}${rate}, ${formatBytes(timings.peakMemoryBytes)} of memory
tables  ${plainText(folder)}${sep}identity_golden.${summary.output.format} and ${formatCount(summary.output.tables.length - 1)} more
report  ${plainText(folder)}${sep}report.html
`
}

function rulesTable(summary: RunSummary, terminal: Terminal): string {
  const rules = summary.rules.filter((rule) => rule.enabled && rule.applicable > 0)
  if (rules.length === 0) return '  no rule had anything to compare\n'
  const columns = [
    { name: 'rule' },
    { name: 'applies to', numeric: true },
    { name: 'valid', numeric: true },
    { name: 'conflict', numeric: true },
    { name: 'links', numeric: true },
  ]
  const rows = rules.map((rule) => [
    plainText(rule.name),
    formatShare(rule.applicability),
    formatShare(rule.validMatchRate),
    formatShare(rule.conflictRate),
    formatCount(rule.links),
  ])
  return textTable(columns, rows, terminal.outColors.dim)
}

/** Relative to where the user is, where that is shorter. */
export function shortPath(path: string): string {
  const near = relative(process.cwd(), path)
  if (near === '') return '.'
  return near.length < path.length && !near.startsWith('..') ? near : path
}
