import { existsSync } from 'node:fs'
import { ControlFault, firstStart, firstUserName, type ControlContext } from '@selfsame/server'
import {
  DatabaseUrlFault,
  findSpace,
  migrate,
  openDatabase,
  SchemaTooNew,
  StoreUnavailable,
  type StoredSpace,
} from '@selfsame/store'
import { databaseUrlOf } from './database-address.ts'
import type { CliErrorCode } from './cli-errors.ts'
import { UsageFault } from './exit-code.ts'
import { plainText, type Terminal } from './terminal/terminal.ts'

/** The workspace of a database, as somebody sees it who may do everything. */
export interface Workspace extends ControlContext {
  readonly workspaceId: string
  /** Who changes are made by, in the audit log. */
  readonly actor: string
  readonly reach: { readonly workspaceId: string; readonly spaceId: null }
  /** A space by name or id. Throws `UsageFault`. */
  space(nameOrId: string): Promise<StoredSpace>
}

export interface OpenOptions {
  /** Whether a SQLite file that is not there is made. */
  readonly mayMake: boolean
}

/** Opens the database of a flag, does the work, and closes it. What the caller can put right is a `UsageFault`. */
export async function inWorkspace<T>(
  database: string,
  { mayMake }: OpenOptions,
  terminal: Terminal,
  work: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const url = databaseUrlOf(database)
  if (!mayMake) checkFileIsThere(url)
  try {
    const opened = openDatabase(url)
    try {
      const now = Date.now
      await migrate(opened, now())
      const { workspaceId, signInToken } = await firstStart({ database: opened, now })
      if (signInToken !== null) {
        terminal.note(
          `a new workspace was made, with the spaces dev and prod; to sign in: selfsame users link ${firstUserName}\n`,
        )
      }
      return await work({
        database: opened,
        now,
        workspaceId,
        actor: 'command-line',
        reach: { workspaceId, spaceId: null },
        space: async (nameOrId) => {
          const space = await findSpace(opened, workspaceId, nameOrId)
          if (!space)
            throw new UsageFault(
              'workspace.unknown_name',
              `there is no space ${plainText(nameOrId)}; selfsame spaces list shows them`,
            )
          return space
        },
      })
    } finally {
      await opened.close()
    }
  } catch (error) {
    throw putRight(error)
  }
}

function codeOf(error: Error): CliErrorCode {
  return error instanceof ControlFault ? 'workspace.refused' : 'database.not_usable'
}

function putRight(error: unknown): unknown {
  if (error instanceof ControlFault || error instanceof DatabaseUrlFault || error instanceof SchemaTooNew) {
    return new UsageFault(codeOf(error), error.message)
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'SQLITE_CANTOPEN')
    return new UsageFault('database.not_usable', 'the file of the database cannot be opened or made there')
  if (code === 'SQLITE_NOTADB') return new UsageFault('database.not_usable', 'the file is no database')
  if (error instanceof StoreUnavailable)
    return new UsageFault('database.unreachable', `the database cannot be used now (${error.reason})`)
  return error
}

/** Throws `UsageFault` where the address names a file that is not there. */
export function checkFileIsThere(url: string): void {
  if (/^postgres(ql)?:/.test(url)) return
  const path = url.replace(/^sqlite:(\/\/)?/, '')
  if (existsSync(path)) return
  throw new UsageFault(
    'database.not_usable',
    `there is no database at ${plainText(path)}; selfsame serve makes one, and --database names another`,
  )
}
