import type { Cell } from './table.ts'

export type ExportFormat = 'csv' | 'jsonl'

export interface TextOptions {
  readonly format: ExportFormat
  /** Text that a spreadsheet would run gets an apostrophe before it. */
  readonly spreadsheetSafe: boolean
}

/** The first line of a table; empty where the format has none. */
export function headerText(columns: readonly string[], { format }: TextOptions): string {
  return format === 'csv' ? `${columns.map((name) => csvText(name)).join(',')}\n` : ''
}

/**
 * Rows as text, a line feed after each. CSV as in RFC 4180, and as a run over files writes it: nothing is an empty cell, an
 * empty text is `""`, and a text with `#`, which some readers take for a comment, is quoted.
 */
export function rowsText(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  { format, spreadsheetSafe }: TextOptions,
): string {
  const safe = (cell: Cell) => (spreadsheetSafe && typeof cell === 'string' ? withoutFormula(cell) : cell)
  if (format === 'csv') return rows.map((row) => `${row.map((cell) => csvCell(safe(cell))).join(',')}\n`).join('')
  return rows
    .map((row) => {
      const entries = columns.map((name, place) => `${JSON.stringify(name)}:${jsonCell(safe(row[place] ?? null))}`)
      return `{${entries.join(',')}}\n`
    })
    .join('')
}

function jsonCell(cell: Cell): string {
  return typeof cell === 'string' ? JSON.stringify(cell) : plainText(cell)
}

function csvCell(cell: Cell): string {
  if (cell === null) return ''
  return typeof cell === 'string' ? csvText(cell) : plainText(cell)
}

function plainText(cell: Exclude<Cell, string>): string {
  if (typeof cell !== 'object' || cell === null) return String(cell)
  return Number.isInteger(cell.real) ? `${cell.real}.0` : String(cell.real)
}

function csvText(text: string): string {
  return text === '' || /[",#\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Signed numbers, telephone numbers among them, stay as they are. */
function withoutFormula(text: string): string {
  return /^[=+@\t\r-]/.test(text) && !/^[+-]?[0-9]+(?:\.[0-9]+)?$/.test(text) ? `'${text}` : text
}
