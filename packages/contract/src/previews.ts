import { z } from 'zod'
import { anyJson, instant } from './basics.ts'
import { givenRuleset, rulesetIssue } from './rulesets.ts'

const eventName = z.string().regex(/^[a-z0-9_]+$/, 'an event name is snake_case: a-z, 0-9 and _')

/** A mapping as the ruleset file writes it. */
export const writtenMapping = z
  .strictObject({
    when: eventName.optional(),
    read: z.string().max(1_000),
    to: z.string().max(200),
    key: z.string().max(200).optional(),
    verified: z.boolean().optional(),
    precedence: z.number().optional(),
    enabled: z.boolean().optional(),
    shared: z.boolean().optional(),
  })
  .meta({ id: 'WrittenMapping' })

const sample = z
  .union([
    z.strictObject({
      envelope: z.record(z.string(), z.unknown()),
      kind: z.enum(['event', 'row']).default('event'),
      call: z
        .enum(['identify', 'track', 'page', 'screen', 'group', 'alias'])
        .nullable()
        .default(null)
        .meta({ description: 'the call it comes with; null: it tells itself, as in /v1/batch and /v1/signals' }),
    }),
    z.strictObject({ record: z.strictObject({ source: z.string(), key: z.string() }) }),
  ])
  .meta({ description: 'what a source sends, or a record that is stored' })

export const previewBody = z.strictObject({
  source: z.string().min(1).max(200),
  ruleset: z
    .union([z.literal('published'), z.literal('draft'), givenRuleset])
    .default('published')
    .meta({ description: 'what the mappings are taken from' }),
  mapping: writtenMapping
    .optional()
    .meta({ description: 'one that is being written; without it those of the ruleset' }),
  place: z
    .int()
    .min(0)
    .optional()
    .meta({ description: 'the mapping of the source that `mapping` stands for; without it, it comes last' }),
  sample,
})

const outcomes = [
  'anchor_stitches',
  'verified_claim_merges',
  'unverified_waits_for_review',
  'name_hints',
  'trait_writes',
  'attribute_compares',
] as const

export const mappingPreview = z
  .object({
    place: z.int(),
    fires: z.boolean(),
    because: z
      .enum(['disabled', 'other_event', 'path_invalid', 'path_absent', 'not_a_value', 'target_unknown'])
      .nullable()
      .meta({ description: 'why it does not fire' }),
    path: z.array(z.string()).nullable().meta({ description: 'keys from the top of the envelope to the leaf' }),
    value: z
      .union([z.string(), z.number(), z.boolean()])
      .nullable()
      .meta({ description: 'the leaf as it stands there' }),
    target: z.string(),
    key: z.string().nullable(),
    standardized: z.string().nullable().meta({ description: 'the value as it links' }),
    rejected: z.string().nullable().meta({ description: 'code of what the value is rejected for' }),
    verified: z.boolean(),
    outcome: z.enum(outcomes).nullable().meta({ description: 'null: nothing happens' }),
    sentence: z.string(),
  })
  .meta({ id: 'MappingPreview' })

export const previewAnswer = z
  .object({
    issues: z
      .array(rulesetIssue)
      .meta({ description: 'faults of the mapping or the ruleset; with any, nothing is read' }),
    event: z.string().nullable().meta({ description: 'the name of the event as mappings compare it; null: a row' }),
    refused: z.string().nullable().meta({ description: 'code under which the record would become a dead letter' }),
    envelope: anyJson,
    mappings: z.array(mappingPreview).meta({ description: 'those of the source, in the order of its list' }),
    place: z.int().nullable().meta({ description: 'the one that was asked about' }),
    reading: z
      .object({
        sightings: z.array(z.object({ type: z.string(), value: z.string(), verified: z.boolean() })),
        rejected: z.array(z.object({ type: z.string(), value: z.string(), code: z.string() })),
        fields: z.array(z.object({ field: z.string(), value: anyJson })),
      })
      .nullable()
      .meta({ description: 'everything that is read out of the record, by the envelope itself as well' }),
  })
  .meta({ id: 'MappingPreviewAnswer' })

export const samplesQuery = z.strictObject({
  source: z.string().max(200).optional(),
  event: eventName.max(200).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(10),
})
export const samplesAnswer = z
  .object({
    events: z
      .array(z.object({ event: z.string(), count: z.int() }))
      .meta({ description: 'names of events that were seen lately, as mappings compare them' }),
    items: z.array(
      z.object({
        source: z.string(),
        key: z.string(),
        kind: z.enum(['event', 'row']),
        event: z.string().nullable(),
        receivedAt: instant,
        envelope: anyJson,
      }),
    ),
  })
  .meta({ id: 'MappingSamples' })
