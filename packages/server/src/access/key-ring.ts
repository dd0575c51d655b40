import { connectionsOf, keyOfHash, noteKeyUse, noteSourceUse, type Database, type Sql } from '@selfsame/store'
import { classOfKeyText, equalInConstantTime, hashOfToken } from './key-text.ts'
import type { ApiKey, WriteKey } from './principal.ts'

export interface KeyRingOptions {
  readonly database: Database
  /** Wall clock, milliseconds: for expiry and last use. */
  readonly now: () => number
  /** A clock that never jumps, milliseconds: for the age of what is remembered. Default `performance.now`. */
  readonly steadyNow?: () => number
}

/**
 * What is remembered of a key is older than this never: a key that is revoked, or a source that is disconnected, stops
 * within a second in every process.
 */
const rememberedForMs = 900
const mostRemembered = 10_000
const usesAreWrittenEveryMs = 30_000

interface Remembered {
  readonly loadedAt: number
  readonly key: Promise<LoadedKey | null>
}

interface LoadedKey {
  readonly principal: WriteKey | ApiKey
  readonly expiresAt: number | null
}

/** Knows keys by their text. One per process. */
export class KeyRing {
  private readonly byHash = new Map<string, Remembered>()
  private readonly usedAt = new Map<string, number>()
  private readonly sourceUse = new Map<string, SourceUse>()
  private readonly options: Required<KeyRingOptions>
  private timer: NodeJS.Timeout | null = null

  constructor(options: KeyRingOptions) {
    this.options = { steadyNow: () => performance.now(), ...options }
  }

  /** Who a key belongs to; null: unknown, mistyped, revoked or expired, which nobody can tell apart. */
  async find(text: string): Promise<WriteKey | ApiKey | null> {
    if (classOfKeyText(text) === null) return null
    const hash = hashOfToken(text)
    const loaded = await this.remembered(hash)
    if (!loaded) return null
    const now = this.options.now()
    if (loaded.expiresAt !== null && loaded.expiresAt <= now) return null
    this.usedAt.set(loaded.principal.keyId, now)
    this.writeUsesLater()
    return loaded.principal
  }

  /** Notes that a source is being written to; shown beside the source, written to the database now and then. */
  noteRecords(key: WriteKey): void {
    this.noteUse(key, { recordAt: this.options.now(), browserAt: null })
  }

  /** Notes that a server key is in use in a browser, where everybody can read it. */
  noteBrowser(key: WriteKey): void {
    if (key.class === 'server') this.noteUse(key, { recordAt: null, browserAt: this.options.now() })
  }

  /** Makes this process look at the database again at once. */
  forget(): void {
    this.byHash.clear()
  }

  /** Writes when keys and sources were last used. */
  async flush(): Promise<void> {
    const keys = [...this.usedAt]
    const sources = [...this.sourceUse.values()]
    this.usedAt.clear()
    this.sourceUse.clear()
    if (keys.length + sources.length === 0) return
    await this.options.database.transaction(async (sql) => {
      for (const [keyId, usedAt] of keys.sort()) await noteKeyUse(sql, keyId, usedAt)
      for (const { spaceId, source, ...use } of sources) await noteSourceUse(sql, spaceId, source, use)
    })
  }

  async close(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    await this.flush()
  }

  private noteUse(key: WriteKey, use: Pick<SourceUse, 'recordAt' | 'browserAt'>): void {
    for (const { spaceId } of key.feeds) {
      const id = JSON.stringify([spaceId, key.source])
      const known = this.sourceUse.get(id)
      const recordAt = use.recordAt ?? known?.recordAt ?? null
      const browserAt = use.browserAt ?? known?.browserAt ?? null
      this.sourceUse.set(id, { spaceId, source: key.source, recordAt, browserAt })
    }
    this.writeUsesLater()
  }

  private remembered(hash: string): Promise<LoadedKey | null> {
    const at = this.options.steadyNow()
    const known = this.byHash.get(hash)
    if (known && at - known.loadedAt < rememberedForMs) return known.key
    const key = loadKey(this.options.database, hash)
    this.byHash.delete(hash)
    this.byHash.set(hash, { loadedAt: at, key })
    for (const oldest of this.byHash.keys()) {
      if (this.byHash.size <= mostRemembered) break
      this.byHash.delete(oldest)
    }
    key.catch(() => this.byHash.delete(hash))
    return key
  }

  /** Not being able to write a time of last use is no reason to refuse anything: it is tried again with the next use. */
  private writeUsesLater(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null
      this.flush().catch(() => undefined)
    }, usesAreWrittenEveryMs).unref()
  }
}

interface SourceUse {
  readonly spaceId: string
  readonly source: string
  readonly recordAt: number | null
  readonly browserAt: number | null
}

async function loadKey(sql: Sql, hash: string): Promise<LoadedKey | null> {
  const key = await keyOfHash(sql, hash)
  if (!key || !equalInConstantTime(key.key_hash, hash) || key.revoked_at !== null) return null
  const { key_id: keyId, workspace_id: workspaceId, expires_at: expiresAt } = key
  if (key.kind === 'api') {
    if (key.space_id === null || key.role === null) return null
    return { expiresAt, principal: { kind: 'api_key', workspaceId, keyId, spaceId: key.space_id, role: key.role } }
  }
  if (key.source === null || key.class === null) return null
  const connections = await connectionsOf(sql, workspaceId, key.source)
  const feeds = connections.map((connection) => ({
    spaceId: connection.space_id,
    class: connection.class,
    trust: connection.trust,
    proofSecret: connection.proof_secret,
  }))
  const mayView = key.class === 'server' && key.role === 'viewer'
  return {
    expiresAt,
    principal: { kind: 'write_key', workspaceId, keyId, class: key.class, source: key.source, mayView, feeds },
  }
}
