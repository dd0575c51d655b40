import { z } from 'zod'

/** Answer to records that were sent. */
export const ingestAnswer = z
  .object({
    success: z.literal(true),
    accepted: z.int(),
    duplicates: z
      .int()
      .meta({ description: 'known before, or no newer than the row that is known; 0 for a public key' }),
    rejected: z.int().meta({ description: 'put aside among the dead letters' }),
    errors: z
      .array(z.object({ index: z.int(), messageId: z.string().nullable(), code: z.string() }))
      .meta({ description: 'of the first hundred rejected ones' }),
    profileId: z
      .string()
      .nullable()
      .optional()
      .meta({ description: 'with `?wait=true`: the profile that the event reached; null: none' }),
  })
  .meta({ id: 'IngestAnswer' })
