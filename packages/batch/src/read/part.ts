import type { ColumnReading, RejectedValue, Sighting, TableReading } from '@selfsame/core'
import type { ColumnSummary, SourceFile } from '../summary.ts'

/** Rows of one source from one file, as a DuckDB table of texts in file order; row i of the table is row i here. */
export interface Part {
  readonly file: string
  readonly source: string
  /** Index of the source among all, in code point order of their names. */
  readonly sourceIndex: number
  /** Name of the DuckDB table. */
  readonly table: string
  readonly rows: number
  /** SQL text expression of the record key. */
  readonly keySql: string
  /** Golden-record fields with the SQL text expressions that may fill them, the preferred one first. */
  readonly fields: ReadonlyMap<string, readonly string[]>
  readonly content: TableContent | EventContent
}

/** Columns whose values DuckDB standardizes and encodes. */
export interface TableContent {
  readonly kind: 'table'
  readonly reading: TableReading
  readonly readings: readonly (ColumnReading & { readonly columnSql: string })[]
  readonly observedAtSql: string | null
  readonly lineSql: string
}

/** Records that were read one by one. */
export interface EventContent {
  readonly kind: 'evidence'
  /** Milliseconds; NaN: no time. */
  readonly observedAt: Float64Array
  readonly effectiveAt: Float64Array
  /** Per record the index of its signature; -1: a row, which is a trace of its own. */
  readonly signature: Int32Array
  /** Per record a digest of an event's text; empty for rows. Of two bodies under one id it decides which counts. */
  readonly bodies: readonly string[]
  /** Sightings by signature, and for rows by record. */
  readonly sightingsOfSignature: readonly (readonly Sighting[])[]
  readonly sightingsOfRow: ReadonlyMap<number, readonly Sighting[]>
  readonly rejected: readonly (RejectedValue & { readonly row: number })[]
}

export interface RejectedLine {
  readonly source: string
  readonly line: number
  readonly reason: string
  readonly raw: string
}

/** How a file's records of one source were read, for people. */
export interface FileReading {
  readonly file: SourceFile
  readonly source: string
  readonly kind: 'rows' | 'events'
  readonly key: readonly string[]
  readonly observedAt: string | null
  readonly columns: readonly ColumnSummary[]
}
