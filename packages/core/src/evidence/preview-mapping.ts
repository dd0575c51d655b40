import { defaultSourceSettings, type Mapping, type Ruleset } from '../ruleset/ruleset.ts'
import type { RejectionCode } from '../standardize/index.ts'
import { primitiveText, readPath } from './dot-path.ts'
import type { ProvenAnchors } from './evidence-reader.ts'
import { headerFinder } from './read-columns.ts'
import { valueReader } from './read-value.ts'
import type { SourceRecord } from './record.ts'
import { snakeCase } from './snake-case.ts'
import { asksFor, asLeaf, leafAt, writtenMapping } from './written-mapping.ts'

/** What a value that a mapping reads does. */
export type MappingOutcome =
  | 'anchor_stitches'
  | 'verified_claim_merges'
  | 'unverified_waits_for_review'
  | 'name_hints'
  | 'trait_writes'
  /** An attribute that is no name: rules compare it beside other criteria. */
  | 'attribute_compares'

/** Why a mapping does not fire. */
export type NoMatch = 'disabled' | 'other_event' | 'path_invalid' | 'path_absent' | 'not_a_value' | 'target_unknown'

export type MappingPreview =
  | { readonly fires: false; readonly because: NoMatch }
  | {
      readonly fires: true
      /** Keys from the payload's top to the leaf. */
      readonly path: readonly string[]
      /** The leaf as it stands in the payload. */
      readonly value: string | number | boolean
      readonly target: string
      /** Key of a trait, else null. */
      readonly key: string | null
      /** The value as it links; null: it is a trait, it is blank, or it is rejected. */
      readonly standardized: string | null
      readonly rejected: RejectionCode | null
      /** Always false for traits and for values that are not read. */
      readonly verified: boolean
      /** null: the value is blank or rejected, so that nothing happens. */
      readonly outcome: MappingOutcome | null
    }

/** What one mapping of the record's source does with a record: what reading the record does, shown step by step. */
export function previewMapping(
  mapping: Mapping,
  record: SourceRecord,
  ruleset: Ruleset,
  proven: ProvenAnchors = new Set(),
): MappingPreview {
  const types = new Map(ruleset.identifiers.map((type) => [type.name, type]))
  const { segments, type } = writtenMapping(mapping, types)
  const event = record.kind === 'row' || record.event === null ? null : snakeCase(record.event)
  if (!mapping.enabled) return { fires: false, because: 'disabled' }
  if (!asksFor(mapping, event)) return { fires: false, because: 'other_event' }
  if (type === undefined) return { fires: false, because: 'target_unknown' }
  const header = record.kind === 'row' ? headerFinder(Object.keys(record.payload))(mapping.read) : undefined
  const path = header === undefined ? segments : [header]
  if (!path) return { fires: false, because: 'path_invalid' }
  const leaf = header === undefined ? leafAt(record.payload, path) : asLeaf(record.payload[header])
  if (leaf === undefined) {
    const isAbsent = header === undefined && readPath(record.payload, path) === undefined
    return { fires: false, because: isAbsent ? 'path_absent' : 'not_a_value' }
  }
  const found = { fires: true, path, value: leaf, target: mapping.to, key: mapping.key } as const
  if (type === null) return { ...found, standardized: null, rejected: null, verified: false, outcome: 'trait_writes' }
  const settings = ruleset.sources.get(record.source) ?? defaultSourceSettings
  const claim = { verified: mapping.verified, someone: false, proven: proven.has(type.name) }
  const readValue = valueReader(record.source, settings, ruleset)
  const reading = readValue(type, leaf, primitiveText(leaf) ?? '', claim)
  if (!reading?.ok) {
    return { ...found, standardized: null, rejected: reading?.code ?? null, verified: false, outcome: null }
  }
  const outcome = outcomeOf(type.name, type.kind, reading.verified)
  return { ...found, standardized: reading.value, rejected: null, verified: reading.verified, outcome }
}

const names: ReadonlySet<string> = new Set(['first_name', 'last_name', 'display_name'])

function outcomeOf(name: string, kind: 'anchor' | 'claim' | 'attribute', verified: boolean): MappingOutcome {
  if (kind === 'attribute') return names.has(name) ? 'name_hints' : 'attribute_compares'
  if (!verified) return 'unverified_waits_for_review'
  return kind === 'anchor' ? 'anchor_stitches' : 'verified_claim_merges'
}
