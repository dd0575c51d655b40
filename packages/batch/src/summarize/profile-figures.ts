import type { Database } from '../database.ts'
import type { Part } from '../read/part.ts'
import { slicesOf } from '../slices.ts'
import { sizeBuckets, type Cut, type ResolutionSplit, type SizeBucket, type SuspiciousProfile } from '../summary.ts'
import type { ResolvedRun } from '../write/resolved-run.ts'
import type { Clusters } from './clusters.ts'

export function resolutionSplit({ population, resolution, ruleset }: ResolvedRun, clusters: Clusters): ResolutionSplit {
  const unresolved = new Uint8Array(population.traceCount)
  for (const { trace } of resolution.unresolved) unresolved[trace] = 1
  const links = ruleset.identifiers.map(({ kind }) => kind !== 'attribute')
  const split = { unique: 0, matched: 0, conflict: 0, missing: 0 }
  for (let trace = 0; trace < population.traceCount; trace++) {
    const records = clusters.recordsOfTrace(trace)
    if (unresolved[trace] === 1) {
      split.conflict += records
      continue
    }
    let usable = false
    for (
      let at = population.offsets[trace] as number;
      !usable && at < (population.offsets[trace + 1] as number);
      at++
    ) {
      usable = links[population.typeOf[population.codes[at] as number] as number] ?? false
    }
    const cluster = clusters.of[trace] as number
    if (!usable) split.missing += records
    else if (cluster >= 0 && (clusters.records[cluster] as number) > 1) split.matched += records
    else split.unique += records
  }
  return split
}

export function profileSizes(clusters: Clusters): readonly SizeBucket[] {
  const found = sizeBuckets.map(([from, to]) => ({ from, to, profiles: 0, records: 0 }))
  let largest = -1
  for (const records of clusters.records) {
    if (records === 0) continue
    const place = found.findIndex(({ to }) => records <= to)
    const bucket = found[place]
    if (!bucket) continue
    bucket.profiles++
    bucket.records += records
    if (place > largest) largest = place
  }
  return found.slice(0, largest + 1)
}

/** Attributes of which one person has few values, and from how many on a profile is pointed out. */
const fewValued: ReadonlyMap<string, number> = new Map([
  ['last_name', 4],
  ['first_name', 6],
  ['birth_date', 4],
])
/** A profile is unusually large from so many traces on, and where it has this many times those of the 99th percentile. */
const leastLarge = 20
const timesUsual = 4
const mostListed = 25
/** Fewer traces than this cannot hold as many values as are pointed out. */
const fewestTraces = Math.min(...fewValued.values())

/** Profiles that are much larger than the others, or hold more names or birth dates than one person has. */
export async function suspiciousProfiles(
  db: Database,
  { parts, population }: ResolvedRun,
  clusters: Clusters,
): Promise<Cut<SuspiciousProfile>> {
  const large = Math.max(leastLarge, timesUsual * percentile(clusters, 0.99))
  const several: number[] = []
  for (let cluster = 0; cluster < population.traceCount; cluster++)
    if ((clusters.traces[cluster] as number) >= fewestTraces) several.push(cluster)
  if (several.length === 0) return { total: 0, listed: [] }
  const many = await clustersOfManyValues(db, parts, several)
  const found = several.flatMap((cluster) => {
    const isLarge = (clusters.traces[cluster] as number) >= large
    const why: SuspiciousProfile['why'] = isLarge ? 'unusually_large' : 'many_names'
    return isLarge || many.has(cluster) ? [{ cluster, why }] : []
  })
  const sizeOf = (cluster: number) => clusters.records[cluster] as number
  found.sort((a, b) => sizeOf(b.cluster) - sizeOf(a.cluster) || a.cluster - b.cluster)
  const listed = found.slice(0, mostListed)
  const valuesByCluster = await countValues(
    db,
    parts,
    listed.map(({ cluster }) => cluster),
  )
  const described = new Map<number, { profileId: string; sources: number }>()
  if (listed.length > 0) {
    const wanted = listed.map(({ cluster }) => cluster).join(', ')
    for (const [cluster, profileId] of await db.rows(`SELECT c, profile_id FROM prof WHERE c IN (${wanted})`)) {
      described.set(Number(cluster), { profileId: String(profileId), sources: 0 })
    }
    const sources = parts.map(
      (part, index) => `SELECT DISTINCT c, ${part.sourceIndex} AS src FROM lab_${index} WHERE c IN (${wanted})`,
    )
    for (const [cluster, count] of await db.rows(
      `SELECT c, count(DISTINCT src) FROM (${sources.join(' UNION ALL ')}) GROUP BY c`,
    )) {
      const known = described.get(Number(cluster))
      if (known) known.sources = Number(count)
    }
  }
  return {
    total: found.length,
    listed: listed
      .map(({ cluster, why }) => ({
        profileId: described.get(cluster)?.profileId ?? '',
        records: sizeOf(cluster),
        sources: described.get(cluster)?.sources ?? 0,
        why,
        disagreements: valuesByCluster.get(cluster) ?? [],
      }))
      .sort((a, b) => b.records - a.records || (a.profileId < b.profileId ? -1 : 1)),
  }
}

/** Of some clusters those that hold more names or birth dates than one person has. */
async function clustersOfManyValues(
  db: Database,
  parts: readonly Part[],
  clusters: readonly number[],
): Promise<ReadonlySet<number>> {
  const values = valuesSql(parts)
  if (values === null) return new Set()
  await storeClusters(db, clusters)
  await keepThoseThatDisagree(db, parts)
  const isMany = [...fewValued].map(([field, least]) => `(field = '${field}' AND n >= ${least})`).join(' OR ')
  await db.run(
    `CREATE OR REPLACE TEMP TABLE many AS SELECT DISTINCT c::INTEGER AS c FROM (SELECT c, field, count(DISTINCT hash(value)) AS n FROM (${values}) GROUP BY c, field) WHERE ${isMany}`,
  )
  const [found] = await db.numbers('SELECT c FROM many', ['int'], await db.number('SELECT count(*) FROM many'))
  await db.run('DROP TABLE several')
  await db.run('DROP TABLE many')
  return new Set(found)
}

/** Leaves in `several` the clusters of which some records differ in a field: in most none do, and counting values costs more. */
async function keepThoseThatDisagree(db: Database, parts: readonly Part[]): Promise<void> {
  const selects = parts.flatMap((part, index) => {
    const fields = [...fewValued.keys()].map((field) => part.fields.get(field)?.[0])
    if (fields.every((sql) => sql === undefined)) return []
    const columns = fields.map((sql, place) => `${sql ?? 'NULL'} AS f${place}`)
    return slicesOf(part.rows).map(
      (slice) =>
        `SELECT c, ${columns.join(', ')} FROM (FROM ${part.table} WHERE ${slice}) POSITIONAL JOIN (FROM lab_${index} WHERE ${slice})`,
    )
  })
  const hashes = [...fewValued.keys()].map(
    (_, place) => `CASE WHEN f${place} IS NOT NULL THEN hash(lower(f${place})) END`,
  )
  const differ = hashes.map((hash) => `min(${hash}) <> max(${hash})`)
  await db.run(
    `CREATE OR REPLACE TEMP TABLE differing AS SELECT c FROM (${selects.join(' UNION ALL ')}) SEMI JOIN several USING (c) GROUP BY c HAVING ${differ.join(' OR ')};
     CREATE OR REPLACE TEMP TABLE several AS FROM differing;
     DROP TABLE differing`,
  )
}

/** Per cluster the names and birth dates that disagree, whatever their case; most values first. For a few clusters. */
async function countValues(
  db: Database,
  parts: readonly Part[],
  clusters: readonly number[],
): Promise<ReadonlyMap<number, readonly { readonly field: string; readonly values: number }[]>> {
  const found = new Map<number, { field: string; values: number }[]>()
  const values = valuesSql(parts)
  if (values === null || clusters.length === 0) return found
  await storeClusters(db, clusters)
  const rows = await db.rows(
    `SELECT c, field, count(DISTINCT value) AS n FROM (${values}) GROUP BY c, field HAVING n > 1 ORDER BY c, n DESC, field`,
  )
  for (const [cluster, field, count] of rows) {
    const known = found.get(Number(cluster)) ?? []
    found.set(Number(cluster), known)
    known.push({ field: String(field), values: Number(count) })
  }
  await db.run('DROP TABLE several')
  return found
}

/** Names and birth dates of the records of the clusters in `several`: c, field, value; null: no part has any. */
function valuesSql(parts: readonly Part[]): string | null {
  const selects = parts.flatMap((part, index) =>
    [...fewValued.keys()].flatMap((field) =>
      (part.fields.get(field) ?? [])
        .slice(0, 1)
        .map(
          (sql) =>
            `SELECT c, '${field}' AS field, lower(${sql}) AS value FROM (SELECT c, ${sql} FROM ${part.table} POSITIONAL JOIN lab_${index}) SEMI JOIN several USING (c) WHERE ${sql} IS NOT NULL`,
        ),
    ),
  )
  return selects.length === 0 ? null : selects.join(' UNION ALL ')
}

async function storeClusters(db: Database, clusters: readonly number[]): Promise<void> {
  await db.run('CREATE OR REPLACE TEMP TABLE several (c INTEGER)')
  await db.append('several', [{ type: 'integer', values: Int32Array.from(clusters) }])
}

/** Traces of a profile at that place of all profiles ordered by size. */
function percentile(clusters: Clusters, share: number): number {
  const bySize = new Map<number, number>()
  for (const traces of clusters.traces) if (traces > 0) bySize.set(traces, (bySize.get(traces) ?? 0) + 1)
  const wanted = clusters.profiles * share
  let passed = 0
  for (const [size, profiles] of [...bySize].sort(([a], [b]) => a - b)) {
    passed += profiles
    if (passed >= wanted) return size
  }
  return 0
}
