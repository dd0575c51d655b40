import { z } from 'zod'
import { instant, pageOf, profileId } from './basics.ts'

export const erasureBody = z
  .strictObject({
    profileId: z.string().min(1).max(200).optional(),
    identifier: z
      .strictObject({ type: z.string().min(1).max(200), value: z.string().min(1).max(4_096) })
      .optional()
      .meta({ description: 'everybody who holds the value verified; where nobody does, everybody who holds it' }),
  })
  .refine(({ profileId: id, identifier }) => (id === undefined) !== (identifier === undefined), {
    message: 'give either profileId or identifier',
  })
  .meta({ id: 'ErasureRequest' })

export const erasureAnswer = z
  .object({
    erasureId: z.string(),
    at: instant,
    preview: z.boolean().meta({ description: 'true: nothing was erased' }),
    profileIds: z.array(profileId).meta({ description: 'the erased profile ids, former ones included' }),
    recordCount: z.int(),
    suppressedValues: z.int().meta({ description: 'identifier values that keep out what comes later' }),
    deadLetters: z.int(),
    decisions: z.int().meta({ description: 'decisions from which the person was taken' }),
  })
  .meta({ id: 'ErasureReport' })

export const erasureRow = z
  .object({
    erasureId: z.string(),
    at: instant,
    actor: z.string(),
    profileIds: z.array(profileId),
    recordCount: z.int(),
    lifted: z.object({ at: instant, actor: z.string() }).nullable(),
  })
  .meta({ id: 'Erasure' })
export const erasuresAnswer = pageOf(erasureRow).meta({ id: 'ErasuresAnswer' })
export const erasureParams = z.strictObject({ id: z.string().min(1).max(200) })
export const liftAnswer = z.object({ erasureId: z.string(), lifted: z.literal(true) }).meta({ id: 'LiftAnswer' })
