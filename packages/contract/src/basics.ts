import { z } from 'zod'

/** ISO 8601 in UTC with milliseconds. */
export const instant = z.string().meta({ format: 'date-time', description: 'ISO 8601 in UTC, with milliseconds' })

export const profileId = z.string().meta({ description: 'p_ and 32 hexadecimal digits', examples: ['p_9c1d…'] })

/** Rows of one page at most. */
export const mostPerPage = 1_000
export const usualPerPage = 100

const limit = z.coerce
  .number()
  .int()
  .min(1)
  .max(mostPerPage)
  .default(usualPerPage)
  .meta({ description: 'rows at most' })
const cursor = z.string().max(8_192).optional().meta({ description: '`next` of the page before' })

export const pageQuery = z.strictObject({ limit, cursor })
export type PageQuery = z.infer<typeof pageQuery>

/** A page: `next` is the cursor of the page after it. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'cursor of the next page; null: this is the last' }),
  })
}

export const recordRef = z
  .object({ source: z.string(), key: z.string() })
  .meta({ id: 'RecordRef', description: 'a record: its source, and its message id or primary key' })

/** Of a value as JSON knows it. */
export const anyJson = z.unknown().meta({ description: 'any JSON value' })
