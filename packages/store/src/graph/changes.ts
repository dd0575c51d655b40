import type { Sql } from '../sql/sql.ts'
import { upsertRows, type TableShape } from '../sql/upsert.ts'

export type ChangeKind = 'created' | 'updated' | 'merged' | 'split' | 'erased'

/** One entry of the ordered feed. */
export interface StoredChange {
  readonly seq: number
  readonly at: number
  readonly kind: ChangeKind
  /** `merged`: the profile that goes on; `split`: the one that lost records. */
  readonly profile_id: string
  /** JSON list of the other profiles: those that were merged into it, or that were split off. */
  readonly others: string
  /** `ingest`, `ruleset:<version>`, `decision:<id>`. */
  readonly cause: string
}

const changeTable: TableShape = {
  table: 'changes',
  columns: { seq: 'int', at: 'int', kind: 'text', profile_id: 'text', others: 'text', cause: 'text' },
  key: ['seq'],
}

export async function saveChanges(sql: Sql, spaceId: string, changes: readonly StoredChange[]): Promise<void> {
  await upsertRows(sql, changeTable, spaceId, changes)
}

const metricTable: TableShape = {
  table: 'metrics',
  columns: { name: 'text', label: 'text', hour: 'int', value: 'int' },
  key: ['name', 'label', 'hour'],
  update: { value: 'metrics.value + excluded.value' },
}

export interface MetricStep {
  readonly name: string
  /** e.g. the source; empty: none. */
  readonly label: string
  readonly value: number
}

/** Counts within the hour of an instant. */
export async function countMetrics(
  sql: Sql,
  spaceId: string,
  atMs: number,
  steps: readonly MetricStep[],
): Promise<void> {
  const hour = Math.floor(atMs / 3_600_000) * 3_600_000
  const sums = new Map<string, MetricStep & { readonly hour: number }>()
  for (const { name, label, value } of steps) {
    const key = JSON.stringify([name, label])
    const known = sums.get(key)
    sums.set(key, { name, label, hour, value: (known?.value ?? 0) + value })
  }
  await upsertRows(
    sql,
    metricTable,
    spaceId,
    [...sums.values()].filter(({ value }) => value !== 0),
  )
}

/** Whether something was counted in the hour of an instant. */
export async function isCountedInHour(
  sql: Sql,
  spaceId: string,
  name: string,
  label: string,
  atMs: number,
): Promise<boolean> {
  const found = await sql.all(
    'SELECT value FROM metrics WHERE space_id = ? AND name = ? AND label = ? AND hour = ? AND value > 0',
    [spaceId, name, label, Math.floor(atMs / 3_600_000) * 3_600_000],
  )
  return found.length > 0
}
