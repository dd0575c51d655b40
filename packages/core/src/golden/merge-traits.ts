import { compareText, type JsonValue } from '../evidence/record.ts'
import type { Survivorship } from '../ruleset/ruleset.ts'
import { blankness, isJsonObject } from './blank.ts'
import type { Contender, GoldenMember } from './golden-member.ts'
import type { PickSurvivor } from './survivorship/survivorship.ts'

/** A surviving leaf of a value, and the record it comes from. */
export interface MergedLeaf {
  /** Keys that lead to it; empty for the value itself. */
  readonly path: readonly string[]
  readonly member: GoldenMember
}

export interface MergedValue {
  readonly value: JsonValue
  /** By path, in the order of the merged object. */
  readonly leaves: readonly MergedLeaf[]
}

/**
 * Merges what records hold for one field. Objects merge deeply, leaf by leaf, each leaf by the rule; keys come in code
 * point order. Lists are leaves. Where one record holds an object and another a plain value, the rule decides between
 * them: the plain value survives alone, or all objects are merged.
 */
export function mergeContenders(contenders: readonly Contender[], rule: Survivorship, pick: PickSurvivor): MergedValue {
  const survivor = pick(contenders, rule)
  if (!isJsonObject(survivor.value) || blankness(survivor.value) !== 0) {
    return { value: survivor.value, leaves: [{ path: [], member: survivor.member }] }
  }
  const byKey = new Map<string, Contender[]>()
  for (const { member, value } of contenders) {
    if (!isJsonObject(value)) continue
    for (const key of Object.keys(value)) {
      const contender = { member, value: value[key] as JsonValue }
      const known = byKey.get(key)
      if (known) known.push(contender)
      else byKey.set(key, [contender])
    }
  }
  const entries: [string, JsonValue][] = []
  const leaves: MergedLeaf[] = []
  for (const [key, list] of [...byKey].sort(([a], [b]) => compareText(a, b))) {
    const merged = mergeContenders(list, rule, pick)
    entries.push([key, merged.value])
    for (const leaf of merged.leaves) leaves.push({ path: [key, ...leaf.path], member: leaf.member })
  }
  return { value: Object.fromEntries(entries), leaves }
}
