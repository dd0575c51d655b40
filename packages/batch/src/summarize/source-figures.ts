import { defaultSourceSettings } from '@selfsame/core'
import type { Database } from '../database.ts'
import { partOffsets } from '../encode/encode-records.ts'
import type { RunOptions } from '../options.ts'
import type { FileReading, RejectedLine } from '../read/part.ts'
import type { ResolvedRun } from '../write/resolved-run.ts'
import type { SourceSummary } from '../summary.ts'
import type { Clusters } from './clusters.ts'

/** How each source is read, before anything is resolved. */
export function describeSources(
  readings: readonly FileReading[],
  rejected: readonly RejectedLine[],
  options: Pick<RunOptions, 'ruleset'>,
): readonly SourceSummary[] {
  const names = [...new Set(readings.map(({ source }) => source))]
  return names.map((name): SourceSummary => {
    const own = readings.filter(({ source }) => source === name)
    const [first] = own
    const settings = options.ruleset.sources.get(name) ?? defaultSourceSettings
    const columns = own.flatMap((reading) => reading.columns)
    const lost = rejected.filter(({ source }) => source === name).length
    return {
      name,
      files: own.map(({ file }) => file),
      kind: own.some(({ kind }) => kind === 'events') ? 'events' : 'rows',
      lines: own.reduce((sum, reading) => sum + reading.file.lines, 0),
      records: 0,
      rejected: lost,
      superseded: 0,
      profiles: 0,
      trust: settings.trust,
      class: settings.class,
      key: first?.key ?? [],
      observedAt: first?.observedAt ?? null,
      columns: columns.filter(
        (column, place) => columns.findIndex((other) => other.name === column.name && other.to === column.to) === place,
      ),
    }
  })
}

/** The same with what became of the records. */
export async function sourceFigures(
  db: Database,
  run: ResolvedRun,
  clusters: Clusters,
  options: RunOptions,
): Promise<readonly SourceSummary[]> {
  const summaries: SourceSummary[] = []
  for (const source of describeSources(run.readings, run.rejected, options)) {
    const index = run.sources.indexOf(source.name)
    const counts = countRecords(run, clusters, index)
    const filled = await filledShares(db, run, source)
    summaries.push({
      ...source,
      lines: counts.records + counts.superseded + source.rejected,
      ...counts,
      columns: source.columns.map((column) => ({ ...column, filled: filled.get(column.to ?? '') ?? null })),
    })
  }
  return summaries
}

function countRecords(
  run: ResolvedRun,
  clusters: Clusters,
  source: number,
): Pick<SourceSummary, 'records' | 'superseded' | 'profiles'> {
  const offsets = partOffsets(run.parts)
  const isCounted = new Uint8Array(run.population.traceCount)
  let records = 0
  let superseded = 0
  let profiles = 0
  run.parts.forEach((part, place) => {
    if (part.sourceIndex !== source) return
    const from = offsets[place] ?? 0
    for (const trace of run.numbering.traceOfRecord.subarray(from, from + part.rows)) {
      if (trace < 0) {
        superseded++
        continue
      }
      records++
      const profile = clusters.of[trace] as number
      if (profile < 0 || isCounted[profile] === 1) continue
      isCounted[profile] = 1
      profiles++
    }
  })
  return { records, superseded, profiles }
}

/** Per field the share of a source's lines that hold something. */
async function filledShares(
  db: Database,
  run: ResolvedRun,
  source: SourceSummary,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, { lines: number; filled: number }>()
  for (const part of run.parts.filter((candidate) => candidate.source === source.name)) {
    const fields = [...part.fields].filter(([field]) => source.columns.some((column) => column.to === field))
    if (fields.length === 0 || part.rows === 0) continue
    const columns = fields.map(
      ([, sql]) => `count(*) FILTER (WHERE ${sql.map((column) => `${column} <> ''`).join(' OR ')})`,
    )
    const [row] = await db.rows(`SELECT ${columns.join(', ')} FROM ${part.table}`)
    fields.forEach(([field], place) => {
      const known = counts.get(field) ?? { lines: 0, filled: 0 }
      counts.set(field, { lines: known.lines + part.rows, filled: known.filled + Number(row?.[place] ?? 0) })
    })
  }
  return new Map([...counts].map(([field, { lines, filled }]) => [field, filled / lines]))
}
