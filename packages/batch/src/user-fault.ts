/** Codes of what a user can mend: shown as one sentence, exit code 2. */
export type UserFaultCode =
  | 'input.missing' | 'input.folder' | 'input.empty' | 'input.binary' | 'input.unreadable' | 'input.header' | 'input.delimiter'
  | 'input.json_array' | 'input.column' | 'output.foreign' | 'output.unwritable' | 'memory.too_small' | 'run.unknown' | 'record.unknown'
  | 'ruleset.invalid' | 'usage'

/** Something the user can mend. The message is one sentence that says where, what was found, and what is allowed. */
export class UserFault extends Error {
  readonly code: UserFaultCode

  constructor(code: UserFaultCode, message: string) {
    super(message)
    this.code = code
    this.name = 'UserFault'
  }
}
