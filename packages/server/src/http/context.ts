import type { Database } from '@selfsame/store'
import type { Access } from '../access/access.ts'
import type { Engine } from '../engine/engine.ts'

/** What every route may use. */
export interface Context {
  readonly database: Database
  readonly engine: Engine
  readonly access: Access
  readonly workspaceId: string
  /** The machine's clock, milliseconds. */
  readonly now: () => number
  readonly config: ServerConfig
}

export interface ServerConfig {
  readonly version: string
  /** Names that the Host header may carry; empty: any. A server on loopback answers to loopback names alone. */
  readonly allowedHosts: readonly string[]
  /** Records a second that one key may send, on average and at once. */
  readonly recordsPerSecond: number
  readonly recordsAtOnce: number
  /** Characters of bodies that may be in hand at once, all requests together; one more is told to come again. */
  readonly mostTextInHand: number
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

export const defaultConfig: ServerConfig = {
  version: '0.0.0',
  allowedHosts: [],
  recordsPerSecond: 100_000,
  recordsAtOnce: 200_000,
  mostTextInHand: 200_000_000,
  logLevel: 'info',
}
