import { randomUUID } from 'node:crypto'
import type { Decision, RecordRef } from '@selfsame/core'
import { decisionOnCandidate, findCandidate, traceIdsOf, type Sql } from '@selfsame/store'
import type { SpaceRules } from '../space-rules.ts'
import { DecisionFault, type DecisionRequest } from './decision-request.ts'
import { namedRecords, sideOf, type Side } from './sides.ts'
import { splitSidesOf } from './split-sides.ts'

/** A decision about to be stored. */
export interface MadeDecision {
  readonly decision: Decision
  readonly candidateId: string | null
  /** Profiles that are decided about, as they are. */
  readonly sides: readonly Side[]
}

/** Who decides, and when: milliseconds. */
export interface Circumstances {
  readonly actor: string
  readonly at: number
}

/** Turns what somebody asks for into a decision about records. Throws `DecisionFault`. */
export async function makeDecision(
  sql: Sql,
  spaceId: string,
  request: Exclude<DecisionRequest, { kind: 'revert' }>,
  { actor, at }: Circumstances,
  rules: SpaceRules,
): Promise<MadeDecision> {
  const base = { id: `d_${randomUUID().replaceAll('-', '')}`, actor, at, reason: request.reason }
  switch (request.kind) {
    case 'confirm':
    case 'dismiss': {
      const candidate = await findCandidate(sql, spaceId, request.candidateId)
      if (!candidate) throw await candidateIsGone(sql, spaceId, request.candidateId)
      const survivor = await sideOf(sql, spaceId, candidate.survivor_profile)
      const session = await sideOf(sql, spaceId, candidate.session_profile)
      const [keeps, folds] = await bothNamed(sql, spaceId, survivor, session)
      const kind = rules.ruleset.identifiers.find(({ name }) => name === candidate.type)?.kind ?? 'attribute'
      const decision: Decision =
        request.kind === 'dismiss'
          ? { ...base, kind: 'dismiss', left: keeps, right: folds }
          : {
              ...base,
              kind: 'confirm',
              survivor: keeps,
              session: folds,
              confirmed: kind === 'attribute' ? null : { type: candidate.type, value: candidate.value },
              pinned: [],
            }
      return { decision, candidateId: request.candidateId, sides: [survivor, session] }
    }
    case 'merge': {
      const survivor = await sideOf(sql, spaceId, request.survivor)
      const session = await sideOf(sql, spaceId, request.session)
      if (survivor.profileId === session.profileId) {
        throw new DecisionFault('merge.same_profile', 'both ids lead to one profile already', {
          profileId: survivor.profileId,
        })
      }
      const [keeps, folds] = await bothNamed(sql, spaceId, survivor, session)
      for (const { field } of request.pinned) requireField(field, [survivor, session], rules)
      const decision: Decision = {
        ...base,
        kind: 'merge',
        survivor: keeps,
        session: folds,
        confirmed: null,
        pinned: request.pinned,
      }
      return { decision, candidateId: null, sides: [survivor, session] }
    }
    case 'split': {
      const side = await sideOf(sql, spaceId, request.profileId)
      const sides = await splitSidesOf(sql, spaceId, side, request.off, rules.ruleset)
      return { decision: { ...base, kind: 'split', ...sides }, candidateId: null, sides: [side] }
    }
    case 'primary': {
      const side = await sideOf(sql, spaceId, request.profileId)
      const own = new Set(side.traces.map(({ id }) => id))
      const places = await traceIdsOf(sql, spaceId, request.records)
      if (
        request.records.length === 0 ||
        places.filter(({ traceId }) => own.has(traceId)).length < request.records.length
      ) {
        throw new DecisionFault('primary.not_in_profile', 'some of the records do not belong to the profile')
      }
      return { decision: { ...base, kind: 'primary', records: request.records }, candidateId: null, sides: [side] }
    }
    case 'pin': {
      const side = await sideOf(sql, spaceId, request.profileId)
      requireField(request.field, [side], rules)
      const records = await namedRecords(sql, spaceId, side)
      const decision: Decision = { ...base, kind: 'pin', records, field: request.field, value: request.value }
      return { decision, candidateId: null, sides: [side] }
    }
  }
}

async function bothNamed(
  sql: Sql,
  spaceId: string,
  left: Side,
  right: Side,
): Promise<readonly [readonly RecordRef[], readonly RecordRef[]]> {
  return [await namedRecords(sql, spaceId, left), await namedRecords(sql, spaceId, right)]
}

/** Why a candidate cannot be decided: somebody did already, or it never was, or evidence has settled it. */
async function candidateIsGone(sql: Sql, spaceId: string, candidateId: string): Promise<DecisionFault> {
  const decided = await decisionOnCandidate(sql, spaceId, candidateId)
  if (!decided) return new DecisionFault('candidate.unknown', 'there is no such candidate', { candidateId })
  return new DecisionFault('candidate.decided', 'somebody has decided this candidate', {
    candidateId,
    decision: decided.decision_id,
    kind: decided.kind,
    actor: decided.actor,
    reverted: decided.reverted_at !== null,
  })
}

/** A value is chosen for a field that the ruleset knows, or that one of the profiles has. */
function requireField(field: string, sides: readonly Side[], { ruleset }: SpaceRules): void {
  const known =
    ['first_name', 'last_name', 'display_name'].includes(field) ||
    ruleset.identifiers.some(({ name, derive }) => name === field && derive === null) ||
    sides.some(({ traces }) => traces.some(({ members }) => members.some(({ fields }) => fields.has(field))))
  if (!known) throw new DecisionFault('field.unknown', 'neither the ruleset nor the profile has such a field')
}
