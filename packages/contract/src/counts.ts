import { z } from 'zod'
import { instant } from './basics.ts'

const counter = z.object({
  name: z.string(),
  source: z.string().nullable().meta({ description: 'null: not counted by source' }),
  value: z.int(),
})

export const metricsQuery = z.strictObject({
  hours: z.coerce.number().int().min(0).max(2_160).default(24).meta({ description: 'how many hours back `hours` goes' }),
})
export const metricsAnswer = z
  .object({
    profiles: z.int(),
    profiles_of_many_identifiers: z.int(),
    candidates: z.int().meta({ description: 'length of the merge review queue' }),
    oldest_candidate_at: instant.nullable(),
    held_links: z.int(),
    shared_values: z.int(),
    unresolved_traces: z.int(),
    counters: z.array(counter).meta({ description: 'since the space was made' }),
    hours: z.array(z.object({ hour: instant, ...counter.shape })),
  })
  .meta({ id: 'Metrics' })

export const sourcesAnswer = z
  .object({
    items: z.array(
      z.object({
        source: z.string(),
        connected: z.boolean().meta({ description: 'false: its records are here, and it feeds this space no more' }),
        class: z.enum(['server', 'public']).nullable(),
        trust: z.enum(['trusted', 'untrusted']).nullable(),
        created_at: instant.nullable(),
        last_record_at: instant.nullable(),
        browser_seen_at: instant.nullable().meta({ description: 'a server key of it was seen in a browser' }),
        stored: z.int().meta({ description: 'records and versions of rows that were stored' }),
        duplicates: z.int(),
      }),
    ),
  })
  .meta({ id: 'SourcesAnswer' })

export const spacesAnswer = z
  .object({
    items: z.array(
      z.object({
        space_id: z.string(),
        name: z.string(),
        role: z.enum(['viewer', 'manager', 'admin']),
        ruleset_version: z.int(),
        created_at: instant,
        profiles: z.int(),
        candidates: z.int(),
      }),
    ),
  })
  .meta({ id: 'SpacesAnswer' })
