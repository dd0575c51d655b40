import { z } from 'zod'
import { anyJson, instant, pageOf, profileId } from './basics.ts'

const beforeAndAfter = z.object({ before: z.int(), after: z.int() })
const addedAndRemoved = z.object({ before: z.int(), after: z.int(), added: z.int(), removed: z.int() })
export const resolutionSplit = z
  .object({ unique: z.int(), matched: z.int(), conflict: z.int(), missing: z.int() })
  .meta({ id: 'ResolutionSplit', description: 'records by how they were resolved; the parts add up to all records' })

const pictured = z
  .object({
    profileId,
    records: z.int(),
    name: z.string().nullable().meta({ description: 'as it is known now' }),
    identifiers: z.array(z.object({ type: z.string(), value: z.string() })).meta({ description: 'some of its values' }),
  })
  .meta({ id: 'PicturedProfile' })

export const ruleReport = z
  .object({
    rule: z.string(),
    sentence: z.string(),
    stage: z.int().meta({ description: 'place in the order of strength, 1 is the strongest' }),
    applicable: z.int().meta({ description: 'records with a usable value for every criterion' }),
    validMatches: z.int().meta({ description: 'of those, records that agree with another record of their profile' }),
    conflicts: z.int().meta({ description: 'of those, records that the rule linked where a guard refused' }),
    links: z.int(),
    candidates: z.int(),
    applicability: z.number().nullable().meta({ description: 'applicable / records' }),
    validMatchRate: z.number().nullable().meta({ description: 'validMatches / applicable' }),
    conflictRate: z.number().nullable().meta({ description: 'conflicts / applicable' }),
  })
  .meta({ id: 'RuleReport' })

export const identifierReport = z
  .object({
    type: z.string(),
    kind: z.enum(['anchor', 'claim', 'attribute']),
    records: z.int().meta({ description: 'records with a usable value' }),
    completeness: z.number().nullable(),
    profiles: z.int().meta({ description: 'profiles that hold a value' }),
    profileCompleteness: z.number().nullable(),
    conflicts: z.int().meta({ description: 'records that a limit of it keeps apart' }),
    conflictRate: z.number().nullable(),
  })
  .meta({ id: 'IdentifierReport' })

export const planReport = z
  .object({
    records: z.int(),
    profiles: z
      .object({
        before: z.int(),
        after: z.int(),
        merged: z.int().meta({ description: 'profiles that come, whole, together with others' }),
        split: z.int().meta({ description: 'profiles that fall into parts which meet nobody else' }),
        moved: z.int().meta({ description: 'profiles that fall into parts of which some meet others' }),
        unchanged: z.int().meta({ description: 'profiles that hold the records they held' }),
        dissolved: z.int().meta({ description: 'profiles whose records belong to nobody any more' }),
        recordsMoved: z.int().meta({ description: 'records whose profile has another id' }),
        recordsGained: z.int().meta({ description: 'records that belong to a profile, and did not' }),
        recordsLost: z.int().meta({ description: 'records that belong to no profile, and did' }),
      })
      .meta({ description: 'each profile that is there is counted in one of the six kinds' }),
    candidates: addedAndRemoved,
    heldLinks: addedAndRemoved,
    guards: z.record(z.string(), beforeAndAfter).meta({ description: 'held links by the guard that holds them' }),
    unresolvedRecords: beforeAndAfter,
    sharedValues: beforeAndAfter,
    golden: z
      .object({ profiles: z.int(), values: z.int() })
      .meta({ description: 'of profiles that stay: how many show something else, and in how many fields' }),
    split: z.object({ before: resolutionSplit, after: resolutionSplit }),
    largest: z.array(z.object({ ...pictured.shape, recordsBefore: z.int() })),
    examples: z
      .array(
        z.object({
          kind: z.enum(['merged', 'split', 'moved']),
          records: z.int(),
          before: z.array(pictured),
          after: z.array(pictured),
        }),
      )
      .meta({ description: 'who goes where; those that concern the most records first' }),
    regroupings: z.int().meta({ description: 'how many there are in all' }),
    rules: z.array(ruleReport),
    identifiers: z.array(identifierReport),
  })
  .meta({ id: 'PlanReport' })
export type PlanReportAnswer = z.infer<typeof planReport>

const runBase = {
  runId: z.string(),
  kind: z.enum(['publish', 'simulate', 'import', 'resolve']),
  state: z.enum(['running', 'done', 'failed', 'abandoned']).meta({
    description: '`abandoned`: the server stopped in the middle of it; nothing of it was written',
  }),
  actor: z.string(),
  startedAt: instant,
  finishedAt: instant.nullable(),
  progress: z
    .object({ phase: z.string(), done: z.int().optional(), total: z.int().optional() })
    .meta({ description: 'phases of a publication: waiting, resolving, switching, done' }),
}

export const runSummary = z.object({ ...runBase, version: z.int().nullable() }).meta({ id: 'RunSummary' })
export const run = z
  .object({
    ...runBase,
    version: z.int().nullable().meta({ description: 'published by it; null: none' }),
    caughtUp: z.int().nullable().meta({ description: 'records that came while it went on' }),
    sample: z.object({ profiles: z.int() }).nullable(),
    because: z.string().nullable().meta({ description: 'code of what made it fail' }),
    report: planReport.nullable(),
    counts: anyJson.nullable().meta({ description: 'of an import' }),
  })
  .meta({ id: 'Run' })
export const runParams = z.strictObject({ runId: z.string().min(1).max(200) })
export const runsAnswer = pageOf(runSummary).meta({ id: 'RunsAnswer' })

export const simulation = z
  .object({ runId: z.string(), run: run.nullable().meta({ description: 'null: it goes on' }) })
  .meta({ id: 'Simulation' })
