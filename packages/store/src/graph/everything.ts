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
  return { traces: await allTraces(sql, spaceId), ...(await loadStanding(sql, spaceId)) }
}

/** The same without the traces. */
export async function loadStanding(sql: Sql, spaceId: string): Promise<Omit<Everything, 'traces'>> {
  const decisions = await sql.all<{ body: string }>(
    'SELECT body FROM decisions WHERE space_id = ? AND reverted_at IS NULL ORDER BY decision_id',
    [spaceId],
  )
  return {
    decisions: decisions.map(({ body }) => JSON.parse(body) as Decision),
    shared: await allShared(sql, spaceId),
  }
}

export async function allShared(sql: Sql, spaceId: string): Promise<Everything['shared']> {
  return sql.all<{ type: string; value: string }>(
    'SELECT type, value FROM identifier_values WHERE space_id = ? AND shared_because IS NOT NULL ORDER BY type, value',
    [spaceId],
  )
}

/** Bodies of the standing decisions of a space, as text: equal where nobody decided anything in between. */
export async function standingText(sql: Sql, spaceId: string): Promise<string> {
  const rows = await sql.all<{ body: string }>(
    'SELECT body FROM decisions WHERE space_id = ? AND reverted_at IS NULL ORDER BY decision_id',
    [spaceId],
  )
  return rows.map(({ body }) => body).join('\n')
}
