import { z } from 'zod'
import { instant } from './basics.ts'
import { identifierReport, resolutionSplit, ruleReport } from './runs.ts'

const counter = z.object({
  name: z.string(),
  source: z.string().nullable().meta({ description: 'null: not counted by source' }),
  value: z.int(),
})
const share = z.number().nullable()

export const metricsQuery = z.strictObject({
  hours: z.coerce
    .number()
    .int()
    .min(0)
    .max(2_160)
    .default(24)
    .meta({ description: 'how many hours back `hours` goes' }),
})
export const metricsAnswer = z
  .object({
    profiles: z.int(),
    profilesOfManyIdentifiers: z.int(),
    candidates: z.int().meta({ description: 'length of the merge review queue' }),
    oldestCandidateAt: instant.nullable(),
    queueAges: z
      .array(z.object({ days: z.int(), candidates: z.int() }))
      .meta({ description: 'candidates first shown within so many days and in no shorter time; 0: earlier than all' }),
    heldLinks: z.int(),
    sharedValues: z.int(),
    unresolvedTraces: z.int(),
    matchedShare: share.meta({
      description: 'share of the stored records that reached a profile that was there; null: none is stored',
    }),
    automaticMerges: z.int(),
    merges: z
      .object({
        automatic: z.int(),
        manual: z.int(),
        undone: z.int().meta({ description: 'splits that people made' }),
        undoneShare: share.meta({ description: 'undone / all merges: how often a merge was wrong' }),
      })
      .meta({ description: 'since the space was made' }),
    richness: z
      .object({
        identifiersPerProfile: share,
        recordsPerProfile: share,
        sourcesPerProfile: share,
        profilesOfManySources: z.int(),
      })
      .meta({ description: 'how much is known of the profiles' }),
    counters: z.array(counter).meta({ description: 'since the space was made' }),
    hours: z.array(z.object({ hour: instant, ...counter.shape })),
  })
  .meta({ id: 'Metrics' })

export const seriesQuery = z.strictObject({
  days: z.coerce.number().int().min(1).max(366).default(30),
  step: z.enum(['hour', 'day']).default('day'),
})
export const seriesAnswer = z
  .object({
    points: z.array(
      z.object({
        at: instant.meta({ description: 'beginning of the hour or day, in UTC' }),
        recordsStored: z.int(),
        recordsAttributed: z.int(),
        duplicates: z.int().meta({ description: 'deliveries that were known' }),
        matchedShare: share.meta({
          description: 'of the records stored in it, those that reached a profile that was there',
        }),
        mergesAutomatic: z.int(),
        mergesManual: z.int(),
        splits: z.int(),
        profilesCreated: z.int(),
        decisions: z.int(),
        profiles: z.int().meta({ description: 'at the end of it' }),
        candidates: z.int().meta({ description: 'length of the merge review queue at the end of it' }),
      }),
    ),
  })
  .meta({ id: 'MetricSeries' })

export const resolutionAnswer = z
  .object({
    records: z.int(),
    resolution: resolutionSplit,
    rate: share.meta({ description: 'matched / records' }),
    sources: z.array(z.object({ source: z.string(), records: z.int(), ...resolutionSplit.shape })),
    figures: z
      .object({
        asOf: instant,
        runId: z.string(),
        rules: z.array(ruleReport),
        identifiers: z.array(identifierReport),
      })
      .nullable()
      .meta({ description: 'of the last run that resolved everything with this ruleset; null: simulate `published`' }),
  })
  .meta({ id: 'ResolutionMetrics' })
