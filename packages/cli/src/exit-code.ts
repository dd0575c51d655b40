/** 0: done · 1: it failed and the user could not have known · 2: wrong usage or input · 130: stopped with ^C. */
export type ExitCode = 0 | 1 | 2 | 130

/** Something the user can put right. Shown as its message alone, exit code 2. */
export class UsageFault extends Error {
  /** Already shown in full: nothing more is printed. */
  readonly shown: boolean

  constructor(message: string, shown = false) {
    super(message)
    this.name = 'UsageFault'
    this.shown = shown
  }
}
