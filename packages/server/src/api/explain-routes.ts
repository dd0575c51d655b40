import {
  explainAnswer,
  explainRequest,
  profileParams,
  withoutAnswer,
  withoutRequest,
  type ExplainAnswer,
} from '@selfsame/contract'
import {
  evidenceReader,
  explainRecords,
  explanationInWords,
  reachOf,
  standardizeValue,
  type CriterionTrial,
  type ExplainedHeldLink,
  type ExplainedRecord,
  type ExplainedStep,
  type Explanation,
  type RecordRef,
} from '@selfsame/core'
import { profileDetail, whichProfile } from '@selfsame/store'
import type { FastifyInstance } from 'fastify'
import type { z } from 'zod'
import { explainedSpace } from '../explain/explained-space.ts'
import { keyTypes, partsWithoutValue } from '../explain/without-value.ts'
import { Problem } from '../http/problem.ts'
import { instantOrNull } from './answers.ts'
import { addReadingRoute, type ReadingContext } from './reading.ts'

const tag = 'explain'
/** Senior records shown of one part. */
const mostShown = 20

/** Why two records are together, why they are apart, and what a value carries. */
export function explainRoutes(app: FastifyInstance, context: ReadingContext): void {
  addReadingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/explain',
      summary: 'Why two records or profiles are one person, or what keeps them apart; as data and in words',
      tag,
      body: explainRequest,
      answer: explainAnswer,
    },
    async ({ database, spaceId, body }) => {
      const { ruleset } = await context.engine.ruleset(spaceId)
      const space = explainedSpace(database, spaceId, { ruleset, read: evidenceReader(ruleset) })
      const find = async (side: z.output<typeof explainRequest>['left']): Promise<ExplainedRecord> => {
        const found = await space.findRecord(await recordOf(context, spaceId, side))
        if (!found) throw new Problem('record.unknown', 'there is no such record')
        return found
      }
      const [left, right] = [await find(body.left), await find(body.right)]
      return answerOf(await explainRecords(space, left, right), left, right)
    },
  )

  addReadingRoute(
    app,
    context,
    {
      method: 'POST',
      url: '/profiles/:id/without',
      summary: 'What a profile would fall into if nobody carried one of its values',
      tag,
      params: profileParams,
      body: withoutRequest,
      answer: withoutAnswer,
    },
    async ({ database, spaceId, params, body }) => {
      const profileId = await currentProfile(context, spaceId, params.id)
      const { ruleset } = await context.engine.ruleset(spaceId)
      const type = ruleset.identifiers.find(({ name }) => name === body.type)
      if (!type) throw new Problem('identifier.unknown', 'the ruleset has no such identifier')
      const standard = standardizeValue(body.value, type.standardize, ruleset)
      const value = { type: body.type, value: standard.ok ? standard.value : body.value }
      const parts = await partsWithoutValue(database, spaceId, profileId, value, { ruleset, reach: reachOf(ruleset) })
      const types = keyTypes(ruleset)
      return {
        profileId,
        ...value,
        parts: parts.map((traces) => ({
          recordCount: traces.reduce((sum, { recordCount }) => sum + recordCount, 0),
          records: traces.slice(0, mostShown).map(({ source, seniorKey }) => ({ source, key: seniorKey })),
          identifiers: distinct(
            traces.flatMap(({ sightings }) =>
              sightings.filter(
                (one) => types.includes(one.type) && (one.type !== value.type || one.value !== value.value),
              ),
            ),
          ),
        })),
      }
    },
  )
}

function distinct(values: readonly { readonly type: string; readonly value: string }[]) {
  return [...new Map(values.map(({ type, value }) => [JSON.stringify([type, value]), { type, value }])).values()]
}

async function currentProfile({ database }: ReadingContext, spaceId: string, id: string): Promise<string> {
  const lead = await whichProfile(database, spaceId, id)
  if (!lead) throw new Problem('profile.unknown', 'there is no such profile')
  if (lead.current === null) throw new Problem('profile.gone', 'the profile holds no record any more')
  return lead.current
}

/** The record that is asked about; a profile by the record that names it. */
async function recordOf(
  context: ReadingContext,
  spaceId: string,
  { source, key, profileId }: z.output<typeof explainRequest>['left'],
): Promise<RecordRef> {
  if (profileId === undefined) return { source: source ?? '', key: key ?? '' }
  const detail = await profileDetail(context.database, spaceId, await currentProfile(context, spaceId, profileId))
  if (!detail) throw new Problem('profile.gone', 'the profile holds no record any more')
  return { source: detail.record_source, key: detail.record_key }
}

function answerOf(explanation: Explanation, left: ExplainedRecord, right: ExplainedRecord): ExplainAnswer {
  const named = ({ source, key, profileId }: ExplainedRecord) => ({ source, key, profileId })
  const apart = explanation.outcome === 'apart' ? explanation : null
  return {
    outcome: explanation.outcome,
    left: named(left),
    right: named(right),
    sentences: explanationInWords(explanation)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
    steps: explanation.outcome === 'together' ? explanation.steps.map(stepOf) : [],
    held: apart?.held.map(heldOf) ?? [],
    nearest: apart?.nearest
      ? {
          rule: apart.nearest.stage.rule.name,
          criteria: apart.nearest.criteria.map(criterionOf),
          stopped: apart.nearest.stopped,
        }
      : null,
    heldAround: apart?.heldAround.map(heldOf) ?? [],
    blocked: apart?.blocked.map(({ type, raw }) => ({ type, value: raw })) ?? [],
    decisions: apart?.decisions.map(({ id, kind }) => ({ decisionId: id, kind })) ?? [],
  }
}

function stepOf({ link, from, to, fromSighting, toSighting }: ExplainedStep): ExplainAnswer['steps'][number] {
  const end = (ref: RecordRef, sighting: ExplainedStep['fromSighting']) => ({
    source: ref.source,
    key: ref.key,
    verified: sighting?.verified ?? null,
    seenAt: instantOrNull(sighting?.observedAt ?? null),
  })
  return {
    left: end(from, fromSighting),
    right: end(to, toSighting),
    rule: link.rule,
    stage: link.stage < 0 ? null : link.stage + 1,
    type: link.type,
    value: link.value,
    decision: link.decision,
    rulesetVersion: link.rulesetVersion ?? null,
  }
}

function heldOf({ left, right, rule, type, value, guard, reasons }: ExplainedHeldLink) {
  const ref = ({ source, key }: RecordRef) => ({ source, key })
  return { left: ref(left), right: ref(right), rule, type, value, guard, reasons }
}

function criterionOf({ criterion, outcome }: CriterionTrial) {
  const sides =
    outcome.kind === 'met' || outcome.kind === 'different' ? [outcome.left.value, outcome.right.value] : null
  const one = outcome.kind === 'set_aside' || outcome.kind === 'filtered' ? outcome.value : null
  return {
    types: [...criterion.types],
    how: criterion.how,
    outcome: outcome.kind,
    left: sides?.[0] ?? one,
    right: sides?.[1] ?? one,
    similarity: outcome.kind === 'different' ? outcome.similarity : null,
    state: outcome.kind === 'set_aside' ? outcome.state : null,
  }
}
