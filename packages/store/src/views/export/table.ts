/** The tables that can be exported, under the names that runs over files give them. */
export const exportTables = [
  'identity_golden',
  'identity_lookup',
  'identity_identifiers',
  'identity_links',
  'identity_unresolved_records',
  'identity_review',
  'rejected',
] as const
export type ExportTable = (typeof exportTables)[number]

/** `real`: a number that keeps its decimal point where it happens to be whole. */
export type Cell = string | number | boolean | { readonly real: number } | null

/** A table on its way out. */
export interface ExportedTable {
  readonly columns: readonly string[]
  /** Rows in lists, each as long as `columns`. */
  readonly pages: AsyncIterable<readonly (readonly Cell[])[]>
}

export const columnsOf: Readonly<Record<Exclude<ExportTable, 'identity_golden'>, readonly string[]>> = {
  identity_lookup: ['source', 'record_key', 'profile_id'],
  identity_identifiers: [
    'profile_id',
    'type',
    'value',
    'verified',
    'active',
    'first_seen',
    'last_seen',
    'record_count',
  ],
  identity_links: ['profile_id', 'left_source', 'left_key', 'right_source', 'right_key', 'rule', 'type', 'value'],
  identity_unresolved_records: ['source', 'record_key', 'profile_id', 'unresolved_reason', 'conflict_reasons'],
  identity_review: [
    'survivor_profile_id',
    'session_profile_id',
    'reason',
    'type',
    'value',
    'confidence',
    'seen_count',
    'last_seen',
  ],
  rejected: ['source', 'line', 'reason', 'raw'],
}

/** ISO 8601 in UTC; null: no time. Instants beyond the calendar are shown as its ends. */
export function instantText(ms: number | null): string | null {
  if (ms === null) return null
  return new Date(Math.max(-8.64e15, Math.min(8.64e15, ms))).toISOString()
}
