import BetterSqlite from 'better-sqlite3'
import { findSpaceFaults, spaceFaultInWords } from '../check/space-faults.ts'
import { verifyAudit } from '../control/audit.ts'
import { findWorkspace, spacesOf } from '../control/spaces.ts'
import { schemaVersionOf } from '../schema/migrate.ts'
import { schemaVersion } from '../schema/migrations.ts'
import type { Database } from '../sql/sql.ts'

export interface Finding {
  readonly ok: boolean
  /** What was looked at. */
  readonly what: string
  /** What was found, in words; no value of a record is in it. */
  readonly found: string
}

/**
 * Looks through everything that must hold in a database: its schema, for every space that what is written together fits
 * together, and the chains of its audit logs. It reads everything, and changes nothing.
 */
export async function* examineDatabase(database: Database): AsyncGenerator<Finding> {
  const version = await schemaVersionOf(database)
  if (version !== schemaVersion) {
    const found =
      version === 0
        ? 'the database is empty'
        : version > schemaVersion
          ? `version ${version}, written by a newer Selfsame; this program knows ${schemaVersion}`
          : `version ${version} of ${schemaVersion}: selfsame db migrate brings it up to date`
    yield { ok: false, what: 'schema', found }
    return
  }
  yield { ok: true, what: 'schema', found: `version ${version}` }
  const workspaceId = await findWorkspace(database)
  if (workspaceId === null) {
    yield { ok: false, what: 'workspace', found: 'there is none: the first start is yet to come' }
    return
  }
  for (const { space_id: spaceId, name } of await spacesOf(database, workspaceId)) {
    const [counts] = await database.all<{ records: number; profiles: number }>(
      `SELECT (SELECT count(*) FROM records WHERE space_id = ?) AS records,
         (SELECT count(*) FROM profiles WHERE space_id = ? AND status = 'active') AS profiles`,
      [spaceId, spaceId],
    )
    const faults = await findSpaceFaults(database, spaceId)
    const found = `${counts?.records ?? 0} records, ${counts?.profiles ?? 0} profiles`
    yield { ok: faults.length === 0, what: `space ${name}`, found }
    for (const { code, count } of faults) {
      yield { ok: false, what: `space ${name}`, found: `${count} ${spaceFaultInWords(code)} (${code})` }
    }
    yield await auditFinding(database, spaceId, `audit log of ${name}`)
  }
  yield await auditFinding(database, workspaceId, 'audit log of the workspace')
}

async function auditFinding(database: Database, chain: string, what: string): Promise<Finding> {
  const verdict = await verifyAudit(database, chain)
  if (verdict.ok) return { ok: true, what, found: `${verdict.entries} entries, unbroken` }
  return { ok: false, what, found: `entry ${verdict.seq} was ${verdict.because === 'changed' ? 'changed' : 'removed'}` }
}

/** What SQLite finds wrong with a file, page by page; empty: nothing. At most twenty. */
export function damagedPlaces(path: string): readonly string[] {
  let base: BetterSqlite.Database | null = null
  try {
    base = new BetterSqlite(path, { fileMustExist: true, timeout: 5000 })
    const rows = base.pragma('integrity_check(20)') as readonly { readonly integrity_check: string }[]
    return rows.map(({ integrity_check }) => integrity_check).filter((text) => text !== 'ok')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'SQLITE_NOTADB') return ['the file does not begin as a database does']
    if (code.startsWith('SQLITE_CORRUPT')) return ['a page contradicts the rest of the file']
    throw error
  } finally {
    base?.close()
  }
}
