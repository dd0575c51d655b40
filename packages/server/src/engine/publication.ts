import {
  allAliases,
  appendAudit,
  countRecordsUpTo,
  dropDraft,
  findDraft,
  lockSpace,
  rulesetBody,
  sourcesOf,
  standingText,
  type SpaceRow,
  type Sql,
} from '@selfsame/store'
import { LaneClosed } from './engine.ts'
import { UnknownSpace } from './ingest-group.ts'
import { givingWay, type Pace } from './pace.ts'
import type { PlanningTurn } from './planning-turn.ts'
import { applyPlan, type AppliedPlan } from './plan/apply-plan.ts'
import { describePlan, type PlanReport } from './plan/describe-plan.ts'
import { cutAnew, cutAsStored, readAlike, surviveAlike, type CutRecords } from './plan/cut-records.ts'
import { planRuleset, type RulesetPlan } from './plan/plan-ruleset.ts'
import { loadState, placePages, recordPages, type StoredState } from './plan/stored-state.ts'
import { unchangedBy, type Unchanged } from './plan/unchanged.ts'
import { beginRun, type Run, type RunParts } from './run-book.ts'
import { compileRules, type RulesCache, type SpaceRules } from './space-rules.ts'

/** What somebody worked from is no longer what counts. Nothing was changed. */
export class RulesetConflict extends Error {
  readonly code = 'ruleset.conflict'
  readonly what: 'version' | 'draft'
  readonly expected: number
  readonly actual: number
  constructor(what: 'version' | 'draft', expected: number, actual: number) {
    super(`${what} ${actual} stands, not ${expected}`)
    this.what = what
    this.expected = expected
    this.actual = actual
  }
}

/** What a publication was made from; null: whatever stands. */
export interface PublicationBasis {
  readonly expectedVersion: number | null
  /** The draft of this revision is dropped with it. */
  readonly draftRevision: number | null
  /** What the audit log calls it. Default `ruleset.publish`. */
  readonly audit?: { readonly action: string; readonly details: Readonly<Record<string, string>> }
}

export interface Publication {
  readonly runId: string
  /** The new version. Rejects with `RulesetConflict` where something else was published meanwhile. */
  readonly done: Promise<number>
}

export interface PublicationParts extends RunParts {
  readonly cache: RulesCache
  /** Aborted: what is planned is given up; what is being written is finished. */
  readonly signal: AbortSignal
  readonly inTurn: PlanningTurn
}

/** A plan made beside the lane, and what it was made from. */
export interface PreparedRuleset {
  readonly plan: RulesetPlan
  readonly unchanged: Unchanged
  readonly report: PlanReport
  /** The standing decisions as they were. */
  readonly standing: string
}

/** How often a plan is made beside the lane, before one is made while the lane waits. */
const mostAttempts = 3

/**
 * Begins a run that publishes a ruleset without faults. Everything stored is resolved beside the lane, which goes on; then
 * the difference, and what came meanwhile, is written in one transaction.
 */
export async function startPublication(
  parts: PublicationParts,
  spaceId: string,
  body: string,
  actor: string,
  note: string | null,
  basis: PublicationBasis,
): Promise<Publication> {
  const { database, now, cache, signal, inTurn } = parts
  const pace = givingWay(signal)
  const run = await beginRun(parts, spaceId, 'publish', actor, null)
  const switchTo = async (sql: Sql, prepared: PreparedRuleset | null): Promise<AppliedPlan | null> => {
    const space = await lockSpace(sql, spaceId)
    if (!space) throw new UnknownSpace('there is no such space')
    await checkBasis(sql, space, basis)
    const found = prepared ?? (await prepare(sql, spaceId, body, givingWay()))
    if (!(await stillHolds(sql, space, found))) return null
    const { plan, unchanged, report } = found
    const before = await cache.load(sql, spaceId, space.rulesetVersion)
    const at = Math.max(now(), space.clock)
    const applied = await applyPlan(sql, space, { plan, unchanged, before, body, actor, note }, at)
    if (basis.draftRevision !== null) await dropDraft(sql, spaceId)
    const { action = 'ruleset.publish', details = {} } = basis.audit ?? {}
    const object = `ruleset:${applied.version}`
    await appendAudit(sql, spaceId, { at, actor, action, object, details: { ...details, run: run.runId } })
    await run.finish(sql, { version: applied.version, caughtUp: applied.caughtUp, report })
    return applied
  }
  const publish = async (): Promise<number> => {
    try {
      for (let attempt = 1; attempt <= mostAttempts; attempt++) {
        const prepared = await inTurn(() => database.snapshot((sql) => prepare(sql, spaceId, body, pace, run)))
        await run.note({ phase: 'switching' })
        signal.throwIfAborted()
        const applied = await database.transaction((sql) => switchTo(sql, prepared))
        if (applied) return applied.version
      }
      const applied = await database.transaction((sql) => switchTo(sql, null))
      if (!applied) throw new Error('a plan made while the lane waits does not hold')
      return applied.version
    } catch (error) {
      const isOurs = error instanceof RulesetConflict || error instanceof LaneClosed
      await run.fail(isOurs ? error.code : 'server.failed')
      throw error
    }
  }
  return { runId: run.runId, done: publish() }
}

/** Plans a ruleset over everything stored, as an instant has it. `run`: where nobody waits for this transaction. */
export async function prepare(
  sql: Sql,
  spaceId: string,
  body: string,
  pace: Pace,
  run: Pick<Run, 'note'> | null = null,
): Promise<PreparedRuleset> {
  const state = await loadState(sql, spaceId)
  if (!state) throw new UnknownSpace('there is no such space')
  const { space } = state
  const rules = compileRules(body, space.rulesetVersion + 1, state.sources)
  const onRecords = async (done: number) => run?.note({ phase: 'resolving', done, total: space.recordSeq })
  const plan = await planRuleset(state, rules, await cutFor(sql, state, rules, onRecords, pace), pace)
  return {
    plan,
    unchanged: await unchangedBy(plan, pace),
    report: await describePlan(plan, pace),
    standing: await standingText(sql, spaceId),
  }
}

/** Where the published ruleset reads records as this one does, what it read is taken over. */
async function cutFor(
  sql: Sql,
  state: StoredState,
  rules: SpaceRules,
  onRecords: (count: number) => Promise<void>,
  pace: Pace,
): Promise<CutRecords> {
  const { spaceId, recordSeq, rulesetVersion } = state.space
  const published = (await rulesetBody(sql, spaceId, rulesetVersion)) ?? ''
  const before = compileRules(published, rulesetVersion, state.sources)
  if (!readAlike(before, rules)) {
    return cutAnew(state, rules, recordPages(sql, spaceId, recordSeq), onRecords, pace)
  }
  const places = placePages(sql, spaceId, recordSeq)
  const aliases = await allAliases(sql, spaceId)
  return cutAsStored(state, places, aliases, surviveAlike(before, rules), onRecords, pace)
}

/** Whether what a plan rests on, beside records that came since, is what stands now. */
export async function stillHolds(sql: Sql, space: SpaceRow, { plan, standing }: PreparedRuleset): Promise<boolean> {
  const { state } = plan
  return (
    space.rulesetVersion === state.space.rulesetVersion &&
    standing === (await standingText(sql, space.spaceId)) &&
    JSON.stringify(state.sources) === JSON.stringify(await sourcesOf(sql, space.spaceId)) &&
    plan.placed.length === (await countRecordsUpTo(sql, space.spaceId, state.space.recordSeq))
  )
}

async function checkBasis(sql: Sql, space: SpaceRow, basis: PublicationBasis): Promise<void> {
  if (basis.expectedVersion !== null && basis.expectedVersion !== space.rulesetVersion) {
    throw new RulesetConflict('version', basis.expectedVersion, space.rulesetVersion)
  }
  if (basis.draftRevision === null) return
  const revision = (await findDraft(sql, space.spaceId))?.revision ?? 0
  if (revision !== basis.draftRevision) throw new RulesetConflict('draft', basis.draftRevision, revision)
}
