import type { Sql } from '../sql/sql.ts'

/** A source as a space knows it. */
export interface ConnectedSource {
  readonly space_id: string
  readonly source: string
  readonly class: 'server' | 'public'
  readonly trust: 'trusted' | 'untrusted'
  readonly proof_secret: string
  readonly created_at: number
  readonly last_record_at: number | null
  /** When a server key of it was last seen in use by a browser; null: never. */
  readonly browser_seen_at: number | null
  /** It feeds the space no more; what it is worth is remembered for the records that it brought. null: it feeds the space. */
  readonly disconnected_at: number | null
}

const columns = `space_id, source, class, trust, proof_secret, created_at, last_record_at, browser_seen_at,
  disconnected_at`

/** Sources that feed a space, by name. */
export async function connectedSources(sql: Sql, spaceId: string): Promise<readonly ConnectedSource[]> {
  return sql.all<ConnectedSource>(
    `SELECT ${columns} FROM sources WHERE space_id = ? AND disconnected_at IS NULL ORDER BY source`,
    [spaceId],
  )
}

/** A source that feeds the space; null: there is none of that name. */
export async function findSource(sql: Sql, spaceId: string, source: string): Promise<ConnectedSource | null> {
  const known = await knownSource(sql, spaceId, source)
  return known?.disconnected_at === null ? known : null
}

/** The spaces that a source of the workspace feeds, by space id. */
export async function connectionsOf(
  sql: Sql,
  workspaceId: string,
  source: string,
): Promise<readonly ConnectedSource[]> {
  return (await knownConnections(sql, workspaceId, source)).filter(({ disconnected_at }) => disconnected_at === null)
}

/** The spaces that a source of the workspace feeds or has fed, by space id. */
export async function knownConnections(
  sql: Sql,
  workspaceId: string,
  source: string,
): Promise<readonly ConnectedSource[]> {
  const spaces = await sql.all<{ space_id: string }>(
    'SELECT space_id FROM spaces WHERE workspace_id = ? ORDER BY space_id',
    [workspaceId],
  )
  const found: ConnectedSource[] = []
  // One after the other: within a transaction there is one connection.
  for (const { space_id } of spaces) {
    const connection = await knownSource(sql, space_id, source)
    if (connection !== null) found.push(connection)
  }
  return found
}

export async function saveSource(
  sql: Sql,
  source: Omit<ConnectedSource, 'last_record_at' | 'browser_seen_at'>,
): Promise<void> {
  await sql.run(
    `INSERT INTO sources (space_id, source, class, trust, proof_secret, created_at, disconnected_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (space_id, source) DO UPDATE SET class = excluded.class, trust = excluded.trust,
       proof_secret = excluded.proof_secret, disconnected_at = excluded.disconnected_at`,
    [
      source.space_id,
      source.source,
      source.class,
      source.trust,
      source.proof_secret,
      source.created_at,
      source.disconnected_at,
    ],
  )
}

async function knownSource(sql: Sql, spaceId: string, source: string): Promise<ConnectedSource | null> {
  const [row] = await sql.all<ConnectedSource>(`SELECT ${columns} FROM sources WHERE space_id = ? AND source = ?`, [
    spaceId,
    source,
  ])
  return row ?? null
}

/** Notes instants of use that are newer than the ones stored. */
export async function noteSourceUse(
  sql: Sql,
  spaceId: string,
  source: string,
  use: { readonly recordAt: number | null; readonly browserAt: number | null },
): Promise<void> {
  await sql.run(
    `UPDATE sources SET last_record_at = CASE WHEN ? > coalesce(last_record_at, 0) THEN ? ELSE last_record_at END,
       browser_seen_at = CASE WHEN ? > coalesce(browser_seen_at, 0) THEN ? ELSE browser_seen_at END
     WHERE space_id = ? AND source = ?`,
    [use.recordAt ?? 0, use.recordAt ?? 0, use.browserAt ?? 0, use.browserAt ?? 0, spaceId, source],
  )
}

/** Whether the space holds a record of that source, whatever way it came. */
export async function hasRecordsOf(sql: Sql, spaceId: string, source: string): Promise<boolean> {
  const found = await sql.all('SELECT 1 AS one FROM records WHERE space_id = ? AND source = ? LIMIT 1', [
    spaceId,
    source,
  ])
  return found.length > 0
}
