import type { ResolvedNeighbourhood } from '@selfsame/core'
import {
  allShared,
  countMetrics,
  followAllNamedRecords,
  profilesUpdatedSince,
  replaceAliases,
  retraceRecords,
  saveRuleset,
  saveSpace,
  traceMarks,
  tracesById,
  type LoadedNeighbourhood,
  type SpaceRow,
  type Sql,
  type StoredTrace,
} from '@selfsame/store'
import { applyResolution, graphSteps } from '../apply-resolution.ts'
import { noteOverruled } from '../decide/overruled-dismissals.ts'
import { candidateIdMaker } from '../ids.ts'
import type { SpaceRules } from '../space-rules.ts'
import { catchUp } from './catch-up.ts'
import type { RulesetPlan } from './plan-ruleset.ts'
import type { Unchanged } from './unchanged.ts'

export interface PlanToApply {
  readonly plan: RulesetPlan
  readonly unchanged: Unchanged
  /** The rules that the stored state was resolved with. */
  readonly before: SpaceRules
  readonly body: string
  readonly actor: string
  readonly note: string | null
}

export interface AppliedPlan {
  readonly version: number
  readonly merges: number
  readonly splits: number
  /** Records that came, and rows that changed, while the plan was made. */
  readonly caughtUp: number
}

/**
 * Publishes what was planned, within the transaction that holds the lane: the difference to what is stored now is written, and
 * what came since the plan was made is resolved with the new rules.
 */
export async function applyPlan(
  sql: Sql,
  space: SpaceRow,
  { plan, unchanged, before, body, actor, note }: PlanToApply,
  nowMs: number,
): Promise<AppliedPlan> {
  const { spaceId } = space
  const { rules, state, resolved, drafts } = plan
  const at = Math.max(nowMs, space.clock)
  const version = await saveRuleset(sql, spaceId, { body, actor, note, created_at: at })
  if (version !== rules.version) throw new Error('the plan was made for another version')
  const since = await changedSince(sql, plan)

  const stored = new Map(plan.neighbourhood.stored)
  for (const id of since.gone) stored.delete(id)
  for (const trace of since.changed) if (drafts.has(trace.id) || stored.has(trace.id)) stored.set(trace.id, trace)
  const touched = new Set([...since.gone, ...since.changed.map(({ id }) => id)])
  const isTouched = (id: string) => touched.has(id)
  const turned = new Set(
    [...rules.indexed, ...before.indexed].filter((type) => rules.indexed.has(type) !== before.indexed.has(type)),
  )
  const isReindexed = ({ sightings }: StoredTrace) => turned.size > 0 && sightings.some(({ type }) => turned.has(type))
  const written = new Map(
    [...drafts].filter(([id, draft]) => !unchanged.traces.has(id) || isTouched(id) || isReindexed(draft)),
  )
  const removed = new Set([...stored.keys()].filter((id) => !drafts.has(id)))
  const stays = new Set(unchanged.profiles)
  for (const id of await profilesUpdatedSince(sql, spaceId, state.space.clock)) stays.delete(id)
  for (const id of [...written.keys(), ...removed, ...touched]) {
    stays.delete(resolved.profileOf.get(id) ?? '')
    stays.delete(stored.get(id)?.profileId ?? '')
  }
  const sharedBefore = await allShared(sql, spaceId)
  const { neighbourhood, answer } = restrict(plan, stored, stays, written, removed, sharedBefore)
  await retraceRecords(
    sql,
    spaceId,
    plan.placed
      .filter(({ from, to }) => from !== to || (from !== null && isTouched(from)) || (to !== null && isTouched(to)))
      .map(({ source, record_key, to }) => ({ source, record_key, trace_id: to })),
  )
  await followAllNamedRecords(sql, spaceId)
  await replaceAliases(sql, spaceId, plan.aliases)
  const cause = `ruleset:${version}`
  const applied = await applyResolution(sql, neighbourhood, written, removed, answer, {
    spaceId,
    at,
    cause,
    changeSeq: space.changeSeq,
    rules,
    candidateId: candidateIdMaker(space.secret),
    successorsOf: plan.successorsOf,
    rowOf: (id) => plan.rows.get(id),
    indexedBefore: () => before.indexed,
  })
  await noteOverruled(sql, spaceId, at, neighbourhood, resolved)

  const caught = await catchUp(sql, { ...space, changeSeq: applied.changeSeq }, rules, before, at, {
    recordSeq: state.space.recordSeq,
    leaving: since.changed.filter(({ id }) => !drafts.has(id) && !stored.has(id)),
    changedRows: since.changed.filter(({ id, kind }) => kind === 'row' && drafts.has(id)),
    withdrawn: withdrawnRows(plan, since.gone),
  })
  const [merges, splits] = [applied.merges + caught.merges, applied.splits + caught.splits]
  await countMetrics(sql, spaceId, at, [
    { name: 'merges_automatic', label: '', value: merges },
    ...graphSteps(applied),
    ...graphSteps(caught),
  ])
  await saveSpace(sql, { ...space, clock: at, changeSeq: caught.changeSeq, rulesetVersion: version })
  return { version, merges, splits, caughtUp: caught.records }
}

interface ChangedSince {
  /** Traces as the store has them now, new ones among them. */
  readonly changed: readonly StoredTrace[]
  readonly gone: ReadonlySet<string>
}

async function changedSince(sql: Sql, { state }: RulesetPlan): Promise<ChangedSince> {
  const { spaceId, clock } = state.space
  const marks = await traceMarks(sql, spaceId)
  const known = new Set(state.traces.map(({ id }) => id))
  // What was saved in the very millisecond of the plan may be in it or not.
  const ids = [...marks].flatMap(([id, savedAt]) => (savedAt >= clock || !known.has(id) ? [id] : []))
  return {
    changed: await tracesById(sql, spaceId, ids),
    gone: new Set([...known].filter((id) => !marks.has(id))),
  }
}

/** Rows whose trace is no more, although the plan has them: they were deleted at their source meanwhile. */
function withdrawnRows({ placed }: RulesetPlan, gone: ReadonlySet<string>) {
  return placed.flatMap(({ kind, from, source, record_key }) =>
    kind === 'row' && from !== null && gone.has(from) ? [{ source, key: record_key }] : [],
  )
}

/** The plan without the profiles that stay as they are. */
function restrict(
  { neighbourhood, resolved }: RulesetPlan,
  stored: ReadonlyMap<string, StoredTrace>,
  stays: ReadonlySet<string>,
  written: ReadonlyMap<string, StoredTrace>,
  removed: ReadonlySet<string>,
  sharedBefore: LoadedNeighbourhood['sharedBefore'],
): { readonly neighbourhood: LoadedNeighbourhood; readonly answer: ResolvedNeighbourhood } {
  const isIn = (traceId: string) => !stays.has(resolved.profileOf.get(traceId) ?? '') || written.has(traceId)
  const profiles = resolved.profiles.filter(({ id }) => !stays.has(id))
  const concerns = (a: string, b: string) => !stays.has(a) || !stays.has(b)
  return {
    neighbourhood: {
      ...neighbourhood,
      sharedBefore,
      traces: neighbourhood.traces.filter(({ id }) => isIn(id)),
      stored: new Map([...stored].filter(([id]) => removed.has(id) || isIn(id))),
    },
    answer: {
      ...resolved,
      profiles,
      links: resolved.links.filter(({ left, right }) => isIn(left) || isIn(right)),
      held: resolved.held.filter(({ cluster, refusedBy }) => concerns(cluster, refusedBy)),
      candidates: resolved.candidates.filter(({ survivor, session }) => concerns(survivor, session)),
    },
  }
}
