/**
 * What `resolve` decides about traces numbered by seniority (0 is the most senior). A cluster is named by its most senior
 * trace, so that two resolutions of the same evidence can be compared number by number.
 */
export interface Resolution {
  /** Per trace, the most senior trace of its cluster. */
  readonly clusterOf: Int32Array
  /** Joins in the order in which they were made; they span every cluster. */
  readonly links: readonly Link[]
  readonly held: readonly HeldLink[]
  readonly candidates: readonly Candidate[]
  /** Weak links per value beyond the listed ones. */
  readonly candidatesNotListed: number
  readonly demoted: readonly DemotedValue[]
  readonly shared: readonly SharedValue[]
  readonly unresolved: readonly UnresolvedTrace[]
}

export interface Link {
  /** Traces that hold the value, the more senior first. */
  readonly left: number
  readonly right: number
  /** Index into `stagesOf(ruleset)`; -1: a decision. */
  readonly stage: number
  readonly decision: string | null
  /** Value of the rule's first exact criterion; empty for a decision. */
  readonly type: string
  readonly value: string
}

export type GuardName = 'conflict_limit' | 'field_conflict' | 'group_size' | 'separation'

export interface HeldLink {
  /** The cluster that was refused, by its most senior trace. */
  readonly cluster: number
  /** The part that refused it, by its most senior trace. */
  readonly refusedBy: number
  readonly stage: number
  readonly type: string
  readonly value: string
  readonly guard: GuardName
  /** e.g. `user_id has too many unique values (2 > limit of 1)`; by priority of the identifier. */
  readonly reasons: readonly string[]
  /** true: a whole group was refused (`block`, group size). */
  readonly group: boolean
}

export type CandidateReason =
  | 'unverified_claim'
  | 'identifier_conflict'
  | 'field_conflict'
  | 'multiple_matches'
  | 'low_confidence'

export interface Candidate {
  readonly survivor: number
  readonly session: number
  readonly reason: CandidateReason
  /** Index into `stagesOf(ruleset)`; one beyond the last: a suggestion. */
  readonly stage: number
  readonly type: string
  readonly value: string
  /** Mean of the four parts, each 0 to 1. */
  readonly confidence: number
  readonly parts: {
    readonly trust: number
    readonly rarity: number
    readonly agreement: number
    readonly limits: number
  }
  /** Records of the session side that carry the value. */
  readonly seenCount: number
  /** Latest effective time of the value on the session side, milliseconds. */
  readonly lastSeen: number
}

export interface DemotedValue {
  readonly cluster: number
  readonly type: string
  readonly value: string
}
export interface SharedValue {
  readonly type: string
  readonly value: string
  /** The type whose distinct values were counted. */
  readonly because: string
  readonly count: number
  readonly limit: number
}
export interface UnresolvedTrace {
  readonly trace: number
  readonly reason: 'identifier_conflict' | 'field_conflict' | 'multiple_matches'
  /** Joined by `; `. */
  readonly conflictReasons: string
}
