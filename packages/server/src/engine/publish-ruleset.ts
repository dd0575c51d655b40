import { finishRun, lockSpace, startRun, type Sql } from '@selfsame/store'
import { randomUUID } from 'node:crypto'
import { UnknownSpace } from './ingest-group.ts'
import { givingWay } from './pace.ts'
import { applyPlan } from './plan/apply-plan.ts'
import { cutAnew } from './plan/cut-records.ts'
import { describePlan } from './plan/describe-plan.ts'
import { planRuleset } from './plan/plan-ruleset.ts'
import { loadState, recordPages } from './plan/stored-state.ts'
import { unchangedBy } from './plan/unchanged.ts'
import { compileRules, type RulesCache } from './space-rules.ts'

/**
 * Publishes a ruleset and resolves everything stored again within one transaction, in which the lane waits; a run keeps what
 * that changed. The new version's number. Where the lane should go on meanwhile, see `startPublication`.
 */
export async function publishRuleset(
  sql: Sql,
  spaceId: string,
  body: string,
  actor: string,
  note: string | null,
  nowMs: number,
  cache: RulesCache,
): Promise<number> {
  const space = await lockSpace(sql, spaceId)
  const state = await loadState(sql, spaceId)
  if (!space || !state) throw new UnknownSpace('there is no such space')
  const before = await cache.load(sql, spaceId, space.rulesetVersion)
  const rules = compileRules(body, space.rulesetVersion + 1, state.sources)
  const pages = recordPages(sql, spaceId, space.recordSeq)
  // What is known of the sources may have changed: everything is read anew.
  const pace = givingWay()
  const cut = await cutAnew(state, rules, pages, async () => undefined, pace)
  const plan = await planRuleset(state, rules, cut, pace)
  const unchanged = await unchangedBy(plan, pace)
  const report = await describePlan(plan, pace)
  const { version, caughtUp } = await applyPlan(sql, space, { plan, unchanged, before, body, actor, note }, nowMs)
  const run = { run_id: `r_${randomUUID()}`, actor, started_at: nowMs, progress: JSON.stringify({ phase: 'done' }) }
  await startRun(sql, spaceId, { ...run, kind: 'resolve' })
  const summary = JSON.stringify({ version, caughtUp, report })
  await finishRun(sql, spaceId, run.run_id, nowMs, { state: 'done', progress: run.progress, summary })
  return version
}
