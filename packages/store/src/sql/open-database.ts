import { openPostgres } from './postgres.ts'
import type { Database } from './sql.ts'
import { openSqlite } from './sqlite.ts'

export class DatabaseUrlFault extends Error {
  readonly code = 'store.bad_url'
}

/** `sqlite:./selfsame.db` (or a plain path ending in .db), `postgres://…`. The address is never repeated in the fault: it may hold a password. */
export function openDatabase(url: string): Database {
  if (/^postgres(ql)?:\/\//.test(url)) return openPostgres({ url })
  const path = url.startsWith('sqlite:') ? url.slice('sqlite:'.length).replace(/^\/\//, '') : url
  if (path === '' || /^[a-z]+:/.test(path)) {
    throw new DatabaseUrlFault('DATABASE_URL begins with sqlite: (a file, such as sqlite:./selfsame.db) or postgres://')
  }
  return openSqlite({ path })
}
