import type { JsonValue, Sighting } from '../evidence/record.ts'

/** A record of a profile, as the golden record reads it. `Evidence` is one. Instants are milliseconds. */
export interface GoldenMember {
  readonly source: string
  readonly key: string
  readonly effectiveAt: number
  /** null: the record carries no time. */
  readonly observedAt: number | null
  /**
   * Fields as written. A field that is not there is missing, which is less than null, which is less than an empty text.
   */
  readonly fields: ReadonlyMap<string, JsonValue>
  /** Anchor and claim fields survive from these, all others from `fields`. */
  readonly sightings: readonly Sighting[]
}

/** A value that may survive, and the record that holds it. */
export interface Contender {
  readonly member: GoldenMember
  readonly value: JsonValue
}

/**
 * Orders contenders, the one that survives first. Gives 0 only for two values of one record, or for one value twice.
 */
export type Preference = (a: Contender, b: Contender) => number
