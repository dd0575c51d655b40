import type { Sql } from '../sql/sql.ts'

export interface SignInSession {
  readonly user_id: string
  readonly csrf_token: string
  readonly created_at: number
  readonly expires_at: number
}

export async function saveSignInLink(
  sql: Sql,
  tokenHash: string,
  userId: string,
  nowMs: number,
  expiresAt: number,
): Promise<void> {
  await sql.run('INSERT INTO sign_in_links (token_hash, user_id, created_at, expires_at) VALUES (?, ?, ?, ?)', [
    tokenHash,
    userId,
    nowMs,
    expiresAt,
  ])
}

/** Uses a link up: of several that try at once, one gets the user. null: it was used, it has expired, or there is none. */
export async function useSignInLink(sql: Sql, tokenHash: string, nowMs: number): Promise<string | null> {
  const used = await sql.run(
    'UPDATE sign_in_links SET used_at = ? WHERE token_hash = ? AND used_at IS NULL AND expires_at > ?',
    [nowMs, tokenHash, nowMs],
  )
  if (used === 0) return null
  const [row] = await sql.all<{ user_id: string }>('SELECT user_id FROM sign_in_links WHERE token_hash = ?', [
    tokenHash,
  ])
  return row?.user_id ?? null
}

export async function saveSession(sql: Sql, tokenHash: string, session: SignInSession): Promise<void> {
  await sql.run(
    'INSERT INTO sign_in_sessions (token_hash, user_id, csrf_token, created_at, expires_at) VALUES (?, ?, ?, ?, ?)',
    [tokenHash, session.user_id, session.csrf_token, session.created_at, session.expires_at],
  )
}

/** A session that is neither ended nor expired. */
export async function sessionOfHash(sql: Sql, tokenHash: string, nowMs: number): Promise<SignInSession | null> {
  const [row] = await sql.all<SignInSession>(
    `SELECT user_id, csrf_token, created_at, expires_at FROM sign_in_sessions
     WHERE token_hash = ? AND ended_at IS NULL AND expires_at > ?`,
    [tokenHash, nowMs],
  )
  return row ?? null
}

export async function endSession(sql: Sql, tokenHash: string, nowMs: number): Promise<void> {
  await sql.run('UPDATE sign_in_sessions SET ended_at = ? WHERE token_hash = ? AND ended_at IS NULL', [
    nowMs,
    tokenHash,
  ])
}

/** Ends every session of a user and every link that waits, except for the session given. */
export async function endSessionsOf(
  sql: Sql,
  userId: string,
  nowMs: number,
  exceptTokenHash: string | null = null,
): Promise<void> {
  await sql.run('UPDATE sign_in_sessions SET ended_at = ? WHERE user_id = ? AND token_hash <> ? AND ended_at IS NULL', [
    nowMs,
    userId,
    exceptTokenHash ?? '',
  ])
  await sql.run('UPDATE sign_in_links SET used_at = ? WHERE user_id = ? AND used_at IS NULL', [nowMs, userId])
}

/** Forgets sessions, links and attempts that no longer tell anything. */
export async function sweepSignIns(sql: Sql, endedBefore: number): Promise<void> {
  await sql.run('DELETE FROM sign_in_sessions WHERE expires_at < ? OR ended_at < ?', [endedBefore, endedBefore])
  await sql.run('DELETE FROM sign_in_links WHERE expires_at < ? OR used_at < ?', [endedBefore, endedBefore])
  await sql.run('DELETE FROM sign_in_attempts WHERE window_began_at < ? AND refused_until < ?', [
    endedBefore,
    endedBefore,
  ])
}

export interface SignInAttempts {
  readonly failures: number
  readonly window_began_at: number
  readonly refused_until: number
}

export async function attemptsOf(sql: Sql, subject: string): Promise<SignInAttempts | null> {
  const lock = sql.dialect === 'postgres' ? ' FOR UPDATE' : ''
  const [row] = await sql.all<SignInAttempts & object>(
    `SELECT failures, window_began_at, refused_until FROM sign_in_attempts WHERE subject = ?${lock}`,
    [subject],
  )
  return row ?? null
}

export async function saveAttempts(sql: Sql, subject: string, attempts: SignInAttempts): Promise<void> {
  await sql.run(
    `INSERT INTO sign_in_attempts (subject, failures, window_began_at, refused_until) VALUES (?, ?, ?, ?)
     ON CONFLICT (subject) DO UPDATE SET failures = excluded.failures, window_began_at = excluded.window_began_at,
       refused_until = excluded.refused_until`,
    [subject, attempts.failures, attempts.window_began_at, attempts.refused_until],
  )
}

export async function forgetAttempts(sql: Sql, subject: string): Promise<void> {
  await sql.run('DELETE FROM sign_in_attempts WHERE subject = ?', [subject])
}
