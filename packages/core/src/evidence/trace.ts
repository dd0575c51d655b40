import type { Sighting } from './record.ts'

/** The node of the graph: a table row, or the events of one source that say the same. */
export interface Trace {
  readonly source: string
  readonly kind: 'row' | 'event'
  /** Seniority of the trace is that of its most senior record. */
  readonly seniorKey: string
  readonly seniorAt: number
  /** First and last effective time of its records, milliseconds. */
  readonly firstAt: number
  readonly lastAt: number
  readonly recordCount: number
  readonly sightings: readonly Sighting[]
  /** false: no usable identifier and not a row; it belongs to no profile. */
  readonly formsProfile: boolean
}
