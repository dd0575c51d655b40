/**
 * What a run folder holds beside the tables of the chosen format, `summary.json` and the report. `explain` reads these.
 *
 * All of them are Parquet, whatever the format of the tables:
 * - `explain/records.parquet` (record, source, record_key, trace, observed_at, effective_at): one row per record, numbered
 *   by seniority, 0 first; instants are milliseconds since 1970.
 * - `explain/traces.parquet` (trace, profile): a profile is named by its most senior trace; −1: belongs to no profile.
 * - `explain/values.parquet` (code, type, value): what the codes of the other files stand for.
 * - `explain/sightings.parquet` (trace, code, verified, state): state is one of `sightingStates`.
 * - `explain/links.parquet` (left_trace, right_trace, rule, stage, code, decision); code −1: a decision.
 * - `explain/held.parquet` (left_trace, right_trace, left_source, left_key, right_source, right_key, left_profile_id,
 *   right_profile_id, rule, stage, type, value, guard, reasons): left was refused by right; `reasons` joined by `; `.
 * - `explain/rejected_values.parquet` (source, record_key, type, raw, code).
 * - `run.json`: `RunFile`.
 */
export const explainFiles = {
  records: 'explain/records.parquet',
  traces: 'explain/traces.parquet',
  values: 'explain/values.parquet',
  sightings: 'explain/sightings.parquet',
  links: 'explain/links.parquet',
  held: 'explain/held.parquet',
  rejectedValues: 'explain/rejected_values.parquet',
  run: 'run.json',
} as const

/** Told apart from the folders of other releases. */
export const runFolderVersion = 2

/** `run.json`: what is needed to read the folder again. */
export interface RunFile {
  readonly version: typeof runFolderVersion
  readonly engine: string
  readonly receivedAt: number
  readonly format: 'csv' | 'parquet' | 'jsonl'
  /** Text of the ruleset; null: the default ruleset. */
  readonly ruleset: string | null
  readonly rulesetFile: string | null
  readonly sources: readonly {
    readonly name: string
    readonly kind: 'rows' | 'events'
    readonly files: readonly string[]
  }[]
}

/** File of a table in the run folder. */
export function tableFile(table: string, format: 'csv' | 'parquet' | 'jsonl'): string {
  return `${table}.${format}`
}
