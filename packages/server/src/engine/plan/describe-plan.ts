import { ruleInEnglish, stagesOf, type ResolvedNeighbourhood } from '@selfsame/core'
import type { StoredTrace } from '@selfsame/store'
import { forEachAtEase, type Pace } from '../pace.ts'
import { differingFields } from '../profile-row.ts'
import type { RulesetPlan } from './plan-ruleset.ts'
import { profileFlows, type ProfileFlows, type Regrouping } from './profile-flows.ts'

interface BeforeAndAfter {
  readonly before: number
  readonly after: number
}

interface AddedAndRemoved extends BeforeAndAfter {
  readonly added: number
  readonly removed: number
}

/** One rule's figures: see `RuleFigures`. Rates are null where there is nothing to divide by. */
export interface RuleReport {
  readonly rule: string
  readonly sentence: string
  readonly stage: number
  /** Records with a usable value for every criterion. */
  readonly applicable: number
  /** Of those, records that agree with another record of their profile on every criterion. */
  readonly validMatches: number
  /** Of those, records of clusters that the rule linked and a guard refused. */
  readonly conflicts: number
  readonly links: number
  readonly candidates: number
  readonly applicability: number | null
  readonly validMatchRate: number | null
  readonly conflictRate: number | null
}

/** How much one identifier tells. */
export interface IdentifierReport {
  readonly type: string
  readonly kind: 'anchor' | 'claim' | 'attribute'
  /** Records with a usable value. */
  readonly records: number
  readonly completeness: number | null
  /** Profiles that hold a value. */
  readonly profiles: number
  readonly profileCompleteness: number | null
  /** Records that a limit of the identifier keeps apart. */
  readonly conflicts: number
  readonly conflictRate: number | null
}

/** Names no value of anybody: runs are kept for long. */
export interface ProfileExample {
  readonly profileId: string
  readonly records: number
  /** Numbers of some of its records, the first-stored first: they tell who it is while they are stored. */
  readonly seqs: readonly number[]
}

export interface RegroupingExample {
  readonly kind: Regrouping['kind']
  readonly records: number
  readonly before: readonly ProfileExample[]
  readonly after: readonly ProfileExample[]
}

/** Records by how they were resolved: they add up. Where two fit, conflict goes before missing, missing before the rest. */
export interface ResolutionSplit {
  readonly unique: number
  readonly matched: number
  readonly conflict: number
  readonly missing: number
}

/** What a ruleset would change, in figures and by name. */
export interface PlanReport {
  readonly records: number
  readonly profiles: ProfileFlows
  readonly candidates: AddedAndRemoved
  readonly heldLinks: AddedAndRemoved
  /** Held links by guard. */
  readonly guards: Readonly<Record<string, BeforeAndAfter>>
  readonly unresolvedRecords: BeforeAndAfter
  readonly sharedValues: BeforeAndAfter
  /** Of profiles that are there before and after: how many show something else, and in how many fields. */
  readonly golden: { readonly profiles: number; readonly values: number }
  readonly split: { readonly before: ResolutionSplit; readonly after: ResolutionSplit }
  /** The profiles with the most records, as they would be. */
  readonly largest: readonly (ProfileExample & { readonly recordsBefore: number })[]
  /** Those that concern the most records first. */
  readonly examples: readonly RegroupingExample[]
  /** Regroupings in all, beyond the examples. */
  readonly regroupings: number
  readonly rules: readonly RuleReport[]
  readonly identifiers: readonly IdentifierReport[]
}

const mostExamples = 25
const mostLargest = 10
const mostOfExample = 10
const mostSeqs = 8

export async function describePlan(plan: RulesetPlan, pace: Pace): Promise<PlanReport> {
  const { state, resolved, placed, drafts } = plan
  const { flows, regroupings } = await profileFlows(plan, pace)
  const golden = await goldenChanges(plan, pace)
  const withdrawn = placed.filter(({ isWithdrawn }) => isWithdrawn).length
  const records = placed.length - withdrawn
  const pictures = picturesOf(plan)
  const unresolvedBefore = sumRecords(state.traces.filter(({ unresolvedReason }) => unresolvedReason !== null))
  const unresolvedAfter = sumRecords([...resolved.unresolved.keys()].flatMap((id) => drafts.get(id) ?? []))
  const pairOfRow = (row: { survivor_profile: string; session_profile: string }) =>
    JSON.stringify([row.survivor_profile, row.session_profile])
  const largest = [...resolved.profiles].sort((a, b) => b.recordCount - a.recordCount || (a.id < b.id ? -1 : 1))
  const sizesBefore = new Map(state.answers.profiles.map((row) => [row.profile_id, row.record_count]))
  return {
    records,
    profiles: flows,
    candidates: addedAndRemoved(
      state.answers.candidates.map(pairOfRow),
      resolved.candidates.map(({ survivor, session }) => JSON.stringify([survivor, session])),
    ),
    heldLinks: addedAndRemoved(
      state.answers.held.map((row) => JSON.stringify([row.cluster_profile, row.refused_by_profile])),
      resolved.held.map(({ cluster, refusedBy }) => JSON.stringify([cluster, refusedBy])),
    ),
    guards: guardsOf(plan),
    unresolvedRecords: { before: unresolvedBefore, after: unresolvedAfter },
    sharedValues: { before: state.shared.length, after: resolved.shared.length },
    golden,
    split: {
      before: splitOf(
        plan,
        state.traces,
        (trace) => trace.profileId,
        (trace) => trace.unresolvedReason !== null,
        records,
      ),
      after: splitOf(
        plan,
        [...drafts.values()],
        ({ id }) => resolved.profileOf.get(id) ?? null,
        ({ id }) => resolved.unresolved.has(id),
        records,
      ),
    },
    largest: largest.slice(0, mostLargest).map(({ id }) => ({
      ...pictures.after(id),
      recordsBefore: sizesBefore.get(id) ?? 0,
    })),
    examples: regroupings.slice(0, mostExamples).map(({ kind, records: size, before, after }) => ({
      kind,
      records: size,
      before: [...before.keys()].sort().slice(0, mostOfExample).map(pictures.before),
      after: [...after.keys()].sort().slice(0, mostOfExample).map(pictures.after),
    })),
    regroupings: regroupings.length,
    rules: ruleReports(plan, records),
    identifiers: identifierReports(plan, records),
  }
}

function addedAndRemoved(before: readonly string[], after: readonly string[]): AddedAndRemoved {
  const [old, fresh] = [new Set(before), new Set(after)]
  return {
    before: before.length,
    after: after.length,
    added: after.filter((one) => !old.has(one)).length,
    removed: before.filter((one) => !fresh.has(one)).length,
  }
}

function guardsOf({ state, resolved }: RulesetPlan): PlanReport['guards'] {
  const count = (list: readonly { readonly guard: string }[], guard: string) =>
    list.filter((link) => link.guard === guard).length
  const guards = ['conflict_limit', 'field_conflict', 'group_size', 'separation']
  return Object.fromEntries(
    guards.map((guard) => [guard, { before: count(state.answers.held, guard), after: count(resolved.held, guard) }]),
  )
}

async function goldenChanges({ state, rows }: RulesetPlan, pace: Pace): Promise<PlanReport['golden']> {
  let [profiles, values] = [0, 0]
  await forEachAtEase(state.answers.profiles, pace, (before) => {
    const after = rows.get(before.profile_id)
    const fields = after ? differingFields(before, after) : []
    if (fields.length > 0) profiles++
    values += fields.length
  })
  return { profiles, values }
}

function splitOf(
  { rules }: RulesetPlan,
  traces: readonly StoredTrace[],
  profileOf: (trace: StoredTrace) => string | null,
  isUnresolved: (trace: StoredTrace) => boolean,
  records: number,
): ResolutionSplit {
  const attributes = new Set(
    rules.ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [name] : [])),
  )
  const sizes = new Map<string, number>()
  for (const trace of traces) {
    const id = profileOf(trace)
    if (id !== null) sizes.set(id, (sizes.get(id) ?? 0) + trace.recordCount)
  }
  const split = { unique: 0, matched: 0, conflict: 0, missing: 0 }
  for (const trace of traces) {
    const usable = trace.sightings.some(({ type }) => !attributes.has(type))
    const size = sizes.get(profileOf(trace) ?? '') ?? 0
    const part = isUnresolved(trace) ? 'conflict' : !usable ? 'missing' : size > 1 ? 'matched' : 'unique'
    split[part] += trace.recordCount
  }
  // Records without any trace say nothing at all.
  return { ...split, missing: split.missing + records - sumRecords(traces) }
}

function ruleReports({ rules, resolved }: RulesetPlan, records: number): readonly RuleReport[] {
  const stages = stagesOf(rules.ruleset)
  const sizeOf = new Map(resolved.profiles.map(({ id, recordCount }) => [id, recordCount]))
  return resolved.figures.map(({ rule, stage, applicable, validMatches }) => {
    const refused = refusedBy(resolved, stage)
    const conflicts = Math.min(
      applicable,
      [...refused].reduce((sum, id) => sum + (sizeOf.get(id) ?? 0), 0),
    )
    const written = stages[stage]?.rule
    return {
      rule,
      sentence: written ? ruleInEnglish(written, rules.ruleset) : '',
      stage: stage + 1,
      applicable,
      validMatches,
      conflicts,
      links: resolved.links.filter((link) => link.stage === stage).length,
      candidates: resolved.candidates.filter((candidate) => candidate.stage === stage).length,
      applicability: share(applicable, records),
      validMatchRate: share(validMatches, applicable),
      conflictRate: share(conflicts, applicable),
    }
  })
}

function identifierReports({ rules, resolved, drafts }: RulesetPlan, all: number): readonly IdentifierReport[] {
  const sizeOf = new Map(resolved.profiles.map(({ id, recordCount }) => [id, recordCount]))
  const recordsOf = new Map<string, number>()
  const profilesOf = new Map<string, Set<string>>()
  for (const { id, sightings, recordCount } of drafts.values()) {
    const profile = resolved.profileOf.get(id)
    for (const type of new Set(sightings.map((sighting) => sighting.type))) {
      recordsOf.set(type, (recordsOf.get(type) ?? 0) + recordCount)
      if (profile !== undefined) profilesOf.set(type, (profilesOf.get(type) ?? new Set()).add(profile))
    }
  }
  return rules.ruleset.identifiers.flatMap(({ name, kind }): IdentifierReport[] => {
    const records = recordsOf.get(name) ?? 0
    if (records === 0) return []
    const refused = new Set(
      resolved.held
        .filter(({ reasons }) => reasons.some((reason) => reason.startsWith(`${name} has `)))
        .flatMap(({ cluster, refusedBy: other, group }) => (group ? [cluster, other] : [cluster])),
    )
    const conflicts = [...refused].reduce((sum, id) => sum + (sizeOf.get(id) ?? 0), 0)
    const profiles = profilesOf.get(name)?.size ?? 0
    return [
      {
        type: name,
        kind,
        records,
        completeness: share(records, all),
        profiles,
        profileCompleteness: share(profiles, resolved.profiles.length),
        conflicts,
        conflictRate: share(conflicts, records),
      },
    ]
  })
}

function refusedBy({ held }: ResolvedNeighbourhood, stage: number): ReadonlySet<string> {
  return new Set(
    held
      .filter((link) => link.stage === stage && link.guard !== 'separation')
      .flatMap(({ cluster, refusedBy: other, group }) => (group ? [cluster, other] : [cluster])),
  )
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole
}

function sumRecords(traces: readonly Pick<StoredTrace, 'recordCount'>[]): number {
  return traces.reduce((sum, { recordCount }) => sum + recordCount, 0)
}

function picturesOf({ state, resolved }: RulesetPlan) {
  const tracesBefore = Map.groupBy(state.traces, ({ profileId }) => profileId ?? '')
  const planned = new Map(resolved.profiles.map((profile) => [profile.id, profile.traces]))
  const picture =
    (tracesOf: (id: string) => readonly Pick<StoredTrace, 'firstSeq' | 'recordCount'>[]) =>
    (profileId: string): ProfileExample => {
      const traces = tracesOf(profileId)
      const seqs = traces.map(({ firstSeq }) => firstSeq).sort((a, b) => a - b)
      return { profileId, records: sumRecords(traces), seqs: seqs.slice(0, mostSeqs) }
    }
  return {
    before: picture((id) => tracesBefore.get(id) ?? []),
    after: picture((id) => planned.get(id) ?? []),
  }
}
