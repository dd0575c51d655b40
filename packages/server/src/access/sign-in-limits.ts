import { attemptsOf, forgetAttempts, saveAttempts, type Database } from '@selfsame/store'
import { hashOfToken } from './key-text.ts'

/** Failures within a minute that are let pass before waiting begins. */
export const attemptsPerMinute = { name: 5, address: 20 } as const
const windowMs = 60_000
const longestWaitMs = 15 * 60_000

/** Who tries: the name, and the address it comes from. Both are kept as hashes. */
export interface SignInSubject {
  readonly workspaceId: string
  readonly name: string
  readonly address: string
}

/**
 * Counts an attempt before the password is looked at, so that many at once are counted too. Past the limit every further one
 * doubles the wait, up to a quarter of an hour. Seconds to wait; null: go on.
 */
export async function countAttempt(database: Database, subject: SignInSubject, nowMs: number): Promise<number | null> {
  return database.transaction(async (sql) => {
    let wait: number | null = null
    for (const [kind, text] of subjectsOf(subject)) {
      const known = await attemptsOf(sql, text)
      if (known && known.refused_until > nowMs) {
        wait = Math.max(wait ?? 0, known.refused_until - nowMs)
        continue
      }
      const limit = attemptsPerMinute[kind]
      const isBackingOff = known !== null && known.failures >= limit && nowMs - known.refused_until < longestWaitMs
      const isCounting = known !== null && (isBackingOff || nowMs - known.window_began_at < windowMs)
      const failures = (isCounting ? known.failures : 0) + 1
      const waitMs = failures < limit ? 0 : Math.min(windowMs * 2 ** Math.min(failures - limit, 10), longestWaitMs)
      await saveAttempts(sql, text, {
        failures,
        window_began_at: isCounting ? known.window_began_at : nowMs,
        refused_until: waitMs === 0 ? 0 : nowMs + waitMs,
      })
    }
    return wait === null ? null : Math.ceil(wait / 1000)
  })
}

/** The password was right: the name starts anew. The address does not, so that nobody clears it with an account of their own. */
export async function forgiveName(database: Database, subject: SignInSubject): Promise<void> {
  await database.transaction((sql) => forgetAttempts(sql, nameSubject(subject)))
}

function subjectsOf(subject: SignInSubject): readonly (readonly ['name' | 'address', string])[] {
  return [
    ['name', nameSubject(subject)],
    ['address', hashOfToken(JSON.stringify(['address', subject.address]))],
  ]
}

function nameSubject({ workspaceId, name }: SignInSubject): string {
  return hashOfToken(JSON.stringify(['name', workspaceId, name]))
}
