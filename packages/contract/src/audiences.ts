import { z } from 'zod'
import { instant, pageOf, profileId } from './basics.ts'

const text = z.string().min(1).max(1_000)
const traitCondition = z
  .strictObject({
    field: text.max(200).meta({ description: 'of the golden record; a dot leads into an object' }),
    is: z.enum([
      'equals',
      'contains',
      'starts_with',
      'ends_with',
      'one_of',
      'exists',
      'greater_than',
      'less_than',
      'before',
      'after',
    ]),
    values: z.array(text).max(1_000).default([]).meta({ description: 'one; of `one_of` several; of `exists` none' }),
  })
  .refine(
    ({ is, values }) =>
      is === 'exists' ? values.length === 0 : is === 'one_of' ? values.length > 0 : values.length === 1,
    { error: 'this operator takes another number of values' },
  )
  .meta({ id: 'TraitCondition' })
const eventCondition = z
  .strictObject({
    event: z
      .string()
      .regex(/^[a-z0-9_]+$/, 'an event name is snake_case: a-z, 0-9 and _')
      .max(200),
    atLeast: z.int().min(0).max(1_000_000).default(1).meta({ description: 'times; 0: never' }),
    within: z
      .string()
      .regex(/^\d{1,6} ?(?:m|h|d|w|y)$/, 'a length of time, such as 12h, 30d or 4w')
      .nullable()
      .default(null)
      .meta({ description: 'up to now, such as `30d`; null: ever' }),
  })
  .meta({ id: 'EventCondition' })
const condition = z.union([traitCondition, eventCondition])
const mostConditions = 50

/** Groups in groups, and no deeper: what a person can still read. */
const group = z.union([
  condition,
  z.strictObject({ all: z.array(condition).max(mostConditions) }),
  z.strictObject({ any: z.array(condition).max(mostConditions) }),
  z.strictObject({ not: condition }),
])
export const audienceRule = z
  .union([
    z.strictObject({ all: z.array(group).max(mostConditions) }),
    z.strictObject({ any: z.array(group).max(mostConditions) }),
  ])
  .meta({ id: 'AudienceRule', description: 'conditions joined by AND (`all`) or OR (`any`)' })
export type AudienceRuleGiven = z.infer<typeof audienceRule>

export const audience = z
  .object({
    audienceId: z.string(),
    name: z.string(),
    rule: audienceRule,
    revision: z.int(),
    createdAt: instant,
    createdBy: z.string(),
    updatedAt: instant,
    updatedBy: z.string(),
  })
  .meta({ id: 'Audience' })
export const audiencesAnswer = z.object({ items: z.array(audience) }).meta({ id: 'AudiencesAnswer' })

const name = z.string().trim().min(1).max(200)
export const newAudienceBody = z.strictObject({ name, rule: audienceRule })
export const audienceBody = z.strictObject({
  name,
  rule: audienceRule,
  expectedRevision: z.int().min(1).meta({ description: 'the revision that was read; another one now is a conflict' }),
})
export const audienceParams = z.strictObject({ audienceId: z.string().min(1).max(200) })
export const audienceMembersAnswer = pageOf(
  z.object({
    profileId,
    name: z.string().nullable(),
    recordCount: z.int(),
    lastSeen: instant.nullable(),
  }),
).meta({ id: 'AudienceMembers' })
export const audienceCountAnswer = z
  .object({ profiles: z.int().meta({ description: 'each person once' }), of: z.int(), at: instant })
  .meta({ id: 'AudienceCount' })
export const tryAudienceBody = z.strictObject({ rule: audienceRule })
export const profileAudiencesAnswer = z
  .object({ items: z.array(z.object({ audienceId: z.string(), name: z.string(), member: z.boolean() })) })
  .meta({ id: 'ProfileAudiences' })
export const droppedAnswer = z.object({ audienceId: z.string() }).meta({ id: 'DroppedAudience' })
