import type { RunFaultCode } from './options.ts'

/** Something the user can mend. The message is one sentence that says where, what was found, and what is allowed. */
export class UserFault extends Error {
  readonly code: RunFaultCode
  readonly path: string | null

  constructor(code: RunFaultCode, message: string, path: string | null = null) {
    super(message)
    this.name = 'UserFault'
    this.code = code
    this.path = path
  }
}
