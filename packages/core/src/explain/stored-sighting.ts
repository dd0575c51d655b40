/**
 * active: links and counts · unverified: links only weakly · demoted: set aside by stronger evidence · shared: quarantined ·
 * inactive: a split took it off this record.
 */
export const sightingStates = ['active', 'unverified', 'demoted', 'shared', 'inactive'] as const
export type SightingState = (typeof sightingStates)[number]

/** A sighting with what became of it in a resolution. Instants are milliseconds since 1970. */
export interface StoredSighting {
  readonly trace: number
  readonly type: string
  readonly value: string
  readonly verified: boolean
  readonly state: SightingState
  /** First and last effective time of the trace's records. */
  readonly firstAt: number
  readonly lastAt: number
  /** First time that a record of the trace gives itself; null: none gives one. */
  readonly observedAt: number | null
}
