import { groupByKey, tiedEntries, type BulkResolution } from '@selfsame/core'
import { bothDone } from '../both-done.ts'
import { quoted, type Database } from '../database.ts'
import { partOffsets } from '../encode/encode-records.ts'
import { gatherValues } from './gather-values.ts'
import { exceptionsJoin, goldenFieldSql, storeGoldenExceptions } from './golden-exceptions.ts'
import { fieldsOfRecords, goldenFields, survivorshipOf } from './golden-fields.ts'
import { mostCompleteSql, mostFrequentMacro, survivingValueSql } from './golden-sql.ts'
import { sourceNameSql } from './output-sql.ts'
import { slicesOf } from '../slices.ts'
import type { ResolvedRun } from './resolved-run.ts'
import { ranksOf } from './seniority-and-recency.ts'

/** Counts of rows that are known before they are written. */
export interface StoredCounts {
  /** Values of anchors and claims that profiles hold. */
  readonly identifiers: number
}

/**
 * Puts the resolution into DuckDB, in tables that the output tables and the summary are made from:
 * `lab_<part>(c)` in row order of the part (c −1: no profile, −2: superseded), the view `recs(t, c, r, s, src, key)` of the records
 * by seniority (`s` 1: the senior record of its trace), `prof(c, profile_id)`, `ident(c, code, verified, active, records, first, last)`, `link`
 * in the order of profiles, `unres`, `srcs`, `gold`, and the view `golden`. `meanwhile` is done while DuckDB is still busy.
 */
export async function storeResolution<T>(
  db: Database,
  run: ResolvedRun,
  meanwhile: () => Promise<T>,
): Promise<{ readonly counts: StoredCounts; readonly meanwhile: T }> {
  const { sources, resolution } = run
  await storeRefused(db, resolution)
  await db.run('CREATE TABLE srcs (src INTEGER, name VARCHAR)')
  await db.append('srcs', [
    { type: 'integer', values: Int32Array.from(sources.keys()) },
    { type: 'text', values: sources },
  ])
  await storeLabels(db, run)
  // DuckDB is busy with the records while JavaScript is with the values: one call each, so that neither waits for the other.
  const [, [stored, done]] = await db.beside((survivors) =>
    db.beside((records) =>
      bothDone(
        bothDone(survivors.run(survivorsSql(run)), records.run(profileIdsSql(run))),
        (async () => [await storeValues(db, run), await meanwhile()] as const)(),
      ),
    ),
  )
  await storeGolden(db, run, stored.surviving)
  return { counts: { identifiers: stored.identifiers }, meanwhile: done }
}

/** Numbers of the records: per part in the order of its rows, and by seniority. */
async function storeLabels(db: Database, run: ResolvedRun): Promise<void> {
  const { parts, numbering, observedAt, effectiveAt, hasTimes, clusters } = run
  const { recordOfRank, traceOfRecord, seniorOfTrace } = numbering
  const { rank, recency } = ranksOf(numbering, effectiveAt)
  const offsets = partOffsets(parts)
  for (const [index, part] of parts.entries()) {
    const from = offsets[index] ?? 0
    const to = from + part.rows
    const profiles = traceOfRecord.slice(from, to).map((trace) => (trace < 0 ? -2 : (clusters.of[trace] as number)))
    await db.run(`CREATE TABLE lab_${index} (c INTEGER)`)
    await db.append(`lab_${index}`, [{ type: 'integer', values: profiles }])
    await db.run(`CREATE TABLE rank_${index} (r INTEGER, mr INTEGER${hasTimes ? ', obs DOUBLE' : ''})`)
    await db.append(`rank_${index}`, [
      { type: 'integer', values: rank.subarray(from, to) },
      { type: 'integer', values: recency.subarray(from, to) },
      ...(hasTimes ? [{ type: 'double' as const, values: observedAt.subarray(from, to) }] : []),
    ])
  }
  const t = recordOfRank.map((record) => traceOfRecord[record] as number)
  const isTracePerRecord = seniorOfTrace.length === recordOfRank.length
  await db.run(`CREATE TABLE lab (c INTEGER${isTracePerRecord ? '' : ', t INTEGER, s INTEGER'})`)
  await db.append('lab', [
    { type: 'integer', values: t.map((trace) => clusters.of[trace] as number) },
    ...(isTracePerRecord
      ? []
      : [
          { type: 'integer' as const, values: t },
          {
            type: 'integer' as const,
            values: recordOfRank.map((record, place) => (seniorOfTrace[t[place] as number] === record ? 1 : 0)),
          },
        ]),
  ])
  const numbers = isTracePerRecord ? 'r AS t, c, r, 1 AS s' : 't, c, r, s'
  const slices = slicesOf(recordOfRank.length).map(
    (slice) =>
      `SELECT ${numbers}, src, key FROM (SELECT rowid::INTEGER AS r, src, key FROM ranked WHERE ${slice}) POSITIONAL JOIN (FROM lab WHERE ${slice})`,
  )
  await db.run(`CREATE VIEW recs AS ${slices.join(' UNION ALL ')}`)
}

/** Ids of the profiles. */
function profileIdsSql({ sources }: ResolvedRun): string {
  return `CREATE TABLE prof AS SELECT c, 'p_' || left(sha256(${sourceNameSql('src', sources)} || chr(31) || key), 32) AS profile_id FROM recs WHERE s = 1 AND t = c ORDER BY c`
}

/** Stores the values of profiles, and links; gives the positions of the types of which some value survives. */
async function storeValues(
  db: Database,
  run: ResolvedRun,
): Promise<StoredCounts & { readonly surviving: ReadonlySet<number> }> {
  const { ruleset, population, resolution, hasTimes, clusters } = run
  const { links } = resolution
  const order = linksByProfile(run)
  const ofLinks = (column: Int32Array | Int16Array) => order.map((at) => column[at] as number)
  await db.run('CREATE TABLE link (c INTEGER, lt INTEGER, rt INTEGER, stage INTEGER, code INTEGER, nth INTEGER)')
  await db.append('link', [
    { type: 'integer', values: order.map((at) => clusters.of[links.left[at] as number] as number) },
    { type: 'integer', values: ofLinks(links.left) },
    { type: 'integer', values: ofLinks(links.right) },
    { type: 'integer', values: ofLinks(links.stage) },
    { type: 'integer', values: ofLinks(links.code) },
    { type: 'integer', values: order },
  ])
  const textOf = await textsForSurvivorship(run)
  await db.run(
    `CREATE TABLE ident_seen (c INTEGER, code INTEGER, verified INTEGER, active INTEGER, records INTEGER${hasTimes ? ', first DOUBLE, last DOUBLE' : ''})`,
  )
  const isListed = ruleset.identifiers.map((type) => type.kind !== 'attribute')
  let identifiers = 0
  const { profiles, codes } = await gatherValues(run, textOf, async (values) => {
    for (const code of values.code) if (isListed[population.typeOf[code] as number]) identifiers++
    await db.append('ident_seen', [
      { type: 'integer', values: values.cluster },
      { type: 'integer', values: values.code },
      { type: 'integer', values: values.verified },
      { type: 'integer', values: values.active },
      { type: 'integer', values: values.records },
      ...(values.times
        ? [
            { type: 'double' as const, values: values.times.first },
            { type: 'double' as const, values: values.times.last },
          ]
        : []),
    ])
  })
  await db.run(
    `CREATE VIEW ident AS SELECT *${hasTimes ? '' : ', NULL::DOUBLE AS first, NULL::DOUBLE AS last'} FROM ident_seen`,
  )
  const held = [...codes].sort(([a], [b]) => a - b)
  await db.run(`CREATE TABLE surv (c INTEGER${held.map(([type]) => `, code${type} INTEGER`).join('')})`)
  await db.append('surv', [
    { type: 'integer', values: profiles },
    ...held.map(([, values]) => ({ type: 'integer' as const, values })),
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
  return { identifiers, surviving: new Set(held.map(([type]) => type)) }
}

/** Links by profile, left and right side, and stage. */
function linksByProfile({ resolution, clusters, population }: ResolvedRun): Int32Array {
  const { left, right, stage } = resolution.links
  const { starts, order } = groupByKey(
    left.map((trace) => clusters.of[trace] as number),
    population.traceCount,
  )
  const before = (a: number, b: number) =>
    (left[a] as number) - (left[b] as number) ||
    (right[a] as number) - (right[b] as number) ||
    (stage[a] as number) - (stage[b] as number)
  for (let cluster = 0; cluster < population.traceCount; cluster++) {
    const start = starts[cluster] as number
    const end = starts[cluster + 1] as number
    if (end - start > 1) order.subarray(start, end).sort(before)
  }
  return order
}

/** Counts, times and surviving fields per profile, in their order: the table `gold`. */
function survivorsSql({ parts, ruleset, sources, hasTimes }: ResolvedRun): string {
  const ofRecords = fieldsOfRecords(goldenFields(parts, ruleset), ruleset)
  const needsFilled = ruleset.merge.primary === 'most_complete'
  const selects = parts.flatMap((part, index) => {
    const columns = ofRecords.map((field, place) => {
      const from = part.fields.get(field) ?? []
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
    return slicesOf(part.rows).map(
      (slice) =>
        `SELECT c, r, mr${hasTimes ? ', obs' : ''}, ${part.sourceIndex} AS src${filled}${columns.map((column) => `, ${column}`).join('')} FROM (FROM ${part.table} WHERE ${slice}) POSITIONAL JOIN (FROM lab_${index} WHERE ${slice}) POSITIONAL JOIN (FROM rank_${index} WHERE ${slice}) WHERE c >= 0`,
    )
  })
  const aggregates = ofRecords.map((field, place) => {
    const rule = survivorshipOf(field, ruleset)
    const sql =
      rule.by === 'primary' && needsFilled
        ? mostCompleteSql(`f${place}`)
        : survivingValueSql(`f${place}`, rule, sources)
    return `${sql} AS f${place}`
  })
  const sourceCount = sources.length <= 62 ? 'bit_count(bit_or(1::BIGINT << src))' : 'count(DISTINCT src)'
  return `${mostFrequentMacro};
    CREATE TABLE gold AS SELECT c, count(*)::INTEGER AS record_count, ${sourceCount}::INTEGER AS source_count,
       ${hasTimes ? 'min(obs) FILTER (WHERE NOT isnan(obs)) AS first, max(obs) FILTER (WHERE NOT isnan(obs)) AS last' : 'NULL::DOUBLE AS first, NULL::DOUBLE AS last'}${aggregates.map((sql) => `, ${sql}`).join('')}
     FROM (${selects.join(' UNION ALL ')}) GROUP BY c ORDER BY c;
    ${parts.map((_, index) => `DROP TABLE rank_${index}`).join('; ')}`
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
    ruleset.merge.unresolved === 'exclude'
      ? 'WHERE gold.c NOT IN (SELECT recs.c FROM refused JOIN recs USING (t) WHERE recs.s = 1)'
      : ''
  await db.run(`CREATE VIEW golden_ids AS SELECT c FROM gold ${left}`)
  // The three tables have one row per profile each, by its number.
  await db.run(
    `CREATE VIEW golden AS SELECT gold.c, profile_id${columns.map((column) => `, ${column}`).join('')}, record_count, source_count, first, last
     FROM gold POSITIONAL JOIN prof POSITIONAL JOIN surv ${joins.join(' ')} ${exceptions > 0 ? exceptionsJoin : ''} ${left}`,
  )
}

/** Traces of groups that were refused whole. */
async function storeRefused(db: Database, resolution: BulkResolution): Promise<void> {
  const groups = new Set(resolution.held.filter((link) => link.group).flatMap((link) => [link.cluster, link.refusedBy]))
  const traces = resolution.unresolved
    .map(({ trace }) => trace)
    .filter((trace) => groups.has(resolution.clusterOf[trace] as number))
  await db.run('CREATE TABLE refused (t INTEGER)')
  await db.append('refused', [{ type: 'integer', values: Int32Array.from(traces) }])
}

/** Texts of the types whose survivorship compares texts, and of values that stand beside another of their type; others are empty. */
async function textsForSurvivorship({ population, ruleset, types }: ResolvedRun): Promise<(code: number) => string> {
  const wanted = new Set<number>()
  for (const entry of tiedEntries(population, types)) wanted.add(population.codes[entry] as number)
  const compares = ruleset.identifiers.map(({ name }) =>
    ['longest', 'min', 'max'].includes(survivorshipOf(name, ruleset).by),
  )
  if (compares.includes(true)) {
    population.typeOf.forEach((type, code) => {
      if (compares[type]) wanted.add(code)
    })
  }
  const codes = Int32Array.from(wanted)
  const loaded = await population.loadTexts(codes)
  const texts = new Map<number, string>()
  codes.forEach((code, at) => texts.set(code, loaded[at] ?? ''))
  return (code) => texts.get(code) ?? ''
}
