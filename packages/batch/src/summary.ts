import type { CandidateReason, GuardName, IdentifierKind, Trust, UnresolvedTrace } from '@selfsame/core'

/** What `summary.json` says in its member `selfsame`. A folder whose `summary.json` says it is a run folder, and ours to replace. */
export const runMarker = 'resolve-run'

/** Version of the shapes in this file. Readers accept members they do not know. */
export const summaryVersion = 1

/**
 * Everything a run over files has to say about itself, as `summary.json` holds it and `report.html` shows it.
 *
 * Rates and shares are 0 to 1, and null where there was nothing to divide by. Instants are ISO 8601 in UTC. Lists that
 * could grow with the data are cut: `total` counts what there is, `listed` holds the first by the order stated. Everything
 * but `run`, `output.folder` and `timings` depends on the records and the ruleset alone, not on their order.
 */
export interface RunSummary {
  readonly selfsame: typeof runMarker
  readonly summaryVersion: typeof summaryVersion
  readonly run: RunInfo
  readonly ruleset: RulesetInfo
  readonly output: OutputInfo
  readonly counts: RunCounts
  readonly resolution: ResolutionSplit
  /** Profiles by number of records, smallest first; every bucket of `sizeBuckets` from 1 to the largest that occurs. */
  readonly profileSizes: readonly SizeBucket[]
  /** In the order in which the sources were named. */
  readonly sources: readonly SourceSummary[]
  /** In the order in which links are applied, strongest first; then the disabled rules in the order of the file. */
  readonly rules: readonly RuleSummary[]
  /** By priority, strongest first; only types that some source could fill, or that a rule reads. */
  readonly identifiers: readonly IdentifierSummary[]
  /** Values held by too many others to link. Most held first, then type and value. */
  readonly sharedValues: Cut<SharedValueFound>
  /** Placeholders and other blocked values that occurred. Most held first, then type and value. */
  readonly blockedValues: Cut<BlockedValueFound>
  /** Values many records carry, that nothing blocks. Most held first, then type and value. */
  readonly frequentValues: Cut<FrequentValueFound>
  /** Profiles that deserve a look: largest first, then profile id. */
  readonly suspiciousProfiles: Cut<SuspiciousProfile>
  /** For every rule that linked anything, a few profiles it helped to join. At most three a rule. */
  readonly samples: readonly SampleProfile[]
  readonly heldLinks: HeldLinkSummary
  readonly candidates: CandidateSummary
  readonly unresolved: UnresolvedSummary
  readonly rejectedLines: RejectedLineSummary
  readonly warnings: readonly RunWarning[]
  readonly timings: RunTimings
}

/** The first of something, and how many there are. */
export interface Cut<T> {
  readonly total: number
  readonly listed: readonly T[]
}

export interface RunInfo {
  /** Version of Selfsame that ran. */
  readonly engine: string
  readonly startedAt: string
  readonly finishedAt: string
}

export interface RulesetInfo {
  /** Path as given; null: the default ruleset. */
  readonly file: string | null
  /** SHA-256 of the ruleset as it was written, lower-case hex; of the default ruleset where no file was given. */
  readonly sha256: string
  /** The file's text, so that the folder can be explained when the file is gone; null: the default ruleset. */
  readonly text: string | null
  /** What `ruleset check` warns about. */
  readonly warnings: readonly string[]
}

export interface OutputInfo {
  /** Absolute path. */
  readonly folder: string
  readonly format: 'csv' | 'parquet' | 'jsonl'
  readonly spreadsheetSafe: boolean
  readonly tables: readonly { readonly name: TableName; readonly file: string; readonly rows: number }[]
}

export const tableNames = [
  'identity_golden',
  'identity_lookup',
  'identity_identifiers',
  'identity_links',
  'identity_unresolved_records',
  'identity_review',
  'rejected',
] as const
export type TableName = (typeof tableNames)[number]

export interface RunCounts {
  /** Data lines read: `records` + `superseded` + `rejected`. A header is not one. */
  readonly lines: number
  /** Distinct records that were resolved, `unattributed` among them. */
  readonly records: number
  readonly profiles: number
  /** Lines in the table `rejected`. */
  readonly rejected: number
  /** Lines whose record came again: an older version of a row, or an event delivered twice. They point at the profile of the record that counts. */
  readonly superseded: number
  /** Events without any usable identifier, which belong to no profile. */
  readonly unattributed: number
  /** Profiles that hold more than one record. */
  readonly mergedProfiles: number
  /** Records in the largest profile. */
  readonly largestProfile: number
}

/** Every record is in exactly one part: they add up to `counts.records`. Where two fit, conflict goes before missing, missing before the rest. */
export interface ResolutionSplit {
  /** Alone in its profile, though it has a usable identifier. */
  readonly unique: number
  /** Shares its profile with other records. */
  readonly matched: number
  /** Listed in `identity_unresolved_records`: something strong linked it, and a guard refused. */
  readonly conflict: number
  /** Has no usable value of any anchor or claim. */
  readonly missing: number
}

export interface SizeBucket {
  /** Records per profile, both ends inclusive. */
  readonly from: number
  readonly to: number
  readonly profiles: number
  readonly records: number
}

/** Buckets of `profileSizes`. The last one has no end. */
export const sizeBuckets: readonly (readonly [from: number, to: number])[] = [
  [1, 1],
  [2, 2],
  [3, 3],
  [4, 4],
  [5, 5],
  [6, 10],
  [11, 20],
  [21, 50],
  [51, 100],
  [101, 1000],
  [1001, Number.MAX_SAFE_INTEGER],
]

export interface SourceSummary {
  readonly name: string
  /** Paths as given, `-` for standard input. */
  readonly files: readonly SourceFile[]
  readonly kind: 'rows' | 'events'
  readonly lines: number
  readonly records: number
  readonly rejected: number
  readonly superseded: number
  /** Profiles that hold a record of this source. */
  readonly profiles: number
  readonly trust: Trust
  readonly class: 'server' | 'public'
  /** Column(s) whose value is the record key; empty: the line number is. */
  readonly key: readonly string[]
  /** Column or path that says when; null: nothing does. */
  readonly observedAt: string | null
  /** In the order of the file. For events, the paths that are read. */
  readonly columns: readonly ColumnSummary[]
}

export interface SourceFile {
  readonly path: string
  readonly format: 'csv' | 'jsonl' | 'parquet'
  /** Name of the encoding, e.g. `UTF-8`, `UTF-16LE`, `Latin-1 (windows-1252)`; null for Parquet. */
  readonly encoding: string | null
  /** null where the format has none. */
  readonly delimiter: ',' | ';' | '\t' | '|' | null
  readonly gzip: boolean
  readonly lines: number
}

export interface ColumnSummary {
  /** Column header, or dot path of an event. */
  readonly name: string
  readonly role: 'identifier' | 'attribute' | 'trait' | 'key' | 'observed_at' | 'ignored'
  /** Identifier type or golden-record field it fills; null where `role` is `key`, `observed_at` or `ignored`. */
  readonly to: string | null
  /** null where trust says nothing (traits, key, time). */
  readonly verified: boolean | null
  /** Share of the source's records with a value that is neither null nor blank. null before the run. */
  readonly filled: number | null
}

/**
 * One rule's figures (DIN-18). The three rates:
 * - applicability = `applicable` / records: how often the rule has anything to compare;
 * - valid match rate = `validMatches` / `applicable`: of those, how many it found a partner for that the guards let through;
 * - conflict rate = `conflicts` / `applicable`: of those, how many it linked where a guard refused.
 */
export interface RuleSummary {
  readonly name: string
  /** The rule in plain English. */
  readonly sentence: string
  /** An anchor's own rule, that nobody wrote. */
  readonly implicit: boolean
  readonly enabled: boolean
  readonly action: 'merge' | 'review'
  /** Place in the order of strength, 1 is the strongest; null: disabled. */
  readonly stage: number | null
  /** Records with a usable value for every criterion. Of a disabled rule: how many would have. */
  readonly applicable: number
  /** Joins this rule made: rows of `identity_links` that name it. */
  readonly links: number
  /** Applicable records that agree with another record of their profile on every criterion of this rule. */
  readonly validMatches: number
  /** Records of clusters that this rule linked and a guard refused. */
  readonly conflicts: number
  readonly candidates: number
  readonly applicability: number | null
  readonly validMatchRate: number | null
  readonly conflictRate: number | null
}

export interface IdentifierSummary {
  readonly type: string
  readonly kind: IdentifierKind
  /** 1 is the strongest. */
  readonly priority: number
  /** Records with at least one usable value. */
  readonly records: number
  /** `records` / all records. */
  readonly completeness: number | null
  /** Profiles with at least one active value / all profiles. */
  readonly profileCompleteness: number | null
  /** Distinct standardized values. */
  readonly distinctValues: number
  /** Values that could not be standardized, most frequent first. */
  readonly rejected: readonly { readonly code: string; readonly values: number }[]
  /** Records that carried a blocked value. */
  readonly blocked: number
  /** Values that quarantine keeps from linking. */
  readonly shared: number
  /** Values that stronger evidence set aside. */
  readonly demoted: number
  /** Conflict limit; null: none. */
  readonly maxUniqueValues: number | null
  /** Records held apart because of this identifier's limit / `records`. */
  readonly conflictRate: number | null
}

export interface SharedValueFound {
  readonly type: string
  readonly value: string
  readonly records: number
  /** `user_id` of "12 distinct user_id (limit 5)". */
  readonly because: string
  readonly count: number
  readonly limit: number
}

export interface BlockedValueFound {
  readonly type: string
  /** As the records write it. */
  readonly value: string
  readonly records: number
  /** false: the ruleset's own `blocked_values` name it. */
  readonly builtIn: boolean
}

/** A value held by more than 1 % of the records of a file of 1,000 rows and more. */
export interface FrequentValueFound {
  readonly type: string
  readonly value: string
  readonly source: string
  readonly records: number
  /** `records` / records of the source. */
  readonly share: number
  /** What to put under the identifier in the ruleset, e.g. `blocked_values: ["support@shop.example"]`. */
  readonly rulesetLine: string
}

export interface SuspiciousProfile {
  readonly profileId: string
  readonly records: number
  readonly sources: number
  readonly why: SuspicionReason
  /** Names and other fields that disagree, most values first: `last_name` with 7 values. */
  readonly disagreements: readonly { readonly field: string; readonly values: number }[]
}

/** unusually_large: many more records than profiles of this run usually have. many_names: more surnames or birth dates than one person has. */
export type SuspicionReason = 'unusually_large' | 'many_names'

/** One profile drawn as records and the links that joined them. At most `maxSampleRecords` records are listed. */
export interface SampleProfile {
  /** Name of the rule it is a sample of. */
  readonly rule: string
  readonly profileId: string
  readonly recordCount: number
  /** Senior first; every record that `links` names is among them. */
  readonly records: readonly SampleRecord[]
  readonly links: readonly SampleLink[]
  /** The golden record's fields. */
  readonly golden: readonly SampleField[]
}

export const maxSampleRecords = 8

export interface SampleRecord {
  readonly source: string
  readonly key: string
  readonly observedAt: string | null
  readonly fields: readonly SampleField[]
}

export interface SampleField {
  readonly name: string
  readonly value: string
}

export interface SampleLink {
  /** Indexes into `records`. */
  readonly left: number
  readonly right: number
  readonly rule: string
  readonly type: string
  readonly value: string
}

export interface HeldLinkSummary {
  readonly total: number
  /** Most frequent first. */
  readonly byReason: readonly { readonly guard: GuardName; readonly reason: string; readonly links: number }[]
  /** Most senior first. */
  readonly listed: readonly HeldLinkExample[]
}

export interface HeldLinkExample {
  readonly left: RecordName
  readonly right: RecordName
  readonly rule: string
  readonly type: string
  readonly value: string
  readonly guard: GuardName
  readonly reasons: readonly string[]
}

export interface RecordName {
  readonly source: string
  readonly key: string
  readonly profileId: string | null
}

export interface CandidateSummary {
  /** Rows of `identity_review`. */
  readonly total: number
  /** Weak links per value beyond the listed ones. */
  readonly notListed: number
  /** Most frequent first. */
  readonly byReason: readonly { readonly reason: CandidateReason; readonly candidates: number }[]
  /** Highest confidence first. */
  readonly listed: readonly CandidateExample[]
}

export interface CandidateExample {
  readonly survivorProfileId: string
  readonly sessionProfileId: string
  readonly reason: CandidateReason
  readonly rule: string
  readonly type: string
  readonly value: string
  readonly confidence: number
  readonly seenCount: number
}

export interface UnresolvedSummary {
  /** Rows of `identity_unresolved_records`. */
  readonly total: number
  /** Most frequent first. */
  readonly byReason: readonly {
    readonly reason: UnresolvedTrace['reason']
    readonly conflictReasons: string
    readonly records: number
  }[]
}

export interface RejectedLineSummary {
  readonly total: number
  /** Most frequent first. */
  readonly byReason: readonly {
    readonly source: string
    readonly reason: string
    readonly lines: number
    /** Line numbers, lowest first, at most five; the header is line 1. */
    readonly firstLines: readonly number[]
  }[]
}

/** Something a person should know, with what to do about it. */
export interface RunWarning {
  /** Dotted: `source.no_key`, `source.no_time`, `value.frequent`, `phone.unused`, … */
  readonly code: string
  readonly message: string
  /** null: nothing needs doing. */
  readonly remedy: string | null
  readonly source: string | null
}

export interface RunTimings {
  /** In the order of the run. */
  readonly phases: readonly { readonly name: string; readonly ms: number }[]
  readonly totalMs: number
  /** `counts.lines` over the whole run. */
  readonly rowsPerSecond: number
  readonly peakMemoryBytes: number
  /** Memory the run was allowed; null: not limited. */
  readonly memoryLimitBytes: number | null
}
