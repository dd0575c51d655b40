import { z } from 'zod'

const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true')

export const exportParams = z.strictObject({ table: z.string().min(1).max(100) })
export const exportQuery = z.strictObject({
  format: z.enum(['csv', 'jsonl']).default('csv'),
  spreadsheet_safe: flag.meta({ description: 'text that a spreadsheet would run gets an apostrophe before it' }),
  canonical: flag.meta({
    description: 'everything sorted, and every profile named by its senior record: equal records give equal bytes',
  }),
})
