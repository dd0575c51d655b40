import {
  recordsNamedBy,
  type Decision,
  type LiveTrace,
  type RecordRef,
  type ResolvedNeighbourhood,
} from '@selfsame/core'
import {
  appendAudit,
  countMetrics,
  decisionsNaming,
  findDecision,
  lastDecisionAt,
  laterDecisions,
  lockSpace,
  recordsSince,
  saveDecision,
  saveNamedRecords,
  saveSpace,
  traceIdsOf,
  tracesById,
  type LoadedNeighbourhood,
  type SpaceRow,
  type Sql,
  type StoredDecision,
} from '@selfsame/store'
import { applyResolution, graphSteps, type AppliedResolution } from '../apply-resolution.ts'
import { candidateIdMaker } from '../ids.ts'
import { UnknownSpace } from '../ingest-group.ts'
import { resolveAround } from '../resolve-around.ts'
import type { RulesCache, SpaceRules } from '../space-rules.ts'
import { DecisionFault, type DecisionOutcome, type DecisionRequest } from './decision-request.ts'
import { makeDecision } from './make-decision.ts'
import { noteOverruled } from './overruled-dismissals.ts'
import { nothingRetraced, retrace } from './retrace.ts'

export interface DecideOptions {
  readonly actor: string
  readonly nowMs: number
  /** Whether what arrived since is listed, of a revert. */
  readonly listSince: boolean
}

/** Records that came after a decision and are listed, and how many of all later ones are looked at for it. */
const mostListed = 100
const mostScanned = 100_000

/**
 * Makes or reverts a decision within one transaction: whoever it names is resolved again with it, or without it. Throws
 * `DecisionFault` before anything is stored.
 */
export async function applyDecision(
  sql: Sql,
  spaceId: string,
  request: DecisionRequest,
  { actor, nowMs, listSince }: DecideOptions,
  cache: RulesCache,
): Promise<DecisionOutcome> {
  const space = await lockSpace(sql, spaceId)
  if (!space) throw new UnknownSpace('there is no such space')
  const rules = await cache.load(sql, spaceId, space.rulesetVersion)
  const at = Math.max(nowMs, space.clock, ((await lastDecisionAt(sql, spaceId)) ?? -1) + 1)
  const stored =
    request.kind === 'revert'
      ? await revertedDecision(sql, spaceId, request, actor, at)
      : await madeDecision(sql, space, request, { actor, at }, rules)
  const decision = JSON.parse(stored.decision.body) as Decision
  await saveDecision(sql, spaceId, stored.decision)
  await saveNamedRecords(sql, spaceId, decision)

  const resolved = await resolveAgain(sql, space, decision, rules, at)
  const { neighbourhood, resolution, applied } = resolved
  const named = recordsNamedBy(decision)
  const before = idsOf(resolved.namedBefore.map(({ profileId }) => profileId))
  const after = idsOf((await traceIdsOf(sql, spaceId, named)).map(({ traceId }) => resolution.profileOf.get(traceId)))
  const { changes } = applied
  if (request.kind !== 'revert') {
    const outcome = JSON.stringify({ before, after, changes })
    await saveDecision(sql, spaceId, { ...stored.decision, outcome })
  }
  await appendAudit(sql, spaceId, {
    at,
    actor,
    action: request.kind === 'revert' ? `decision.revert` : `decision.${decision.kind}`,
    object: decision.id,
    details: { decides: decision.kind, candidate: stored.decision.candidate_id, before, after },
  })
  await noteOverruled(sql, spaceId, at, neighbourhood, resolution)
  await countMetrics(sql, spaceId, at, [
    { name: 'decisions', label: request.kind === 'revert' ? 'revert' : decision.kind, value: 1 },
    { name: 'merges_manual', label: '', value: applied.merges },
    ...graphSteps(applied),
  ])
  await saveSpace(sql, { ...space, clock: Math.max(space.clock, at), changeSeq: applied.changeSeq })
  return {
    decisionId: decision.id,
    kind: request.kind === 'revert' ? 'revert' : decision.kind,
    at,
    before,
    after,
    changes,
    profiles: resolution.profiles.filter(({ id }) => after.includes(id)),
    since: listSince
      ? await recordsSince(sql, spaceId, stored.decision.record_seq, after, mostListed, mostScanned)
      : [],
    later: stored.later,
  }
}

interface StoredHere {
  readonly decision: StoredDecision
  readonly later: readonly string[]
}

async function madeDecision(
  sql: Sql,
  space: SpaceRow,
  request: Exclude<DecisionRequest, { kind: 'revert' }>,
  circumstances: { readonly actor: string; readonly at: number },
  rules: SpaceRules,
): Promise<StoredHere> {
  const { decision, candidateId } = await makeDecision(sql, space.spaceId, request, circumstances, rules)
  return {
    decision: {
      decision_id: decision.id,
      kind: decision.kind,
      decided_at: circumstances.at,
      actor: circumstances.actor,
      reason: request.reason,
      candidate_id: candidateId,
      body: JSON.stringify(decision),
      outcome: '{}',
      record_seq: space.recordSeq,
      reverted_at: null,
      reverted_by: null,
      revert_reason: null,
    },
    later: [],
  }
}

async function revertedDecision(
  sql: Sql,
  spaceId: string,
  { decisionId, anyway, reason }: Extract<DecisionRequest, { kind: 'revert' }>,
  actor: string,
  at: number,
): Promise<StoredHere> {
  const decision = await findDecision(sql, spaceId, decisionId)
  if (!decision) throw new DecisionFault('decision.unknown', 'there is no such decision', { decisionId })
  if (decision.reverted_at !== null) {
    const facts = { decisionId, revertedBy: decision.reverted_by }
    throw new DecisionFault('decision.reverted', 'the decision was reverted already', facts)
  }
  const later = (await laterDecisions(sql, spaceId, decision)).map(({ decision_id }) => decision_id)
  if (later.length > 0 && !anyway) {
    throw new DecisionFault('decision.rested_on', 'later decisions were made about the same records', { later })
  }
  return { decision: { ...decision, reverted_at: at, reverted_by: actor, revert_reason: reason }, later }
}

interface ResolvedAgain {
  readonly neighbourhood: LoadedNeighbourhood
  readonly resolution: ResolvedNeighbourhood
  readonly applied: AppliedResolution
  /** The traces of the named records before. */
  readonly namedBefore: readonly LiveTrace[]
}

/** Resolves everybody around the records of a decision, with the decisions that stand now. */
async function resolveAgain(
  sql: Sql,
  space: SpaceRow,
  decision: Decision,
  rules: SpaceRules,
  at: number,
): Promise<ResolvedAgain> {
  const { spaceId } = space
  const named = recordsNamedBy(decision)
  const places = idsOf((await traceIdsOf(sql, spaceId, named)).map(({ traceId }) => traceId))
  const namedBefore = await tracesById(sql, spaceId, places)
  const retraced =
    decision.kind === 'split'
      ? await retrace(sql, spaceId, named, await standingAround(sql, spaceId, named), rules)
      : nothingRetraced
  const removed = retraced.removed
  const disturbance = {
    drafts: retraced.drafts,
    removed,
    before: [],
    again: [...namedBefore, ...retraced.before],
    aliases: [],
  }
  const { neighbourhood, resolved: resolution } = await resolveAround(sql, space, disturbance, rules)
  const applied = await applyResolution(sql, neighbourhood, retraced.drafts, removed, resolution, {
    spaceId,
    at,
    cause: `decision:${decision.id}`,
    changeSeq: space.changeSeq,
    rules,
    candidateId: candidateIdMaker(space.secret),
    successorsOf: retraced.successorsOf,
  })
  return { neighbourhood, resolution, applied, namedBefore }
}

/** The standing decisions about the traces that some records are in: their splits say how the traces are cut. */
async function standingAround(sql: Sql, spaceId: string, refs: readonly RecordRef[]): Promise<readonly Decision[]> {
  const places = idsOf((await traceIdsOf(sql, spaceId, refs)).map(({ traceId }) => traceId))
  return decisionsNaming(sql, spaceId, places, [])
}

function idsOf(ids: readonly (string | null | undefined)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== null && id !== undefined))].sort()
}
