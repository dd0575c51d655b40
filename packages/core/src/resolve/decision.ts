import type { JsonValue, RecordRef } from '../evidence/record.ts'

interface DecisionBase {
  readonly id: string
  readonly actor: string
  /** Milliseconds; of two decisions on one pair the later counts, then the greater id. */
  readonly at: number
  readonly reason: string | null
}

/** A person (or a server source's `alias`) says: one person. */
export interface PositiveDecision extends DecisionBase {
  readonly kind: 'merge' | 'confirm'
  /** The side that keeps its id. */
  readonly survivor: readonly RecordRef[]
  readonly session: readonly RecordRef[]
  /** The claim a confirm makes verified on both sides. */
  readonly confirmed: { readonly type: string; readonly value: string } | null
  /** Field values chosen in a merge. */
  readonly pinned: readonly { readonly field: string; readonly value: JsonValue }[]
}

export interface DismissDecision extends DecisionBase {
  readonly kind: 'dismiss'
  readonly left: readonly RecordRef[]
  readonly right: readonly RecordRef[]
}

export interface SplitDecision extends DecisionBase {
  readonly kind: 'split'
  readonly stay: readonly RecordRef[]
  readonly leave: readonly RecordRef[]
  /** Values both sides held, inactive on the records named. */
  readonly inactive: readonly { readonly type: string; readonly value: string; readonly side: 'stay' | 'leave' }[]
}

/** Survivorship only: the profile that holds the most senior of these records shows this value. */
export interface PinDecision extends DecisionBase {
  readonly kind: 'pin'
  readonly records: readonly RecordRef[]
  readonly field: string
  readonly value: JsonValue
}

/**
 * Survivorship only: in the profile that holds the most senior of these records, they are the primary side. Of decisions that
 * name a primary side, merges and confirms among them, the latest counts.
 */
export interface PrimaryDecision extends DecisionBase {
  readonly kind: 'primary'
  readonly records: readonly RecordRef[]
}

/** The standing decisions: reverted ones are simply not given to `resolve`. */
export type Decision = PositiveDecision | DismissDecision | SplitDecision | PinDecision | PrimaryDecision
