import type { Decision } from '@selfsame/core'
import type { Sql } from '../sql/sql.ts'
import { allTraces, type StoredTrace } from './traces.ts'

/** What a space resolves from, beside its records. */
export interface Everything {
  readonly traces: readonly StoredTrace[]
  /** The standing ones. */
  readonly decisions: readonly Decision[]
  readonly shared: readonly { readonly type: string; readonly value: string }[]
}

export async function loadEverything(sql: Sql, spaceId: string): Promise<Everything> {
  const decisions = await sql.all<{ body: string }>(
    'SELECT body FROM decisions WHERE space_id = ? AND reverted_at IS NULL ORDER BY decision_id',
    [spaceId],
  )
  const shared = await sql.all<{ type: string; value: string }>(
    'SELECT type, value FROM identifier_values WHERE space_id = ? AND shared_because IS NOT NULL ORDER BY type, value',
    [spaceId],
  )
  return {
    traces: await allTraces(sql, spaceId),
    decisions: decisions.map(({ body }) => JSON.parse(body) as Decision),
    shared,
  }
}
