import { z } from 'zod'
import { instant } from './basics.ts'

const counter = z.object({
  name: z.string(),
  source: z.string().nullable().meta({ description: 'null: not counted by source' }),
  value: z.int(),
})

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
    heldLinks: z.int(),
    sharedValues: z.int(),
    unresolvedTraces: z.int(),
    matchedShare: z
      .number()
      .nullable()
      .meta({ description: 'share of the stored records that reached a profile that was there; null: none is stored' }),
    automaticMerges: z.int(),
    counters: z.array(counter).meta({ description: 'since the space was made' }),
    hours: z.array(z.object({ hour: instant, ...counter.shape })),
  })
  .meta({ id: 'Metrics' })
