import { z } from 'zod'
import { anyJson, instant, pageOf, pageQuery, profileId, recordRef } from './basics.ts'

export const profileParams = z.strictObject({ id: z.string().min(1).max(200) })

export const profileSummary = z
  .object({
    profileId: profileId,
    name: z.string().nullable().meta({ description: 'a name to show; null: none is known' }),
    recordCount: z.int(),
    sourceCount: z.int(),
    identifierCount: z.int().meta({ description: 'distinct active anchor and claim values' }),
    firstSeen: instant.nullable(),
    lastSeen: instant.nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'ProfileSummary' })
export type ProfileSummary = z.infer<typeof profileSummary>

const provenance = z.union([
  z.object({
    kind: z.literal('record'),
    path: z.array(z.string()).meta({ description: 'place in a merged object; empty: the whole value' }),
    source: z.string(),
    key: z.string(),
    effectiveAt: instant,
    observedAt: instant.nullable(),
  }),
  z.object({ kind: z.literal('decision'), path: z.array(z.string()), decision: z.string(), at: instant }),
])

export const goldenField = z
  .object({ field: z.string(), value: anyJson, provenance: z.array(provenance) })
  .meta({ id: 'GoldenField', description: 'a surviving value, and the records or the decision it comes from' })

const value = z.object({ type: z.string(), value: z.string() })

export const profileAnswer = z
  .object({
    ...profileSummary.shape,
    askedId: profileId.meta({ description: 'the id that was asked for' }),
    moved: z.boolean().meta({ description: 'the id asked for is an old one: its records belong to `profileId` now' }),
    record: recordRef.meta({ description: 'the first-stored record, which names the profile' }),
    fields: z.array(goldenField).meta({ description: 'the golden record, in the order of its fields' }),
    demoted: z.array(value).meta({ description: 'values over a limit: kept and shown, linking no more' }),
    open: z
      .object({ candidates: z.int(), heldLinks: z.int(), unresolved: z.int() })
      .meta({ description: 'what waits for a person; unresolved counts traces' }),
  })
  .meta({ id: 'Profile' })
export type ProfileAnswer = z.infer<typeof profileAnswer>

export const lookupRequest = z
  .strictObject({
    type: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: 'identifier type; without it every anchor and claim is tried' }),
    value: z.string().min(1).max(4_096).optional().meta({ description: 'the value as somebody typed it' }),
    record: z.strictObject({ source: z.string().min(1).max(1_024), key: z.string().min(1).max(4_096) }).optional(),
  })
  .refine(({ value, record }) => (value === undefined) !== (record === undefined), {
    message: 'give either value (with or without type) or record',
  })
  .meta({ id: 'LookupRequest' })

export const lookupAnswer = z
  .object({
    asked: z
      .array(
        z.object({
          type: z.string(),
          value: z.string().nullable().meta({ description: 'standardized; null: it was rejected' }),
          rejected: z.string().nullable().meta({ description: 'code of the rejection' }),
          shared: z.boolean().meta({ description: 'in quarantine: so many carry it that it links nobody' }),
          more: z.boolean().meta({ description: 'more profiles hold it than are listed' }),
        }),
      )
      .meta({ description: 'how the value was read, per identifier type' }),
    items: z.array(
      z.object({
        type: z.string().nullable().meta({ description: 'null: found by its record' }),
        value: z.string().nullable(),
        verified: z.boolean(),
        profile: profileSummary,
      }),
    ),
  })
  .meta({ id: 'LookupAnswer' })

export const searchRequest = z
  .strictObject({
    query: z.string().max(1_024).default('').meta({
      description:
        'a profile id, an identifier as typed or its beginning (from three characters on), or the beginning of a name; empty: the profiles that changed last',
    }),
    ...pageQuery.shape,
  })
  .meta({ id: 'SearchRequest' })

export const searchAnswer = pageOf(
  z.object({
    foundBy: z.enum(['id', 'identifier', 'name', 'recency']),
    type: z.string().nullable(),
    value: z.string().nullable(),
    profile: profileSummary,
  }),
).meta({ id: 'SearchAnswer', description: 'a profile that is found in several ways may come on several pages' })

export const storedRecord = z
  .object({
    source: z.string(),
    key: z.string(),
    kind: z.enum(['event', 'row']),
    event: z.string().nullable(),
    observedAt: instant.nullable().meta({ description: 'when the source says it happened' }),
    effectiveAt: instant.meta({ description: 'what counts: never later than receivedAt' }),
    receivedAt: instant,
    payload: anyJson.meta({ description: 'as it was sent' }),
  })
  .meta({ id: 'StoredRecord' })
export const eventsAnswer = pageOf(storedRecord).meta({ id: 'EventsAnswer' })

export const recordsAnswer = pageOf(z.object({ ...storedRecord.shape, profileId: profileId.nullable() })).meta({
  id: 'RecordsAnswer',
})

const channel = z.object({
  source: z.string(),
  recordCount: z.int(),
  firstSeen: instant.nullable(),
  lastSeen: instant.nullable(),
})
export const identifier = z
  .object({
    type: z.string(),
    value: z.string().meta({ description: 'standardized' }),
    verified: z.boolean(),
    state: z
      .enum(['active', 'demoted', 'inactive', 'shared'])
      .meta({ description: 'only active values link; inactive: a split took it away' }),
    firstSeen: instant.nullable(),
    lastSeen: instant.nullable(),
    recordCount: z.int(),
    sources: z.array(channel).meta({ description: 'the channels that contributed it' }),
  })
  .meta({ id: 'Identifier' })
export type Identifier = z.infer<typeof identifier>
export const identifiersAnswer = z
  .object({
    items: z.array(identifier),
    complete: z.boolean().meta({ description: 'false: the profile has more traces than are looked at' }),
  })
  .meta({ id: 'IdentifiersAnswer' })

export const link = z
  .object({
    left: recordRef.meta({ description: 'the senior record' }),
    right: recordRef,
    rule: z.string(),
    type: z.string(),
    value: z.string(),
    decision: z.string().nullable().meta({ description: 'id of the decision that joined them; null: a rule did' }),
    rulesetVersion: z.int(),
  })
  .meta({ id: 'Link' })
export const linksAnswer = pageOf(link).meta({ id: 'LinksAnswer' })

export const heldLink = z
  .object({
    profileId: profileId.meta({ description: 'the profile that was kept apart' }),
    refusedBy: profileId.meta({ description: 'the profile it was strongly linked to' }),
    rule: z.string(),
    type: z.string(),
    value: z.string(),
    guard: z.string(),
    reasons: z.array(z.string()),
    wholeGroup: z.boolean(),
  })
  .meta({ id: 'HeldLink' })
export const heldLinksAnswer = pageOf(heldLink).meta({ id: 'HeldLinksAnswer' })

export const graphQuery = z.strictObject({
  traces: z.coerce.number().int().min(1).max(2_000).default(300).meta({ description: 'traces to show at most' }),
})

/** Nodes: the profile, its identifier values, and its traces (records that say the same). */
export const graphAnswer = z
  .object({
    profileId: profileId,
    identifiers: z.array(z.object({ id: z.string(), ...identifier.shape })),
    traces: z.array(
      z.object({
        id: z.string(),
        source: z.string(),
        kind: z.enum(['event', 'row']),
        senior: recordRef,
        recordCount: z.int(),
        firstSeen: instant.nullable(),
        lastSeen: instant.nullable(),
        unresolvedReason: z.string().nullable(),
      }),
    ),
    sightings: z
      .array(z.object({ trace: z.string(), identifier: z.string(), verified: z.boolean() }))
      .meta({ description: 'which trace carries which value' }),
    links: z
      .array(
        z.object({
          left: z.string(),
          right: z.string(),
          rule: z.string(),
          type: z.string(),
          value: z.string(),
          decision: z.string().nullable(),
        }),
      )
      .meta({ description: 'what joined the traces' }),
    complete: z.boolean().meta({ description: 'false: there is more than is shown' }),
  })
  .meta({ id: 'IdentityGraph' })
export type GraphAnswer = z.infer<typeof graphAnswer>
