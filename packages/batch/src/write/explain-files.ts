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
export async function evidenceStatements(db: Database, run: EncodedRun, folder: string): Promise<readonly string[]> {
  const { numbering, observedAt, effectiveAt, hasTimes, ruleset, sources } = run
  const { recordOfRank, traceOfRecord } = numbering
  await mkdir(join(folder, 'explain'), { recursive: true })
  await db.run(`CREATE TABLE met (record INTEGER, trace INTEGER, ms DOUBLE${hasTimes ? ', obs DOUBLE' : ''})`)
  await db.append('met', [
    { type: 'integer', values: sequence(recordOfRank.length) },
    { type: 'integer', values: recordOfRank.map((record) => traceOfRecord[record] as number) },
    { type: 'double', values: Float64Array.from(recordOfRank, (record) => effectiveAt[record] as number) },
    ...(hasTimes
      ? [{ type: 'double' as const, values: Float64Array.from(recordOfRank, (record) => observedAt[record] as number) }]
      : []),
  ])
  const observed = hasTimes ? 'CASE WHEN isnan(obs) THEN NULL ELSE obs END' : 'NULL::DOUBLE'
  return [
    copySql(
      `SELECT met.record, ${sourceNameSql('src', sources)} AS source, key AS record_key, trace, ${observed} AS observed_at, ms AS effective_at
     FROM ranked POSITIONAL JOIN met`,
      join(folder, explainFiles.records),
    ),
    'DROP TABLE met',
    copySql(`SELECT code, ${typeNamesSql(ruleset)} AS type, std AS value FROM vals`, join(folder, explainFiles.values)),
  ]
}

/** Statements that write how the records were resolved. Their tables are filled, but for those of `storeResolution`. */
export async function explainStatements(db: Database, run: ResolvedRun, folder: string): Promise<readonly string[]> {
  const { parts, resolution, population, sources, clusters } = run
  const nameOf = (src: string) => sourceNameSql(src, sources)
  const file = (name: keyof typeof explainFiles) => join(folder, explainFiles[name])
  await db.run('CREATE TABLE belongs (trace INTEGER, profile INTEGER)')
  await db.append('belongs', [
    { type: 'integer', values: sequence(population.traceCount) },
    { type: 'integer', values: clusters.of },
  ])
  await db.run('CREATE TABLE sight (t INTEGER, code INTEGER, verified INTEGER, state INTEGER)')
  const traceOfEntry = new Int32Array(population.codes.length)
  for (let trace = 0; trace < population.traceCount; trace++)
    traceOfEntry.fill(trace, population.offsets[trace], population.offsets[trace + 1])
  await db.append('sight', [
    { type: 'integer', values: traceOfEntry },
    { type: 'integer', values: population.codes },
    { type: 'integer', values: Int32Array.from(population.verified) },
    { type: 'integer', values: statesOf(run, traceOfEntry) },
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
  const rejectedValues = parts.map(
    (part, index) =>
      `SELECT ${literal(part.source)} AS source, ${part.keySql} AS record_key, type, raw, code FROM refused_values JOIN ${part.table} ON ${part.table}.rowid = refused_values.record - ${partOffsets(parts)[index] ?? 0} WHERE refused_values.part = ${index}`,
  )
  return [
    copySql('SELECT trace, profile FROM belongs', file('traces')),
    'DROP TABLE belongs',
    copySql(
      `SELECT t AS trace, code, verified = 1 AS verified,
           CASE state ${states.map((state, place) => `WHEN ${place} THEN '${state}'`).join(' ')} END AS state FROM sight`,
      file('sightings'),
    ),
    'DROP TABLE sight',
    copySql(
      `SELECT link.lt AS left_trace, link.rt AS right_trace, rule, link.stage, link.code, decision
         FROM link JOIN stages ON stages.stage = link.stage LEFT JOIN decided ON decided.nth = link.nth`,
      file('links'),
    ),
    copySql(
      `SELECT source, record_key, type, raw, code FROM (${rejectedValues.join(' UNION ALL ')})`,
      file('rejectedValues'),
    ),
    copySql(
      `SELECT held.cluster AS left_trace, held.refused_by AS right_trace, ${nameOf('l.src')} AS left_source, l.key AS left_key, ${nameOf('g.src')} AS right_source, g.key AS right_key,
           lp.profile_id AS left_profile_id, gp.profile_id AS right_profile_id, rule, held.stage, type, value, guard, reasons
         FROM held JOIN recs l ON l.t = held.cluster AND l.s = 1 JOIN recs g ON g.t = held.refused_by AND g.s = 1
           JOIN prof lp ON lp.c = l.c JOIN prof gp ON gp.c = g.c JOIN stages USING (stage)`,
      file('held'),
    ),
  ]
}

function copySql(sql: string, file: string): string {
  return `COPY (${sql}) TO ${literal(file)} (FORMAT parquet, COMPRESSION snappy)`
}

const states = ['active', 'unverified', 'demoted', 'shared'] as const satisfies readonly SightingState[]

/** Per sighting the place of its state in `states`. */
function statesOf({ population, resolution }: ResolvedRun, traceOfEntry: Int32Array): Int32Array {
  const active = states.indexOf('active')
  if (resolution.sharedCodes.length === 0 && resolution.demotedCodes.length === 0 && !population.verified.includes(0))
    return new Int32Array(population.codes.length).fill(active)
  const shared = new Uint8Array(population.valueCount)
  for (const code of resolution.sharedCodes) shared[code] = 1
  const demoted = new Map<number, Set<number>>()
  for (const { cluster, code } of resolution.demotedCodes)
    demoted.set(cluster, (demoted.get(cluster) ?? new Set()).add(code))
  return population.codes.map((code, entry) => {
    if (shared[code] === 1) return states.indexOf('shared')
    const cluster = resolution.clusterOf[traceOfEntry[entry] as number] as number
    if (demoted.size > 0 && demoted.get(cluster)?.has(code)) return states.indexOf('demoted')
    return population.verified[entry] === 0 ? states.indexOf('unverified') : active
  })
}
