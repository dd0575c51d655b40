import type { Database } from '@selfsame/store'

/** What managing spaces, sources, keys and users leans on. */
export interface ControlContext {
  readonly database: Database
  /** Milliseconds. */
  readonly now: () => number
}
