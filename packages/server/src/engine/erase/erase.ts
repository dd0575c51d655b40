import { appendAudit, dropSuppressions, findErasure, lockSpace, saveErasure, type Database } from '@selfsame/store'
import { UnknownSpace } from '../ingest-group.ts'
import type { RulesCache } from '../space-rules.ts'
import { erasePerson, type ErasureReport, type ErasureRequest } from './erase-person.ts'

/** There is no such erasure, or it was lifted. */
export class ErasureFault extends Error {
  readonly code: 'erasure.unknown' | 'erasure.lifted'
  constructor(code: ErasureFault['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Erases, or says what an erasure would take away; then the file of the database and its log are swept. */
export async function erase(
  database: Database,
  spaceId: string,
  request: ErasureRequest & { readonly preview: boolean },
  cache: RulesCache,
): Promise<ErasureReport> {
  try {
    const report = await database.transaction(async (sql) => {
      const done = await erasePerson(sql, spaceId, request, cache)
      if (request.preview) throw new OnlyTried(done)
      return done
    })
    await sweep(database)
    return report
  } catch (error) {
    if (error instanceof OnlyTried) return error.report
    throw error
  }
}

/** Lets in again what an erasure keeps out: whoever comes then begins anew. */
export async function liftErasure(
  database: Database,
  spaceId: string,
  erasureId: string,
  actor: string,
  nowMs: number,
): Promise<void> {
  await database.transaction(async (sql) => {
    const space = await lockSpace(sql, spaceId)
    if (!space) throw new UnknownSpace('there is no such space')
    const erasure = await findErasure(sql, spaceId, erasureId)
    if (!erasure) throw new ErasureFault('erasure.unknown', 'there is no such erasure')
    if (erasure.lifted_at !== null) throw new ErasureFault('erasure.lifted', 'the erasure was lifted already')
    const at = Math.max(nowMs, space.clock)
    await dropSuppressions(sql, spaceId, erasureId)
    await saveErasure(sql, spaceId, { ...erasure, lifted_at: at, lifted_by: actor })
    await appendAudit(sql, spaceId, { at, actor, action: 'erasure.lift', object: erasureId, details: {} })
  })
}

/**
 * SQLite overwrites what it deletes (`secure_delete`), and its log is emptied into the file. PostgreSQL keeps the bytes of
 * deleted rows until its tables are written anew; the guide *Erase and export a person* has the commands.
 */
async function sweep(database: Database): Promise<void> {
  if (database.dialect === 'sqlite') await database.script('PRAGMA wal_checkpoint(TRUNCATE)')
}

class OnlyTried extends Error {
  readonly report: ErasureReport
  constructor(report: ErasureReport) {
    super('a preview stores nothing')
    this.report = report
  }
}
