import { z } from 'zod'
import { anyJson, instant, pageOf, pageQuery, profileId, recordRef } from './basics.ts'
import { goldenField } from './profiles.ts'

const reason = z.string().max(2_000).nullable().default(null).meta({ description: 'why, for those who look later' })
const asked = z.string().min(1).max(200)

export const previewQuery = z.strictObject({
  preview: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'true: nothing is stored, and the answer says what would happen' }),
})

/** The whole body may be left out. */
export const reasonBody = z
  .strictObject({ reason })
  .nullish()
  .transform((body) => body ?? { reason: null })

export const mergeBody = z
  .strictObject({
    survivor: asked.meta({ description: 'the profile that keeps its id' }),
    session: asked.meta({ description: 'the profile that folds in' }),
    pinned: z
      .array(z.strictObject({ field: z.string().min(1).max(200), value: anyJson }))
      .max(200)
      .default([])
      .meta({ description: 'values chosen where the two differ' }),
    reason,
  })
  .meta({ id: 'MergeRequest' })

const value = z.strictObject({ type: z.string().min(1).max(200), value: z.string().min(1).max(4_096) })

export const splitBody = z
  .strictObject({
    records: z
      .array(z.strictObject({ source: z.string().min(1).max(1_024), key: z.string().min(1).max(4_096) }))
      .max(5_000)
      .optional()
      .meta({ description: 'records that leave' }),
    keeping: z
      .array(value)
      .max(1_000)
      .default([])
      .meta({ description: 'of the values both sides hold, those that go with the records; the others stay' }),
    identifiers: z
      .array(value)
      .max(1_000)
      .optional()
      .meta({ description: 'identifiers that leave, with the records that carry nothing else' }),
    reason,
  })
  .refine(({ records, identifiers }) => (records === undefined) !== (identifiers === undefined), {
    message: 'give either records or identifiers',
  })
  .meta({ id: 'SplitRequest' })

export const pinBody = z
  .strictObject({ field: z.string().min(1).max(200), value: anyJson, reason })
  .meta({ id: 'PinRequest' })

export const primaryBody = z
  .strictObject({
    records: z
      .array(z.strictObject({ source: z.string().min(1).max(1_024), key: z.string().min(1).max(4_096) }))
      .min(1)
      .max(1_000)
      .meta({ description: 'records of the profile whose values survive under the rule `primary`' }),
    reason,
  })
  .meta({ id: 'PrimaryRequest' })

/** The whole body may be left out. */
export const revertBody = z
  .strictObject({
    anyway: z
      .boolean()
      .default(false)
      .meta({ description: 'also where later decisions were made about the same records' }),
    reason,
  })
  .nullish()
  .transform((body) => body ?? { anyway: false, reason: null })

export const decideBody = z
  .strictObject({
    action: z.enum(['confirm', 'dismiss']),
    candidateIds: z.array(asked).min(1).max(500),
    reason,
  })
  .meta({ id: 'DecideRequest' })

const kind = z.enum(['merge', 'confirm', 'dismiss', 'split', 'pin', 'primary'])

const profileAfter = z
  .object({
    profileId: profileId,
    recordCount: z.int(),
    fields: z.array(goldenField),
    identifiers: z.array(
      z.object({ type: z.string(), value: z.string(), state: z.enum(['active', 'demoted', 'inactive']) }),
    ),
  })
  .meta({ id: 'ProfileAfter', description: 'a profile as the decision leaves it' })

export const decisionAnswer = z
  .object({
    decisionId: z.string(),
    kind: z.enum([...kind.options, 'revert']),
    at: instant,
    preview: z.boolean().meta({ description: 'true: nothing was stored' }),
    before: z.array(profileId).meta({ description: 'the profiles that held the records it names' }),
    after: z.array(profileId).meta({ description: 'the profiles that hold them then' }),
    changes: z.array(
      z.object({
        kind: z.enum(['created', 'updated', 'merged', 'split', 'erased']),
        profileId: profileId,
        others: z.array(profileId),
      }),
    ),
    profiles: z.array(profileAfter),
    conflicts: z
      .array(z.object({ field: z.string(), survivor: anyJson, session: anyJson, outcome: anyJson }))
      .meta({ description: 'of a merge: fields in which the two profiles differ, and what survives' }),
    since: z
      .array(z.object({ ...recordRef.shape, profileId: profileId }))
      .meta({ description: 'of a revert that is tried: records that came since (100 at most), and where they go' }),
    later: z.array(z.string()).meta({ description: 'of a revert: decisions made later about the same records' }),
  })
  .meta({ id: 'DecisionAnswer' })
export type DecisionAnswer = z.infer<typeof decisionAnswer>

export const decideAnswer = z
  .object({
    decided: z.int(),
    skipped: z.int(),
    results: z.array(
      z.object({
        candidateId: z.string(),
        decision: decisionAnswer.nullable(),
        problem: z.object({ code: z.string(), detail: z.string() }).nullable(),
      }),
    ),
  })
  .meta({ id: 'DecideAnswer' })

export const decisionRow = z
  .object({
    decisionId: z.string(),
    kind,
    at: instant,
    actor: z.string(),
    reason: z.string().nullable(),
    candidateId: z.string().nullable(),
    before: z.array(profileId),
    after: z.array(profileId),
    reverted: z
      .object({ at: instant, actor: z.string(), reason: z.string().nullable() })
      .nullable()
      .meta({ description: 'null: it stands' }),
  })
  .meta({ id: 'Decision' })
export type DecisionRow = z.infer<typeof decisionRow>

export const decisionsQuery = pageQuery.extend({
  profileId: asked.optional().meta({ description: 'decisions that name records of this profile' }),
  kind: kind.optional(),
  standing: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: those that stand; false: those that were reverted' }),
})
export const decisionsAnswer = pageOf(decisionRow).meta({ id: 'DecisionsAnswer' })

export const decisionParams = z.strictObject({ id: asked })
export const decisionDetail = z
  .object({
    ...decisionRow.shape,
    sides: z
      .array(z.object({ side: z.string(), records: z.array(recordRef), recordCount: z.int() }))
      .meta({ description: 'the records it names, the first 100 of each side' }),
    later: z.array(z.string()).meta({ description: 'standing decisions made later about the same records' }),
  })
  .meta({ id: 'DecisionDetail' })
