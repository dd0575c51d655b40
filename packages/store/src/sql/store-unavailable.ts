/**
 * The database takes nothing at this moment: it cannot be reached, its disk is full or fails, or another process holds it for
 * too long. The same work may succeed later. Where it was a commit that failed, nobody knows whether it was made: whoever
 * asks again must be able to ask for the same twice.
 */
export class StoreUnavailable extends Error {
  readonly code = 'store.unavailable'
  /** The database's own code, such as `SQLITE_FULL` or `ECONNREFUSED`; it holds no value. */
  readonly reason: string

  constructor(reason: string, cause: unknown) {
    super(`the database takes nothing at this moment (${reason})`, { cause })
    this.reason = reason
  }
}

/** A fault of SQLite or of PostgreSQL's driver as what it is; whatever else is thrown comes back as it was. */
export function asUnavailable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return error
  const code = 'code' in error ? String(error.code) : ''
  if (isTransient(code)) return new StoreUnavailable(code, error)
  // The driver gives these no code.
  if (/^Connection terminated|^timeout exceeded when trying to connect|^Client has encountered/.test(error.message)) {
    return new StoreUnavailable('connection lost', error)
  }
  return error
}

/** Whether a value was refused because PostgreSQL holds no NUL: nothing stored can be equal to it. */
export function isUnstorableText(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return code === '22021' || code === '22P05'
}

const sqliteCodes = /^SQLITE_(?:FULL|BUSY|IOERR|PROTOCOL|LOCKED)(?:_|$)/
const systemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
/** Connection lost, out of resources, stopped by an operator, system error; a standby that takes no writes; a deadlock. */
const postgresCodes = /^(?:08|53|57P|58)\w+$|^(?:25006|40001|40P01|55P03)$/

function isTransient(code: string): boolean {
  return sqliteCodes.test(code) || systemCodes.has(code) || postgresCodes.test(code)
}
