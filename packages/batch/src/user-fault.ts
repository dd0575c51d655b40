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

/** Several of them at once: whoever has to mend two files wants to know of both. */
export class UserFaults extends Error {
  readonly faults: readonly UserFault[]

  constructor(faults: readonly UserFault[]) {
    super(faults.map(({ message }) => message).join('\n'))
    this.name = 'UserFaults'
    this.faults = faults
  }
}

/** Notes the faults that a user can mend while work goes on with the next input; anything else is thrown at once. */
export class FaultList {
  private readonly faults: UserFault[] = []

  /** What the work gives; null: it found a fault. */
  async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work()
    } catch (fault) {
      if (!(fault instanceof UserFault)) throw fault
      this.faults.push(fault)
      return null
    }
  }

  /** Throws all that were noted, if any. */
  settle(): void {
    if (this.faults.length > 0) throw new UserFaults(this.faults)
  }
}
