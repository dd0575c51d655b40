import { compareText, type JsonValue, type RecordRef } from '../evidence/record.ts'
import type { Ruleset } from '../ruleset/ruleset.ts'
import { goldenFieldOrder } from './field-order.ts'
import type { Contender, GoldenMember } from './golden-member.ts'
import { identifierContenders } from './identifier-contenders.ts'
import { mergeContenders, type MergedLeaf } from './merge-traits.ts'
import { survivorPicker, survivorshipRuleOf, type PickSurvivor } from './survivorship/survivorship.ts'

/** One row per customer: what survives of the records of a profile. */
export interface GoldenRecord {
  /** In the order of `goldenFieldOrder`, then pinned fields that no record holds, by name. */
  readonly fields: ReadonlyMap<string, SurvivingValue>
  readonly recordCount: number
  readonly sourceCount: number
  /** Of the records that carry a time, milliseconds; null: none does. */
  readonly firstSeen: number | null
  readonly lastSeen: number | null
}

export interface SurvivingValue {
  readonly value: JsonValue
  /** One per leaf of a merged object, by path; a single one with an empty path for any other value. */
  readonly provenance: readonly Provenance[]
}

export type Provenance =
  | {
      readonly kind: 'record'
      readonly path: readonly string[]
      readonly source: string
      readonly key: string
      readonly effectiveAt: number
      readonly observedAt: number | null
    }
  | { readonly kind: 'decision'; readonly path: readonly string[]; readonly decision: string; readonly at: number }

/** A value that a person chose for a field. */
export interface PinnedValue {
  readonly field: string
  readonly value: JsonValue
  /** Id of the decision. */
  readonly decision: string
  /** When it was taken, milliseconds. */
  readonly at: number
}

/** What people and the resolution say about one profile. Everything may be left out. */
export interface GoldenChoices {
  /** The standing pins; of several for one field the latest counts, then the greater decision id. */
  readonly pins?: readonly PinnedValue[]
  /**
   * Records of the primary side: the survivor of the latest standing decision. Empty: the ruleset says which record.
   */
  readonly primarySide?: readonly RecordRef[]
  /** Whether an anchor or claim value is active in this profile. Default: all are. */
  readonly isActive?: (type: string, value: string) => boolean
  /** Whether a person confirmed the value, which then counts as verified. Default: none. */
  readonly isConfirmed?: (type: string, value: string) => boolean
}

/**
 * The golden record of a profile. A pure function of the set of its records (each once): their order changes nothing.
 * Per field a pinned value, else the surviving one by the field's survivorship rule; whatever the rule, a value
 * survives an empty text, an empty text null, and null a missing field. Anchors and claims show a standardized value,
 * all else what was written.
 */
export function goldenRecord(
  members: readonly GoldenMember[],
  ruleset: Pick<Ruleset, 'identifiers' | 'merge'>,
  choices: GoldenChoices = {},
): GoldenRecord {
  const { primarySide = [], isActive = () => true, isConfirmed = () => false } = choices
  const pinned = latestPins(choices.pins ?? [])
  const pick = survivorPicker(members, primarySide, ruleset.merge)
  const shownStandardized = new Set(
    ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name])),
  )
  const fields = new Map<string, SurvivingValue>()
  for (const field of goldenFieldOrder(members, ruleset.identifiers)) {
    const pin = pinned.get(field)
    const contenders = shownStandardized.has(field)
      ? identifierContenders(field, members, isActive, isConfirmed)
      : contendersOf(field, members)
    if (pin) fields.set(field, pinnedValue(pin))
    else if (contenders.length > 0) fields.set(field, survivingValue(field, contenders, ruleset, pick))
  }
  for (const [field, pin] of pinned) if (!fields.has(field)) fields.set(field, pinnedValue(pin))
  const times = members.flatMap(({ observedAt }) => (observedAt === null ? [] : [observedAt]))
  return {
    fields,
    recordCount: members.length,
    sourceCount: new Set(members.map(({ source }) => source)).size,
    firstSeen: times.length === 0 ? null : times.reduce((first, at) => Math.min(first, at)),
    lastSeen: times.length === 0 ? null : times.reduce((last, at) => Math.max(last, at)),
  }
}

function contendersOf(field: string, members: readonly GoldenMember[]): readonly Contender[] {
  return members.flatMap((member) => {
    const value = member.fields.get(field)
    return value === undefined ? [] : [{ member, value }]
  })
}

function survivingValue(
  field: string,
  contenders: readonly Contender[],
  ruleset: Pick<Ruleset, 'merge'>,
  pick: PickSurvivor,
): SurvivingValue {
  const { value, leaves } = mergeContenders(contenders, survivorshipRuleOf(field, ruleset.merge), pick)
  return { value, provenance: leaves.map(provenanceOf) }
}

function provenanceOf({ path, member }: MergedLeaf): Provenance {
  const { source, key, effectiveAt, observedAt } = member
  return { kind: 'record', path, source, key, effectiveAt, observedAt }
}

function pinnedValue({ value, decision, at }: PinnedValue): SurvivingValue {
  return { value, provenance: [{ kind: 'decision', path: [], decision, at }] }
}

function latestPins(pins: readonly PinnedValue[]): ReadonlyMap<string, PinnedValue> {
  const latest = new Map<string, PinnedValue>()
  for (const pin of pins) {
    const known = latest.get(pin.field)
    if (!known || pin.at > known.at || (pin.at === known.at && compareText(pin.decision, known.decision) > 0))
      latest.set(pin.field, pin)
  }
  return new Map([...latest].sort(([a], [b]) => compareText(a, b)))
}
