import { z } from 'zod'
import { instant, pageOf, pageQuery, profileId } from './basics.ts'
import { identifier, profileAnswer } from './profiles.ts'

export const candidate = z
  .object({
    candidateId: z.string(),
    survivor: z.object({ profileId: profileId, name: z.string().nullable() }),
    session: z.object({ profileId: profileId, name: z.string().nullable() }),
    reason: z.enum(['unverified_claim', 'identifier_conflict', 'field_conflict', 'multiple_matches', 'low_confidence']),
    rule: z.string(),
    type: z.string(),
    value: z.string(),
    confidence: z.number().min(0).max(1).meta({ description: 'mean of the four parts' }),
    parts: z.object({ trust: z.number(), rarity: z.number(), agreement: z.number(), limits: z.number() }),
    seenCount: z.int().meta({ description: 'records of the session side that carry the value' }),
    lastSeen: instant,
    firstShownAt: instant,
    reach: z.int().meta({ description: 'records of both profiles: how much the answer moves' }),
  })
  .meta({ id: 'Candidate', description: 'a pair of profiles that evidence suggests and does not suffice for' })
export type Candidate = z.infer<typeof candidate>
const share = z.coerce.number().min(0).max(1)
export const candidatesQuery = pageQuery.extend({
  order: z
    .enum(['newest', 'oldest', 'confidence', 'reach'])
    .default('newest')
    .meta({ description: 'newest collision, oldest question, greatest confidence, or most records moved first' }),
  reason: candidate.shape.reason.optional(),
  type: z.string().min(1).max(200).optional(),
  rule: z.string().min(1).max(1_000).optional(),
  profileId: z.string().min(1).max(200).optional(),
  leastConfidence: share.optional(),
  mostConfidence: share.optional(),
})
export const candidatesAnswer = pageOf(candidate).meta({ id: 'CandidatesAnswer' })

export const candidateParams = z.strictObject({ id: z.string().min(1).max(200) })
const side = z.object({ profile: profileAnswer, identifiers: z.array(identifier) })
export const candidateAnswer = z
  .object({ ...candidate.shape, sides: z.object({ survivor: side, session: side }) })
  .meta({ id: 'CandidateSideBySide' })

export const unresolvedAnswer = pageOf(
  z.object({
    source: z.string(),
    key: z.string(),
    profileId: profileId,
    unresolvedReason: z.string(),
    conflictReasons: z.string(),
  }),
).meta({ id: 'UnresolvedAnswer' })

export const sharedValuesAnswer = pageOf(
  z.object({
    type: z.string(),
    value: z.string(),
    because: z.string().meta({ description: 'the type whose distinct values were counted' }),
    count: z.int(),
    limit: z.int(),
    verifiedTraces: z.int(),
    unverifiedTraces: z.int(),
  }),
).meta({ id: 'SharedValuesAnswer' })

export const blockedValuesQuery = z.strictObject({
  records: z.coerce
    .number()
    .int()
    .min(1)
    .max(5_000)
    .default(1_000)
    .meta({ description: 'how many of the last records are read' }),
})
export const blockedValuesAnswer = z
  .object({
    recordsRead: z.int().meta({ description: 'the last stored records, which were read again' }),
    items: z.array(
      z.object({
        type: z.string(),
        value: z.string().meta({ description: 'as written' }),
        code: z.string().meta({ description: 'why it links nobody: blocked, malformed, …' }),
        recordCount: z.int(),
        example: z.object({ source: z.string(), key: z.string() }),
      }),
    ),
  })
  .meta({ id: 'BlockedValuesAnswer' })
