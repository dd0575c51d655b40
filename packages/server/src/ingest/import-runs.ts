import type { WriteKey } from '../access/principal.ts'
import { beginRun } from '../engine/run-book.ts'
import type { Context } from '../http/context.ts'

/** The runs of one stream of rows: one in every space that its source feeds. */
export interface ImportRuns {
  note(read: number): Promise<void>
  finish(counts: object): Promise<void>
  fail(): Promise<void>
}

/** Begins the runs of a stream of rows. What it brings is no change that somebody makes: the audit log does not tell of it. */
export async function beginImportRuns(context: Context, key: WriteKey): Promise<ImportRuns> {
  const runs = await Promise.all(
    key.feeds.map(({ spaceId }) => beginRun(context, spaceId, 'import', `key:${key.keyId}`, null)),
  )
  return {
    note: async (read) => {
      for (const run of runs) await run.note({ phase: 'reading', done: read })
    },
    finish: async (counts) => {
      for (const run of runs) await context.database.transaction((sql) => run.finish(sql, { counts }))
    },
    fail: async () => {
      for (const run of runs) await run.fail('import.broken_off')
    },
  }
}
