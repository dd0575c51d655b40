import { migrate, openDatabase, spacesOf, type Database } from '@selfsame/store'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAccess, type Access, type AccessRequest } from '../access/index.ts'
import { firstStart, type ControlContext, type Reach } from '../control/index.ts'
import { createEngine, type Engine } from '../engine/index.ts'

/** A database after its first start, with a clock that the test moves. */
export interface ControlWorld extends ControlContext {
  readonly engine: Engine
  readonly access: Access
  readonly workspaceId: string
  readonly signInToken: string
  /** Ids of `dev` and `prod`. */
  readonly dev: string
  readonly prod: string
  /** Rights over the whole workspace. */
  readonly everywhere: Reach
  /** Moves both clocks on, milliseconds. */
  readonly pass: (ms: number) => void
  readonly close: () => Promise<void>
}

/** Opens a world of its own, on a SQLite file or on the database given (empty, and closed afterwards). */
export async function openControlWorld(given: Database | null = null): Promise<ControlWorld> {
  const folder = given ? null : mkdtempSync(join(tmpdir(), 'selfsame-control-'))
  const database = given ?? openDatabase(`sqlite:${join(folder ?? '', 'control.db')}`)
  let at = Date.UTC(2026, 10, 23)
  const now = () => at
  await migrate(database, at)
  const { workspaceId, signInToken } = await firstStart({ database, now })
  const [dev, prod] = await spacesOf(database, workspaceId)
  if (!dev || !prod || signInToken === null) throw new Error('the first start makes two spaces and a link')
  const engine = createEngine({ database, now })
  const access = createAccess({ database, workspaceId, now, steadyNow: now })
  return {
    database,
    engine,
    now,
    access,
    workspaceId,
    signInToken,
    dev: dev.space_id,
    prod: prod.space_id,
    everywhere: { workspaceId, spaceId: null },
    pass: (ms) => {
      at += ms
    },
    close: async () => {
      await access.close()
      await engine.close()
      await database.close()
      if (folder !== null) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A request as a program sends it with a key. */
export function requestWithKey(key: string, more: Partial<AccessRequest> = {}): AccessRequest {
  const base = { method: 'GET', protocol: 'http', host: '127.0.0.1:4680' }
  return { ...base, ...more, headers: { authorization: `Bearer ${key}`, ...more.headers } }
}
