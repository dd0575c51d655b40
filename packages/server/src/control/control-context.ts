import type { Database } from '@selfsame/store'
import type { Engine } from '../engine/index.ts'

/** What managing spaces, sources, keys and users leans on. */
export interface ControlContext {
  readonly database: Database
  /** Resolves again what is stored where a change reaches the past. */
  readonly engine: Pick<Engine, 'publish'>
  /** Milliseconds. */
  readonly now: () => number
}
