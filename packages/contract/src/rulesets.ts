import { z } from 'zod'
import { anyJson, instant, pageOf } from './basics.ts'

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

const versionNumber = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER)

export const rulesetParams = z.strictObject({
  version: z.union([z.literal('published'), versionNumber]).meta({ description: 'a number, or `published`' }),
})
export const rulesetVersionParams = z.strictObject({ version: versionNumber })

const ruleSentence = z.object({ name: z.string(), enabled: z.boolean(), sentence: z.string() })

/** A mapping of a source as the page of identity rules lists it. */
export const identityRule = z
  .object({
    id: z.string().meta({ description: 'source and place in its list: `web/0`' }),
    source: z.string(),
    place: z.int(),
    when: z.string().nullable().meta({ description: 'event name; null: any event' }),
    read: z.string(),
    to: z.string(),
    key: z.string().nullable(),
    kind: z.enum(['anchor', 'claim', 'attribute', 'name', 'trait']),
    trust: z.enum(['verified', 'unverified', 'name_hint', 'none']).meta({
      description: 'what a value counts as; `none`: a trait, which links nothing',
    }),
    verified: z.boolean().nullable().meta({ description: 'as written; null: the trust of the source' }),
    precedence: z.number(),
    enabled: z.boolean(),
  })
  .meta({ id: 'IdentityRule' })
export type IdentityRule = z.infer<typeof identityRule>

export const identityRules = z
  .object({
    items: z.array(identityRule).meta({ description: 'by precedence; a source with none reads the customary names' }),
    strip: z.object({
      active: z.int(),
      total: z.int(),
      anchors: z.int(),
      claims: z.int(),
      traits: z.int(),
    }),
  })
  .meta({ id: 'IdentityRules' })

export const rulesetAnswer = z
  .object({
    ...version.shape,
    yaml: z.string().meta({ description: 'the ruleset as it was published' }),
    document: anyJson.meta({ description: 'the same as a JSON document, with the defaults of its lists written out' }),
    english: z.array(ruleSentence),
    identityRules,
  })
  .meta({ id: 'Ruleset' })

export const rulesetIssue = z
  .object({
    code: z.string(),
    path: z.string().meta({ description: 'JSON pointer, such as `/rules/2/match/1/by`' }),
    line: z.int().meta({ description: '1-based; 0: the ruleset came as a document' }),
    column: z.int(),
    message: z.string().meta({ description: 'what was found and what is allowed' }),
  })
  .meta({ id: 'RulesetIssue' })

const longestRuleset = 1_000_000
const given = {
  yaml: z.string().max(longestRuleset).optional().meta({ description: 'the ruleset as YAML or JSON text' }),
  document: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: 'the ruleset as a JSON document, instead of `yaml`' }),
}
const oneIsGiven = ({ yaml, document }: { readonly yaml?: unknown; readonly document?: unknown }) =>
  (yaml === undefined) !== (document === undefined)
const oneOfTwo = { error: 'give the ruleset once, as yaml or as document' }

export const givenRuleset = z.strictObject(given).refine(oneIsGiven, oneOfTwo).meta({ id: 'GivenRuleset' })
export type GivenRuleset = z.infer<typeof givenRuleset>

export const rulesetCheck = z
  .object({
    valid: z.boolean(),
    issues: z.array(rulesetIssue).meta({ description: 'every fault, in the order of the text' }),
    warnings: z.array(rulesetIssue).meta({ description: 'what is allowed but seldom meant' }),
    english: z.array(ruleSentence),
    yaml: z.string().nullable().meta({ description: 'the ruleset written out anew; null: it has faults' }),
    document: anyJson.nullable(),
    identityRules: identityRules.nullable(),
  })
  .meta({ id: 'RulesetCheck' })

const diffSide = z
  .union([z.literal('published'), z.literal('draft'), z.int().min(1), givenRuleset])
  .meta({ description: '`published`, `draft`, the number of a version, or a ruleset' })
export const rulesetDiffBody = z.strictObject({ from: diffSide.default('published'), to: diffSide })
export const rulesetDiff = z
  .object({ changes: z.array(z.string()).meta({ description: 'one sentence each; empty: the two decide the same' }) })
  .meta({ id: 'RulesetDiff' })

const note = z.string().max(1_000).nullable().default(null)
const wait = z
  .boolean()
  .default(true)
  .meta({ description: 'false: answer at once with the run, and ask for its progress' })
const expectedVersion = z
  .int()
  .min(1)
  .meta({ description: 'the published version that the change was made from; another one now is a conflict' })

export const publishBody = z
  .strictObject({ ...given, note, wait, expectedVersion: expectedVersion.optional() })
  .refine(oneIsGiven, oneOfTwo)
export const rollbackBody = z.strictObject({ note, wait, expectedVersion: expectedVersion.optional() }).prefault({})

export const publication = z
  .object({
    runId: z.string(),
    version: z.int().nullable().meta({ description: 'the new version; null: the run goes on' }),
    changes: z.array(z.string()).meta({ description: 'what the new version changes, in words' }),
  })
  .meta({ id: 'Publication' })

export const draft = z
  .object({
    revision: z.int(),
    basedOn: z.int().meta({ description: 'the published version when it was begun' }),
    actor: z.string(),
    updatedAt: instant,
    text: z.string().meta({ description: 'as it was saved, faults and all' }),
    changes: z.array(z.string()).meta({ description: 'what it changes against the published version' }),
    check: rulesetCheck,
  })
  .meta({ id: 'RulesetDraft' })
export const draftAnswer = z
  .object({ published: z.int(), draft: draft.nullable().meta({ description: 'null: there is none' }) })
  .meta({ id: 'RulesetDraftAnswer' })

const expectedRevision = z
  .int()
  .min(0)
  .meta({ description: 'the revision that was read; 0: there was no draft. Another one now is a conflict' })
export const saveDraftBody = z.strictObject({ ...given, expectedRevision }).refine(oneIsGiven, oneOfTwo)
export const dropDraftQuery = z.strictObject({ expectedRevision: z.coerce.number().int().min(1) })
export const publishDraftBody = z.strictObject({
  note,
  wait,
  expectedRevision,
  expectedVersion: expectedVersion.optional(),
})
export const copyRulesetBody = z.strictObject({
  fromSpace: z.string().min(1).max(200).meta({ description: 'id or name of a space that the caller may look at' }),
  expectedRevision,
})

/** Names a value in the body: it may be somebody's address, which must not stand in an access log. */
export const blockValueBody = z.strictObject({
  type: z.string().min(1).max(200).meta({ description: 'the identifier' }),
  value: z.string().min(1).max(1_024).meta({ description: 'in any spelling' }),
  note,
  wait,
  expectedVersion: expectedVersion.optional(),
})

export const simulateBody = z.strictObject({
  ruleset: z
    .union([z.literal('draft'), z.literal('published'), givenRuleset])
    .default('draft')
    .meta({ description: 'what is tried; `published` gives the figures of what counts now' }),
  sample: z.int().min(1).max(10_000).nullable().default(null).meta({
    description: 'so many profiles, and whoever they could be brought together with; null: everything stored',
  }),
  wait,
})
