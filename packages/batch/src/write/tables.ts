import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type BulkResolution,
  type Decision,
  type Population,
  type Ruleset,
  type SightingState,
  type Stage,
} from '@selfsame/core'
import { bothDone } from '../both-done.ts'
import { literal, quoted, sequence, type Database } from '../database.ts'
import { partOffsets } from '../encode/encode-records.ts'
import type { Numbering } from '../encode/build-population.ts'
import type { TableFormat } from '../options.ts'
import type { Part, RejectedLine } from '../read/part.ts'
import type { TableName } from '../summary.ts'
import { exceptionsJoin, goldenFieldSql, storeGoldenExceptions } from './golden-exceptions.ts'
import { mostCompleteSql, mostFrequentMacro, survivingValueSql } from './golden-sql.ts'
import { gatherClusterValues, survivorshipOf } from './profiles.ts'
import { explainFiles, tableFile } from './run-folder.ts'

/** A resolved run, ready to be written. */
export interface ResolvedRun {
  readonly parts: readonly Part[]
  readonly ruleset: Ruleset
  readonly stages: readonly Stage[]
  readonly numbering: Numbering
  readonly population: Population
  readonly resolution: BulkResolution
  /** Those that were standing. */
  readonly decisions: readonly Decision[]
  readonly observedAt: Float64Array
  readonly effectiveAt: Float64Array
  readonly rejected: readonly RejectedLine[]
  /** Names in code point order. */
  readonly sources: readonly string[]
}

export interface WriteOptions {
  readonly folder: string
  readonly format: TableFormat
  readonly spreadsheetSafe: boolean
}

/**
 * Puts the resolution into DuckDB, in tables that the output tables and the summary are made from:
 * `lab_<part>(t, c, r, mr, …)` in row order of the part (c −1: no profile, −2: superseded), `recs` with the records by seniority
 * (`s` 1: the senior record of its trace), `prof(c, profile_id)`, `trc(t, c)`, `ident(c, code, verified, active, records, first, last)`, `link`, `unres`, `srcs`, `gold`, and the view `golden`.
 */
export async function storeResolution(db: Database, run: ResolvedRun): Promise<void> {
  const { parts, numbering, population, resolution, observedAt, effectiveAt, sources } = run
  await db.run('CREATE TABLE srcs (src INTEGER, name VARCHAR)')
  await db.append('srcs', [
    { type: 'integer', values: Int32Array.from(sources.keys()) },
    { type: 'text', values: sources },
  ])
  const clusterOfTrace = clustersThatAreProfiles(population, resolution)
  const { rank, recency } = ranksOf(numbering, effectiveAt)
  const offsets = partOffsets(parts)
  const hasTimes = observedAt.some((ms) => !Number.isNaN(ms))
  for (const [index, part] of parts.entries()) {
    const from = offsets[index] ?? 0
    const t = numbering.traceOfRecord.subarray(from, from + part.rows)
    await db.run(
      `CREATE TABLE lab_${index} (t INTEGER, c INTEGER, r INTEGER, mr INTEGER${hasTimes ? ', obs DOUBLE' : ''})`,
    )
    await db.append(`lab_${index}`, [
      { type: 'integer', values: t },
      { type: 'integer', values: t.map((trace) => (trace < 0 ? -2 : (clusterOfTrace[trace] as number))) },
      { type: 'integer', values: rank.subarray(from, from + part.rows) },
      { type: 'integer', values: recency.subarray(from, from + part.rows) },
      ...(hasTimes ? [{ type: 'double' as const, values: observedAt.subarray(from, from + part.rows) }] : []),
    ])
  }
  // DuckDB is busy with the records while JavaScript is with the values.
  const [surviving] = await bothDone(
    storeValues(db, run, clusterOfTrace, hasTimes),
    bothDone(
      db.beside((side) => storeSurvivors(side, run, hasTimes)),
      db.beside((side) => storeRecords(side, run, clusterOfTrace, hasTimes)),
    ),
  )
  await storeGolden(db, run, surviving)
}

/** Stores the values of profiles, and links; gives the positions of the types of which some value survives. */
async function storeValues(
  db: Database,
  run: ResolvedRun,
  clusterOfTrace: Int32Array,
  hasTimes: boolean,
): Promise<ReadonlySet<number>> {
  const { parts, ruleset, numbering, population, resolution, observedAt } = run
  const offsets = partOffsets(parts)
  await db.run('CREATE TABLE trc (t INTEGER, c INTEGER)')
  await db.append('trc', [
    { type: 'integer', values: sequence(clusterOfTrace.length) },
    { type: 'integer', values: clusterOfTrace },
  ])
  const sourceOfTrace = (trace: number) => sourceOfRecord(parts, offsets, numbering.seniorOfTrace[trace] as number)
  const textOf = await textsForSurvivorship(population, ruleset)
  await db.run(
    `CREATE TABLE ident_seen (c INTEGER, code INTEGER, verified INTEGER, active INTEGER, records INTEGER${hasTimes ? ', first DOUBLE, last DOUBLE' : ''})`,
  )
  const surviving = await gatherClusterValues(
    population,
    resolution,
    numbering,
    ruleset,
    observedAt,
    sourceOfTrace,
    textOf,
    (values) =>
      db.append('ident_seen', [
        { type: 'integer', values: values.cluster },
        { type: 'integer', values: values.code },
        { type: 'integer', values: values.verified },
        { type: 'integer', values: values.active },
        { type: 'integer', values: values.records },
        ...(hasTimes
          ? [
              { type: 'double' as const, values: values.firstSeen },
              { type: 'double' as const, values: values.lastSeen },
            ]
          : []),
      ]),
  )
  await db.run(
    `CREATE VIEW ident AS SELECT *${hasTimes ? '' : ', NULL::DOUBLE AS first, NULL::DOUBLE AS last'} FROM ident_seen`,
  )
  const held = surviving.filter(({ cluster }) => cluster.length > 0)
  await db.run(`CREATE TABLE surv (c INTEGER${held.map(({ type }) => `, code${type} INTEGER`).join('')})`)
  const profiles = clusterOfTrace.filter((cluster, trace) => cluster === trace)
  await db.append('surv', [
    { type: 'integer', values: profiles },
    ...held.map(({ cluster, code }) => ({ type: 'integer' as const, values: codesOf(profiles, cluster, code) })),
  ])
  const { links } = resolution
  await db.run('CREATE TABLE link (lt INTEGER, rt INTEGER, stage INTEGER, code INTEGER, nth INTEGER)')
  await db.append('link', [
    { type: 'integer', values: links.left },
    { type: 'integer', values: links.right },
    { type: 'integer', values: Int32Array.from(links.stage) },
    { type: 'integer', values: links.code },
    { type: 'integer', values: sequence(links.left.length) },
  ])
  await db.run('CREATE TABLE decided (nth INTEGER, decision VARCHAR)')
  await db.append('decided', [
    { type: 'integer', values: Int32Array.from(links.decisions.keys()) },
    { type: 'text', values: [...links.decisions.values()] },
  ])
  await db.run('CREATE TABLE stages (stage INTEGER, rule VARCHAR)')
  await db.append('stages', [
    { type: 'integer', values: Int32Array.from([-1, ...run.stages.keys()]) },
    { type: 'text', values: ['a decision', ...run.stages.map((stage) => stage.rule.name)] },
  ])
  await db.run('CREATE TABLE unres (t INTEGER, reason VARCHAR, conflict_reasons VARCHAR)')
  await db.append('unres', [
    { type: 'integer', values: Int32Array.from(resolution.unresolved, ({ trace }) => trace) },
    { type: 'text', values: resolution.unresolved.map(({ reason }) => reason) },
    { type: 'text', values: resolution.unresolved.map(({ conflictReasons }) => conflictReasons) },
  ])
  return new Set(held.map(({ type }) => type))
}

/** The records by seniority, with their traces and profiles, and the ids of these; `ranked` is in that order. */
async function storeRecords(
  db: Database,
  run: ResolvedRun,
  clusterOfTrace: Int32Array,
  hasTimes: boolean,
): Promise<void> {
  const { numbering, observedAt, effectiveAt } = run
  const { recordOfRank, traceOfRecord, seniorOfTrace } = numbering
  const t = recordOfRank.map((record) => traceOfRecord[record] as number)
  await db.run(
    `CREATE TABLE lab (t INTEGER, c INTEGER, r INTEGER, s INTEGER, ms DOUBLE${hasTimes ? ', obs DOUBLE' : ''})`,
  )
  await db.append('lab', [
    { type: 'integer', values: t },
    { type: 'integer', values: t.map((trace) => clusterOfTrace[trace] as number) },
    { type: 'integer', values: sequence(t.length) },
    {
      type: 'integer',
      values: recordOfRank.map((record, rank) => (seniorOfTrace[t[rank] as number] === record ? 1 : 0)),
    },
    { type: 'double', values: Float64Array.from(recordOfRank, (record) => effectiveAt[record] as number) },
    ...(hasTimes
      ? [{ type: 'double' as const, values: Float64Array.from(recordOfRank, (record) => observedAt[record] as number) }]
      : []),
  ])
  await db.run(
    `CREATE TABLE recs AS SELECT lab.*${hasTimes ? '' : ", 'nan'::DOUBLE AS obs"}, src, key FROM ranked POSITIONAL JOIN lab`,
  )
  await db.run('DROP TABLE ranked')
  await db.run('DROP TABLE lab')
  await db.run(
    `CREATE TABLE prof AS SELECT c, 'p_' || left(sha256(name || chr(31) || key), 32) AS profile_id
     FROM recs JOIN srcs USING (src) WHERE s = 1 AND t = c ORDER BY c`,
  )
}

/** The code that survives in each profile, or −1; both lists of clusters ascend. */
function codesOf(profiles: Int32Array, cluster: Int32Array, code: Int32Array): Int32Array {
  let at = 0
  return profiles.map((profile) => {
    while (at < cluster.length && (cluster[at] as number) < profile) at++
    return cluster[at] === profile ? (code[at] as number) : -1
  })
}

/** Fields of the golden record in their order: identifiers and attributes by priority, then the others by name. */
export function goldenFields(parts: readonly Part[], ruleset: Ruleset): readonly string[] {
  const filled = new Set(parts.flatMap((part) => [...part.fields.keys()]))
  for (const part of parts) {
    if (part.content.kind === 'evidence')
      for (const list of part.content.sightingsOfSignature) for (const { type } of list) filled.add(type)
  }
  const listed = ruleset.identifiers
    .filter((type) => type.derive === null && type.name !== 'conversation_id' && filled.has(type.name))
    .map((type) => type.name)
  const reserved = new Set(['profile_id', 'record_count', 'source_count', 'first_seen', 'last_seen'])
  const others = [...filled].filter((field) => !ruleset.identifiers.some((type) => type.name === field))
  return [...listed, ...others.sort()].filter((field) => !reserved.has(field))
}

/** Fields that survive from the records as written: all but those of anchors and claims. */
function fieldsOfRecords(fields: readonly string[], ruleset: Ruleset): readonly string[] {
  return fields.filter(
    (field) => (ruleset.identifiers.find((type) => type.name === field)?.kind ?? 'attribute') === 'attribute',
  )
}

/** Counts, times and surviving fields per profile, in their order: the table `gold`. */
async function storeSurvivors(
  db: Database,
  { parts, ruleset, sources }: ResolvedRun,
  hasTimes: boolean,
): Promise<void> {
  const ofRecords = fieldsOfRecords(goldenFields(parts, ruleset), ruleset)
  const needsFilled = ruleset.merge.primary === 'most_complete'
  const selects = parts.map((part, index) => {
    const columns = ofRecords.map((field, place) => {
      const from = (part.fields.get(field) ?? []).map((sql) => `${sql}`)
      return `${from.length === 0 ? 'NULL::VARCHAR' : from.length === 1 ? from[0] : `coalesce(${from.join(', ')})`} AS f${place}`
    })
    const filled = needsFilled
      ? `, (${
          [...part.fields.values()]
            .flat()
            .map((sql) => `(${sql} IS NOT NULL)::INTEGER`)
            .join(' + ') || '0'
        }) AS filled`
      : ''
    return `SELECT c, r, mr${hasTimes ? ', obs' : ''}, ${part.sourceIndex} AS src${filled}${columns.map((column) => `, ${column}`).join('')} FROM ${part.table} POSITIONAL JOIN lab_${index} WHERE c >= 0`
  })
  await db.run(mostFrequentMacro)
  const aggregates = ofRecords.map((field, place) => {
    const rule = survivorshipOf(field, ruleset)
    const sql =
      rule.by === 'primary' && needsFilled
        ? mostCompleteSql(`f${place}`)
        : survivingValueSql(`f${place}`, rule, sources)
    return `${sql} AS f${place}`
  })
  const sourceCount = sources.length <= 62 ? 'bit_count(bit_or(1::BIGINT << src))' : 'count(DISTINCT src)'
  await db.run(
    `CREATE TABLE gold AS SELECT c, count(*)::INTEGER AS record_count, ${sourceCount}::INTEGER AS source_count,
       ${hasTimes ? 'min(obs) FILTER (WHERE NOT isnan(obs)) AS first, max(obs) FILTER (WHERE NOT isnan(obs)) AS last' : 'NULL::DOUBLE AS first, NULL::DOUBLE AS last'}${aggregates.map((sql) => `, ${sql}`).join('')}
     FROM (${selects.join(' UNION ALL ')}) GROUP BY c ORDER BY c`,
  )
}

async function storeGolden(db: Database, run: ResolvedRun, surviving: ReadonlySet<number>): Promise<void> {
  const { parts, ruleset } = run
  const fields = goldenFields(parts, ruleset)
  const ofRecords = fieldsOfRecords(fields, ruleset)
  const exceptions = await storeGoldenExceptions(db, run, fields)
  const columns = fields.map((field) => {
    const place = ofRecords.indexOf(field)
    const type = ruleset.identifiers.findIndex((identifier) => identifier.name === field)
    const sql = place >= 0 ? `gold.f${place}` : surviving.has(type) ? `v${type}.std` : 'NULL::VARCHAR'
    return `${goldenFieldSql(sql, fields.indexOf(field), exceptions > 0)} AS ${quoted(field)}`
  })
  const joins = fields.flatMap((field) => {
    const type = ruleset.identifiers.findIndex((identifier) => identifier.name === field)
    return ofRecords.includes(field) || !surviving.has(type)
      ? []
      : [`LEFT JOIN (SELECT code, std FROM vals WHERE type = ${type}) v${type} ON v${type}.code = surv.code${type}`]
  })
  const left =
    ruleset.merge.unresolved === 'exclude' ? 'WHERE gold.c NOT IN (SELECT trc.c FROM refused JOIN trc USING (t))' : ''
  await db.run(`CREATE VIEW golden_ids AS SELECT c FROM gold ${left}`)
  // The three tables have one row per profile each, by its number.
  await db.run(
    `CREATE VIEW golden AS SELECT gold.c, profile_id${columns.map((column) => `, ${column}`).join('')}, record_count, source_count, first, last
     FROM gold POSITIONAL JOIN prof POSITIONAL JOIN surv ${joins.join(' ')} ${exceptions > 0 ? exceptionsJoin : ''} ${left}`,
  )
}

/** Traces of groups that were refused whole. */
export async function storeRefused(db: Database, resolution: BulkResolution): Promise<void> {
  const groups = new Set(resolution.held.filter((link) => link.group).flatMap((link) => [link.cluster, link.refusedBy]))
  const traces = resolution.unresolved
    .map(({ trace }) => trace)
    .filter((trace) => groups.has(resolution.clusterOf[trace] as number))
  await db.run('CREATE TABLE refused (t INTEGER)')
  await db.append('refused', [{ type: 'integer', values: Int32Array.from(traces) }])
}

const copyOptions: Readonly<Record<TableFormat | 'explain', string>> = {
  csv: 'FORMAT csv, HEADER',
  jsonl: 'FORMAT json',
  parquet: 'FORMAT parquet, COMPRESSION snappy',
  explain: 'FORMAT parquet, COMPRESSION snappy',
}

/** Writes the output tables; gives their row counts. */
export async function writeTables(
  db: Database,
  run: ResolvedRun,
  options: WriteOptions,
): Promise<readonly { readonly name: TableName; readonly file: string; readonly rows: number }[]> {
  const { parts, ruleset, resolution } = run
  const fields = goldenFields(parts, ruleset)
  const time = (column: string) => timeSql(column, options.format)
  const safe = (column: string) => (options.spreadsheetSafe && options.format !== 'parquet' ? safeSql(column) : column)
  const profileOf = (cluster: number) => cluster
  await storeReview(db, run, profileOf)
  await db.run('CREATE TABLE rejected (source VARCHAR, line INTEGER, reason VARCHAR, raw VARCHAR)')
  await db.append('rejected', [
    { type: 'text', values: run.rejected.map(({ source }) => source) },
    { type: 'integer', values: Int32Array.from(run.rejected, ({ line }) => line) },
    { type: 'text', values: run.rejected.map(({ reason }) => reason) },
    { type: 'text', values: run.rejected.map(({ raw }) => raw) },
  ])
  const types = typeNamesSql(ruleset)
  const nameOf = (src: string) => sourceNameSql(src, run.sources)
  const sides = 'JOIN recs l ON l.t = link.lt AND l.s = 1 JOIN recs g ON g.t = link.rt AND g.s = 1'
  const queries: Readonly<Record<TableName, string>> = {
    identity_golden: `SELECT profile_id${fields.map((field) => `, ${safe(quoted(field))} AS ${quoted(field)}`).join('')}, record_count, source_count, ${time('first')} AS first_seen, ${time('last')} AS last_seen FROM golden ORDER BY c`,
    identity_lookup: `SELECT ${nameOf('src')} AS source, ${safe('key')} AS record_key, profile_id FROM recs LEFT JOIN prof USING (c) ORDER BY r`,
    identity_identifiers: `SELECT profile_id, ${types} AS type, ${safe('std')} AS value, verified = 1 AS verified, active = 1 AS active, ${time('first')} AS first_seen, ${time('last')} AS last_seen, records AS record_count
      FROM ident JOIN prof USING (c) JOIN vals USING (code) WHERE vals.type IN (${linkingTypeList(ruleset)}) ORDER BY c, code`,
    identity_links: `SELECT profile_id, ${nameOf('l.src')} AS left_source, ${safe('l.key')} AS left_key, ${nameOf('g.src')} AS right_source, ${safe('g.key')} AS right_key, rule, coalesce(${types}, '') AS type, ${safe("coalesce(std, '')")} AS value
      FROM link ${sides} JOIN prof ON prof.c = l.c JOIN stages ON stages.stage = link.stage LEFT JOIN vals ON vals.code = link.code ORDER BY l.c, link.lt, link.rt, link.stage`,
    identity_unresolved_records: `SELECT ${nameOf('src')} AS source, ${safe('key')} AS record_key, profile_id, reason AS unresolved_reason, conflict_reasons
      FROM recs JOIN unres USING (t) LEFT JOIN prof USING (c) ORDER BY r`,
    identity_review: `SELECT s.profile_id AS survivor_profile_id, g.profile_id AS session_profile_id, reason, type, ${safe('value')} AS value, confidence, seen_count, ${time('last_seen')} AS last_seen
      FROM review JOIN prof s ON s.c = review.survivor JOIN prof g ON g.c = review.session ORDER BY review.survivor, review.session`,
    rejected: `SELECT source, line, reason, ${safe('raw')} AS raw FROM rejected ORDER BY source, line, raw`,
  }
  const copy = async (sql: string, file: string, format: TableFormat | 'explain') => {
    const how = copyOptions[format]
    await db.run(`COPY (${sql}) TO ${literal(file)} (${how})`)
  }
  const written: { name: TableName; file: string; rows: number }[] = []
  for (const [name, sql] of Object.entries(queries) as [TableName, string][]) {
    const file = tableFile(name, options.format)
    await copy(sql, join(options.folder, file), options.format)
    written.push({ name, file, rows: await countRows(db, name, resolution) })
  }
  await writeExplainFiles(db, run, options.folder, copy)
  return written
}

async function countRows(db: Database, name: TableName, resolution: BulkResolution): Promise<number> {
  switch (name) {
    case 'identity_golden':
      return db.number('SELECT count(*) FROM golden_ids')
    case 'identity_lookup':
      return db.number('SELECT count(*) FROM recs')
    case 'identity_identifiers':
      return db.number('SELECT count(*) FROM ident JOIN prof USING (c)')
    case 'identity_links':
      return db.number('SELECT count(*) FROM link')
    case 'identity_unresolved_records':
      return db.number('SELECT count(*) FROM recs JOIN unres USING (t)')
    case 'identity_review':
      return resolution.candidates.length
    case 'rejected':
      return db.number('SELECT count(*) FROM rejected')
  }
}

async function writeExplainFiles(
  db: Database,
  { parts, ruleset, resolution, population, sources }: ResolvedRun,
  folder: string,
  copy: (sql: string, file: string, format: 'explain') => Promise<void>,
): Promise<void> {
  await mkdir(join(folder, 'explain'), { recursive: true })
  const nameOf = (src: string) => sourceNameSql(src, sources)
  await copy(
    `SELECT r AS record, ${nameOf('src')} AS source, key AS record_key, profile_id, CASE WHEN c < 0 THEN -1 ELSE t END AS trace,
       CASE WHEN isnan(obs) THEN NULL ELSE obs END AS observed_at, ms AS effective_at
     FROM recs LEFT JOIN prof USING (c)`,
    join(folder, explainFiles.records),
    'explain',
  )
  await db.run('CREATE TABLE sight (t INTEGER, code INTEGER, verified INTEGER, state INTEGER)')
  const traceOfEntry = new Int32Array(population.codes.length)
  for (let trace = 0; trace < population.traceCount; trace++)
    traceOfEntry.fill(trace, population.offsets[trace], population.offsets[trace + 1])
  await db.append('sight', [
    { type: 'integer', values: traceOfEntry },
    { type: 'integer', values: population.codes as Int32Array },
    { type: 'integer', values: Int32Array.from(population.verified) },
    { type: 'integer', values: statesOf(population, resolution, traceOfEntry) },
  ])
  await copy(
    `SELECT sight.t AS trace, ${typeNamesSql(ruleset)} AS type, std AS value, verified = 1 AS verified,
       CASE state ${states.map((state, place) => `WHEN ${place} THEN '${state}'`).join(' ')} END AS state
     FROM sight JOIN vals USING (code)`,
    join(folder, explainFiles.sightings),
    'explain',
  )
  await copy(
    `SELECT link.lt AS left_trace, link.rt AS right_trace, rule, link.stage, coalesce(${typeNamesSql(ruleset)}, '') AS type, coalesce(std, '') AS value, decision
     FROM link JOIN stages ON stages.stage = link.stage LEFT JOIN vals ON vals.code = link.code LEFT JOIN decided ON decided.nth = link.nth`,
    join(folder, explainFiles.links),
    'explain',
  )
  await copy(
    `SELECT source, record_key, type, raw, code FROM (${parts
      .map(
        (part, index) =>
          `SELECT ${literal(part.source)} AS source, ${part.keySql} AS record_key, type, raw, code FROM refused_values JOIN ${part.table} ON ${part.table}.rowid = refused_values.record - ${partOffsets(parts)[index] ?? 0} WHERE refused_values.part = ${index}`,
      )
      .join(' UNION ALL ')})`,
    join(folder, explainFiles.rejectedValues),
    'explain',
  )
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
  await copy(
    `SELECT held.cluster AS left_trace, held.refused_by AS right_trace, ${nameOf('l.src')} AS left_source, l.key AS left_key, ${nameOf('g.src')} AS right_source, g.key AS right_key,
       lp.profile_id AS left_profile_id, gp.profile_id AS right_profile_id, rule, held.stage, type, value, guard, reasons
     FROM held JOIN recs l ON l.t = held.cluster AND l.s = 1 JOIN recs g ON g.t = held.refused_by AND g.s = 1
       JOIN prof lp ON lp.c = l.c JOIN prof gp ON gp.c = g.c JOIN stages USING (stage)`,
    join(folder, explainFiles.held),
    'explain',
  )
}

const states = ['active', 'unverified', 'demoted', 'shared'] as const satisfies readonly SightingState[]

/** Per sighting the place of its state in `states`. */
function statesOf(population: Population, resolution: BulkResolution, traceOfEntry: Int32Array): Int32Array {
  const shared = new Uint8Array(population.valueCount)
  for (const code of resolution.sharedCodes) shared[code] = 1
  const demoted = new Map<number, Set<number>>()
  for (const { cluster, code } of resolution.demotedCodes)
    demoted.set(cluster, (demoted.get(cluster) ?? new Set()).add(code))
  return population.codes.map((code, entry) => {
    if (shared[code] === 1) return states.indexOf('shared')
    const cluster = resolution.clusterOf[traceOfEntry[entry] as number] as number
    if (demoted.size > 0 && demoted.get(cluster)?.has(code)) return states.indexOf('demoted')
    return population.verified[entry] === 0 ? states.indexOf('unverified') : states.indexOf('active')
  })
}

async function storeReview(
  db: Database,
  { resolution }: ResolvedRun,
  profileOf: (cluster: number) => number,
): Promise<void> {
  const { candidates } = resolution
  await db.run(
    'CREATE TABLE review (survivor INTEGER, session INTEGER, reason VARCHAR, stage INTEGER, type VARCHAR, value VARCHAR, confidence DOUBLE, seen_count INTEGER, last_seen DOUBLE)',
  )
  await db.append('review', [
    { type: 'integer', values: Int32Array.from(candidates, ({ survivor }) => profileOf(survivor)) },
    { type: 'integer', values: Int32Array.from(candidates, ({ session }) => profileOf(session)) },
    { type: 'text', values: candidates.map(({ reason }) => reason) },
    { type: 'integer', values: Int32Array.from(candidates, ({ stage }) => stage) },
    { type: 'text', values: candidates.map(({ type }) => type) },
    { type: 'text', values: candidates.map(({ value }) => value) },
    { type: 'double', values: Float64Array.from(candidates, ({ confidence }) => Math.round(confidence * 1e6) / 1e6) },
    { type: 'integer', values: Int32Array.from(candidates, ({ seenCount }) => seenCount) },
    { type: 'double', values: Float64Array.from(candidates, ({ lastSeen }) => lastSeen) },
  ])
}

/** Per trace its cluster, or −1 where that is no profile. */
function clustersThatAreProfiles(population: Population, resolution: BulkResolution): Int32Array {
  const forms = new Uint8Array(population.traceCount)
  population.formsProfile.forEach((flag, trace) => {
    if (flag === 1) forms[resolution.clusterOf[trace] as number] = 1
  })
  return resolution.clusterOf.map((cluster) => (forms[cluster] === 1 ? cluster : -1))
}

/** Per record its seniority and its recency (later greater; at one instant the senior record is the greater); −1: superseded. */
function ranksOf(
  numbering: Numbering,
  effectiveAt: Float64Array,
): { readonly rank: Int32Array; readonly recency: Int32Array } {
  const { recordOfRank } = numbering
  const rank = new Int32Array(effectiveAt.length).fill(-1)
  recordOfRank.forEach((record, place) => {
    rank[record] = place
  })
  const byTime = numbering.superseded === 0 ? recordOfRank : sortByTime(recordOfRank, effectiveAt)
  const recency = new Int32Array(effectiveAt.length).fill(-1)
  for (let start = 0; start < byTime.length; ) {
    const at = effectiveAt[byTime[start] as number]
    let end = start
    while (end < byTime.length && effectiveAt[byTime[end] as number] === at) end++
    for (let place = start; place < end; place++) recency[byTime[place] as number] = start + (end - 1 - place)
    start = end
  }
  return { rank, recency }
}

/** Records by time, at one instant by seniority. A replaced version leaves its seniority behind, so the two orders differ. */
function sortByTime(recordOfRank: Int32Array, effectiveAt: Float64Array): Int32Array {
  const places = sequence(recordOfRank.length)
  places.sort(
    (a, b) =>
      (effectiveAt[recordOfRank[a] as number] as number) - (effectiveAt[recordOfRank[b] as number] as number) || a - b,
  )
  return places.map((place) => recordOfRank[place] as number)
}

function sourceOfRecord(parts: readonly Part[], offsets: readonly number[], record: number): string {
  let index = offsets.length - 1
  while (index > 0 && (offsets[index] ?? 0) > record) index--
  return parts[index]?.source ?? ''
}

/** Texts of the types whose survivorship compares texts; other codes have an empty text. */
async function textsForSurvivorship(population: Population, ruleset: Ruleset): Promise<(code: number) => string> {
  const wanted: number[] = []
  population.typeOf.forEach((type, code) => {
    const { by } = survivorshipOf(ruleset.identifiers[type]?.name ?? '', ruleset)
    if (by === 'longest' || by === 'min' || by === 'max') wanted.push(code)
  })
  const tied = await population.loadTexts(tiedCodes(population))
  const codes = tiedCodes(population)
  const texts = new Map<number, string>()
  codes.forEach((code, at) => texts.set(code, tied[at] ?? ''))
  const more = await population.loadTexts(Int32Array.from(wanted))
  wanted.forEach((code, at) => texts.set(code, more[at] ?? ''))
  return (code) => texts.get(code) ?? ''
}

/** Codes of traces that hold several values of one type. */
function tiedCodes(population: Population): Int32Array {
  const codes = new Set<number>()
  for (let trace = 0; trace < population.traceCount; trace++) {
    const start = population.offsets[trace] as number
    const end = population.offsets[trace + 1] as number
    for (let i = start; i < end; i++) {
      for (let j = start; j < i; j++) {
        const a = population.codes[i] as number
        const b = population.codes[j] as number
        if (population.typeOf[a] !== population.typeOf[b]) continue
        codes.add(a)
        codes.add(b)
      }
    }
  }
  return Int32Array.from(codes)
}

function typeNamesSql(ruleset: Ruleset): string {
  return `CASE vals.type ${ruleset.identifiers.map((type, position) => `WHEN ${position} THEN ${literal(type.name)}`).join(' ')} END`
}

/** Anchors and claims: what `identity_identifiers` lists. */
function linkingTypeList(ruleset: Ruleset): string {
  return (
    ruleset.identifiers.flatMap((type, position) => (type.kind === 'attribute' ? [] : [position])).join(', ') || '-1'
  )
}

/** The name of a source by its index. */
function sourceNameSql(src: string, sources: readonly string[]): string {
  const [only, ...others] = sources
  if (only !== undefined && others.length === 0) return literal(only)
  return `CASE ${src} ${sources.map((name, index) => `WHEN ${index} THEN ${literal(name)}`).join(' ')} END`
}

function timeSql(ms: string, format: TableFormat): string {
  const stamp = `make_timestamp((${ms} * 1000)::BIGINT)`
  const value = format === 'parquet' ? `${stamp}::TIMESTAMPTZ` : `strftime(${stamp}, '%Y-%m-%dT%H:%M:%S.%gZ')`
  return `CASE WHEN ${ms} IS NULL OR isnan(${ms}) THEN NULL ELSE ${value} END`
}

/** Text that a spreadsheet would run gets an apostrophe before it; plain signed numbers stay. */
function safeSql(column: string): string {
  return `CASE WHEN regexp_matches(${column}, '^[=+@\\t\\r-]') AND NOT regexp_full_match(${column}, '[+-]?[0-9]+([.][0-9]+)?') THEN '''' || ${column} ELSE ${column} END`
}
