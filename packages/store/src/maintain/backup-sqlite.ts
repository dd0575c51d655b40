import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { asUnavailable } from '../sql/store-unavailable.ts'

export class BackupFault extends Error {
  readonly code:
    | 'backup.file_exists'
    | 'backup.not_a_database'
    | 'backup.damaged'
    | 'backup.in_use'
    | 'backup.keys_undecided'
  constructor(code: BackupFault['code'], message: string) {
    super(message)
    this.code = code
  }
}

/**
 * Writes a database into a new file as it is at one instant, while others read and write it: everything acknowledged before the
 * call is in it. The file appears when all of it is on the disk, for its owner alone. Its size in bytes.
 */
export function backupSqlite(path: string, target: string): number {
  if (existsSync(target)) throw new BackupFault('backup.file_exists', 'there is a file of that name already')
  if (!existsSync(path)) throw new BackupFault('backup.not_a_database', 'there is no database to back up')
  const partial = `${target}.partial`
  rmSync(partial, { force: true })
  try {
    closeSync(openSync(partial, 'wx', 0o600))
    const base = new BetterSqlite(path, { timeout: 5000 })
    try {
      base.prepare('VACUUM INTO ?').run(partial)
    } finally {
      base.close()
    }
    syncFile(partial)
    renameSync(partial, target)
    syncFile(dirname(resolve(target)))
    return statSync(target).size
  } catch (error) {
    rmSync(partial, { force: true })
    throw faultOfFile(error)
  }
}

/** What SQLite says of a file that it cannot read. */
export function faultOfFile(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'SQLITE_NOTADB') return new BackupFault('backup.not_a_database', 'the file is no database')
  if (code.startsWith('SQLITE_CORRUPT')) {
    return new BackupFault('backup.damaged', 'the database file is damaged; selfsame doctor says where')
  }
  return asUnavailable(error)
}

export function syncFile(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

export function ownerOnly(path: string): void {
  chmodSync(path, 0o600)
}
