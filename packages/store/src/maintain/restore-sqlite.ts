import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { appendAudit } from '../control/audit.ts'
import { findWorkspace } from '../control/spaces.ts'
import { dropSuppressions, saveErasure, saveSuppressions, type StoredErasure } from '../graph/suppressions.ts'
import { migrate, schemaVersionOf } from '../schema/migrate.ts'
import { openSqlite } from '../sql/sqlite.ts'
import type { Database, Sql } from '../sql/sql.ts'
import { BackupFault, faultOfFile, ownerOnly, syncFile } from './backup-sqlite.ts'
import { damagedPlaces } from './examine.ts'

export interface RestoreOptions {
  readonly backup: string
  /** Where the database will be; one that is there is kept beside it. */
  readonly target: string
  /**
   * What becomes of keys that the backup says are live. `as now`: what the database at the target says of them; it must be
   * there. `revoke`: none goes on. `keep`: all go on, also those that were revoked after the backup was made.
   */
  readonly keys: 'as now' | 'revoke' | 'keep'
  readonly nowMs: number
  /** Called when what outlives a restore is carried over, before the database stands in its place. */
  readonly beforeItIsThere?: (database: Database) => Promise<void>
}

export interface Restored {
  /** Keys that the backup says are live and that are so no longer. */
  readonly keysEnded: number
  /** Where the database is now that was at the target; null: there was none. */
  readonly former: string | null
}

/**
 * Puts a backup in the place of a database that nobody has open. What was revoked stays revoked: keys, users, memberships, the
 * trust of sources; sessions and links end; cursors made before open nothing. Who was erased since is kept out. Throws `BackupFault` and `SchemaTooNew`.
 */
export async function restoreSqlite(options: RestoreOptions): Promise<Restored> {
  const { backup, target, keys, nowMs } = options
  if (!existsSync(backup)) throw new BackupFault('backup.not_a_database', 'there is no such backup')
  const isThere = existsSync(target)
  if (keys === 'as now' && !isThere) {
    throw new BackupFault(
      'backup.keys_undecided',
      'there is no database that could say which keys were revoked since: decide with --keys revoke or --keys keep',
    )
  }
  if (isThere) makeAlone(target)
  const partial = `${target}.restoring`
  remove(partial)
  try {
    copyFileSync(backup, partial)
    ownerOnly(partial)
    const damage = damagedPlaces(partial)
    if (damage.length > 0) throw new BackupFault('backup.damaged', `the backup is damaged: ${damage[0] ?? ''}`)
    const restored = await prepare(partial, isThere ? target : null, options)
    makeAlone(partial)
    syncFile(partial)
    const former = isThere ? `${target}.before-${new Date(nowMs).toISOString().replaceAll(/[:.]/g, '-')}` : null
    if (former !== null) renameSync(target, former)
    renameSync(partial, target)
    syncFile(dirname(resolve(target)))
    return { keysEnded: restored, former }
  } catch (error) {
    remove(partial)
    throw faultOfFile(error)
  }
}

/** Keys that ended. */
async function prepare(
  path: string,
  former: string | null,
  { keys, nowMs, beforeItIsThere }: RestoreOptions,
): Promise<number> {
  const database = openSqlite({ path })
  try {
    if ((await schemaVersionOf(database)) === 0) {
      throw new BackupFault('backup.not_a_database', 'the file is no backup of Selfsame')
    }
    await migrate(database, nowMs)
    const known =
      former === null
        ? null
        : await standingIn(former).catch((fault: unknown) => {
            // Where somebody has decided, an unreadable database need not say anything.
            if (keys === 'as now') throw fault
            return null
          })
    const ended = await database.transaction(async (sql) => {
      const workspaceId = (await findWorkspace(sql)) ?? ''
      const isSame = known?.workspaceId === workspaceId
      if (keys === 'as now' && !isSame) {
        throw new BackupFault(
          'backup.keys_undecided',
          'the database there is of another workspace and cannot say which keys were revoked: decide with --keys',
        )
      }
      const liveBefore = await liveKeys(sql)
      if (keys === 'revoke') await sql.run('UPDATE keys SET revoked_at = ? WHERE revoked_at IS NULL', [nowMs])
      if (known !== null && keys === 'as now') await carryOver(sql, known, nowMs)
      if (known !== null && isSame) await carryErasures(sql, known)
      await sql.run('DELETE FROM sign_in_sessions')
      await sql.run('DELETE FROM sign_in_links')
      await sql.run('UPDATE spaces SET restored_at = ?', [nowMs])
      const ended = liveBefore - (await liveKeys(sql))
      await appendAudit(sql, workspaceId, {
        at: nowMs,
        actor: 'command-line',
        action: 'workspace.restore',
        object: workspaceId,
        details: { keys, keysEnded: ended },
      })
      return ended
    })
    await beforeItIsThere?.(database)
    return ended
  } finally {
    await database.close()
  }
}

/** Whom the newer database has forgotten is kept out, and who was let in again is let in. */
async function carryErasures(sql: Sql, { erasures, suppressions }: Standing): Promise<void> {
  const spaces = new Set(
    (await sql.all<{ space_id: string }>('SELECT space_id FROM spaces')).map((row) => row.space_id),
  )
  for (const { space_id, ...erasure } of erasures) {
    if (!spaces.has(space_id)) continue
    await saveErasure(sql, space_id, erasure)
    await dropSuppressions(sql, space_id, erasure.erasure_id)
    const own = suppressions.filter((row) => row.space_id === space_id && row.erasure_id === erasure.erasure_id)
    await saveSuppressions(
      sql,
      space_id,
      erasure.erasure_id,
      own.map(({ hash }) => hash),
    )
  }
}

async function liveKeys(sql: Sql): Promise<number> {
  const [row] = await sql.all<{ n: number }>('SELECT count(*) AS n FROM keys WHERE revoked_at IS NULL')
  return row?.n ?? 0
}

/** Who may do what, as the newer database says it. */
interface Standing {
  readonly workspaceId: string
  readonly keys: readonly { key_hash: string; expires_at: number | null; revoked_at: number | null }[]
  readonly users: readonly { user_id: string; role: string; password_hash: string | null; disabled_at: number | null }[]
  readonly members: readonly { space_id: string; user_id: string; role: string }[]
  readonly sources: readonly {
    space_id: string
    source: string
    class: string
    trust: string
    proof_secret: string
    disconnected_at: number | null
  }[]
  readonly erasures: readonly (StoredErasure & { readonly space_id: string })[]
  readonly suppressions: readonly { space_id: string; hash: string; erasure_id: string }[]
}

async function standingIn(path: string): Promise<Standing> {
  let database: Database | null = null
  try {
    if (damagedPlaces(path).length > 0) throw new Error('the file is damaged')
    database = openSqlite({ path })
    return {
      workspaceId: (await findWorkspace(database)) ?? '',
      keys: await database.all('SELECT key_hash, expires_at, revoked_at FROM keys ORDER BY key_hash'),
      users: await database.all('SELECT user_id, role, password_hash, disabled_at FROM users ORDER BY user_id'),
      members: await database.all('SELECT space_id, user_id, role FROM members ORDER BY space_id, user_id'),
      sources: await database.all(
        'SELECT space_id, source, class, trust, proof_secret, disconnected_at FROM sources ORDER BY space_id, source',
      ),
      erasures: await database.all('SELECT * FROM erasures ORDER BY space_id, at, erasure_id'),
      suppressions: await database.all(
        'SELECT space_id, hash, erasure_id FROM suppressions ORDER BY space_id, erasure_id, hash',
      ),
    }
  } catch {
    throw new BackupFault(
      'backup.keys_undecided',
      'the database there cannot be read, so that nobody knows which keys were revoked since: decide with --keys',
    )
  } finally {
    await database?.close()
  }
}

/** A key, user or membership that the newer database no longer has was taken away: it does not come back. */
async function carryOver(sql: Sql, known: Standing, nowMs: number): Promise<void> {
  const keyOf = new Map(known.keys.map((key) => [key.key_hash, key]))
  for (const { key_hash } of await sql.all<{ key_hash: string }>('SELECT key_hash FROM keys ORDER BY key_hash')) {
    const key = keyOf.get(key_hash) ?? { revoked_at: nowMs, expires_at: null }
    await sql.run('UPDATE keys SET revoked_at = ?, expires_at = ? WHERE key_hash = ?', [
      key.revoked_at,
      key.expires_at,
      key_hash,
    ])
  }
  const userOf = new Map(known.users.map((user) => [user.user_id, user]))
  for (const { user_id } of await sql.all<{ user_id: string }>('SELECT user_id FROM users ORDER BY user_id')) {
    const user = userOf.get(user_id) ?? { role: 'member', password_hash: null, disabled_at: nowMs }
    await sql.run('UPDATE users SET role = ?, password_hash = ?, disabled_at = ? WHERE user_id = ?', [
      user.role,
      user.password_hash,
      user.disabled_at,
      user_id,
    ])
  }
  const memberOf = new Map(known.members.map((member) => [`${member.space_id} ${member.user_id}`, member]))
  for (const { space_id, user_id } of await sql.all<{ space_id: string; user_id: string }>(
    'SELECT space_id, user_id FROM members ORDER BY space_id, user_id',
  )) {
    const member = memberOf.get(`${space_id} ${user_id}`)
    if (member) {
      await sql.run('UPDATE members SET role = ? WHERE space_id = ? AND user_id = ?', [member.role, space_id, user_id])
    } else await sql.run('DELETE FROM members WHERE space_id = ? AND user_id = ?', [space_id, user_id])
  }
  for (const source of known.sources) {
    await sql.run(
      'UPDATE sources SET class = ?, trust = ?, proof_secret = ?, disconnected_at = ? WHERE space_id = ? AND source = ?',
      [source.class, source.trust, source.proof_secret, source.disconnected_at, source.space_id, source.source],
    )
  }
}

/** Folds the log of a database into its file; the log is gone afterwards. Throws where somebody else has it open. */
function makeAlone(path: string): void {
  const base = new BetterSqlite(path, { timeout: 0 })
  try {
    base.pragma('journal_mode = DELETE')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code.startsWith('SQLITE_BUSY')) {
      throw new BackupFault('backup.in_use', 'a server or another command has the database open: stop it first')
    }
    // A file that SQLite cannot read is kept as it is.
    if (code !== 'SQLITE_NOTADB' && !code.startsWith('SQLITE_CORRUPT')) throw error
  } finally {
    base.close()
  }
}

function remove(path: string): void {
  for (const part of ['', '-wal', '-shm', '-journal']) rmSync(path + part, { force: true })
}
