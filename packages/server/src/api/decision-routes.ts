import {
  candidateParams,
  decideAnswer,
  decideBody,
  decisionAnswer,
  decisionDetail,
  decisionParams,
  decisionsAnswer,
  decisionsQuery,
  mergeBody,
  pinBody,
  previewQuery,
  primaryBody,
  profileParams,
  reasonBody,
  revertBody,
  splitBody,
} from '@selfsame/contract'
import type { Decision, JsonValue, RecordRef } from '@selfsame/core'
import { decisionRows, findCandidate, findDecision, laterDecisions, profileDetail, whichProfile } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import type { DecisionRequest, SplitOff } from '../engine/index.ts'
import { Problem } from '../http/problem.ts'
import { decisionAnswerOf, decisionRowOf, outcomeOrProblem, type FieldsBefore } from './decision-answers.ts'
import { addReadingRoute, type ReadingContext } from './reading.ts'
import { addWritingRoute, type Write } from './writing.ts'

const tag = 'decisions'
/** Records of one side that are shown of a decision. */
const mostShown = 100

/** What people decide: confirm, dismiss, merge, split, pin, and take back. */
export function decisionRoutes(app: FastifyInstance, context: ReadingContext): void {
  const one = async (
    {
      spaceId,
      actor,
      query,
    }: Pick<Write<unknown, { readonly preview: 'true' | 'false' }, unknown>, 'spaceId' | 'actor' | 'query'>,
    request: DecisionRequest,
    sides: readonly (string | undefined)[] = [],
  ) => {
    const preview = query.preview === 'true'
    const before = preview ? await Promise.all(sides.map((id) => fieldsOf(context, spaceId, id))) : []
    const [result] = await context.engine.decide(spaceId, [request], { actor, preview })
    return decisionAnswerOf(outcomeOrProblem(result), preview, await keyTypesOf(context, spaceId), before)
  }

  for (const action of ['confirm', 'dismiss'] as const) {
    addWritingRoute(
      app,
      context,
      {
        method: 'POST',
        url: `/candidates/:id/${action}`,
        summary:
          action === 'confirm'
            ? 'They are one person: the session folds into the survivor, and the claim becomes verified'
            : 'They are two people: this pair is not asked about again',
        tag,
        params: candidateParams,
        query: previewQuery,
        body: reasonBody,
        answer: decisionAnswer,
      },
      async (write) => {
        const candidate = await findCandidate(context.database, write.spaceId, write.params.id)
        const sides = action === 'confirm' ? [candidate?.survivor_profile, candidate?.session_profile] : []
        return one(write, { kind: action, candidateId: write.params.id, reason: write.body.reason }, sides)
      },
    )
  }

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/candidates/decide',
      summary: 'Confirm or dismiss several candidates in one step; those that cannot be decided any more are skipped',
      tag,
      query: previewQuery,
      body: decideBody,
      answer: decideAnswer,
    },
    async ({ spaceId, actor, query, body }) => {
      const preview = query.preview === 'true'
      const { action: kind, reason } = body
      const ids = [...new Set(body.candidateIds)]
      const requests = ids.map((candidateId): DecisionRequest => ({ kind, candidateId, reason }))
      const decided = await context.engine.decide(spaceId, requests, { actor, preview })
      const keyTypes = await keyTypesOf(context, spaceId)
      const results = ids.map((candidateId, place) => {
        const result = decided[place]
        if (!result) throw new Error('a decision has a result')
        return result.ok
          ? { candidateId, decision: decisionAnswerOf(result.outcome, preview, keyTypes), problem: null }
          : { candidateId, decision: null, problem: { code: result.fault.code, detail: result.fault.message } }
      })
      const done = results.filter(({ decision }) => decision !== null).length
      return { decided: done, skipped: results.length - done, results }
    },
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/profiles/merge',
      summary: 'Make one profile of two, with the values chosen where they differ',
      tag,
      query: previewQuery,
      body: mergeBody,
      answer: decisionAnswer,
    },
    async (write) => {
      const { survivor, session, pinned, reason } = write.body
      const chosen = pinned.map(({ field, value }) => ({ field, value: value as JsonValue }))
      return one(write, { kind: 'merge', survivor, session, pinned: chosen, reason }, [survivor, session])
    },
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/profiles/:id/split',
      summary: 'Take records or identifiers off a profile; what is taken off never joins it again',
      tag,
      params: profileParams,
      query: previewQuery,
      body: splitBody,
      answer: decisionAnswer,
    },
    async (write) => {
      const { records, keeping, identifiers, reason } = write.body
      const off: SplitOff = identifiers
        ? { by: 'identifiers', identifiers }
        : { by: 'records', records: records ?? [], keeping }
      return one(write, { kind: 'split', profileId: write.params.id, off, reason })
    },
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/profiles/:id/pin',
      summary: 'Choose the value of a field; it stands until the decision is reverted or another value is chosen',
      tag,
      params: profileParams,
      query: previewQuery,
      body: pinBody,
      answer: decisionAnswer,
    },
    async (write) => {
      const { field, value, reason } = write.body
      return one(write, { kind: 'pin', profileId: write.params.id, field, value: value as JsonValue, reason })
    },
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/profiles/:id/primary',
      summary: 'Choose the primary side of a profile: its values survive where the survivorship rule is `primary`',
      tag,
      params: profileParams,
      query: previewQuery,
      body: primaryBody,
      answer: decisionAnswer,
    },
    async (write) => {
      const { records, reason } = write.body
      return one(write, { kind: 'primary', profileId: write.params.id, records, reason })
    },
  )

  addWritingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/decisions/:id/revert',
      summary: 'Take a decision back: everybody is who they would be if it had never been made',
      tag,
      params: decisionParams,
      query: previewQuery,
      body: revertBody,
      answer: decisionAnswer,
    },
    async (write) => {
      const { anyway, reason } = write.body
      // A preview says what rests on the decision instead of refusing.
      const isPreview = write.query.preview === 'true'
      return one(write, { kind: 'revert', decisionId: write.params.id, anyway: anyway || isPreview, reason })
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/decisions',
      summary: 'What people decided, the latest first',
      tag,
      query: decisionsQuery,
      answer: decisionsAnswer,
    },
    async ({ database, spaceId, query, after, next }) => {
      const { limit, profileId: asked, kind, standing } = query
      const profileId = asked === undefined ? undefined : await currentId(context, spaceId, asked)
      const filter = { profileId, kind, standing: standing === undefined ? undefined : standing === 'true' }
      const page = await decisionRows(database, spaceId, filter, { limit, after: await after() })
      return { items: page.rows.map(decisionRowOf), next: await next(page.next) }
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'GET',
      url: '/decisions/:id',
      summary: 'A decision with the records it names and what was decided about them later',
      tag,
      params: decisionParams,
      answer: decisionDetail,
    },
    async ({ database, spaceId, params }) => {
      const row = await findDecision(database, spaceId, params.id)
      if (!row) throw new Problem('decision.unknown', 'there is no such decision')
      const later = await laterDecisions(database, spaceId, row)
      const sides = sidesOf(JSON.parse(row.body) as Decision).map(({ side, records }) => ({
        side,
        records: records.slice(0, mostShown).map(({ source, key }) => ({ source, key })),
        recordCount: records.length,
      }))
      return { ...decisionRowOf(row), sides, later: later.map(({ decision_id }) => decision_id) }
    },
  )
}

function sidesOf(decision: Decision): readonly { readonly side: string; readonly records: readonly RecordRef[] }[] {
  switch (decision.kind) {
    case 'merge':
    case 'confirm':
      return [
        { side: 'survivor', records: decision.survivor },
        { side: 'session', records: decision.session },
      ]
    case 'dismiss':
      return [
        { side: 'left', records: decision.left },
        { side: 'right', records: decision.right },
      ]
    case 'split':
      return [
        { side: 'stay', records: decision.stay },
        { side: 'leave', records: decision.leave },
      ]
    case 'pin':
    case 'primary':
      return [{ side: 'profile', records: decision.records }]
  }
}

async function currentId({ database }: ReadingContext, spaceId: string, asked: string): Promise<string> {
  const lead = await whichProfile(database, spaceId, asked)
  return lead?.current ?? asked
}

async function keyTypesOf({ engine }: ReadingContext, spaceId: string): Promise<ReadonlySet<string>> {
  const { ruleset } = await engine.ruleset(spaceId)
  return new Set(ruleset.identifiers.flatMap(({ name, kind }) => (kind === 'attribute' ? [] : [name])))
}

/** The golden record of a profile by field; undefined: there is no such profile, which the decision itself says. */
async function fieldsOf(
  context: ReadingContext,
  spaceId: string,
  askedId: string | undefined,
): Promise<FieldsBefore | undefined> {
  if (askedId === undefined) return undefined
  const row = await profileDetail(context.database, spaceId, await currentId(context, spaceId, askedId))
  if (!row) return undefined
  const { fields } = JSON.parse(row.golden) as {
    readonly fields: Readonly<Record<string, { readonly value: unknown }>>
  }
  return new Map(Object.entries(fields).map(([field, { value }]) => [field, value]))
}
