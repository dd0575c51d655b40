import type { PlanReportAnswer } from '@selfsame/contract'
import { findProfiles, tracesById, tracesOfSeqs, type Sql, type StoredRun } from '@selfsame/store'
import type { ProfileExample, PlanReport } from '../engine/plan/describe-plan.ts'
import type { SimulationSubject } from '../engine/simulation.ts'
import type { RunProgress } from '../engine/run-book.ts'
import { abandonedAfterMs } from '../engine/run-book.ts'
import { instantOrNull, instantText } from './answers.ts'

const mostIdentifiers = 8

export interface StoredSummary {
  readonly subject?: SimulationSubject
  readonly against?: number
  readonly version?: number
  readonly caughtUp?: number
  readonly sample?: { readonly profiles: number } | null
  readonly because?: string
  readonly report?: PlanReport
  readonly counts?: unknown
}

/** A run as lists show it. One whose process is gone is abandoned, whether or not anybody has noted it. */
export function runSummaryOf(row: StoredRun, nowMs: number) {
  const isLost = row.state === 'running' && nowMs - row.seen_at > abandonedAfterMs
  return {
    runId: row.run_id,
    kind: row.kind,
    state: isLost ? ('abandoned' as const) : row.state,
    actor: row.actor,
    startedAt: instantText(row.started_at),
    finishedAt: instantOrNull(row.finished_at),
    progress: JSON.parse(row.progress) as RunProgress,
    version: summaryIn(row).version ?? null,
  }
}

/** A run with its report. Who its examples are is looked up now: a run itself holds no value of anybody. */
export async function runOf(sql: Sql, spaceId: string, row: StoredRun, nowMs: number) {
  const summary = summaryIn(row)
  return {
    ...runSummaryOf(row, nowMs),
    caughtUp: summary.caughtUp ?? null,
    sample: summary.sample ?? null,
    because: summary.because ?? null,
    report: summary.report ? await reportOf(sql, spaceId, summary.report) : null,
    counts: summary.counts ?? null,
  }
}

export function summaryIn({ summary }: StoredRun): StoredSummary {
  return summary === null ? {} : (JSON.parse(summary) as StoredSummary)
}

async function reportOf(sql: Sql, spaceId: string, report: PlanReport): Promise<PlanReportAnswer> {
  const shown = [...report.largest, ...report.examples.flatMap(({ before, after }) => [...before, ...after])]
  const rows = await findProfiles(sql, spaceId, [...new Set(shown.map(({ profileId }) => profileId))])
  const names = new Map(rows.map(({ profile_id, shown_name }) => [profile_id, shown_name]))
  const traceOf = await tracesOfSeqs(sql, spaceId, [...new Set(shown.flatMap(({ seqs }) => seqs))])
  const traces = new Map((await tracesById(sql, spaceId, [...new Set(traceOf.values())])).map((one) => [one.id, one]))
  const picture = ({ profileId, records, seqs }: ProfileExample) => {
    const sightings = seqs.flatMap((seq) => traces.get(traceOf.get(seq) ?? '')?.sightings ?? [])
    const values = new Map(sightings.map(({ type, value }) => [JSON.stringify([type, value]), { type, value }]))
    return {
      profileId,
      records,
      name: names.get(profileId) ?? null,
      identifiers: [...values.values()].slice(0, mostIdentifiers),
    }
  }
  return {
    ...report,
    rules: [...report.rules],
    identifiers: [...report.identifiers],
    largest: report.largest.map((one) => ({ ...picture(one), recordsBefore: one.recordsBefore })),
    examples: report.examples.map(({ kind, records, before, after }) => ({
      kind,
      records,
      before: before.map(picture),
      after: after.map(picture),
    })),
  }
}
