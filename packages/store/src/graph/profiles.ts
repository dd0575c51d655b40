import { rowsOfKeys, type KeyedRows } from '../sql/rows-of-keys.ts'
import type { Sql } from '../sql/sql.ts'
import { excluded, upsertRows, type TableShape } from '../sql/upsert.ts'

/** A profile as it is stored: one per id that was ever given out. */
export interface StoredProfile {
  readonly profile_id: string
  /** `merged`: its first-stored record belongs to another profile now. */
  readonly status: 'active' | 'merged'
  readonly record_source: string
  readonly record_key: string
  readonly trace_count: number
  readonly record_count: number
  readonly source_count: number
  /** Distinct active anchor and claim values. */
  readonly key_count: number
  readonly first_seen: number | null
  readonly last_seen: number | null
  /** JSON: `{"fields": {name: {"value", "provenance"}}}`. */
  readonly golden: string
  /** JSON list of `{type, value}`. */
  readonly demoted: string
  /** JSON list of `{type, value}` that a split took away. */
  readonly inactive: string
  readonly shown_name: string | null
  /** The profile that took over when this one was merged; it says where the id leads once its first-stored record is gone. */
  readonly merged_into: string | null
  /** 1: no decision, held link, candidate or demotion concerns it. */
  readonly plain: number
  readonly created_at: number
  readonly updated_at: number
}

const columns = {
  profile_id: 'text',
  status: 'text',
  record_source: 'text',
  record_key: 'text',
  trace_count: 'int',
  record_count: 'int',
  source_count: 'int',
  key_count: 'int',
  first_seen: 'int',
  last_seen: 'int',
  golden: 'text',
  demoted: 'text',
  inactive: 'text',
  shown_name: 'text',
  merged_into: 'text',
  plain: 'int',
  created_at: 'int',
  updated_at: 'int',
} as const

export const profileColumns = Object.keys(columns)

const profileTable: TableShape = { table: 'profiles', columns, key: ['profile_id'] }

export async function findProfiles(
  sql: Sql,
  spaceId: string,
  ids: readonly string[],
): Promise<readonly StoredProfile[]> {
  return rowsOfKeys<StoredProfile>(
    sql,
    profilesById,
    spaceId,
    ids.map((profile_id) => ({ profile_id })),
  )
}

const profilesById: KeyedRows = { table: 'profiles', columns: profileColumns, key: { profile_id: 'text' } }

/** For profiles that are found as before, but for when they changed: indexes whose columns are not named stay untouched. */
const grownTable: TableShape = {
  ...profileTable,
  update: excluded([
    'record_source',
    'record_key',
    'trace_count',
    'record_count',
    'source_count',
    'first_seen',
    'last_seen',
    'golden',
    'demoted',
    'inactive',
    'plain',
    'created_at',
    'updated_at',
  ]),
}

/** `stored`: profiles as the store has them, as far as is known. */
export async function saveProfiles(
  sql: Sql,
  spaceId: string,
  profiles: readonly StoredProfile[],
  stored: ReadonlyMap<string, StoredProfile>,
): Promise<void> {
  const isGrown = (profile: StoredProfile): boolean => {
    const before = stored.get(profile.profile_id)
    return (
      before !== undefined &&
      before.status === profile.status &&
      before.key_count === profile.key_count &&
      before.shown_name === profile.shown_name &&
      before.merged_into === profile.merged_into
    )
  }
  await upsertRows(
    sql,
    profileTable,
    spaceId,
    profiles.filter((profile) => !isGrown(profile)),
  )
  await upsertRows(sql, grownTable, spaceId, profiles.filter(isGrown))
}

/** Active profiles that were written at a clock of the space or after it. */
export async function profilesUpdatedSince(sql: Sql, spaceId: string, at: number): Promise<readonly string[]> {
  const rows = await sql.all<{ profile_id: string }>(
    `SELECT profile_id FROM profiles WHERE space_id = ? AND updated_at >= ? AND status = 'active' ORDER BY profile_id`,
    [spaceId, at],
  )
  return rows.map(({ profile_id }) => profile_id)
}
