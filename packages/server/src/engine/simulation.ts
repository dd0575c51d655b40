import { LaneClosed } from './engine.ts'
import { UnknownSpace } from './ingest-group.ts'
import { givingWay, type Pace } from './pace.ts'
import type { PlanningTurn } from './planning-turn.ts'
import { describePlan, type PlanReport } from './plan/describe-plan.ts'
import { cutAnew } from './plan/cut-records.ts'
import { planRuleset } from './plan/plan-ruleset.ts'
import { loadSample } from './plan/sample-state.ts'
import { prepare } from './publication.ts'
import { beginRun, type RunParts } from './run-book.ts'
import { compileRules } from './space-rules.ts'
import { findSpaceRow, sourcesOf, type Sql } from '@selfsame/store'

/** What was tried. */
export type SimulationSubject = 'draft' | 'published' | 'given'

export interface SimulationSummary {
  readonly subject: SimulationSubject
  /** The published version that it was compared with. */
  readonly against: number
  /** null: everything stored was tried. */
  readonly sample: { readonly profiles: number } | null
  readonly report: PlanReport
}

export interface Simulation {
  readonly runId: string
  readonly done: Promise<SimulationSummary>
}

/**
 * Begins a run that tries a ruleset without faults on everything stored, or on a sample of so many profiles and whoever they
 * could be brought together with. Nothing but the run is written.
 */
export async function startSimulation(
  parts: RunParts & { readonly signal: AbortSignal; readonly inTurn: PlanningTurn },
  spaceId: string,
  body: string,
  actor: string,
  subject: SimulationSubject,
  sample: number | null,
): Promise<Simulation> {
  const run = await beginRun(parts, spaceId, 'simulate', actor, {
    action: 'ruleset.simulate',
    object: `ruleset:${subject}`,
  })
  const pace = givingWay(parts.signal)
  const simulate = async (): Promise<SimulationSummary> => {
    try {
      const summary = await parts.inTurn(() =>
        parts.database.snapshot(async (sql): Promise<SimulationSummary> => {
          if (sample !== null) return { subject, ...(await simulateSample(sql, spaceId, body, sample, pace)) }
          const { plan, report } = await prepare(sql, spaceId, body, pace, run)
          return { subject, against: plan.state.space.rulesetVersion, sample: null, report }
        }),
      )
      await parts.database.transaction((sql) => run.finish(sql, summary))
      return summary
    } catch (error) {
      await run.fail(error instanceof LaneClosed ? error.code : 'server.failed')
      throw error
    }
  }
  return { runId: run.runId, done: simulate() }
}

async function simulateSample(
  sql: Sql,
  spaceId: string,
  body: string,
  profiles: number,
  pace: Pace,
): Promise<Omit<SimulationSummary, 'subject'>> {
  const space = await findSpaceRow(sql, spaceId)
  if (!space) throw new UnknownSpace('there is no such space')
  const rules = compileRules(body, space.rulesetVersion + 1, await sourcesOf(sql, spaceId))
  const sample = await loadSample(sql, spaceId, rules, profiles)
  if (!sample) throw new UnknownSpace('there is no such space')
  const pages = (async function* () {
    yield sample.records
  })()
  const cut = await cutAnew(sample.state, rules, pages, async () => undefined, pace)
  const plan = await planRuleset(sample.state, rules, cut, pace)
  return {
    against: space.rulesetVersion,
    sample: { profiles: sample.profiles },
    report: await describePlan(plan, pace),
  }
}
