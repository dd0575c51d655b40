import type { Decision, Ruleset } from '@selfsame/core'
import type { Readable } from 'node:stream'
import type { RunSummary, RunWarning, SourceSummary } from './summary.ts'

export type TableFormat = 'csv' | 'parquet' | 'jsonl'

/** One file to read. */
export interface RunInput {
  /** Source the records belong to; several inputs may name one source. */
  readonly source: string
  /** Path, or `-` for standard input (once at most). */
  readonly path: string
  /** What sentences, summary and report call it. Default: the path. */
  readonly shownAs?: string
}

export interface RunOptions {
  /** In the order named. At least one. */
  readonly inputs: readonly RunInput[]
  /** Column whose value is the source of a row, instead of the input's `source`, which stands where the cell is blank; null: none. */
  readonly sourceColumn: string | null
  readonly ruleset: Ruleset
  /** What the summary says about where the ruleset came from. */
  readonly rulesetOrigin: {
    /** Path as given; null: the default ruleset. */
    readonly file: string | null
    /** Its text; null: the default ruleset. */
    readonly text: string | null
    /** What `ruleset check` warns about. */
    readonly warnings: readonly string[]
  }
  /** Standing decisions. Default: none. */
  readonly decisions?: readonly Decision[]
  /** Folder of the run: new, empty, or an earlier run's. */
  readonly outputFolder: string
  readonly format: TableFormat
  /** true: text that a spreadsheet would run is prefixed with an apostrophe (CSV and JSONL). */
  readonly spreadsheetSafe: boolean
  /** Most memory to use, bytes; null: a quarter of the machine's, at most 4 GB. */
  readonly memoryBytes: number | null
  /** null: all cores. */
  readonly threads: number | null
  /** Arrival of every record, milliseconds. Records without a time of their own take it as their effective time. */
  readonly receivedAt: number
  /** Version of Selfsame, for the summary. */
  readonly engine: string
  /** Where `-` is read from. Default: the process's standard input. */
  readonly stdin?: Readable
}

/** What a run tells while it works. Each is called on the main thread; none is awaited but `beforeFinish`. */
export interface RunHooks {
  /** How each column is read, once, before anything is resolved. `lines`, `records`, … are 0 and `filled` is null at that time. */
  readonly onSources?: (sources: readonly SourceSummary[]) => void
  readonly onProgress?: (progress: RunProgress) => void
  readonly onWarning?: (warning: RunWarning) => void
  /**
   * Called when every table and `summary.json` stand in the temporary folder, before it is moved into place: whatever is
   * written into `folder` (the report) becomes part of the run.
   */
  readonly beforeFinish?: (summary: RunSummary, folder: string) => Promise<void> | void
  /** Aborts the run: temporary files are removed, the old run stays. `resolveFiles` rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

export type RunPhase = 'reading' | 'encoding' | 'resolving' | 'golden records' | 'writing'
export const runPhases: readonly RunPhase[] = ['reading', 'encoding', 'resolving', 'golden records', 'writing']

export interface RunProgress {
  readonly phase: RunPhase
  /** Of this phase. Bytes while reading, records otherwise. */
  readonly done: number
  /** null: not known yet. */
  readonly total: number | null
  readonly unit: 'bytes' | 'records'
  /** Lines read so far. */
  readonly lines: number
  /** Milliseconds since the run began. */
  readonly elapsedMs: number
}

export type RunResult =
  | { readonly ok: true; readonly summary: RunSummary; readonly folder: string }
  /** Nothing was written. Every fault that could be found, at least one. */
  | { readonly ok: false; readonly faults: readonly RunFault[] }

/** What keeps a run from starting. Exit code 2. */
export interface RunFault {
  readonly code: RunFaultCode
  /** One sentence: what was found, and what is allowed. */
  readonly message: string
  /** Path as given; null where no file is at fault. */
  readonly path: string | null
}

export const runFaultCodes = [
  'input.missing',
  'input.unreadable',
  'input.directory',
  'input.empty',
  'input.binary',
  'input.corrupt',
  'input.no_rows',
  'input.duplicate_header',
  'input.unreadable_header',
  'input.wrong_delimiter',
  'input.mixed_kinds',
  'input.not_lines',
  'column.unknown',
  'source_column.unknown',
  'output.foreign',
  'output.unwritable',
  'stdin.twice',
  'memory.too_little',
] as const
export type RunFaultCode = (typeof runFaultCodes)[number]
