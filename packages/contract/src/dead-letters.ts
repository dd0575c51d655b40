import { z } from 'zod'
import { instant, mostPerPage, pageOf, usualPerPage } from './basics.ts'

/** A record that could not be taken, kept as it came. */
export const deadLetter = z
  .object({
    letterId: z.string(),
    source: z.string(),
    receivedAt: instant,
    kind: z.enum(['event', 'row']),
    code: z.string().meta({ description: 'why it could not be taken, of the catalogue of errors' }),
    reason: z.string().meta({ description: 'the same in words' }),
    messageId: z.string().nullable(),
    payload: z.string().meta({ description: 'the text as it was sent' }),
    replayedAt: instant.nullable().meta({ description: 'when it was taken after all; null: not yet' }),
  })
  .meta({ id: 'DeadLetter' })
export type DeadLetterShape = z.infer<typeof deadLetter>

export const deadLettersQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(mostPerPage).default(usualPerPage),
  cursor: z.string().max(8_192).optional().meta({ description: '`next` of the page before' }),
  source: z.string().max(200).optional().meta({ description: 'of one source only' }),
})
export const deadLettersAnswer = pageOf(deadLetter).meta({ id: 'DeadLettersAnswer' })

export const deadLetterParams = z.strictObject({ letterId: z.string().max(100) })
export const replayAnswer = z
  .object({
    outcome: z
      .enum(['stored', 'duplicate', 'rejected'])
      .meta({ description: 'duplicate: another record came under its message id meanwhile; rejected: it stays here' }),
    code: z.string().nullable().meta({ description: 'why it was rejected again' }),
    profileId: z.string().nullable(),
  })
  .meta({ id: 'ReplayAnswer' })
