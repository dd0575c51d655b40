/**
 * Evidence as integers, for whole populations: traces numbered by seniority (0 is the most senior), values by code.
 * A code stands for one (identifier type, standardized value); codes have no order of their own.
 */
export interface Population {
  readonly traceCount: number
  /** First and last effective time of each trace, milliseconds. */
  readonly firstAt: Float64Array
  readonly lastAt: Float64Array
  /** Records per trace; null: one each. */
  readonly recordCount: Int32Array | null
  /** 1: a row, or an event trace with a usable identifier; 0: belongs to no profile. */
  readonly formsProfile: Uint8Array
  /** Sightings of trace t are the entries offsets[t] … offsets[t + 1] - 1 of `codes` and `verified`; one entry per code. */
  readonly offsets: Int32Array
  readonly codes: Int32Array
  readonly verified: Uint8Array
  readonly valueCount: number
  /** Per code, the index of its type in `ruleset.identifiers`. Derived attributes included. */
  readonly typeOf: Uint16Array
  /** The standardized texts of some codes, in their order. */
  loadTexts(codes: Int32Array): Promise<readonly string[]>
  /**
   * Per trace the standardized values of `agreementTypes`, which confidence compares. Left out where the sightings hold
   * these attributes anyway; otherwise they need not be among the sightings unless a rule or guard reads them.
   */
  loadAgreement?(traces: Int32Array): Promise<ReadonlyMap<number, readonly (readonly string[])[]>>
  /** Values known to be shared although not all their holders are part of this population. */
  readonly knownShared?: readonly SharedCode[]
  /** Values known to be carried unverified by a crowd that is not all part of this population. */
  readonly knownCrowded?: readonly number[]
  /** The trace that holds a record; undefined where the record is unknown. Called for records that decisions name. */
  traceOf(source: string, key: string): number | undefined
}

/** A shared value by its code, with the type that was counted. */
export interface SharedCode {
  readonly code: number
  readonly because: string
  readonly count: number
  readonly limit: number
}
