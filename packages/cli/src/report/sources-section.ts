import type { ColumnSummary, RunSummary, SourceFile, SourceSummary } from '@selfsame/batch'
import { count, dataValue, empty, fold, section, shareBar, table, text } from './elements.ts'
import { html, type Html } from './html.ts'
import { formatCount, formatOf } from './numbers.ts'

/** What was read, and how every column of it was understood. */
export function sourcesSection(summary: RunSummary): Html {
  const columns = [
    { name: 'Source' },
    { name: 'Files' },
    { name: 'Lines', numeric: true },
    { name: 'Records', numeric: true },
    { name: 'Came again', numeric: true },
    { name: 'Rejected', numeric: true },
    { name: 'Profiles', numeric: true },
  ]
  const rows = summary.sources.map((source) => [
    html`<bdi>${source.name}</bdi> <span class="sentence">${source.class}, ${source.trust}</span>`,
    html`${source.files.map((file, index) => html`${index > 0 ? ', ' : ''}<bdi class="value">${file.path}</bdi> <span class="soft small">${fileFacts(file)}</span>`)}`,
    count(source.lines),
    count(source.records),
    count(source.superseded),
    count(source.rejected),
    count(source.profiles),
  ])
  return section(
    'sources',
    'What was read, and how',
    'How each column was understood. A mapping in the ruleset changes it.',
    table('Sources', columns, rows, { quiet: true }),
    html`${summary.sources.map((source) => fold(html`How the columns of <bdi>${source.name}</bdi> are read`, columnTable(source)))}`,
  )
}

/** Lines that could not be read. They never stop a run. */
export function rejectedSection({ rejectedLines }: RunSummary): Html {
  if (rejectedLines.total === 0)
    return section('rejected', 'Rejected lines', null, empty('None: every line could be read.'))
  const columns = [{ name: 'Source' }, { name: 'Reason' }, { name: 'Lines', numeric: true }, { name: 'First at line' }]
  const rows = rejectedLines.byReason.map((one) => [
    html`<bdi>${one.source}</bdi>`,
    dataValue(one.reason, 120),
    count(one.lines),
    text(one.firstLines.map(formatCount).join(', ')),
  ])
  return section(
    'rejected',
    'Rejected lines',
    html`${formatOf(rejectedLines.total, 'line')} could not be read. They are in the table <code>rejected</code> as they stood.`,
    table('Why lines were rejected', columns, rows, { quiet: true }),
  )
}

/** `CSV, semicolon, UTF-8, gzip`. */
export function fileFacts(file: SourceFile): string {
  const delimiters = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' } as const
  const facts = [
    { csv: 'CSV', jsonl: 'JSONL', parquet: 'Parquet' }[file.format],
    file.delimiter === null ? null : delimiters[file.delimiter],
    file.encoding,
    file.gzip ? 'gzip' : null,
  ]
  return facts.filter((fact) => fact !== null).join(', ')
}

function columnTable(source: SourceSummary): Html {
  const columns = [{ name: 'Column' }, { name: 'Read as' }, { name: 'Filled' }]
  const rows = readingsByColumn(source.columns).map(({ name, told, filled }) => [
    dataValue(name, 60),
    text(told),
    filled === null ? text('–') : shareBar(filled, 'plain'),
  ])
  const key =
    source.key.length > 0 ? html`Key: ${source.key.join(' + ')}.` : html`No key column: the line number is the key.`
  const time =
    source.observedAt === null ? html`No time: first and last seen stay empty.` : html`Time: ${source.observedAt}.`
  return html`<p class="soft small">${key} ${time}</p>
${table(`Columns of ${source.name}`, columns, rows, { quiet: true })}`
}

export interface ReadColumn {
  readonly name: string
  /** Every way in which it is read: `trait helper; email, unverified`. */
  readonly told: string
  readonly identifies: boolean
  readonly filled: number | null
}

/** One entry per column, though it may be read in several ways. */
export function readingsByColumn(columns: readonly ColumnSummary[]): readonly ReadColumn[] {
  return [...Map.groupBy(columns, (column) => column.name)].map(([name, readings]) => ({
    name,
    told: readings.map(readAs).join('; '),
    identifies: readings.some((column) => column.role === 'identifier'),
    filled: readings[0]?.filled ?? null,
  }))
}

/** `email, unverified`, `trait plan`, `not read`. */
function readAs(column: ColumnSummary): string {
  switch (column.role) {
    case 'identifier':
      return `${column.to}${column.verified === false ? ', unverified' : ''}`
    case 'attribute':
      return `${column.to}`
    case 'trait':
      return `trait ${column.to}`
    case 'key':
      return 'the record’s key'
    case 'observed_at':
      return 'the time of observation'
    case 'ignored':
      return 'not read'
  }
}
