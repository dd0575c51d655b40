import { z } from 'zod'
import { instant, pageOf } from './basics.ts'

const version = z
  .object({
    version: z.int(),
    published: z.boolean().meta({ description: 'the one that counts' }),
    note: z.string().nullable(),
    actor: z.string(),
    createdAt: instant,
  })
  .meta({ id: 'RulesetVersion' })
export const rulesetsAnswer = pageOf(version).meta({ id: 'RulesetsAnswer' })

export const rulesetParams = z.strictObject({ version: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER) })
export const rulesetAnswer = z
  .object({
    ...version.shape,
    yaml: z.string().meta({ description: 'the ruleset as it was published' }),
    english: z.array(z.object({ name: z.string(), enabled: z.boolean(), sentence: z.string() })),
  })
  .meta({ id: 'Ruleset' })
