import { compareSeniority, profileIdOf } from '@selfsame/core'
import type { Sql } from '../../sql/sql.ts'
import { exportSorted, type ProfileNames } from './export-table.ts'
import type { ExportedTable, ExportTable } from './table.ts'

/**
 * A table in the one form that depends on records alone: every profile is named by its senior record, as in a run over files,
 * and everything is sorted by seniority. Two spaces that hold the same records give the same bytes, whatever store they are in
 * and however the records arrived. All rows are held in memory: it is made for comparing, `exportTable` for carrying away.
 */
export async function exportCanonical(sql: Sql, spaceId: string, table: ExportTable): Promise<ExportedTable> {
  return exportSorted(sql, spaceId, table, await namesBySeniority(sql, spaceId))
}

async function namesBySeniority(sql: Sql, spaceId: string): Promise<ProfileNames> {
  const traces = await sql.all<{ profile_id: string; source: string; senior_at: number; senior_key: string }>(
    `SELECT profile_id, source, senior_at, senior_key FROM traces WHERE space_id = ? AND profile_id IS NOT NULL
     ORDER BY profile_id, trace_id`,
    [spaceId],
  )
  const senior = new Map<string, { readonly effectiveAt: number; readonly source: string; readonly key: string }>()
  for (const { profile_id, source, senior_at: effectiveAt, senior_key: key } of traces) {
    const known = senior.get(profile_id)
    const here = { effectiveAt, source, key }
    if (!known || compareSeniority(here, known) < 0) senior.set(profile_id, here)
  }
  return {
    nameOf: (id) => {
      const record = senior.get(id)
      return record ? profileIdOf(record.source, record.key) : id
    },
    placeOf: (id) => {
      const record = senior.get(id)
      return record ? [record.effectiveAt, record.source, record.key] : [0, '', id]
    },
  }
}
