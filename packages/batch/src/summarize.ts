import { createHash } from 'node:crypto'
import { defaultRulesetYaml } from '@selfsame/core'
import type { Database } from './database.ts'
import { loadTexts } from './encode/build-population.ts'
import type { RunHooks, RunOptions } from './options.ts'
import type { Clock } from './clock.ts'
import { identifierFigures } from './summarize/identifier-figures.ts'
import { profileSizes, resolutionSplit, suspiciousProfiles } from './summarize/profile-figures.ts'
import {
  candidateFigures,
  heldLinkFigures,
  rejectedLineFigures,
  unresolvedFigures,
} from './summarize/review-figures.ts'
import { ruleFigures } from './summarize/rule-figures.ts'
import { sampleProfiles } from './summarize/samples.ts'
import { sourceFigures } from './summarize/source-figures.ts'
import { blockedValuesFound, frequentValuesFound, sharedValuesFound } from './summarize/values-found.ts'
import { runWarnings } from './summarize/warnings.ts'
import type { ResolvedRun } from './write/resolved-run.ts'
import { type OutputInfo, runMarker, type RunSummary, summaryVersion } from './summary.ts'

export { describeSources } from './summarize/source-figures.ts'

type RunFigures = Omit<RunSummary, 'selfsame' | 'summaryVersion' | 'run' | 'ruleset' | 'output' | 'timings'>

/** What the records and the ruleset alone decide of a summary. Tells the warnings to the hook on the way. */
export async function runFigures(
  db: Database,
  finished: ResolvedRun,
  options: RunOptions,
  hooks: RunHooks,
): Promise<RunFigures> {
  const run = {
    ...finished,
    population: { ...finished.population, loadTexts: (codes: Int32Array) => loadTexts(db, codes) },
  }
  const { numbering, clusters } = run
  const records = numbering.recordOfRank.length
  const attributed = clusters.records.reduce((sum, size) => sum + size, 0)
  const sources = await sourceFigures(db, run, clusters, options)
  const suspicious = await suspiciousProfiles(db, run, clusters)
  const samples = await sampleProfiles(db, run, clusters)
  // Nothing reads the rows as written any more.
  for (const { table } of run.parts) await db.run(`DROP TABLE IF EXISTS ${table}`)
  const frequentValues = await frequentValuesFound(run)
  const warnings = runWarnings(run, frequentValues.listed, sources)
  for (const warning of warnings) hooks.onWarning?.(warning)
  return {
    counts: {
      lines: records + numbering.superseded + run.rejected.length,
      records,
      profiles: clusters.profiles,
      rejected: run.rejected.length,
      superseded: numbering.superseded,
      unattributed: records - attributed,
      mergedProfiles: clusters.records.reduce((sum, size) => sum + (size > 1 ? 1 : 0), 0),
      largestProfile: clusters.records.reduce((most, size) => Math.max(most, size), 0),
    },
    resolution: resolutionSplit(run, clusters),
    profileSizes: profileSizes(clusters),
    sources,
    rules: await ruleFigures(run, clusters),
    identifiers: await identifierFigures(db, run, run.encoded, clusters),
    sharedValues: sharedValuesFound(run, clusters),
    blockedValues: blockedValuesFound(run, run.encoded),
    frequentValues,
    suspiciousProfiles: suspicious,
    samples,
    heldLinks: await heldLinkFigures(db, run),
    candidates: await candidateFigures(db, run),
    unresolved: unresolvedFigures(run, clusters),
    rejectedLines: rejectedLineFigures(run.rejected),
    warnings,
  }
}

/** Everything a run has to say about itself. */
export function summarize(
  figures: RunFigures,
  options: RunOptions,
  folder: string,
  tables: OutputInfo['tables'],
  clock: Clock,
): RunSummary {
  const { counts, ...others } = figures
  return {
    selfsame: runMarker,
    summaryVersion,
    run: {
      engine: options.engine,
      startedAt: clock.startedAt.toISOString(),
      finishedAt: new Date(clock.startedAt.getTime() + clock.elapsed()).toISOString(),
    },
    ruleset: {
      file: options.rulesetOrigin.file,
      sha256: createHash('sha256')
        .update(options.rulesetOrigin.text ?? defaultRulesetYaml)
        .digest('hex'),
      text: options.rulesetOrigin.text,
      warnings: options.rulesetOrigin.warnings,
    },
    output: { folder, format: options.format, spreadsheetSafe: options.spreadsheetSafe, tables },
    counts,
    ...others,
    timings: {
      phases: clock.soFar().map(({ name, ms }) => ({ name, ms: Math.round(ms) })),
      totalMs: Math.round(clock.elapsed()),
      rowsPerSecond: Math.round((counts.lines * 1000) / Math.max(1, clock.elapsed())),
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      memoryLimitBytes: options.memoryBytes,
    },
  }
}
