import { z } from 'zod'
import { instant, mostPerPage, pageOf, profileId, usualPerPage } from './basics.ts'

export const change = z
  .object({
    seq: z.int().meta({ description: 'number within the space; ascends by one' }),
    at: instant,
    kind: z.enum(['created', 'updated', 'merged', 'split', 'erased']),
    profileId: profileId,
    others: z
      .array(profileId)
      .meta({ description: 'merged: the profiles that went into it; split: the ones that records went to' }),
    cause: z.string().meta({ description: '`ingest`, `ruleset:<version>`, `decision:<id>`' }),
  })
  .meta({ id: 'Change' })
export type Change = z.infer<typeof change>

export const historyAnswer = pageOf(change).meta({ id: 'HistoryAnswer' })

export const changesQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(mostPerPage).default(usualPerPage),
  cursor: z.string().max(8_192).optional().meta({ description: '`next` of the page before' }),
  from: z.enum(['beginning', 'now']).default('beginning').meta({ description: 'where to begin without a cursor' }),
})
export const changeStreamQuery = changesQuery.omit({ limit: true })

export const changesAnswer = z
  .object({
    items: z.array(change),
    next: z.string().meta({ description: 'cursor of what comes after; always there, as the feed has no end' }),
  })
  .meta({ id: 'ChangesAnswer' })
