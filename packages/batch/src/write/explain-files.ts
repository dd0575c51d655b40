import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SightingState } from '@selfsame/core'
import { literal, sequence, type Database } from '../database.ts'
import { partOffsets } from '../encode/encode-records.ts'
import { sourceNameSql, typeNamesSql } from './output-sql.ts'
import type { EncodedRun, ResolvedRun } from './resolved-run.ts'
import { explainFiles } from './run-folder.ts'

/**
 * Statements that write what is known of records and values before they are resolved: their texts, which the other files
 * number. Their tables are filled.
 */
export async function evidenceStatements(
  db: Database,
  run: EncodedRun,
  folder: string,
): Promise<{ readonly ofRecords: readonly string[]; readonly ofValues: readonly string[] }> {
  const { parts, numbering, observedAt, effectiveAt, hasTimes, ruleset, sources } = run
  const { recordOfRank, traceOfRecord } = numbering
  await mkdir(join(folder, 'explain'), { recursive: true })
  await db.run(`CREATE TABLE met (record INTEGER, trace INTEGER, ms DOUBLE${hasTimes ? ', obs DOUBLE' : ''})`)
  await db.append('met', [
    { type: 'integer', values: sequence(recordOfRank.length) },
    { type: 'integer', values: recordOfRank.map((record) => traceOfRecord[record] as number) },
    { type: 'double', values: byRank(recordOfRank, effectiveAt) },
    ...(hasTimes ? [{ type: 'double' as const, values: byRank(recordOfRank, observedAt) }] : []),
  ])
  const rejectedValues = parts.map(
    (part, index) =>
      `SELECT ${literal(part.source)} AS source, ${part.keySql} AS record_key, type, raw, code FROM refused_values JOIN ${part.table} ON ${part.table}.rowid = refused_values.record - ${partOffsets(parts)[index] ?? 0} WHERE refused_values.part = ${index}`,
  )
  const observed = hasTimes ? 'CASE WHEN isnan(obs) THEN NULL ELSE obs END' : 'NULL::DOUBLE'
  const recordsSql = copySql(
    `SELECT met.record, ${sourceNameSql('src', sources)} AS source, key AS record_key, trace, ${observed} AS observed_at, ms AS effective_at
     FROM ranked POSITIONAL JOIN met`,
    join(folder, explainFiles.records),
  )
  return {
    ofRecords: [recordsSql, 'DROP TABLE met'],
    ofValues: [
      copySql(
        `SELECT source, record_key, type, raw, code FROM (${rejectedValues.join(' UNION ALL ')})`,
        join(folder, explainFiles.rejectedValues),
      ),
      copySql(
        `SELECT code, ${typeNamesSql(ruleset)} AS type, std AS value FROM vals`,
        join(folder, explainFiles.values),
      ),
    ],
  }
}

/** Statements that write how the records were resolved. Their tables are filled, but for those of `storeResolution`. */
export async function explainStatements(db: Database, run: ResolvedRun, folder: string): Promise<readonly string[]> {
  const { resolution, population, sources, clusters } = run
  const nameOf = (src: string) => sourceNameSql(src, sources)
  const file = (name: keyof typeof explainFiles) => join(folder, explainFiles[name])
  await db.run('CREATE TABLE belongs (trace INTEGER, profile INTEGER)')
  await db.append('belongs', [
    { type: 'integer', values: sequence(population.traceCount) },
    { type: 'integer', values: clusters.of },
  ])
  const marks = marksOf(run)
  await db.run(`CREATE TABLE sight (t INTEGER, code INTEGER${marks ? ', mark INTEGER' : ''})`)
  const traceOfEntry = new Int32Array(population.codes.length)
  for (let trace = 0; trace < population.traceCount; trace++)
    traceOfEntry.fill(trace, population.offsets[trace], population.offsets[trace + 1])
  await db.append('sight', [
    { type: 'integer', values: traceOfEntry },
    { type: 'integer', values: population.codes },
    ...(marks ? [{ type: 'integer' as const, values: marks(traceOfEntry) }] : []),
  ])
  await db.run(
    'CREATE TABLE held (cluster INTEGER, refused_by INTEGER, stage INTEGER, type VARCHAR, value VARCHAR, guard VARCHAR, reasons VARCHAR)',
  )
  const { held } = resolution
  await db.append('held', [
    { type: 'integer', values: Int32Array.from(held, ({ cluster }) => cluster) },
    { type: 'integer', values: Int32Array.from(held, ({ refusedBy }) => refusedBy) },
    { type: 'integer', values: Int32Array.from(held, ({ stage }) => stage) },
    { type: 'text', values: held.map(({ type }) => type) },
    { type: 'text', values: held.map(({ value }) => value) },
    { type: 'text', values: held.map(({ guard }) => guard) },
    { type: 'text', values: held.map(({ reasons }) => reasons.join('; ')) },
  ])
  return [
    copySql('SELECT trace, profile FROM belongs', file('traces')),
    'DROP TABLE belongs',
    copySql(
      `SELECT t AS trace, code, ${marks ? 'mark % 2 = 1' : 'true'} AS verified,
         ${marks ? `CASE mark // 2 ${states.map((state, place) => `WHEN ${place} THEN '${state}'`).join(' ')} END` : "'active'"} AS state FROM sight`,
      file('sightings'),
    ),
    'DROP TABLE sight',
    copySql(
      `SELECT link.lt AS left_trace, link.rt AS right_trace, rule, link.stage, link.code, decision
         FROM link JOIN stages ON stages.stage = link.stage LEFT JOIN decided ON decided.nth = link.nth`,
      file('links'),
    ),
    // DuckDB would prepare these joins of millions of rows even where nothing is held.
    copySql(
      `SELECT held.cluster AS left_trace, held.refused_by AS right_trace, ${nameOf('l.src')} AS left_source, l.key AS left_key, ${nameOf('g.src')} AS right_source, g.key AS right_key,
           lp.profile_id AS left_profile_id, gp.profile_id AS right_profile_id, rule, held.stage, type, value, guard, reasons
         FROM held JOIN recs l ON l.t = held.cluster AND l.s = 1 JOIN recs g ON g.t = held.refused_by AND g.s = 1
           JOIN prof lp ON lp.c = l.c JOIN prof gp ON gp.c = g.c JOIN stages USING (stage)${held.length === 0 ? ' WHERE false' : ''}`,
      file('held'),
    ),
  ]
}

function byRank(recordOfRank: Int32Array, times: Float64Array): Float64Array {
  const ranked = new Float64Array(recordOfRank.length)
  for (let rank = 0; rank < ranked.length; rank++) ranked[rank] = times[recordOfRank[rank] as number] as number
  return ranked
}

function copySql(sql: string, file: string): string {
  return `COPY (${sql}) TO ${literal(file)} (FORMAT parquet, COMPRESSION snappy)`
}

const states = ['active', 'unverified', 'demoted', 'shared'] as const satisfies readonly SightingState[]

/** Per sighting twice the place of its state in `states`, and 1 more where it is verified; null: all are active and verified. */
function marksOf({ population, resolution }: ResolvedRun): ((traceOfEntry: Int32Array) => Int32Array) | null {
  if (resolution.sharedCodes.length === 0 && resolution.demotedCodes.length === 0 && !population.verified.includes(0))
    return null
  const shared = new Uint8Array(population.valueCount)
  for (const code of resolution.sharedCodes) shared[code] = 1
  const demoted = new Map<number, Set<number>>()
  for (const { cluster, code } of resolution.demotedCodes)
    demoted.set(cluster, (demoted.get(cluster) ?? new Set()).add(code))
  const stateOf = (code: number, entry: number, trace: number): (typeof states)[number] => {
    if (shared[code] === 1) return 'shared'
    if (demoted.size > 0 && demoted.get(resolution.clusterOf[trace] as number)?.has(code)) return 'demoted'
    return population.verified[entry] === 0 ? 'unverified' : 'active'
  }
  return (traceOfEntry) =>
    population.codes.map(
      (code, entry) =>
        2 * states.indexOf(stateOf(code, entry, traceOfEntry[entry] as number)) +
        (population.verified[entry] as number),
    )
}
