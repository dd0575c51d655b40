import type { SourceSummary } from '@selfsame/batch'
import { fileFacts, readingsByColumn } from '../report/sources-section.ts'
import { shortened } from '../report/html.ts'
import { textTable } from './text-table.ts'
import { plainText, type Terminal } from './terminal.ts'

const shownColumns = 40

/** How each column of each source is read. */
export function columnsInWords(sources: readonly SourceSummary[], terminal: Terminal): string {
  const { noteColors: colors } = terminal
  const parts = sources.map((source) => {
    const files = source.files.map((file) => `${plainText(file.path)} (${fileFacts(file)})`).join(', ')
    const columns = readingsByColumn(source.columns)
    const shown = columns.slice(0, shownColumns)
    const rows = shown.map((column) => {
      const told = plainText(column.told)
      return [plainText(shortened(column.name, 40)), column.identifies ? colors.bold(told) : told]
    })
    const more = columns.length > shown.length ? `    and ${columns.length - shown.length} more\n` : ''
    const key = source.key.length > 0 ? '' : '    the record’s key is the line number\n'
    return `${colors.bold(plainText(source.name))} ${colors.dim(files)}\n${textTable([{ name: 'column' }, { name: 'read as' }], rows, colors.dim)}${more}${key}`
  })
  return `${parts.join('\n')}\n`
}
