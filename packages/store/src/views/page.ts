import type { SqlValue } from '../sql/sql.ts'

/** Where a listing stopped: the sort key of the last row that was shown. */
export type PageKey = readonly (string | number)[]

export interface PageRequest {
  /** Rows at most. */
  readonly limit: number
  /** null: from the beginning. */
  readonly after: PageKey | null
}

export interface Page<Row> {
  readonly rows: readonly Row[]
  /** null: there is no more. */
  readonly next: PageKey | null
}

/** A page out of rows of which one more than `limit` was asked for. */
export function pageOf<Row>(rows: readonly Row[], limit: number, keyOf: (row: Row) => PageKey): Page<Row> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { rows: shown, next: rows.length > limit && last !== undefined ? keyOf(last) : null }
}

/** The condition that begins a page, and its values. `columns` is text of the program, never input. */
export function beyond(
  columns: string,
  order: 'ascending' | 'descending',
  after: PageKey | null,
): { readonly text: string; readonly values: readonly SqlValue[] } {
  if (after === null) return { text: '', values: [] }
  const places = after.map(() => '?').join(', ')
  return { text: ` AND (${columns}) ${order === 'ascending' ? '>' : '<'} (${places})`, values: after }
}
