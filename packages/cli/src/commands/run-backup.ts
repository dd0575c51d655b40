import { existsSync } from 'node:fs'
import { createEngine, eraseAgain } from '@selfsame/server'
import { BackupFault, backupSqlite, restoreSqlite, SchemaTooNew, StoreUnavailable } from '@selfsame/store'
import { databaseUrlOf, sqlitePathOf } from '../database-address.ts'
import { UsageFault } from '../exit-code.ts'
import { formatCount } from '../report/numbers.ts'
import { plainText, type Terminal } from '../terminal/terminal.ts'
import type { RestoreFlags } from './backup.ts'

export function runBackup(file: string, database: string, terminal: Terminal): void {
  const path = fileOf(database, 'pg_dump backs a PostgreSQL up while servers go on, and pg_restore brings it back')
  try {
    const bytes = backupSqlite(path, file)
    terminal.note(`${plainText(file)}: ${formatCount(Math.ceil(bytes / 1024))} kB\n`)
  } catch (error) {
    throw asUsage(error)
  }
}

export async function runRestore(file: string, flags: RestoreFlags, terminal: Terminal): Promise<void> {
  const path = fileOf(
    flags.database,
    'pg_restore brings a PostgreSQL back; afterwards revoke again what was revoked since (selfsame keys revoke)',
  )
  if (existsSync(path) && flags.replace !== true) {
    throw new UsageFault(
      'output.not_writable',
      `there is a database at ${plainText(path)}; with --replace it gives way and is kept beside it`,
    )
  }
  try {
    const keys = flags.keys ?? 'as now'
    let erasedAgain = 0
    const { keysEnded, former } = await restoreSqlite({
      backup: file,
      target: path,
      keys,
      nowMs: Date.now(),
      beforeItIsThere: async (database) => {
        const engine = createEngine({ database, now: Date.now })
        erasedAgain = await eraseAgain(database, engine, 'command-line')
        await engine.close()
      },
    })
    terminal.note(`${plainText(path)} is restored; ${formatCount(keysEnded)} keys of the backup go on no more.\n`)
    if (former !== null) terminal.note(`The database that was there is now ${plainText(former)}.\n`)
    if (erasedAgain > 0)
      terminal.note(`${formatCount(erasedAgain)} profiles were erased again: they had been since the backup.\n`)
    if (former === null) terminal.note('Nothing said who was erased since the backup: erase them again.\n')
    terminal.note('Everybody signs in again, and whoever follows the changes feed begins anew.\n')
  } catch (error) {
    throw asUsage(error)
  }
}

function fileOf(database: string, forPostgres: string): string {
  const path = sqlitePathOf(databaseUrlOf(database))
  if (path === null) throw new UsageFault('usage.option', `this works on embedded databases: ${forPostgres}`)
  return path
}

function asUsage(error: unknown): unknown {
  if (error instanceof BackupFault || error instanceof SchemaTooNew)
    return new UsageFault('database.not_usable', error.message)
  if (error instanceof StoreUnavailable)
    return new UsageFault('database.unreachable', `the database cannot be used now (${error.reason})`)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR', 'EPERM', 'EROFS', 'SQLITE_CANTOPEN'].includes(code)) {
    return new UsageFault('output.not_writable', 'a file cannot be read or written there')
  }
  return error
}
