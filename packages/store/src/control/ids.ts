import { randomBytes } from 'node:crypto'

export type ControlIdPrefix = 'w' | 's' | 'u' | 'k'

/** An id that nobody guesses: 128 random bits behind a letter for what it names (workspace, space, user, key). */
export function newControlId(prefix: ControlIdPrefix): string {
  return `${prefix}_${randomBytes(16).toString('hex')}`
}

/** A secret of 256 random bits, hexadecimal. */
export function newSecret(): string {
  return randomBytes(32).toString('hex')
}
