import type { BulkResolution, Decision, Population, Ruleset, Stage, Suggestion } from '@selfsame/core'
import type { EncodedValues } from '../encode/encode-records.ts'
import type { Numbering } from '../encode/number-records.ts'
import type { FileReading, Part, RejectedLine } from '../read/part.ts'
import type { Clusters } from '../summarize/clusters.ts'

/** A run whose records are read and encoded. */
export interface EncodedRun {
  readonly parts: readonly Part[]
  readonly ruleset: Ruleset
  readonly stages: readonly Stage[]
  readonly numbering: Numbering
  readonly population: Population
  /** Those that were standing. */
  readonly decisions: readonly Decision[]
  readonly suggestions: readonly Suggestion[]
  readonly observedAt: Float64Array
  readonly effectiveAt: Float64Array
  /** Whether some record says when it was observed. */
  readonly hasTimes: boolean
  readonly rejected: readonly RejectedLine[]
  /** Names in code point order. */
  readonly sources: readonly string[]
  readonly readings: readonly FileReading[]
  readonly unreadableTimes: number
  /** Records that say they were observed more than five minutes after the run began. */
  readonly futureTimes: number
  readonly encoded: EncodedValues
}

/** A resolved run, ready to be written. */
export interface ResolvedRun extends EncodedRun {
  readonly resolution: BulkResolution
  readonly clusters: Clusters
  /** Per sighting of the population the position of its identifier type. */
  readonly types: Uint16Array
}
