import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir, totalmem } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import {
  agreementTypes,
  compareText,
  linkingTypes,
  resolveBulk,
  stagesOf,
  standardizeValue,
  type Decision,
  type Population,
  type PositiveDecision,
  type Ruleset,
} from '@selfsame/core'
import { bothDone } from './both-done.ts'
import { Database, literal } from './database.ts'
import { buildPopulation, numberRecords, type Numbering } from './encode/build-population.ts'
import { encodeSightings, encodeTimes, partOffsets } from './encode/encode-records.ts'
import type { RunHooks, RunOptions, RunPhase, RunResult } from './options.ts'
import { inspectFile, type InspectedFile } from './read/inspect-file.ts'
import { loadJsonLines, type Alias } from './read/load-json-lines.ts'
import { loadTable, partsOfTable } from './read/load-table.ts'
import type { FileReading, Part, RejectedLine } from './read/part.ts'
import { describeSources, runFigures, summarize } from './summarize.ts'
import { UserFault } from './user-fault.ts'
import { checkOutputFolder, replaceOutputFolder } from './write/output-folder.ts'
import { explainFiles, type RunFile } from './write/run-folder.ts'
import { storeRefused, storeResolution, writeTables, type ResolvedRun } from './write/tables.ts'

/** Resolves files into tables in `options.outputFolder`. Faults a user can mend come back as values; nothing is written then. */
export async function resolveFiles(options: RunOptions, hooks: RunHooks = {}): Promise<RunResult> {
  const clock = new Clock(hooks)
  const folder = resolve(options.outputFolder)
  const spillFolder = await mkdtemp(join(tmpdir(), 'selfsame-'))
  let database: Database | null = null
  try {
    await checkOutputFolder(folder, options.outputFolder)
    if (options.inputs.filter((input) => input.path === '-').length > 1) {
      throw new UserFault('stdin.twice', 'standard input (-) is named twice; it can be read once')
    }
    if (options.memoryBytes !== null && options.memoryBytes < 256_000_000) {
      throw new UserFault(
        'memory.too_little',
        `--memory allows ${Math.floor(options.memoryBytes / 1e6)} MB; at least 256MB is needed`,
      )
    }
    database = await Database.open(spillFolder, databaseMemory(options.memoryBytes), options.threads)
    const run = await resolveIn(database, options, hooks, clock, spillFolder)
    const written = await writeFolder(database, run, options, hooks, clock, folder)
    clock.done()
    return { ok: true, summary: written, folder }
  } catch (fault) {
    if (fault instanceof UserFault)
      return { ok: false, faults: [{ code: fault.code, message: fault.message, path: fault.path }] }
    throw fault
  } finally {
    database?.close()
    await rm(spillFolder, { recursive: true, force: true })
  }
}

/** DuckDB gets half of what a run may use, or a quarter of the machine, at most 4 GB; the rest is for the graph in JavaScript. */
function databaseMemory(memoryBytes: number | null): number {
  return memoryBytes === null ? Math.min(4e9, totalmem() / 4) : memoryBytes * 0.5
}

export interface FinishedRun extends ResolvedRun {
  readonly readings: readonly FileReading[]
  readonly unreadableTimes: number
  readonly encoded: Awaited<ReturnType<typeof encodeSightings>>['values']
}

async function resolveIn(
  db: Database,
  options: RunOptions,
  hooks: RunHooks,
  clock: Clock,
  spillFolder: string,
): Promise<FinishedRun> {
  const { ruleset } = options
  clock.enter('reading', null)
  const loaded = await loadInputs(db, options, hooks, clock, spillFolder)
  const { parts, sources } = withSourceIndexes(loaded.parts)
  if (parts.every((part) => part.rows === 0)) {
    const named = options.inputs.map((input) => input.path).join(', ')
    throw new UserFault(
      'input.no_rows',
      `${named}: no record was read; ${loaded.rejected.length > 0 ? `${loaded.rejected.length} lines were broken, the first one because ${loaded.rejected[0]?.reason ?? ''}` : 'there is nothing below the header'}`,
    )
  }
  hooks.onSources?.(describeSources(loaded.readings, loaded.rejected, options))
  clock.enter(
    'encoding',
    parts.reduce((sum, part) => sum + part.rows, 0),
  )
  stopWhenAsked(hooks)
  const types = new Set(linkingTypes(ruleset))
  const { observedAt, effectiveAt, unreadable } = await encodeTimes(db, parts, ruleset, options.receivedAt)
  const numbering = await numberRecords(db, parts, ruleset, effectiveAt)
  stopWhenAsked(hooks)
  const { sightings, values } = await encodeSightings(db, parts, ruleset, types)
  const decisions = [
    ...(options.decisions ?? []),
    ...(await aliasDecisions(db, loaded.aliases, ruleset, parts, sightings, numbering)),
  ]
  const population = withAgreement(
    await buildPopulation(
      db,
      parts,
      ruleset,
      numbering,
      sightings,
      values,
      effectiveAt,
      await recordsNamed(db, decisions),
    ),
    db,
    parts,
    ruleset,
    numbering,
  )
  clock.enter('resolving', population.traceCount)
  stopWhenAsked(hooks)
  const resolution = await resolveBulk(population, ruleset, decisions)
  return {
    parts,
    ruleset,
    stages: stagesOf(ruleset),
    numbering,
    population,
    resolution,
    decisions,
    observedAt,
    effectiveAt,
    rejected: loaded.rejected,
    sources,
    readings: loaded.readings,
    unreadableTimes: unreadable,
    encoded: values,
  }
}

async function loadInputs(
  db: Database,
  options: RunOptions,
  hooks: RunHooks,
  clock: Clock,
  spillFolder: string,
): Promise<{
  readonly parts: readonly Omit<Part, 'sourceIndex'>[]
  readonly readings: readonly FileReading[]
  readonly rejected: readonly RejectedLine[]
  readonly aliases: readonly Alias[]
}> {
  const { ruleset, sourceColumn } = options
  const files: { readonly file: InspectedFile; readonly source: string }[] = []
  for (const [index, { path, source }] of options.inputs.entries()) {
    if (source === '' || /\p{Cc}/u.test(source))
      throw new UserFault('input.unreadable', `${path}: the source needs a name without control characters`, path)
    files.push({ file: await inspectFile(path, spillFolder, index, options.stdin ?? process.stdin), source })
    stopWhenAsked(hooks)
  }
  clock.enter(
    'reading',
    files.reduce((sum, { file }) => sum + file.bytes, 0),
  )
  const parts: Omit<Part, 'sourceIndex'>[] = []
  const readings: FileReading[] = []
  const rejected: RejectedLine[] = []
  const aliases: Alias[] = []
  for (const [index, { file, source }] of files.entries()) {
    if (file.format === 'jsonl') {
      const loaded = await loadJsonLines(
        db,
        file,
        index,
        source,
        sourceColumn,
        ruleset,
        options.receivedAt,
        spillFolder,
        linePrefixOf(options.inputs, index),
      )
      parts.push(...loaded.parts)
      readings.push(...loaded.readings)
      for (const line of loaded.rejected) rejected.push(line)
      aliases.push(...loaded.aliases)
    } else {
      const table = await loadTable(db, file, index, source, sourceColumn, ruleset)
      const loaded = await partsOfTable(
        db,
        file,
        table,
        source,
        sourceColumn,
        ruleset,
        linePrefixOf(options.inputs, index),
      )
      parts.push(...loaded.parts)
      readings.push(...loaded.readings)
      for (const line of loaded.rejected) rejected.push(line)
    }
    clock.advance(file.bytes)
    stopWhenAsked(hooks)
  }
  return { parts, readings, rejected, aliases }
}

/** Where a source has several files, a line is told by its file's name, too; by the whole path where two have one name. */
function linePrefixOf(inputs: RunOptions['inputs'], index: number): string {
  const own = inputs[index]
  const others = inputs.filter((input, place) => place !== index && input.source === own?.source)
  if (!own || others.length === 0) return ''
  const name = basename(own.path)
  return `${others.some((input) => basename(input.path) === name) ? own.path : name}:`
}

function withSourceIndexes(parts: readonly Omit<Part, 'sourceIndex'>[]): {
  readonly parts: readonly Part[]
  readonly sources: readonly string[]
} {
  const sources = [...new Set(parts.map((part) => part.source))].sort(compareText)
  return { parts: parts.map((part) => ({ ...part, sourceIndex: sources.indexOf(part.source) })), sources }
}

/** Record numbers of the records that decisions name. */
async function recordsNamed(db: Database, decisions: readonly Decision[]): Promise<ReadonlyMap<string, number>> {
  const refs = decisions.flatMap((decision) => {
    switch (decision.kind) {
      case 'merge':
      case 'confirm':
        return [...decision.survivor, ...decision.session]
      case 'dismiss':
        return [...decision.left, ...decision.right]
      case 'split':
        return [...decision.stay, ...decision.leave]
      case 'pin':
        return decision.records
    }
  })
  const found = new Map<string, number>()
  if (refs.length === 0) return found
  await db.run('CREATE OR REPLACE TEMP TABLE named (source VARCHAR, key VARCHAR)')
  await db.append('named', [
    { type: 'text', values: refs.map(({ source }) => source) },
    { type: 'text', values: refs.map(({ key }) => key) },
  ])
  const rows = await db.rows(
    'SELECT name, ranked.key, record FROM ranked JOIN source_names USING (src) JOIN named ON named.source = name AND named.key = ranked.key',
  )
  for (const [source, key, record] of rows) found.set(`${String(source)}\u0000${String(key)}`, Number(record))
  return found
}

/**
 * An alias call of a server source says that the holders of two ids are one person: a positive decision of that source
 * between the records that hold them. From a public source it decides nothing.
 */
async function aliasDecisions(
  db: Database,
  aliases: readonly Alias[],
  ruleset: Ruleset,
  parts: readonly Part[],
  sightings: { readonly record: Int32Array; readonly code: Int32Array },
  numbering: Numbering,
): Promise<readonly PositiveDecision[]> {
  await db.run('CREATE TABLE source_names (src INTEGER, name VARCHAR)')
  const names = new Map(parts.map((part) => [part.sourceIndex, part.source]))
  await db.append('source_names', [
    { type: 'integer', values: Int32Array.from(names.keys()) },
    { type: 'text', values: [...names.values()] },
  ])
  const trusted = aliases.filter(({ source }) => ruleset.sources.get(source)?.class !== 'public')
  if (trusted.length === 0) return []
  const codeOf = new Map<string, number>()
  const typeOf = (name: string) => ruleset.identifiers.findIndex((type) => type.name === name)
  const wanted = new Set(trusted.flatMap(({ previousId, userId }) => [previousId, userId]))
  const list = [...wanted].map(literal).join(', ')
  for (const [code, type, std] of await db.rows(`SELECT code, type, std FROM vals WHERE std IN (${list})`))
    codeOf.set(`${Number(type)}:${String(std)}`, Number(code))
  const codes = new Set(codeOf.values())
  const holders = new Map<number, number[]>()
  sightings.code.forEach((code, at) => {
    const record = sightings.record[at] as number
    if (!codes.has(code) || (numbering.traceOfRecord[record] as number) < 0) return
    const known = holders.get(code)
    if (known) known.push(record)
    else holders.set(code, [record])
  })
  const records = [...new Set([...holders.values()].flat())]
  const refs = new Map<number, { source: string; key: string }>()
  if (records.length > 0) {
    const rows = await db.rows(
      `SELECT record, name, key FROM ranked JOIN source_names USING (src) WHERE record IN (${records.join(', ')})`,
    )
    for (const [record, source, key] of rows) refs.set(Number(record), { source: String(source), key: String(key) })
  }
  const holding = (types: readonly string[], id: string) => {
    const found = types.flatMap((name) => {
      const type = ruleset.identifiers[typeOf(name)]
      const result = type && standardizeValue(id, type.standardize, ruleset)
      return result?.ok ? (holders.get(codeOf.get(`${typeOf(name)}:${result.value}`) ?? -1) ?? []) : []
    })
    return [...new Set(found)].flatMap((record) => refs.get(record) ?? [])
  }
  return trusted.flatMap(({ source, key, at, previousId, userId }): PositiveDecision[] => {
    const survivor = holding(['user_id'], userId)
    const session = holding(['anonymous_id', 'user_id'], previousId)
    if (survivor.length === 0 || session.length === 0) return []
    return [
      {
        id: `alias:${source}:${key}`,
        kind: 'merge',
        actor: `source:${source}`,
        at,
        reason: 'alias call',
        survivor,
        session,
        confirmed: null,
        pinned: [],
      },
    ]
  })
}

/** Adds the attributes that confidence compares, read from the records only where candidates ask for them. */
function withAgreement(
  population: Population,
  db: Database,
  parts: readonly Part[],
  ruleset: Ruleset,
  numbering: Numbering,
): Population {
  const offsets = partOffsets(parts)
  const attributes = agreementTypes.map((name) => ruleset.identifiers.find((type) => type.name === name))
  return {
    ...population,
    loadAgreement: async (traces) => {
      const recordsOf = new Map<number, number>()
      for (const trace of traces) recordsOf.set(numbering.seniorOfTrace[trace] as number, trace)
      const found = new Map<number, string[][]>()
      for (const [index, part] of parts.entries()) {
        const from = offsets[index] ?? 0
        const rows = [...recordsOf.keys()].filter((record) => record >= from && record < from + part.rows)
        if (rows.length === 0) continue
        await db.run('CREATE OR REPLACE TEMP TABLE asked (row INTEGER)')
        await db.append('asked', [{ type: 'integer', values: Int32Array.from(rows, (record) => record - from) }])
        const columns = agreementTypes.map(
          (name) => `coalesce(${[...(part.fields.get(name) ?? []).map((sql) => `${sql}`), "''"].join(', ')})`,
        )
        for (const [row, ...texts] of await db.rows(
          `SELECT asked.row, ${columns.join(', ')} FROM asked JOIN ${part.table} t ON t.rowid = asked.row`,
        )) {
          const values = texts.map((text, place) => {
            const type = attributes[place]
            const result =
              type && String(text) !== '' ? standardizeValue(String(text), type.standardize, ruleset) : undefined
            return result?.ok ? [result.value] : []
          })
          const trace = recordsOf.get(from + Number(row))
          if (trace !== undefined) found.set(trace, values)
        }
      }
      return found
    },
  }
}

async function writeFolder(
  db: Database,
  run: FinishedRun,
  options: RunOptions,
  hooks: RunHooks,
  clock: Clock,
  folder: string,
): Promise<Extract<RunResult, { ok: true }>['summary']> {
  clock.enter('golden records', run.population.traceCount)
  stopWhenAsked(hooks)
  await storeRefused(db, run.resolution)
  await storeResolution(db, run)
  clock.enter('writing', run.population.traceCount)
  stopWhenAsked(hooks)
  await mkdir(dirname(folder), { recursive: true }).catch(unwritable(options.outputFolder))
  const temporary = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`)).catch(
    unwritable(options.outputFolder),
  )
  try {
    const [tables, figures] = await bothDone(
      writeTables(db, run, { folder: temporary, format: options.format, spreadsheetSafe: options.spreadsheetSafe }),
      db.beside((side) => runFigures(side, run, options, hooks)),
    )
    const summary = summarize(figures, options, folder, tables, clock)
    const runFile: RunFile = {
      version: 1,
      engine: options.engine,
      receivedAt: options.receivedAt,
      format: options.format,
      ruleset: options.rulesetOrigin.text,
      rulesetFile: options.rulesetOrigin.file,
      sources: summary.sources.map(({ name, kind, files }) => ({ name, kind, files: files.map((file) => file.path) })),
    }
    await writeFile(join(temporary, explainFiles.run), `${JSON.stringify(runFile, null, 2)}\n`)
    await writeFile(join(temporary, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`)
    await hooks.beforeFinish?.(summary, temporary)
    await chmod(temporary, 0o777 & ~process.umask())
    stopWhenAsked(hooks)
    await replaceOutputFolder(temporary, folder, options.outputFolder)
    return summary
  } catch (fault) {
    await rm(temporary, { recursive: true, force: true })
    throw fault
  }
}

function unwritable(named: string): (cause: NodeJS.ErrnoException) => never {
  return (cause) => {
    throw new UserFault('output.unwritable', `${named}: cannot be written (${cause.code ?? 'unknown reason'})`, named)
  }
}

function stopWhenAsked(hooks: RunHooks): void {
  if (hooks.signal?.aborted) throw hooks.signal.reason
}

/** Times the phases and tells how far they are. */
export class Clock {
  readonly startedAt = new Date()
  readonly phases: { name: string; ms: number }[] = []
  private readonly hooks: RunHooks
  private phase: RunPhase | null = null
  private since = performance.now()
  private readonly start = performance.now()
  private done_ = 0
  private total: number | null = null

  constructor(hooks: RunHooks) {
    this.hooks = hooks
  }

  enter(phase: RunPhase, total: number | null): void {
    if (phase !== this.phase) this.close()
    this.phase = phase
    this.total = total
    this.done_ = 0
    this.advance(0)
  }

  advance(by: number): void {
    if (this.phase === null) return
    this.done_ += by
    this.hooks.onProgress?.({
      phase: this.phase,
      done: this.done_,
      total: this.total,
      unit: this.phase === 'reading' ? 'bytes' : 'records',
      lines: this.phase === 'reading' ? 0 : (this.total ?? 0),
      elapsedMs: performance.now() - this.start,
    })
  }

  elapsed(): number {
    return performance.now() - this.start
  }

  /** Phases so far, the present one included. */
  soFar(): readonly { readonly name: string; readonly ms: number }[] {
    return this.phase === null
      ? this.phases
      : [...this.phases, { name: this.phase, ms: performance.now() - this.since }]
  }

  done(): void {
    this.close()
    this.phase = null
  }

  private close(): void {
    if (this.phase !== null) this.phases.push({ name: this.phase, ms: performance.now() - this.since })
    this.since = performance.now()
  }
}
