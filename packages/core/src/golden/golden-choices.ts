import { compareSeniority, compareText, type RecordRef } from '../evidence/record.ts'
import type { Decision, PositiveDecision } from '../resolve/decision.ts'
import type { PinnedValue } from './golden-record.ts'

/** Where a record is now; undefined: it is not known. */
export type LocateRecord<P> = (record: RecordRef) => { readonly profile: P; readonly effectiveAt: number } | undefined

/** What the standing decisions say about the golden record of a profile. */
export interface ProfileChoices {
  readonly primarySide: readonly RecordRef[]
  readonly pins: readonly PinnedValue[]
}

/**
 * What the standing decisions say per profile. A pin speaks for the profile that holds the most senior of its records.
 * A merge or confirm speaks for the profile that holds the most senior record of its survivor side, as long as a record
 * of the session side is there too (a later split takes its effect away): its survivor side is primary, its chosen
 * values are pinned. The latest decision counts, then the greater id; for pins field by field.
 */
export function choicesByProfile<P>(
  decisions: readonly Decision[],
  locate: LocateRecord<P>,
): ReadonlyMap<P, ProfileChoices> {
  const choices = new Map<P, { primarySide: readonly RecordRef[]; pins: PinnedValue[] }>()
  const choicesOf = (profile: P) => {
    const known = choices.get(profile) ?? { primarySide: [], pins: [] }
    choices.set(profile, known)
    return known
  }
  for (const decision of [...decisions].sort((a, b) => b.at - a.at || compareText(b.id, a.id))) {
    const { at, id } = decision
    if (decision.kind === 'pin') {
      const profile = profileOf(decision.records, locate)
      if (profile === undefined) continue
      choicesOf(profile).pins.push({ field: decision.field, value: decision.value, decision: id, at })
    } else if (decision.kind === 'primary') {
      const profile = profileOf(decision.records, locate)
      if (profile === undefined) continue
      const known = choicesOf(profile)
      if (known.primarySide.length === 0) known.primarySide = decision.records
    } else if (decision.kind === 'merge' || decision.kind === 'confirm') {
      const profile = joinedProfile(decision, locate)
      if (profile === undefined) continue
      const known = choicesOf(profile)
      if (known.primarySide.length === 0) known.primarySide = decision.survivor
      for (const { field, value } of decision.pinned) known.pins.push({ field, value, decision: id, at })
    }
  }
  return choices
}

function profileOf<P>(records: readonly RecordRef[], locate: LocateRecord<P>): P | undefined {
  const found = records.flatMap((record) => {
    const place = locate(record)
    return place === undefined ? [] : [{ source: record.source, key: record.key, ...place }]
  })
  if (found.length === 0) return undefined
  return found.reduce((senior, next) => (compareSeniority(next, senior) < 0 ? next : senior)).profile
}

function joinedProfile<P>(decision: PositiveDecision, locate: LocateRecord<P>): P | undefined {
  const profile = profileOf(decision.survivor, locate)
  return decision.session.some((record) => locate(record)?.profile === profile) ? profile : undefined
}
