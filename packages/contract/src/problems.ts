import { z } from 'zod'

/** RFC 9457. `code` is one of the catalogue of errors. */
export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
  })
  .meta({ id: 'Problem' })
