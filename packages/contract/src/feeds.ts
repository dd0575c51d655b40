import { z } from 'zod'
import { anyJson, instant, mostPerPage, pageOf, profileId, usualPerPage } from './basics.ts'

export const change = z
  .object({
    seq: z.int().meta({ description: 'number within the space; ascends by one' }),
    at: instant,
    kind: z.enum(['created', 'updated', 'merged', 'split', 'erased']),
    profile_id: profileId,
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
export const changesAnswer = z
  .object({
    items: z.array(change),
    next: z.string().meta({ description: 'cursor of what comes after; always there, as the feed has no end' }),
  })
  .meta({ id: 'ChangesAnswer' })

export const run = z
  .object({
    run_id: z.string(),
    kind: z.string(),
    state: z.string(),
    actor: z.string(),
    started_at: instant,
    finished_at: instant.nullable(),
    progress: anyJson,
    summary: anyJson,
  })
  .meta({ id: 'Run' })
export const runsAnswer = pageOf(run).meta({ id: 'RunsAnswer' })

export const auditEntry = z
  .object({
    seq: z.int(),
    at: instant,
    actor: z.string(),
    action: z.string(),
    object: z.string(),
    details: anyJson,
    previous_hash: z.string(),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry', description: 'each entry carries the hash of the one before it' })
export const auditAnswer = pageOf(auditEntry).meta({ id: 'AuditAnswer' })
