/** A ruleset as the engine reads it: every default filled in, every name checked. Made by `parseRuleset`. */
export interface Ruleset {
  /** ISO 3166-1 alpha-2 country that national phone spellings belong to. Default `US`. */
  readonly defaultCountry: string
  readonly dateOrder: DateOrder
  /** How far an untrusted source may date back, in milliseconds. Default 7 days. */
  readonly maxBackdateMs: number
  readonly builtInBlockedValues: boolean
  readonly fuzzy: { readonly medium: number; readonly strong: number }
  readonly sources: ReadonlyMap<string, SourceSettings>
  /** Strongest first: the index is the priority. Built-in attributes that the file does not list stand at the end. */
  readonly identifiers: readonly IdentifierType[]
  /** The written rules in their order, disabled ones included. `stagesOf` gives the order in which links are applied. */
  readonly rules: readonly MatchRule[]
  readonly merge: MergeSettings
  /** false: only rules made of anchors alone merge by themselves; every other link becomes a candidate. */
  readonly automatic: boolean
  /** Traces that may carry a value unverified; where more do, those sightings meet nobody. Default 1,000. */
  readonly crowdAbove: number
}

export type DateOrder = 'dmy' | 'mdy' | 'ymd'
export type SourceClass = 'server' | 'public'
export type Trust = 'trusted' | 'untrusted'

export interface SourceSettings {
  /** Primary key column(s) of a table; null: not said. */
  readonly key: readonly string[] | null
  /** Column or dot path that holds the time of observation; null: not said. */
  readonly observedAt: string | null
  readonly class: SourceClass
  readonly trust: Trust
  /** null: the default mapping. An empty list reads nothing but envelope anchors. */
  readonly mappings: readonly Mapping[] | null
}

/** What a source is when the ruleset does not name it. */
export const defaultSourceSettings: SourceSettings = {
  key: null,
  observedAt: null,
  class: 'server',
  trust: 'trusted',
  mappings: null,
}

export interface Mapping {
  /** Event name in snake_case; null: any event, any row. */
  readonly when: string | null
  /** Dot path of word segments; for a table a column header as written or in snake_case. */
  readonly read: string
  /** An identifier type, `first_name`, `last_name`, `display_name`, or `trait`. */
  readonly to: string
  /** The trait's key where `to` is `trait`, else null. */
  readonly key: string | null
  /** null: the trust of the source. */
  readonly verified: boolean | null
  /** Lower runs first and wins a name or trait. Default: its place in the list. */
  readonly precedence: number
  readonly enabled: boolean
  /** true: the identifier is not confined to its source (conversation_id only). */
  readonly shared: boolean
}

export type IdentifierKind = 'anchor' | 'claim' | 'attribute'
export const standardizerNames = [
  'trim',
  'case_insensitive',
  'only_numeric',
  'email',
  'phone',
  'date',
  'fold',
  'address',
  'organization',
] as const
export type StandardizerName = (typeof standardizerNames)[number]

export interface IdentifierType {
  readonly name: string
  readonly kind: IdentifierKind
  /** conversation_id, device_id, anonymous_id: anchors that a browser may assert. */
  readonly session: boolean
  /** Applied in order. Empty: exact text. */
  readonly standardize: readonly StandardizerName[]
  /** Conflict limit: distinct active values a profile may hold; null: no limit. */
  readonly maxUniqueValues: number | null
  readonly whenExceeded: 'hold' | 'block'
  /** auto: a link on stronger evidence demotes the excess; never: it is refused like any other. */
  readonly strongerRules: 'auto' | 'never'
  /** Exact text, `*` glob, or `/anchored pattern/`. */
  readonly blockedValues: readonly string[]
  /** A value whose verified records hold more than `moreThan` distinct values of `type` is shared and links nothing. */
  readonly sharedWhen: readonly { readonly type: string; readonly moreThan: number }[]
  /** Values that are never shared, however many people carry them: exact texts, in any spelling that is standardized alike. */
  readonly allowedValues: readonly string[]
  /** How a derived attribute is made; null: it is read by mappings. */
  readonly derive: Derivation | null
  /** false: the anchor has no implicit rule. */
  readonly stitch: boolean
}

export type Derivation =
  | {
      readonly from: readonly [string]
      readonly as: 'sorted_tokens' | 'year' | 'double_metaphone' | 'digits' | 'first_number'
    }
  | { readonly from: readonly [string]; readonly as: 'first_letters'; readonly length: number }
  | { readonly from: readonly string[]; readonly as: 'join' | 'words' }

export interface MatchRule {
  readonly name: string
  /** AND. */
  readonly match: readonly Criterion[]
  /** Time window in milliseconds, inclusive; null: any time. */
  readonly withinMs: number | null
  readonly maxGroupSize: number | null
  readonly compare: 'profile' | 'record'
  readonly action: 'merge' | 'review'
  readonly enabled: boolean
}

export const comparatorNames = [
  'jaro_winkler',
  'damerau_levenshtein',
  'token_overlap',
  'nickname',
  'person_name',
  'date_within',
  'number_within',
] as const
export type ComparatorName = (typeof comparatorNames)[number]

export type Criterion = ExactCriterion | SimilarCriterion

interface CriterionBase {
  /** Any value of any of these types may meet any value of any of them. */
  readonly types: readonly string[]
  /** All of them must pass for a value to take part. */
  readonly where: readonly Filter[]
}
export interface ExactCriterion extends CriterionBase {
  readonly how: 'exact'
}
export interface SimilarCriterion extends CriterionBase {
  /** How it was written; all three are compared the same way. */
  readonly how: 'fuzzy_medium' | 'fuzzy_strong' | 'similar'
  readonly by: ComparatorName
  /** Smallest similarity that matches, 0 to 1, inclusive; null where the bound is a distance. */
  readonly atLeast: number | null
  /** Largest distance that matches, inclusive: milliseconds (date_within), a plain number (number_within), edits (damerau_levenshtein). */
  readonly atMost: number | null
  /** match: a side that holds no value passes. */
  readonly missing: 'fail' | 'match'
}

export const filterOperators = ['contains', 'equals', 'starts_with', 'ends_with', 'one_of'] as const
export interface Filter {
  readonly operator: (typeof filterOperators)[number]
  /** One text, or for one_of several; compared with the standardized value after the same standardizers where they accept it. */
  readonly values: readonly string[]
  readonly negated: boolean
}

export const survivorshipNames = [
  'most_recent',
  'primary',
  'most_frequent',
  'source_priority',
  'longest',
  'min',
  'max',
] as const
export type Survivorship =
  | { readonly by: Exclude<(typeof survivorshipNames)[number], 'source_priority'> }
  | { readonly by: 'source_priority'; readonly sources: readonly string[] }

export interface MergeSettings {
  readonly strategy: 'most_recent' | 'primary' | 'manual_review'
  readonly primary: 'oldest' | 'most_complete'
  readonly fields: ReadonlyMap<string, Survivorship>
  /** Fields that act as a conflict limit of 1 under `manual_review`. */
  readonly reviewOnConflict: readonly string[]
  readonly unresolved: 'separate' | 'exclude'
}
