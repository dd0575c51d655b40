import type { LiveTrace, ResolvedNeighbourhood } from '@selfsame/core'
import {
  changeSightings,
  deleteTraces,
  findProfiles,
  replaceLinks,
  replaceOpenQuestions,
  saveChanges,
  saveProfiles,
  saveShared,
  saveTraces,
  type ChangeKind,
  type LoadedNeighbourhood,
  type MetricStep,
  type Sql,
  type StoredProfile,
  type StoredTrace,
} from '@selfsame/store'
import { differs, profileRow } from './profile-row.ts'
import type { SpaceRules } from './space-rules.ts'

export interface AppliedResolution {
  /** Number of the last change. */
  readonly changeSeq: number
  /** Profiles that were not there before. */
  readonly created: number
  /** Profiles whose records belong to nobody any more. With merges and those created they explain how many there are. */
  readonly ended: number
  readonly candidates: { readonly added: number; readonly removed: number }
  readonly merges: number
  readonly splits: number
  /** Entries of the feed, in its order. */
  readonly changes: readonly AppliedChange[]
}

export interface AppliedChange {
  readonly kind: ChangeKind
  readonly profileId: string
  readonly others: readonly string[]
}

/** How many profiles there are, and pairs that wait, is the sum of these steps. */
export function graphSteps(
  applied: Pick<AppliedResolution, 'created' | 'ended' | 'splits' | 'candidates'>,
): readonly MetricStep[] {
  return [
    { name: 'profiles_created', label: '', value: applied.created },
    { name: 'profiles_ended', label: '', value: applied.ended },
    { name: 'splits', label: '', value: applied.splits },
    { name: 'candidates_added', label: '', value: applied.candidates.added },
    { name: 'candidates_removed', label: '', value: applied.candidates.removed },
  ]
}

/** What is being applied, and under which circumstances. */
export interface Application {
  readonly spaceId: string
  readonly at: number
  /** See `StoredChange.cause`. */
  readonly cause: string
  readonly changeSeq: number
  readonly rules: SpaceRules
  readonly candidateId: (survivor: string, session: string) => string
  /** For traces that went into others, or were cut anew: the traces where their records are now. */
  readonly successorsOf: (traceId: string) => readonly string[]
  /** Profiles as they were planned, where they were. */
  readonly rowOf?: (profileId: string) => StoredProfile | undefined
  /** Types whose values the inverted index holds of a trace as it was. Default: those of `rules`. */
  readonly indexedBefore?: (traceId: string) => ReadonlySet<string>
}

/** Writes a resolved neighbourhood: only what differs from what the store has. */
export async function applyResolution(
  sql: Sql,
  neighbourhood: LoadedNeighbourhood,
  drafts: ReadonlyMap<string, StoredTrace>,
  removed: ReadonlySet<string>,
  resolved: ResolvedNeighbourhood,
  application: Application,
): Promise<AppliedResolution> {
  const { spaceId, at, rules } = application
  await saveTraceRows(sql, neighbourhood, drafts, removed, resolved, application)
  await saveSharedFlags(sql, neighbourhood, resolved, spaceId)

  const idsBefore = new Set(
    [...neighbourhood.stored.values()].flatMap(({ profileId }) => (profileId === null ? [] : [profileId])),
  )
  const idsAfter = resolved.profiles.map(({ id }) => id)
  const ids = [...new Set([...idsBefore, ...idsAfter])]
  const known = new Map((await findProfiles(sql, spaceId, ids)).map((profile) => [profile.profile_id, profile]))
  const shared = new Set(resolved.shared.map(valueText))
  const rows = resolved.profiles.map((profile) => {
    const before = known.get(profile.id)
    const planned = application.rowOf?.(profile.id)
    if (!planned) return profileRow(profile, before, at, rules, shared)
    return { ...planned, created_at: before?.created_at ?? at, updated_at: at }
  })
  const active = new Set(idsAfter)
  const wentTo = whereTracesWent(neighbourhood, resolved, application)
  const retired = [...idsBefore].flatMap((id): StoredProfile[] => {
    const row = known.get(id)
    if (!row || row.status !== 'active' || active.has(id)) return []
    const counts = { trace_count: 0, record_count: 0 }
    const merged_into = wentTo.get(id)?.[0] ?? null
    return [{ ...row, ...counts, status: 'merged', merged_into, updated_at: at, golden: '{"fields":{}}' }]
  })
  const written = rows.filter((row) => differs(row, known.get(row.profile_id)))
  await saveProfiles(sql, spaceId, [...written, ...retired], known)

  const countById = new Map(resolved.profiles.map(({ id, recordCount }) => [id, recordCount]))
  const recordsOf = (id: string) => countById.get(id) ?? 0
  const questions = isQuiet(known, ids, resolved) ? [] : ids
  const candidates = await replaceOpenQuestions(
    sql,
    spaceId,
    questions,
    resolved.held.map((link) => ({
      cluster_profile: link.cluster,
      refused_by_profile: link.refusedBy,
      rule: link.rule,
      stage: link.stage,
      type: link.type,
      value: link.value,
      guard: link.guard,
      reasons: JSON.stringify(link.reasons),
      is_group: link.group ? 1 : 0,
    })),
    resolved.candidates.map((candidate) => ({
      survivor_profile: candidate.survivor,
      session_profile: candidate.session,
      candidate_id: application.candidateId(candidate.survivor, candidate.session),
      rule: candidate.rule,
      stage: candidate.stage,
      reason: candidate.reason,
      type: candidate.type,
      value: candidate.value,
      confidence: candidate.confidence,
      ...candidate.parts,
      seen_count: candidate.seenCount,
      last_seen: candidate.lastSeen,
      first_shown_at: at,
      reach: recordsOf(candidate.survivor) + recordsOf(candidate.session),
    })),
  )
  await replaceLinks(
    sql,
    spaceId,
    [...neighbourhood.stored.keys()],
    resolved.links.map((link) => ({
      left_trace: link.left,
      right_trace: link.right,
      rule: link.rule,
      stage: link.stage,
      decision_id: link.decision,
      type: link.type,
      value: link.value,
      ruleset_version: rules.version,
    })),
  )
  return { ...(await saveFeed(sql, known, written, retired, wentTo, application)), candidates }
}

async function saveTraceRows(
  sql: Sql,
  neighbourhood: LoadedNeighbourhood,
  drafts: ReadonlyMap<string, StoredTrace>,
  removed: ReadonlySet<string>,
  resolved: ResolvedNeighbourhood,
  { spaceId, at, rules, indexedBefore }: Application,
): Promise<void> {
  const changed = neighbourhood.traces.flatMap((trace): StoredTrace[] => {
    const stored = neighbourhood.stored.get(trace.id)
    const profileId = resolved.profileOf.get(trace.id) ?? null
    const open = resolved.unresolved.get(trace.id)
    const unresolvedReason = open?.reason ?? null
    const conflictReasons = open?.conflictReasons ?? null
    const same =
      stored !== undefined &&
      !drafts.has(trace.id) &&
      stored.profileId === profileId &&
      stored.unresolvedReason === unresolvedReason &&
      stored.conflictReasons === conflictReasons
    return same ? [] : [{ ...trace, profileId, unresolvedReason, conflictReasons }]
  })
  await deleteTraces(sql, spaceId, [...removed])
  await saveTraces(sql, spaceId, changed, at, neighbourhood.stored)
  const indexed = (trace: LiveTrace | undefined, types = rules.indexed) =>
    (trace?.sightings ?? []).filter(({ type }) => types.has(type))
  const before = (id: string) => indexed(neighbourhood.stored.get(id), indexedBefore?.(id))
  await changeSightings(sql, spaceId, [
    ...[...removed].map((id) => ({ traceId: id, before: before(id), after: [] })),
    ...[...drafts].map(([id, draft]) => ({
      traceId: id,
      before: before(id),
      after: indexed(draft),
    })),
  ])
}

async function saveSharedFlags(
  sql: Sql,
  neighbourhood: LoadedNeighbourhood,
  resolved: ResolvedNeighbourhood,
  spaceId: string,
): Promise<void> {
  const known = new Set(neighbourhood.shared.map(valueText))
  const after = new Set(resolved.shared.map(valueText))
  await saveShared(
    sql,
    spaceId,
    resolved.shared.filter((value) => !known.has(valueText(value))),
    neighbourhood.sharedBefore.filter((value) => !after.has(valueText(value)) && !known.has(valueText(value))),
  )
}

/** Whether no profile had, and none has, a held link or a candidate. */
function isQuiet(
  known: ReadonlyMap<string, StoredProfile>,
  ids: readonly string[],
  resolved: ResolvedNeighbourhood,
): boolean {
  return (
    resolved.held.length === 0 &&
    resolved.candidates.length === 0 &&
    ids.every((id) => (known.get(id)?.plain ?? 1) === 1)
  )
}

/** The profiles that traces of a profile are in now, by its id; those that stayed are left out. */
function whereTracesWent(
  neighbourhood: LoadedNeighbourhood,
  resolved: ResolvedNeighbourhood,
  { successorsOf }: Application,
): ReadonlyMap<string, readonly string[]> {
  const wentTo = new Map<string, Set<string>>()
  for (const { id, profileId } of neighbourhood.stored.values()) {
    for (const trace of [id, ...successorsOf(id)]) {
      const to = resolved.profileOf.get(trace)
      if (profileId === null || to === undefined || to === profileId) continue
      wentTo.set(profileId, (wentTo.get(profileId) ?? new Set()).add(to))
    }
  }
  return new Map([...wentTo].map(([from, to]) => [from, [...to].sort()]))
}

async function saveFeed(
  sql: Sql,
  known: ReadonlyMap<string, StoredProfile>,
  written: readonly StoredProfile[],
  retired: readonly StoredProfile[],
  wentTo: ReadonlyMap<string, readonly string[]>,
  { spaceId, at, cause, changeSeq }: Application,
): Promise<Omit<AppliedResolution, 'candidates'>> {
  const entries: AppliedChange[] = []
  const isRetired = new Set(retired.map((row) => row.profile_id))
  const told = new Set<string>()
  for (const [from, to] of wentTo) {
    if (isRetired.has(from)) continue
    entries.push({ kind: 'split', profileId: from, others: to })
    told.add(from)
  }
  const mergedInto = new Map<string, string[]>()
  for (const row of retired) {
    const into = row.merged_into
    if (into === null) entries.push({ kind: 'updated', profileId: row.profile_id, others: [] })
    else mergedInto.set(into, [...(mergedInto.get(into) ?? []), row.profile_id])
  }
  for (const [into, others] of mergedInto) {
    if (known.get(into)?.status !== 'active') entries.push({ kind: 'created', profileId: into, others: [] })
    entries.push({ kind: 'merged', profileId: into, others: others.sort() })
    told.add(into)
  }
  for (const row of written) {
    if (told.has(row.profile_id)) continue
    const isNew = known.get(row.profile_id)?.status !== 'active'
    entries.push({ kind: isNew ? 'created' : 'updated', profileId: row.profile_id, others: [] })
  }
  entries.sort((a, b) => (a.profileId < b.profileId ? -1 : a.profileId > b.profileId ? 1 : a.kind < b.kind ? -1 : 1))
  await saveChanges(
    sql,
    spaceId,
    entries.map(({ kind, profileId, others }, index) => ({
      seq: changeSeq + index + 1,
      at,
      kind,
      profile_id: profileId,
      others: JSON.stringify(others),
      cause,
    })),
  )
  return {
    changeSeq: changeSeq + entries.length,
    created: entries.filter((entry) => entry.kind === 'created').length,
    ended: retired.filter(({ merged_into }) => merged_into === null).length,
    merges: entries.reduce((sum, entry) => sum + (entry.kind === 'merged' ? entry.others.length : 0), 0),
    splits: entries.filter((entry) => entry.kind === 'split').length,
    changes: entries,
  }
}

function valueText({ type, value }: { readonly type: string; readonly value: string }): string {
  return JSON.stringify([type, value])
}
