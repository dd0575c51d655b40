import { hash, verify } from '@node-rs/argon2'

export type PasswordFault = 'user.password_too_short' | 'user.password_too_long'

/** Code points, at least. */
export const shortestPassword = 12
/** Bytes of UTF-8, at most. */
export const longestPassword = 1024

/** What is wrong with a password that somebody wants; null: nothing. */
export function passwordFault(password: string): PasswordFault | null {
  if ([...password].length < shortestPassword) return 'user.password_too_short'
  if (Buffer.byteLength(password) > longestPassword) return 'user.password_too_long'
  return null
}

/** Argon2id with the parameters of the OWASP recommendation: 19 MiB, 2 passes, 1 lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const

export async function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), cost)
}

/**
 * Whether the password is the one behind the hash. Without a hash (nobody of that name, no password yet) it takes as long
 * and is false.
 */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  if (Buffer.byteLength(password) > longestPassword) return false
  nobodysHash ??= hashPassword('a password that nobody has')
  const matches = await verify(stored ?? (await nobodysHash), password.normalize('NFKC'))
  return matches && stored !== null
}

let nobodysHash: Promise<string> | null = null
