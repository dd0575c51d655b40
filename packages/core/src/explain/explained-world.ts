import type { Ruleset } from '../ruleset/ruleset.ts'
import type { StoredSighting } from './stored-sighting.ts'

/** A record as a resolution left it. Instants are milliseconds since 1970. */
export interface ExplainedRecord {
  readonly source: string
  readonly key: string
  /** null: the record belongs to no profile. */
  readonly profileId: string | null
  /** -1: no profile. */
  readonly trace: number
  readonly observedAt: number | null
  readonly effectiveAt: number
}

export interface ExplainedEnd {
  readonly trace: number
  readonly source: string
  readonly key: string
}

export interface ExplainedLink {
  readonly left: ExplainedEnd
  readonly right: ExplainedEnd
  readonly rule: string
  readonly stage: number
  readonly type: string
  readonly value: string
  readonly decision: string | null
  /** Version of the ruleset that joined them; absent in a run over files, which has one ruleset. */
  readonly rulesetVersion?: number
}

export interface ExplainedHeldLink extends Omit<ExplainedLink, 'decision' | 'rulesetVersion'> {
  readonly guard: string
  readonly reasons: string
}

/** A standing decision that says two records are not one person, or need not be asked about. */
export interface ExplainedDecision {
  readonly id: string
  readonly kind: 'split' | 'dismiss'
}

/** Where an explanation takes its facts from: a run over files, or a live space. */
export interface ExplainedWorld {
  readonly ruleset: Ruleset
  readonly linksOf: (profileId: string) => Promise<readonly ExplainedLink[]>
  readonly heldBetween: (profileId: string, otherProfileId: string) => Promise<readonly ExplainedHeldLink[]>
  /** Held links that refuse the profile, or that it refuses, at most `limit`. */
  readonly heldOf: (profileId: string, limit: number) => Promise<readonly ExplainedHeldLink[]>
  /** Of all traces of a profile. */
  readonly sightingsOf: (profileId: string) => Promise<readonly StoredSighting[]>
  readonly sightingsOfTrace: (trace: number) => Promise<readonly StoredSighting[]>
  readonly rejectedValues: (
    source: string,
    key: string,
  ) => Promise<readonly { readonly type: string; readonly raw: string; readonly code: string }[]>
  readonly decisionsBetween: (left: ExplainedRecord, right: ExplainedRecord) => Promise<readonly ExplainedDecision[]>
}
