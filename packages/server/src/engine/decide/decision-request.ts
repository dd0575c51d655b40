import type { Decision, JsonValue, RecordRef, ResolvedProfile } from '@selfsame/core'
import type { ChangeKind } from '@selfsame/store'

/** What somebody decides. Profiles may be named by any id they ever had. */
export type DecisionRequest =
  | { readonly kind: 'confirm' | 'dismiss'; readonly candidateId: string; readonly reason: string | null }
  | {
      readonly kind: 'merge'
      /** The profile that keeps its id. */
      readonly survivor: string
      readonly session: string
      /** Field values that were chosen. */
      readonly pinned: readonly { readonly field: string; readonly value: JsonValue }[]
      readonly reason: string | null
    }
  | {
      readonly kind: 'split'
      readonly profileId: string
      readonly off: SplitOff
      readonly reason: string | null
    }
  | {
      readonly kind: 'pin'
      readonly profileId: string
      readonly field: string
      readonly value: JsonValue
      readonly reason: string | null
    }
  | {
      readonly kind: 'primary'
      readonly profileId: string
      /** Records of the profile that are to be its primary side. */
      readonly records: readonly RecordRef[]
      readonly reason: string | null
    }
  | {
      readonly kind: 'revert'
      readonly decisionId: string
      /** Also where a later decision rests on it. */
      readonly anyway: boolean
      readonly reason: string | null
    }

/** What leaves a profile. */
export type SplitOff =
  | {
      readonly by: 'records'
      readonly records: readonly RecordRef[]
      /** Values both sides hold that go with the records; the others stay. */
      readonly keeping: readonly { readonly type: string; readonly value: string }[]
    }
  | { readonly by: 'identifiers'; readonly identifiers: readonly { readonly type: string; readonly value: string }[] }

/** What a decision did to profiles, or would do. */
export interface DecisionOutcome {
  readonly decisionId: string
  readonly kind: Decision['kind'] | 'revert'
  /** Milliseconds. */
  readonly at: number
  /** Profiles that held the records it names, before and after. */
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly changes: readonly {
    readonly kind: ChangeKind
    readonly profileId: string
    readonly others: readonly string[]
  }[]
  /** The profiles of `after`, as they are then. */
  readonly profiles: readonly ResolvedProfile[]
  /** Of a revert that is tried: what was stored since, and where it goes. */
  readonly since: readonly (RecordRef & { readonly profileId: string })[]
  /** Of a revert: standing decisions made later about the same records. */
  readonly later: readonly string[]
}

export type DecisionFaultCode =
  | 'candidate.unknown'
  | 'candidate.decided'
  | 'profile.unknown'
  | 'profile.gone'
  | 'decision.unknown'
  | 'decision.reverted'
  | 'decision.rested_on'
  | 'merge.same_profile'
  | 'split.nothing_leaves'
  | 'split.nothing_stays'
  | 'split.not_in_profile'
  | 'split.too_many_records'
  | 'field.unknown'
  | 'primary.not_in_profile'

/** A decision that cannot be made. Nothing was stored. */
export class DecisionFault extends Error {
  readonly code: DecisionFaultCode
  /** Ids and counts. */
  readonly facts: Readonly<Record<string, unknown>>
  constructor(code: DecisionFaultCode, message: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.code = code
    this.facts = facts
  }
}
