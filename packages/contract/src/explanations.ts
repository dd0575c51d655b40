import { z } from 'zod'
import { instant, profileId, recordRef } from './basics.ts'

const asked = z
  .strictObject({
    source: z.string().min(1).max(1_024).optional(),
    key: z.string().min(1).max(4_096).optional(),
    profileId: z.string().min(1).max(200).optional(),
  })
  .refine(({ source, key, profileId: id }) => (id === undefined) === (source !== undefined && key !== undefined), {
    message: 'give either source and key, or profileId',
  })
  .meta({ description: 'a record, or a profile by any id it ever had' })

export const explainRequest = z.strictObject({ left: asked, right: asked }).meta({ id: 'ExplainRequest' })

const end = z.object({ ...recordRef.shape, verified: z.boolean().nullable(), seenAt: instant.nullable() })

const link = z.object({
  left: end,
  right: end,
  rule: z.string(),
  stage: z.int().nullable().meta({ description: '1 is the strongest; null: a decision joined them' }),
  type: z.string(),
  value: z.string(),
  decision: z.string().nullable(),
  rulesetVersion: z.int().nullable(),
})

const heldLink = z.object({
  left: recordRef,
  right: recordRef,
  rule: z.string(),
  type: z.string(),
  value: z.string(),
  guard: z.string(),
  reasons: z.string(),
})

const criterion = z.object({
  types: z.array(z.string()),
  how: z.string(),
  outcome: z.enum(['met', 'passed_without_value', 'no_value', 'set_aside', 'filtered', 'different']),
  left: z.string().nullable(),
  right: z.string().nullable(),
  similarity: z.number().nullable(),
  /** Why an equal value did not count. */
  state: z.string().nullable(),
})

export const explainAnswer = z
  .object({
    outcome: z.enum(['same_record', 'together', 'apart']),
    left: z.object({ ...recordRef.shape, profileId: profileId.nullable() }),
    right: z.object({ ...recordRef.shape, profileId: profileId.nullable() }),
    sentences: z.array(z.string()).meta({ description: 'the same, in words' }),
    steps: z.array(link).meta({ description: 'together: the chain of links from the one record to the other' }),
    held: z.array(heldLink).meta({ description: 'apart: links between the two profiles that a guard refused' }),
    nearest: z
      .object({
        rule: z.string(),
        criteria: z.array(criterion),
        stopped: z.string().nullable().meta({ description: 'what kept the rule from merging; null: a guard did' }),
      })
      .nullable()
      .meta({ description: 'apart: the rule that came closest; null: they have nothing in common that a rule reads' }),
    heldAround: z.array(heldLink),
    blocked: z
      .array(z.object({ type: z.string(), value: z.string() }))
      .meta({ description: 'equal values that are blocked' }),
    decisions: z
      .array(z.object({ decisionId: z.string(), kind: z.enum(['split', 'dismiss']) }))
      .meta({ description: 'apart: what people decided about the two' }),
  })
  .meta({ id: 'Explanation' })
export type ExplainAnswer = z.infer<typeof explainAnswer>

export const withoutRequest = z
  .strictObject({ type: z.string().min(1).max(200), value: z.string().min(1).max(4_096) })
  .meta({ id: 'WithoutRequest', description: 'an identifier value, standardized or as typed' })

export const withoutAnswer = z
  .object({
    profileId: profileId,
    type: z.string(),
    value: z.string(),
    parts: z
      .array(
        z.object({
          recordCount: z.int(),
          records: z.array(recordRef).meta({ description: 'the senior records of its first traces, 20 at most' }),
          identifiers: z.array(z.object({ type: z.string(), value: z.string() })),
        }),
      )
      .meta({ description: 'what the profile falls into without the value; one part: nothing depends on it' }),
  })
  .meta({ id: 'WithoutAnswer' })
