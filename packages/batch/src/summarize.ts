import { createHash } from 'node:crypto'
import {
  defaultRulesetYaml,
  defaultSourceSettings,
  idPlaceholders,
  placeholders,
  ruleInEnglish,
  type HeldLink,
} from '@selfsame/core'
import { literal, quoted, type Database } from './database.ts'
import { partOffsets } from './encode/encode-records.ts'
import type { RunHooks, RunOptions } from './options.ts'
import type { FileReading, RejectedLine } from './read/part.ts'
import type { Clock, FinishedRun } from './resolve-files.ts'
import {
  maxSampleRecords,
  runMarker,
  sizeBuckets,
  summaryVersion,
  type Cut,
  type FrequentValueFound,
  type IdentifierSummary,
  type OutputInfo,
  type RecordName,
  type RuleSummary,
  type RunSummary,
  type RunWarning,
  type SampleField,
  type SampleProfile,
  type SourceSummary,
  type SuspiciousProfile,
} from './summary.ts'

const listed = 20

/** How each source is read, before anything is resolved. */
export function describeSources(
  readings: readonly FileReading[],
  rejected: readonly RejectedLine[],
  options: Pick<RunOptions, 'ruleset'>,
): readonly SourceSummary[] {
  const names = [...new Set([...readings.map(({ source }) => source)])]
  return names.map((name): SourceSummary => {
    const own = readings.filter(({ source }) => source === name)
    const [first] = own
    const settings = options.ruleset.sources.get(name) ?? defaultSourceSettings
    const columns = own.flatMap((reading) => reading.columns)
    const lost = rejected.filter(({ source }) => source === name).length
    const lines = own.reduce((sum, reading) => sum + reading.file.lines, 0)
    return {
      name,
      files: own.map(({ file }) => file),
      kind: own.some(({ kind }) => kind === 'events') ? 'events' : 'rows',
      lines: lines + lost,
      records: 0,
      rejected: lost,
      superseded: 0,
      profiles: 0,
      trust: settings.trust,
      class: settings.class,
      key: first?.key ?? [],
      observedAt: first?.observedAt ?? null,
      columns: columns.filter((column, place) => columns.findIndex((other) => other.name === column.name && other.to === column.to) === place),
    }
  })
}

/** Everything a run has to say about itself. */
export async function summarize(
  db: Database,
  run: FinishedRun,
  options: RunOptions,
  hooks: RunHooks,
  folder: string,
  tables: OutputInfo['tables'],
  clock: Clock,
): Promise<RunSummary> {
  const { numbering } = run
  const sizes = recordsPerCluster(run)
  const profiles = sizes.filter((size) => size > 0).length
  const records = numbering.recordOfRank.length
  const unattributed = records - sizes.reduce((sum, size) => sum + size, 0)
  const frequent = await frequentValues(db, run)
  const sources = await sourceSummaries(db, run, options)
  const warnings = [...warningsOf(run, frequent, sources)]
  for (const warning of warnings) hooks.onWarning?.(warning)
  const lines = records + numbering.superseded + run.rejected.length
  const identifiers = await identifierSummaries(db, run, records, profiles)
  return {
    selfsame: runMarker,
    summaryVersion,
    run: { engine: options.engine, startedAt: clock.startedAt.toISOString(), finishedAt: new Date(clock.startedAt.getTime() + clock.elapsed()).toISOString() },
    ruleset: {
      file: options.rulesetOrigin.file,
      sha256: createHash('sha256').update(options.rulesetOrigin.text ?? defaultRulesetYaml).digest('hex'),
      text: options.rulesetOrigin.text,
      warnings: options.rulesetOrigin.warnings,
    },
    output: {
      folder,
      format: options.format,
      spreadsheetSafe: options.spreadsheetSafe,
      tables: tables.map((table) => (table.name === 'identity_lookup' ? { ...table, rows: records } : table)),
    },
    counts: {
      lines,
      records,
      profiles,
      rejected: run.rejected.length,
      superseded: numbering.superseded,
      unattributed,
      mergedProfiles: sizes.filter((size) => size > 1).length,
      largestProfile: sizes.reduce((most, size) => Math.max(most, size), 0),
    },
    resolution: resolutionSplit(run, sizes),
    profileSizes: profileSizes(sizes),
    sources,
    rules: ruleSummaries(run, records),
    identifiers,
    sharedValues: await sharedValues(db, run),
    blockedValues: blockedValues(run),
    frequentValues: cut(frequent),
    suspiciousProfiles: await suspiciousProfiles(db, run, sizes, profiles),
    samples: await samples(db, run),
    heldLinks: await heldLinks(db, run),
    candidates: await candidates(db, run),
    unresolved: unresolved(run),
    rejectedLines: rejectedLines(run.rejected),
    warnings,
    timings: {
      phases: clock.soFar().map(({ name, ms }) => ({ name, ms: Math.round(ms) })),
      totalMs: Math.round(clock.elapsed()),
      rowsPerSecond: Math.round((lines * 1000) / Math.max(1, clock.elapsed())),
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      memoryLimitBytes: options.memoryBytes,
    },
  }
}

/** Records per cluster that is a profile, by its most senior trace; 0 elsewhere. */
function recordsPerCluster({ population, resolution }: FinishedRun): Int32Array {
  const sizes = new Int32Array(population.traceCount)
  const forms = new Uint8Array(population.traceCount)
  resolution.clusterOf.forEach((cluster, trace) => {
    sizes[cluster] = (sizes[cluster] as number) + (population.recordCount?.[trace] ?? 1)
    if (population.formsProfile[trace] === 1) forms[cluster] = 1
  })
  return sizes.map((size, cluster) => (forms[cluster] === 1 ? size : 0))
}

function resolutionSplit(run: FinishedRun, sizes: Int32Array): RunSummary['resolution'] {
  const { population, resolution, ruleset } = run
  const inConflict = new Uint8Array(population.traceCount)
  for (const { trace } of resolution.unresolved) inConflict[trace] = 1
  const isAttribute = ruleset.identifiers.map((type) => type.kind === 'attribute')
  const split = { unique: 0, matched: 0, conflict: 0, missing: 0 }
  for (let trace = 0; trace < population.traceCount; trace++) {
    const weight = population.recordCount?.[trace] ?? 1
    let usable = false
    for (let entry = population.offsets[trace] as number; entry < (population.offsets[trace + 1] as number) && !usable; entry++) {
      usable = isAttribute[population.typeOf[population.codes[entry] as number] as number] === false
    }
    const size = sizes[resolution.clusterOf[trace] as number] as number
    const place = inConflict[trace] === 1 ? 'conflict' : !usable && size <= weight ? 'missing' : size > 1 ? 'matched' : 'unique'
    split[place] += weight
  }
  return split
}

function profileSizes(sizes: Int32Array): RunSummary['profileSizes'] {
  const buckets = sizeBuckets.map(([from, to]) => ({ from, to, profiles: 0, records: 0 }))
  for (const size of sizes) {
    if (size === 0) continue
    const bucket = buckets.find(({ from, to }) => size >= from && size <= to)
    if (!bucket) continue
    bucket.profiles++
    bucket.records += size
  }
  const last = buckets.reduce((place, bucket, index) => (bucket.profiles > 0 ? index : place), 0)
  return buckets.slice(0, last + 1)
}

async function sourceSummaries(db: Database, run: FinishedRun, options: RunOptions): Promise<readonly SourceSummary[]> {
  const described = describeSources(run.readings, run.rejected, options)
  const found = new Map<string, { records: number; superseded: number; profiles: number }>()
  for (const [index, name] of run.sources.entries()) {
    const labels = run.parts.flatMap((part, place) => (part.sourceIndex === index ? [`SELECT c FROM lab_${place}`] : []))
    const [row] = await db.rows(`SELECT count(*) FILTER (WHERE c > -2), count(*) FILTER (WHERE c = -2), count(DISTINCT c) FILTER (WHERE c >= 0) FROM (${labels.join(' UNION ALL ')})`)
    found.set(name, { records: Number(row?.[0]), superseded: Number(row?.[1]), profiles: Number(row?.[2]) })
  }
  return Promise.all(
    described.map(async (source) => {
      const filled = await filledShares(db, run, source)
      return { ...source, ...found.get(source.name), columns: source.columns.map((column) => ({ ...column, filled: filled.get(column.to ?? '') ?? null })) }
    }),
  )
}

/** Per field the share of a source's rows that hold something. */
async function filledShares(db: Database, run: FinishedRun, source: SourceSummary): Promise<ReadonlyMap<string, number>> {
  const shares = new Map<string, { rows: number; filled: number }>()
  for (const part of run.parts.filter((candidate) => candidate.source === source.name)) {
    const fields = [...part.fields].filter(([field]) => source.columns.some((column) => column.to === field))
    if (fields.length === 0 || part.rows === 0) continue
    const counts = fields.map(([, sql]) => `count(*) FILTER (WHERE ${sql.map((column) => `trim(coalesce(${column}, '')) <> ''`).join(' OR ')})`)
    const [row] = await db.rows(`SELECT ${counts.join(', ')} FROM ${part.table}`)
    fields.forEach(([field], place) => {
      const known = shares.get(field) ?? { rows: 0, filled: 0 }
      shares.set(field, { rows: known.rows + part.rows, filled: known.filled + Number(row?.[place] ?? 0) })
    })
  }
  return new Map([...shares].map(([field, { rows, filled }]) => [field, filled / rows]))
}

function ruleSummaries({ ruleset, stages, resolution, population }: FinishedRun, records: number): readonly RuleSummary[] {
  const rate = (part: number, whole: number) => (whole === 0 ? null : part / whole)
  const links = new Int32Array(stages.length)
  for (const stage of resolution.links.stage) if (stage >= 0) links[stage] = (links[stage] as number) + 1
  const sizes = new Map<number, number>()
  const involved = new Set(resolution.held.flatMap((link) => [link.cluster, link.refusedBy]))
  resolution.clusterOf.forEach((cluster, trace) => {
    if (involved.has(cluster)) sizes.set(cluster, (sizes.get(cluster) ?? 0) + (population.recordCount?.[trace] ?? 1))
  })
  const conflictsOf = (stage: number) => {
    const clusters = new Set(resolution.held.filter((link) => link.stage === stage && link.guard !== 'separation').flatMap((link) => (link.group ? [link.cluster, link.refusedBy] : [link.cluster])))
    return [...clusters].reduce((sum, cluster) => sum + (sizes.get(cluster) ?? 0), 0)
  }
  const enabled = stages.map((stage, index): RuleSummary => {
    const { applicable = 0, validMatches = 0 } = resolution.figures[index] ?? {}
    const conflicts = conflictsOf(index)
    return {
      name: stage.rule.name,
      sentence: ruleInEnglish(stage.rule, ruleset),
      implicit: stage.implicit,
      enabled: true,
      action: stage.merges ? 'merge' : 'review',
      stage: index + 1,
      applicable,
      links: links[index] as number,
      validMatches,
      conflicts,
      candidates: resolution.candidates.filter((candidate) => candidate.stage === index).length,
      applicability: rate(applicable, records),
      validMatchRate: rate(validMatches, applicable),
      conflictRate: rate(conflicts, applicable),
    }
  })
  const disabled = ruleset.rules.filter((rule) => !rule.enabled).map((rule): RuleSummary => ({
    name: rule.name,
    sentence: ruleInEnglish(rule, ruleset),
    implicit: false,
    enabled: false,
    action: rule.action,
    stage: null,
    applicable: 0,
    links: 0,
    validMatches: 0,
    conflicts: 0,
    candidates: 0,
    applicability: null,
    validMatchRate: null,
    conflictRate: null,
  }))
  return [...enabled.filter((rule) => !rule.implicit || rule.applicable > 0), ...disabled]
}

async function identifierSummaries(db: Database, run: FinishedRun, records: number, profiles: number): Promise<readonly IdentifierSummary[]> {
  const { population, resolution, ruleset, encoded } = run
  const holding = ruleset.identifiers.map(() => 0)
  const distinct = ruleset.identifiers.map(() => 0)
  for (const type of population.typeOf) distinct[type] = (distinct[type] ?? 0) + 1
  const seen = new Int32Array(ruleset.identifiers.length).fill(-1)
  for (let trace = 0; trace < population.traceCount; trace++) {
    for (let entry = population.offsets[trace] as number; entry < (population.offsets[trace + 1] as number); entry++) {
      const type = population.typeOf[population.codes[entry] as number] as number
      if (seen[type] === trace) continue
      seen[type] = trace
      holding[type] = (holding[type] ?? 0) + (population.recordCount?.[trace] ?? 1)
    }
  }
  const reading = new Set(run.stages.flatMap((stage) => stage.rule.match.flatMap((criterion) => criterion.types)))
  const weight = new Map<string, number>()
  for (const { trace, conflictReasons } of resolution.unresolved) {
    for (const type of ruleset.identifiers) {
      if (!conflictReasons.includes(`${type.name} has too many`)) continue
      weight.set(type.name, (weight.get(type.name) ?? 0) + (population.recordCount?.[trace] ?? 1))
    }
  }
  const summaries: IdentifierSummary[] = []
  for (const [position, type] of ruleset.identifiers.entries()) {
    const rejected = encoded.rejectedByType.get(type.name)
    const isSeen = (holding[position] ?? 0) > 0 || (rejected?.size ?? 0) > 0
    if (!isSeen && (!reading.has(type.name) || type.session)) continue
    const withValue = (holding[position] ?? 0) > 0 ? await db.number(`SELECT count(*) FROM surv_${position}`) : 0
    const codes = [...(rejected ?? [])].filter(([code]) => code !== 'value.blocked')
    summaries.push({
      type: type.name,
      kind: type.kind,
      priority: position + 1,
      records: holding[position] ?? 0,
      completeness: records === 0 ? null : (holding[position] ?? 0) / records,
      profileCompleteness: profiles === 0 ? null : withValue / profiles,
      distinctValues: distinct[position] ?? 0,
      rejected: codes.map(([code, values]) => ({ code, values })).sort((a, b) => b.values - a.values),
      blocked: rejected?.get('value.blocked') ?? 0,
      shared: resolution.shared.filter((value) => value.type === type.name).length,
      demoted: resolution.demoted.filter((value) => value.type === type.name).length,
      maxUniqueValues: type.maxUniqueValues,
      conflictRate: (holding[position] ?? 0) === 0 ? null : (weight.get(type.name) ?? 0) / (holding[position] ?? 1),
    })
  }
  return summaries
}

async function sharedValues(db: Database, { resolution }: FinishedRun): Promise<RunSummary['sharedValues']> {
  const { shared, sharedCodes } = resolution
  if (shared.length === 0) return { total: 0, listed: [] }
  const rows = await db.rows(`SELECT std, sum(records) FROM ident JOIN vals USING (code) WHERE code IN (${sharedCodes.join(', ')}) GROUP BY code, std`)
  const records = new Map(rows.map(([value, count]) => [String(value), Number(count)]))
  return cut(
    shared
      .map(({ type, value, because, count, limit }) => ({ type, value, records: records.get(value) ?? 0, because, count, limit }))
      .sort((a, b) => b.records - a.records || (a.type < b.type ? -1 : a.type > b.type ? 1 : a.value < b.value ? -1 : 1)),
  )
}

function blockedValues({ encoded, ruleset }: FinishedRun): RunSummary['blockedValues'] {
  const builtIn = new Set([...placeholders, ...idPlaceholders])
  return cut(
    encoded.blocked.map(({ type, value, records }) => {
      const own = ruleset.identifiers.find((identifier) => identifier.name === type)?.blockedValues ?? []
      return { type, value, records, builtIn: builtIn.has(value) || own.length === 0 }
    }),
  )
}

/** Sources this large have values pointed out that more than this share of their records hold. */
const frequentFrom = 1000
const frequentShare = 0.01

async function frequentValues(db: Database, run: FinishedRun): Promise<readonly FrequentValueFound[]> {
  const { population, numbering, parts, ruleset } = run
  const found: FrequentValueFound[] = []
  const shared = new Set(run.resolution.sharedCodes)
  const offsets = partOffsets(parts)
  for (const name of run.sources) {
    const counts = new Int32Array(population.valueCount)
    let rows = 0
    parts.forEach((part, index) => {
      if (part.source !== name || part.content.kind !== 'table') return
      const from = offsets[index] ?? 0
      for (let record = from; record < from + part.rows; record++) {
        const trace = numbering.traceOfRecord[record] as number
        if (trace < 0) continue
        rows++
        for (let entry = population.offsets[trace] as number; entry < (population.offsets[trace + 1] as number); entry++) {
          const code = population.codes[entry] as number
          counts[code] = (counts[code] as number) + 1
        }
      }
    })
    if (rows < frequentFrom) continue
    const codes: number[] = []
    counts.forEach((count, code) => {
      const type = ruleset.identifiers[population.typeOf[code] as number]
      if (count > rows * frequentShare && type && type.kind !== 'attribute' && !shared.has(code)) codes.push(code)
    })
    if (codes.length === 0) continue
    for (const [code, value] of await db.rows(`SELECT code, std FROM vals WHERE code IN (${codes.join(', ')})`)) {
      const count = counts[Number(code)] as number
      const type = ruleset.identifiers[population.typeOf[Number(code)] as number]?.name ?? ''
      found.push({ type, value: String(value), source: name, records: count, share: count / rows, rulesetLine: `blocked_values: [${JSON.stringify(String(value))}]` })
    }
  }
  return found.sort((a, b) => b.records - a.records || (a.value < b.value ? -1 : 1))
}

function* warningsOf(
  run: FinishedRun,
  frequent: readonly FrequentValueFound[],
  sources: readonly SourceSummary[],
): Generator<RunWarning> {
  for (const source of sources) {
    if (source.key.length === 0) {
      yield {
        code: 'source.no_key',
        message: `${source.name}: no primary key column was found; the line number is the key, so that a file with other lines gives other records`,
        remedy: `name the column: sources: { ${source.name}: { key: id } }`,
        source: source.name,
      }
    }
    if (source.observedAt === null) {
      yield {
        code: 'source.no_time',
        message: `${source.name}: no column says when a record was observed; first and last seen stay empty, and the time of this run decides what is recent`,
        remedy: `name the column: sources: { ${source.name}: { observed_at: updated_at } }`,
        source: source.name,
      }
    }
    if (source.superseded > 0) {
      yield {
        code: 'source.superseded',
        message: `${source.name}: ${source.superseded} lines repeat a key; the latest time counts, else the last line`,
        remedy: null,
        source: source.name,
      }
    }
  }
  if (run.unreadableTimes > 0) {
    yield { code: 'time.unreadable', message: `${run.unreadableTimes} times of observation could not be read; ISO 8601 and seconds or milliseconds since 1970 are`, remedy: null, source: null }
  }
  for (const value of frequent.slice(0, listed)) {
    const percent = (value.share * 100).toFixed(1)
    yield {
      code: 'value.frequent',
      message: `${value.source}: one ${value.type} is held by ${value.records} records (${percent} %): it may belong to nobody in particular`,
      remedy: `under identifiers, ${value.type}: ${value.rulesetLine}`,
      source: value.source,
    }
  }
  const phone = run.ruleset.identifiers.findIndex((type) => type.name === 'phone')
  const usesPhone = run.stages.some((stage) => stage.rule.match.some((criterion) => criterion.types.includes('phone')))
  if (phone >= 0 && !usesPhone && run.population.typeOf.includes(phone)) {
    const disabled = run.ruleset.rules.find((rule) => !rule.enabled && rule.match.some((criterion) => criterion.types.includes('phone')))
    yield {
      code: 'phone.unused',
      message: 'there are phone numbers, and no enabled rule uses them',
      remedy: disabled ? `switch the rule on: enabled: true at "${disabled.name}"` : 'add a rule: - { name: Same phone, match: [ { exact: phone } ] }',
      source: null,
    }
  }
}

async function suspiciousProfiles(db: Database, run: FinishedRun, sizes: Int32Array, profiles: number): Promise<RunSummary['suspiciousProfiles']> {
  const mean = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, profiles)
  const bound = Math.max(10, Math.ceil(mean * 10))
  const hasEvents = run.parts.some((part) => part.content.kind === 'evidence')
  const large: number[] = []
  sizes.forEach((size, cluster) => {
    if (size >= (hasEvents ? bound * 20 : bound)) large.push(cluster)
  })
  large.sort((a, b) => (sizes[b] as number) - (sizes[a] as number) || a - b)
  const top = large.slice(0, listed)
  if (top.length === 0) return { total: 0, listed: [] }
  const fields = ['first_name', 'last_name', 'birth_date'].filter((field) => run.parts.some((part) => part.fields.has(field)))
  const selects = run.parts.map((part, index) => {
    const columns = fields.map((field, place) => `lower(trim(coalesce(${[...(part.fields.get(field) ?? []), "''"].join(', ')}))) AS f${place}`)
    return `SELECT c, ${part.sourceIndex} AS src${columns.map((column) => `, ${column}`).join('')} FROM ${part.table} POSITIONAL JOIN lab_${index} WHERE c IN (${top.join(', ')})`
  })
  const counts = fields.map((_, place) => `, count(DISTINCT f${place}) FILTER (WHERE f${place} <> '')`)
  const rows = await db.rows(`SELECT c, any_value(profile_id), count(DISTINCT src)${counts.join('')} FROM (${selects.join(' UNION ALL ')}) JOIN prof USING (c) GROUP BY c`)
  const found = rows.map(([cluster, profileId, sources, ...values]): SuspiciousProfile & { cluster: number } => {
    const disagreements = fields.map((field, place) => ({ field, values: Number(values[place]) })).filter((entry) => entry.values > 1)
    const why = disagreements.some((entry) => entry.field !== 'first_name' && entry.values > 3) ? 'many_names' : 'unusually_large'
    return { cluster: Number(cluster), profileId: String(profileId), records: sizes[Number(cluster)] as number, sources: Number(sources), why, disagreements: disagreements.sort((a, b) => b.values - a.values) }
  })
  const ordered = found.sort((a, b) => b.records - a.records || (a.profileId < b.profileId ? -1 : 1))
  return { total: large.length, listed: ordered.map(({ cluster: _cluster, ...profile }) => profile) }
}

/** Samples per rule. */
const samplesPerRule = 3

async function samples(db: Database, run: FinishedRun): Promise<readonly SampleProfile[]> {
  const found: SampleProfile[] = []
  const { links, clusterOf } = run.resolution
  const traces = new Map<number, number>()
  for (const cluster of clusterOf) traces.set(cluster, (traces.get(cluster) ?? 0) + 1)
  for (const [index, stage] of run.stages.entries()) {
    const chosen = new Map<number, number>()
    for (let at = 0; at < links.stage.length && chosen.size < 400; at++) {
      if (links.stage[at] !== index) continue
      const cluster = clusterOf[links.left[at] as number] as number
      const size = traces.get(cluster) ?? 0
      if (size <= maxSampleRecords) chosen.set(cluster, size)
    }
    const picks = [...chosen].sort((a, b) => score(b[1]) - score(a[1]) || a[0] - b[0]).slice(0, samplesPerRule)
    for (const [cluster] of picks) found.push(await sampleOf(db, run, cluster, stage.rule.name))
  }
  return found
}

/** Profiles of three or four records tell most. */
function score(size: number): number {
  return size === 3 ? 4 : size === 4 ? 3 : size === 2 ? 2 : 1
}

async function sampleOf(db: Database, run: FinishedRun, cluster: number, rule: string): Promise<SampleProfile> {
  const { links, clusterOf } = run.resolution
  const members: number[] = []
  clusterOf.forEach((other, trace) => {
    if (other === cluster) members.push(trace)
  })
  const fields = [...new Set(run.parts.flatMap((part) => [...part.fields.keys()]))]
  const selects = run.parts.map((part, index) => {
    const columns = fields.map((field) => `coalesce(${[...(part.fields.get(field) ?? []).map((sql) => `nullif(trim(${sql}), '')`), "''"].join(', ')}) AS ${quoted(`f_${field}`)}`)
    return `SELECT t, r, ${literal(part.source)} AS source, ${part.keySql} AS key, obs, ${columns.join(', ') || "'' AS none"} FROM ${part.table} POSITIONAL JOIN lab_${index} WHERE c = ${cluster}`
  })
  const rows = await db.rows(`SELECT * FROM (${selects.join(' UNION ALL ')}) QUALIFY row_number() OVER (PARTITION BY t ORDER BY r) = 1 ORDER BY r LIMIT ${maxSampleRecords}`)
  const records = rows.map(([trace, , source, key, observedAt, ...values]) => ({
    trace: Number(trace),
    source: String(source),
    key: String(key),
    observedAt: observedAt === null || Number.isNaN(Number(observedAt)) ? null : new Date(Number(observedAt)).toISOString(),
    fields: fields.flatMap((name, place): SampleField[] => (String(values[place] ?? '') === '' ? [] : [{ name, value: String(values[place]) }])),
  }))
  const place = new Map(records.map(({ trace }, at) => [trace, at]))
  const own: number[] = []
  links.left.forEach((left, at) => {
    if (clusterOf[left] === cluster) own.push(at)
  })
  const texts = new Map<number, string>()
  const codes = own.map((at) => links.code[at] as number).filter((code) => code >= 0)
  if (codes.length > 0) for (const [code, std] of await db.rows(`SELECT code, std FROM vals WHERE code IN (${codes.join(', ')})`)) texts.set(Number(code), String(std))
  const [golden] = await db.rows(`SELECT * EXCLUDE (c, record_count, source_count, first, last) FROM golden WHERE c = ${cluster}`)
  const names = (await db.rows('DESCRIBE SELECT * EXCLUDE (c, record_count, source_count, first, last) FROM golden')).map((row) => String(row[0]))
  const profileId = String((await db.rows(`SELECT profile_id FROM prof WHERE c = ${cluster}`))[0]?.[0] ?? '')
  return {
    rule,
    profileId,
    recordCount: members.reduce((sum, trace) => sum + (run.population.recordCount?.[trace] ?? 1), 0),
    records: records.map(({ trace: _trace, ...record }) => record),
    links: own.flatMap((at) => {
      const left = place.get(links.left[at] as number)
      const right = place.get(links.right[at] as number)
      if (left === undefined || right === undefined) return []
      const stage = links.stage[at] as number
      const code = links.code[at] as number
      const type = code < 0 ? '' : (run.ruleset.identifiers[run.population.typeOf[code] as number]?.name ?? '')
      return [{ left, right, rule: run.stages[stage]?.rule.name ?? 'a decision', type, value: texts.get(code) ?? '' }]
    }),
    golden: names.flatMap((name, at): SampleField[] => {
      const value = golden?.[at]
      return name === 'profile_id' || value === null || value === undefined || value === '' ? [] : [{ name, value: String(value) }]
    }),
  }
}

async function namesOfTraces(db: Database, traces: readonly number[]): Promise<ReadonlyMap<number, RecordName>> {
  if (traces.length === 0) return new Map()
  const rows = await db.rows(
    `SELECT trc.t, name, key, profile_id FROM trc JOIN rec USING (record) JOIN srcs USING (src) LEFT JOIN prof USING (c) WHERE trc.t IN (${traces.join(', ')})`,
  )
  return new Map(rows.map(([trace, source, key, profileId]) => [Number(trace), { source: String(source), key: String(key), profileId: profileId === null ? null : String(profileId) }]))
}

async function heldLinks(db: Database, { resolution, stages }: FinishedRun): Promise<RunSummary['heldLinks']> {
  const { held } = resolution
  const byReason = new Map<string, { guard: HeldLink['guard']; reason: string; links: number }>()
  for (const { guard, reasons } of held) {
    for (const reason of reasons.length > 0 ? reasons : ['a person said that these are two']) {
      const known = byReason.get(`${guard}${reason}`) ?? { guard, reason, links: 0 }
      known.links++
      byReason.set(`${guard}${reason}`, known)
    }
  }
  const first = held.slice(0, listed)
  const names = await namesOfTraces(db, first.flatMap((link) => [link.cluster, link.refusedBy]))
  return {
    total: held.length,
    byReason: [...byReason.values()].sort((a, b) => b.links - a.links || (a.reason < b.reason ? -1 : 1)).slice(0, listed),
    listed: first.flatMap((link) => {
      const left = names.get(link.cluster)
      const right = names.get(link.refusedBy)
      return left && right ? [{ left, right, rule: stages[link.stage]?.rule.name ?? '', type: link.type, value: link.value, guard: link.guard, reasons: link.reasons }] : []
    }),
  }
}

async function candidates(db: Database, { resolution, stages }: FinishedRun): Promise<RunSummary['candidates']> {
  const byReason = new Map<string, { reason: (typeof resolution.candidates)[number]['reason']; candidates: number }>()
  for (const { reason } of resolution.candidates) {
    const known = byReason.get(reason) ?? { reason, candidates: 0 }
    known.candidates++
    byReason.set(reason, known)
  }
  const best = [...resolution.candidates].sort((a, b) => b.confidence - a.confidence || a.survivor - b.survivor || a.session - b.session).slice(0, listed)
  const names = await namesOfTraces(db, best.flatMap((candidate) => [candidate.survivor, candidate.session]))
  return {
    total: resolution.candidates.length,
    notListed: resolution.candidatesNotListed,
    byReason: [...byReason.values()].sort((a, b) => b.candidates - a.candidates || (a.reason < b.reason ? -1 : 1)),
    listed: best.map((candidate) => ({
      survivorProfileId: names.get(candidate.survivor)?.profileId ?? '',
      sessionProfileId: names.get(candidate.session)?.profileId ?? '',
      reason: candidate.reason,
      rule: stages[candidate.stage]?.rule.name ?? '',
      type: candidate.type,
      value: candidate.value,
      confidence: candidate.confidence,
      seenCount: candidate.seenCount,
    })),
  }
}

function unresolved({ resolution, population }: FinishedRun): RunSummary['unresolved'] {
  const byReason = new Map<string, { reason: (typeof resolution.unresolved)[number]['reason']; conflictReasons: string; records: number }>()
  let total = 0
  for (const { trace, reason, conflictReasons } of resolution.unresolved) {
    const weight = population.recordCount?.[trace] ?? 1
    total += weight
    const known = byReason.get(`${reason}${conflictReasons}`) ?? { reason, conflictReasons, records: 0 }
    known.records += weight
    byReason.set(`${reason}${conflictReasons}`, known)
  }
  return { total, byReason: [...byReason.values()].sort((a, b) => b.records - a.records || (a.conflictReasons < b.conflictReasons ? -1 : 1)).slice(0, listed) }
}

function rejectedLines(rejected: readonly RejectedLine[]): RunSummary['rejectedLines'] {
  const byReason = new Map<string, { source: string; reason: string; lines: number; firstLines: number[] }>()
  for (const { source, reason, line } of rejected) {
    const known = byReason.get(`${source}\u0000${reason}`) ?? { source, reason, lines: 0, firstLines: [] }
    known.lines++
    known.firstLines.push(line)
    known.firstLines.sort((a, b) => a - b).splice(5)
    byReason.set(`${source}\u0000${reason}`, known)
  }
  return { total: rejected.length, byReason: [...byReason.values()].sort((a, b) => b.lines - a.lines || (a.source < b.source ? -1 : 1)).slice(0, listed) }
}

function cut<T>(all: readonly T[]): Cut<T> {
  return { total: all.length, listed: all.slice(0, listed) }
}

