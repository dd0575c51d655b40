import type { JsonObject, JsonValue } from '../evidence/record.ts'
import { compareSeniority, compareText } from '../evidence/record.ts'
import { blankness, isJsonObject } from '../golden/blank.ts'
import type { Contender, GoldenMember } from '../golden/golden-member.ts'
import { survivorPicker, survivorshipRuleOf, type PickSurvivor } from '../golden/survivorship/survivorship.ts'
import type { Ruleset, Survivorship } from '../ruleset/ruleset.ts'

/**
 * Whether golden records of a ruleset can be kept from condensed traces: no field survives by how often a value was seen,
 * or by a property of whole records.
 */
export function canCondense(ruleset: Pick<Ruleset, 'merge'>): boolean {
  const { merge } = ruleset
  const rules = [...merge.fields.values(), survivorshipRuleOf('', { fields: new Map(), strategy: merge.strategy })]
  return rules.every(({ by }) => by !== 'most_frequent' && (by !== 'primary' || merge.primary === 'oldest'))
}

/**
 * The members of one trace that a golden record may still need, however many records the trace has: per field those that
 * could survive, with nothing but that field; beside them the senior and the latest record, whose sightings stand for all.
 * Condensing twice, or together with more members of the trace, gives the same golden record as never condensing.
 */
export function condenseMembers(
  members: readonly GoldenMember[],
  ruleset: Pick<Ruleset, 'identifiers' | 'merge'>,
): readonly GoldenMember[] {
  if (members.length < 2) return members
  const pick = survivorPicker(members, [], ruleset.merge)
  const identifying = new Set(ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name])))
  const kept = new Map<GoldenMember, Map<string, JsonValue>>()
  const keep = ({ member, value }: Contender, field: string) => {
    const fields = kept.get(member) ?? new Map<string, JsonValue>()
    kept.set(member, fields)
    fields.set(field, value)
  }
  const inOrder = [...members].sort(compareSeniority)
  const latest = inOrder.reduce((best, next) => (next.effectiveAt > best.effectiveAt ? next : best))
  kept.set(inOrder[0] as GoldenMember, new Map())
  kept.set(latest, new Map())
  for (const field of new Set(members.flatMap((member) => [...member.fields.keys()]))) {
    const contenders = members.flatMap((member): Contender[] => {
      const value = member.fields.get(field)
      // Of an identifier only a blank is ever asked for: what it shows comes from the sightings.
      return value === undefined || (identifying.has(field) && blankness(value) === 0) ? [] : [{ member, value }]
    })
    for (const contender of condense(contenders, survivorshipRuleOf(field, ruleset.merge), pick)) keep(contender, field)
  }
  return [...kept].map(([member, fields]) => ({ ...member, fields })).sort(compareSeniority)
}

/** The contenders that may survive: the best plain value, and of objects every leaf that may. */
function condense(contenders: readonly Contender[], rule: Survivorship, pick: PickSurvivor): readonly Contender[] {
  if (contenders.length < 2) return contenders
  const isFilledObject = ({ value }: Contender) => isJsonObject(value) && blankness(value) === 0
  const objects = contenders.filter(isFilledObject)
  const plains = contenders.filter((contender) => !isFilledObject(contender))
  const best = plains.length > 0 ? [pick(plains, rule)] : []
  if (objects.length === 0) return best
  const leaves = new Map<GoldenMember, [string, JsonValue][]>()
  for (const key of new Set(objects.flatMap(({ value }) => Object.keys(value as JsonObject)))) {
    const held = objects.flatMap(({ member, value }): Contender[] =>
      Object.hasOwn(value as JsonObject, key) ? [{ member, value: (value as JsonObject)[key] as JsonValue }] : [],
    )
    for (const { member, value } of condense(held, rule, pick)) {
      const known = leaves.get(member)
      if (known) known.push([key, value])
      else leaves.set(member, [[key, value]])
    }
  }
  const partial = [...leaves].map(([member, entries]) => ({
    member,
    value: Object.fromEntries(entries.sort(([a], [b]) => compareText(a, b))),
  }))
  return [...best.filter(({ value }) => blankness(value) === 0), ...partial]
}
