import { chmod, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir, totalmem } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { linkingTypes, resolveBulk, stagesOf, typesOfSightings } from '@selfsame/core'
import { bothDone } from './both-done.ts'
import { Clock, stopWhenAsked } from './clock.ts'
import { Database, type Keeping } from './database.ts'
import { withAgreement } from './encode/agreement.ts'
import { buildPopulation } from './encode/build-population.ts'
import { aliasDecisions, recordsNamed } from './encode/decisions-on-records.ts'
import { encodeSightings, encodeTimes } from './encode/encode-records.ts'
import { numberRecords } from './encode/number-records.ts'
import type { RunHooks, RunOptions, RunResult } from './options.ts'
import { loadInputs, withSourceIndexes } from './read/load-inputs.ts'
import { describeSources, runFigures, summarize } from './summarize.ts'
import { clustersOf } from './summarize/clusters.ts'
import { UserFault, UserFaults } from './user-fault.ts'
import { letGoOf, makeWorkingFolder } from './working-folder.ts'
import { evidenceStatements, explainStatements } from './write/explain-files.ts'
import { checkOutputFolder, replaceOutputFolder } from './write/output-folder.ts'
import type { EncodedRun, ResolvedRun } from './write/resolved-run.ts'
import { explainFiles, type RunFile, runFolderVersion } from './write/run-folder.ts'
import { storeResolution } from './write/store-resolution.ts'
import { tableStatements, writtenTables } from './write/tables.ts'

/** Resolves files into tables in `options.outputFolder`. Faults a user can mend come back as values; nothing is written then. */
export async function resolveFiles(options: RunOptions, hooks: RunHooks = {}): Promise<RunResult> {
  const clock = new Clock(hooks)
  const folder = resolve(options.outputFolder)
  const spillFolder = await makeWorkingFolder(tmpdir(), 'selfsame-run-')
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
    const memory = databaseMemory(options.memoryBytes, 0)
    database = await Database.open(spillFolder, memory, options.threads, await keepingOf(options.inputs, memory))
    const run = await readRecords(database, options, hooks, clock, spillFolder)
    const written = await resolveInto(database, run, options, hooks, clock, folder)
    clock.done()
    return { ok: true, summary: written, folder }
  } catch (fault) {
    const faults = fault instanceof UserFaults ? fault.faults : fault instanceof UserFault ? [fault] : null
    if (!faults) throw fault
    return { ok: false, faults: faults.map(({ code, message, path }) => ({ code, message, path })) }
  } finally {
    database?.close()
    await rm(spillFolder, { recursive: true, force: true })
    await letGoOf(spillFolder)
  }
}

/** What the arrays of a record, of its values and of what becomes of them take in JavaScript, and what all else takes. */
const bytesPerRecord = 180
const bytesOfProcess = 200_000_000

/**
 * What DuckDB may use of a run's memory: a quarter of the machine, at most 4 GB, unless a limit is given; then what
 * JavaScript does not need, and half of it at least: with less, DuckDB gives up on joins of millions of rows.
 */
function databaseMemory(memoryBytes: number | null, records: number): number {
  if (memoryBytes === null) return Math.min(4e9, totalmem() / 4)
  return Math.max(memoryBytes / 2, memoryBytes - bytesOfProcess - records * bytesPerRecord)
}

/** The tables of a run take several times its inputs, and those that are compressed or of unknown size may take more. */
async function keepingOf(inputs: RunOptions['inputs'], memoryBytes: number): Promise<Keeping> {
  let bytes = 0
  for (const { path } of inputs) {
    const size =
      path === '-'
        ? Infinity
        : await stat(path).then(
            (found) => found.size,
            () => 0,
          )
    bytes += size * (/\.(gz|parquet)$/i.test(path) ? 30 : 8)
  }
  return bytes > memoryBytes ? 'file' : 'memory'
}

async function readRecords(
  db: Database,
  options: RunOptions,
  hooks: RunHooks,
  clock: Clock,
  spillFolder: string,
): Promise<EncodedRun> {
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
  const records = parts.reduce((sum, part) => sum + part.rows, 0)
  await db.limitMemory(databaseMemory(options.memoryBytes, records))
  hooks.onSources?.(describeSources(loaded.readings, loaded.rejected, options))
  clock.enter('encoding', records)
  stopWhenAsked(hooks)
  const types = new Set(linkingTypes(ruleset))
  const { observedAt, effectiveAt, unreadable, future } = await encodeTimes(db, parts, ruleset, options.receivedAt)
  const numbering = await numberRecords(db, parts, ruleset, effectiveAt)
  stopWhenAsked(hooks)
  const { sightings, values } = await encodeSightings(db, parts, ruleset, types)
  const { suggestions, ...ofAliases } = await aliasDecisions(db, loaded.aliases, ruleset, parts, sightings, numbering)
  const decisions = [...(options.decisions ?? []), ...ofAliases.decisions]
  const population = await buildPopulation(
    db,
    parts,
    ruleset,
    numbering,
    sightings,
    values,
    effectiveAt,
    await recordsNamed(db, decisions, suggestions),
  )
  return {
    parts,
    ruleset,
    stages: stagesOf(ruleset),
    numbering,
    population: withAgreement(population, db, parts, ruleset, numbering),
    decisions,
    suggestions,
    observedAt,
    effectiveAt,
    hasTimes: observedAt.some((ms) => !Number.isNaN(ms)),
    rejected: loaded.rejected,
    sources,
    readings: loaded.readings,
    unreadableTimes: unreadable,
    futureTimes: future,
    encoded: values,
  }
}

async function resolveInto(
  db: Database,
  encoded: EncodedRun,
  options: RunOptions,
  hooks: RunHooks,
  clock: Clock,
  folder: string,
): Promise<Extract<RunResult, { ok: true }>['summary']> {
  const { population, ruleset } = encoded
  clock.enter('resolving', population.traceCount)
  stopWhenAsked(hooks)
  await mkdir(dirname(folder), { recursive: true }).catch(unwritable(options.outputFolder))
  const temporary = await makeWorkingFolder(dirname(folder), `.${basename(folder)}-`).catch(
    unwritable(options.outputFolder),
  )
  try {
    const evidence = await evidenceStatements(db, encoded, temporary)
    // DuckDB writes texts while JavaScript resolves.
    const [, resolution] = await db.beside((records) =>
      db.beside((values) =>
        bothDone(
          bothDone(records.run(evidence.ofRecords.join('; ')), values.run(evidence.ofValues.join('; '))),
          resolveBulk(population, ruleset, encoded.decisions, encoded.suggestions),
        ),
      ),
    )
    clock.enter('golden records', population.traceCount)
    stopWhenAsked(hooks)
    const clusters = clustersOf(population, resolution)
    const run: ResolvedRun = { ...encoded, resolution, clusters, types: typesOfSightings(population) }
    const { format, spreadsheetSafe } = options
    const { counts, meanwhile: statements } = await storeResolution(db, run, async () => [
      ...(await explainStatements(db, run, temporary)),
      ...(await tableStatements(db, run, { folder: temporary, format, spreadsheetSafe })),
    ])
    clock.enter('writing', population.traceCount)
    stopWhenAsked(hooks)
    // One call for all tables, so that DuckDB goes from one to the next while JavaScript counts. Where memory is short, its
    // questions wait for the tables.
    const writing = db.run(statements.join('; '))
    if (db.keeping === 'file') await writing
    const [, figures] = await db.beside((side) => bothDone(writing, runFigures(side, run, options, hooks)))
    const tables = await writtenTables(db, run, format, counts)
    const summary = summarize(figures, options, folder, tables, clock)
    const runFile: RunFile = {
      version: runFolderVersion,
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
    await letGoOf(temporary)
    await replaceOutputFolder(temporary, folder, options.outputFolder)
    return summary
  } catch (fault) {
    await rm(temporary, { recursive: true, force: true })
    await letGoOf(temporary)
    throw fault
  }
}

function unwritable(named: string): (cause: NodeJS.ErrnoException) => never {
  return (cause) => {
    throw new UserFault('output.unwritable', `${named}: cannot be written (${cause.code ?? 'unknown reason'})`, named)
  }
}
