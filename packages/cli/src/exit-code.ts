import type { CliErrorCode } from './cli-errors.ts'

/** 0: done · 1: it failed and the user could not have known · 2: wrong usage or input · 130: stopped with ^C. */
export type ExitCode = 0 | 1 | 2 | 130

/** Something the user can put right. Shown as its message and its code; the exit code is that of the catalogue. */
export class UsageFault extends Error {
  readonly code: CliErrorCode
  /** Already shown in full: nothing more is printed. */
  readonly shown: boolean

  constructor(code: CliErrorCode, message: string, shown = false) {
    super(message)
    this.name = 'UsageFault'
    this.code = code
    this.shown = shown
  }
}
