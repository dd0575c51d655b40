import type { GoldenMember } from '../golden/golden-member.ts'
import type { Trace } from '../evidence/trace.ts'

/** A trace as a store keeps it. */
export interface LiveTrace extends Trace {
  readonly id: string
  /** See `signatureOf`; a row's is its own. */
  readonly signature: string
  /** The profile it belonged to before; null: none, or it is new. */
  readonly profileId: string | null
  /** Number and key of its first-stored record, which names the profile. */
  readonly firstSeq: number
  readonly firstKey: string
  /** Condensed: what a golden record needs of its records. */
  readonly members: readonly GoldenMember[]
  /** Earliest and latest `observedAt` of its records; null: none carries a time. */
  readonly firstSeen: number | null
  readonly lastSeen: number | null
}
