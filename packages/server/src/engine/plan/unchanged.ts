import type { GoldenMember } from '@selfsame/core'
import type { StoredTrace } from '@selfsame/store'
import { forEachAtEase, type Pace } from '../pace.ts'
import { differs } from '../profile-row.ts'
import type { RulesetPlan } from './plan-ruleset.ts'

/** What a plan leaves as it is. */
export interface Unchanged {
  /** Traces whose evidence stays the same. */
  readonly traces: ReadonlySet<string>
  /** Profiles of which nothing at all differs: members, golden record, links, held links, candidates. */
  readonly profiles: ReadonlySet<string>
}

/** Compares a plan with what is stored, so that only the difference is written. */
export async function unchangedBy(plan: RulesetPlan, pace: Pace): Promise<Unchanged> {
  const { state, drafts, resolved, rows } = plan
  const stored = new Map(state.traces.map((trace) => [trace.id, trace]))
  const traces = new Set<string>()
  await forEachAtEase(drafts.values(), pace, (draft) => {
    const known = stored.get(draft.id)
    if (known && saysTheSame(known, draft)) traces.add(draft.id)
  })
  const membersBefore = new Map<string, number>()
  for (const { profileId } of state.traces) {
    if (profileId !== null) membersBefore.set(profileId, (membersBefore.get(profileId) ?? 0) + 1)
  }
  const rowsBefore = new Map(state.answers.profiles.map((row) => [row.profile_id, row]))
  const changed = changedQuestions(plan)
  const linksChanged = changedLinks(plan)
  const profiles = new Set<string>()
  await forEachAtEase(resolved.profiles, pace, ({ id, traces: members }) => {
    const known = rowsBefore.get(id)
    const planned = rows.get(id)
    const isSame =
      known !== undefined &&
      planned !== undefined &&
      !changed.has(id) &&
      membersBefore.get(id) === members.length &&
      members.every((trace) => {
        const before = stored.get(trace.id)
        const open = resolved.unresolved.get(trace.id)
        return (
          before?.profileId === id &&
          traces.has(trace.id) &&
          !linksChanged.has(trace.id) &&
          before.unresolvedReason === (open?.reason ?? null) &&
          before.conflictReasons === (open?.conflictReasons ?? null)
        )
      }) &&
      !differs(planned, known)
    if (isSame) profiles.add(id)
  })
  return { traces, profiles }
}

/** Whether everything of a trace that records decide is the same. */
function saysTheSame(a: StoredTrace, b: StoredTrace): boolean {
  return (
    a.signature === b.signature &&
    a.source === b.source &&
    a.kind === b.kind &&
    a.seniorAt === b.seniorAt &&
    a.seniorKey === b.seniorKey &&
    a.firstAt === b.firstAt &&
    a.lastAt === b.lastAt &&
    a.recordCount === b.recordCount &&
    a.firstSeq === b.firstSeq &&
    a.firstKey === b.firstKey &&
    a.formsProfile === b.formsProfile &&
    a.firstSeen === b.firstSeen &&
    a.lastSeen === b.lastSeen &&
    a.sightings.length === b.sightings.length &&
    a.sightings.every((one, place) => {
      const other = b.sightings[place]
      return one.type === other?.type && one.value === other.value && one.verified === other.verified
    }) &&
    a.members.length === b.members.length &&
    a.members.every((one, place) => isSameMember(one, b.members[place]))
  )
}

function isSameMember(one: GoldenMember, other: GoldenMember | undefined): boolean {
  if (!other || one.key !== other.key || one.effectiveAt !== other.effectiveAt) return false
  if (one.observedAt !== other.observedAt || one.fields.size !== other.fields.size) return false
  for (const [field, value] of one.fields) {
    const theirs = other.fields.get(field)
    if (value === theirs) continue
    if (theirs === undefined || JSON.stringify(value) !== JSON.stringify(theirs)) return false
  }
  return true
}

/** Traces whose links become others. */
function changedLinks({ state, resolved }: RulesetPlan): ReadonlySet<string> {
  return unequal(
    state.answers.links.map((row) =>
      entry([row.left_trace, row.right_trace], [row.rule, row.stage, row.decision_id, row.type, row.value]),
    ),
    resolved.links.map((link) =>
      entry([link.left, link.right], [link.rule, link.stage, link.decision, link.type, link.value]),
    ),
  )
}

/** Profiles whose held links or candidates become others. */
function changedQuestions({ state, resolved }: RulesetPlan): ReadonlySet<string> {
  const held = unequal(
    state.answers.held.map((row) => {
      const { rule, stage, type, value, guard, reasons, is_group } = row
      return entry([row.cluster_profile, row.refused_by_profile], [rule, stage, type, value, guard, reasons, is_group])
    }),
    resolved.held.map((link) => {
      const { rule, stage, type, value, guard, reasons, group } = link
      const said = [rule, stage, type, value, guard, JSON.stringify(reasons), group ? 1 : 0]
      return entry([link.cluster, link.refusedBy], said)
    }),
  )
  const candidates = unequal(
    state.answers.candidates.map((row) => {
      const { rule, stage, reason, type, value, confidence, trust, rarity, agreement, limits } = row
      const parts = [confidence, trust, rarity, agreement, limits]
      const said = [rule, stage, reason, type, value, ...parts, row.seen_count, row.last_seen]
      return entry([row.survivor_profile, row.session_profile], said)
    }),
    resolved.candidates.map((candidate) => {
      const { rule, stage, reason, type, value, confidence } = candidate
      const { trust, rarity, agreement, limits } = candidate.parts
      const parts = [confidence, trust, rarity, agreement, limits]
      const said = [rule, stage, reason, type, value, ...parts, candidate.seenCount, candidate.lastSeen]
      return entry([candidate.survivor, candidate.session], said)
    }),
  )
  return new Set([...held, ...candidates])
}

/** Something between two ends, as text. */
interface Entry {
  readonly ends: readonly string[]
  readonly text: string
}

function entry(ends: readonly string[], said: readonly (string | number | null)[]): Entry {
  return { ends, text: JSON.stringify([ends, said]) }
}

/** Ends of the entries of either list that the other lacks. */
function unequal(before: readonly Entry[], after: readonly Entry[]): ReadonlySet<string> {
  const [old, fresh] = [new Set(before.map(({ text }) => text)), new Set(after.map(({ text }) => text))]
  const changed = [...before.filter(({ text }) => !fresh.has(text)), ...after.filter(({ text }) => !old.has(text))]
  return new Set(changed.flatMap(({ ends }) => ends))
}
