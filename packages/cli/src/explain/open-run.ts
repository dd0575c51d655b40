import { explainFiles, runFolderVersion, runMarker, type RunFile } from '@selfsame/batch'
import {
  defaultRuleset,
  parseRuleset,
  profileIdOf,
  type ExplainedEnd,
  type ExplainedHeldLink,
  type ExplainedLink,
  type ExplainedRecord,
  type ExplainedWorld,
  type RecordName,
  type Ruleset,
  type SightingState,
  type StoredSighting,
} from '@selfsame/core'
import { DuckDBInstance, type DuckDBConnection, type DuckDBValue } from '@duckdb/node-api'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageFault } from '../exit-code.ts'

/** Which ruleset decided. `file` null: the default ruleset. */
export interface RunRuleset {
  readonly file: string | null
  readonly sha256: string
}

/** A run folder, opened for questions. Close it when done. */
export interface OpenRun extends ExplainedWorld {
  readonly folder: string
  readonly decidedBy: RunRuleset
  /** Throws `UsageFault` where the run has no such record. */
  readonly existingRecord: (name: RecordName) => Promise<ExplainedRecord>
  readonly close: () => void
}

export async function openRun(folder: string): Promise<OpenRun> {
  const { file, ruleset } = readRunFile(folder)
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    threads: '2',
    memory_limit: '1GB',
  })
  const connection = await instance.connect()
  const table = (path: string) => `read_parquet('${join(folder, path).replaceAll("'", "''")}')`
  const ask = (sql: string, values: DuckDBValue[] = []) => rowsOf(connection, sql, values)
  const recordColumns =
    'source, record_key, profile::INTEGER AS profile, trace::INTEGER AS trace, observed_at::DOUBLE AS observed_at, effective_at::DOUBLE AS effective_at'
  const records = `(FROM ${table(explainFiles.records)} r JOIN ${table(explainFiles.traces)} USING (trace))`
  const values = table(explainFiles.values)
  /** The ids that were told; a profile's id is that of its most senior record. */
  const profileIds = new Map<number, string | null>([[-1, null]])
  const numberOf = (id: string) => [...profileIds].find(([, told]) => told === id)?.[0] ?? -1
  const idOf = async (profile: number): Promise<string | null> => {
    const known = profileIds.get(profile)
    if (known !== undefined) return known
    const [senior] = await ask(
      `SELECT source, record_key FROM ${table(explainFiles.records)} WHERE trace = $1 ORDER BY record LIMIT 1`,
      [profile],
    )
    const id = senior ? profileIdOf(textOf(senior['source']), textOf(senior['record_key'])) : null
    profileIds.set(profile, id)
    return id
  }
  const recordOf = async (row: Row): Promise<ExplainedRecord> => {
    const profile = Number(row['profile'])
    return {
      source: textOf(row['source']),
      key: textOf(row['record_key']),
      profileId: await idOf(profile),
      trace: profile < 0 ? -1 : Number(row['trace']),
      observedAt: row['observed_at'] === null ? null : Number(row['observed_at']),
      effectiveAt: Number(row['effective_at']),
    }
  }
  const held = `SELECT *, left_trace::INTEGER AS l, right_trace::INTEGER AS r, stage::INTEGER AS s FROM ${table(explainFiles.held)}`
  const sightingsWhere = (traces: string) => `
    WITH seen AS (SELECT trace, min(effective_at)::DOUBLE AS first_at, max(effective_at)::DOUBLE AS last_at,
      min(observed_at)::DOUBLE AS first_observed FROM ${records} WHERE ${traces} GROUP BY trace)
    SELECT s.trace::INTEGER AS trace, v.type, v.value, s.verified::BOOLEAN AS verified, s.state, first_at, last_at, first_observed
    FROM ${table(explainFiles.sightings)} s JOIN seen ON seen.trace = s.trace JOIN ${values} v ON v.code = s.code
    ORDER BY s.trace, v.type, v.value`
  const existingRecord = async ({ source, key }: RecordName): Promise<ExplainedRecord> => {
    const [found] = await ask(`SELECT ${recordColumns} FROM ${records} WHERE source = $1 AND record_key = $2 LIMIT 1`, [
      source,
      key,
    ])
    if (found) return recordOf(found)
    const known = file.sources.map((one) => one.name)
    if (!known.includes(source)) {
      throw new UsageFault(
        'run.unknown_record',
        `the run in ${folder} has no source "${source}"; its sources are ${known.join(', ')}`,
      )
    }
    const others = await ask(`SELECT DISTINCT source FROM ${records} WHERE record_key = $1 ORDER BY source LIMIT 5`, [
      key,
    ])
    const elsewhere = others.map((row) => textOf(row['source'])).join(', ')
    const hint = elsewhere === '' ? '' : `; a record of that key is in ${elsewhere}`
    throw new UsageFault('run.unknown_record', `the run in ${folder} has no record ${source}:${key}${hint}`)
  }
  return {
    folder,
    ruleset: rulesetOfRun(folder, file),
    decidedBy: ruleset,
    existingRecord,
    // Nobody decides about a run over files.
    decisionsBetween: async () => [],
    linksOf: async (profileId) => {
      const found = await ask(
        `
        WITH named AS (SELECT trace, arg_min(source, record) AS source, arg_min(record_key, record) AS record_key FROM ${records} WHERE profile = $1 GROUP BY trace)
        SELECT k.*, coalesce(v.type, '') AS type, coalesce(v.value, '') AS value, left_trace::INTEGER AS l, right_trace::INTEGER AS r, stage::INTEGER AS s, a.source AS left_source, a.record_key AS left_key,
          b.source AS right_source, b.record_key AS right_key
        FROM ${table(explainFiles.links)} k JOIN named a ON a.trace = left_trace JOIN named b ON b.trace = right_trace
          LEFT JOIN ${values} v ON v.code = k.code
        ORDER BY l, r, s, type, value`,
        [numberOf(profileId)],
      )
      return found.map((row) => ({
        ...linkOf(row),
        decision: row['decision'] === null ? null : textOf(row['decision']),
      }))
    },
    heldBetween: async (profileId, otherProfileId) => {
      const found = await ask(
        `${held}
        WHERE (left_profile_id = $1 AND right_profile_id = $2) OR (left_profile_id = $2 AND right_profile_id = $1)
        ORDER BY s, l, r, type, value`,
        [profileId, otherProfileId],
      )
      return found.map(heldLinkOf)
    },
    heldOf: async (profileId, limit) => {
      const found = await ask(
        `${held} WHERE left_profile_id = $1 OR right_profile_id = $1 ORDER BY s, l, r, type, value LIMIT ${Math.floor(limit)}`,
        [profileId],
      )
      return found.map(heldLinkOf)
    },
    sightingsOf: async (profileId) =>
      (await ask(sightingsWhere('profile = $1'), [numberOf(profileId)])).map(sightingOf),
    sightingsOfTrace: async (trace) => (await ask(sightingsWhere('trace = $1'), [trace])).map(sightingOf),
    rejectedValues: async (source, key) => {
      // A run in which nothing was rejected may have no such file.
      if (!existsSync(join(folder, explainFiles.rejectedValues))) return []
      const found = await ask(
        `SELECT type, raw, code FROM ${table(explainFiles.rejectedValues)} WHERE source = $1 AND record_key = $2 ORDER BY type, raw, code`,
        [source, key],
      )
      return found.map((row) => ({ type: textOf(row['type']), raw: textOf(row['raw']), code: textOf(row['code']) }))
    },
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

type Row = Record<string, unknown>

async function rowsOf(connection: DuckDBConnection, sql: string, values: DuckDBValue[]): Promise<readonly Row[]> {
  const reader = await connection.runAndReadAll(sql, values)
  return reader.getRowObjectsJS()
}

function readRunFile(folder: string): { readonly file: RunFile; readonly ruleset: RunRuleset } {
  const summary = join(folder, 'summary.json')
  const missing = `${folder} is not the folder of a run; name the one that "selfsame resolve --out" wrote`
  if (!existsSync(summary) || !existsSync(join(folder, explainFiles.run)))
    throw new UsageFault('run.none_there', missing)
  try {
    const marked = JSON.parse(readFileSync(summary, 'utf8')) as {
      readonly selfsame?: unknown
      readonly ruleset: RunRuleset
    }
    if (marked.selfsame !== runMarker) throw new UsageFault('run.none_there', missing)
    const file = JSON.parse(readFileSync(join(folder, explainFiles.run), 'utf8')) as RunFile
    if (file.version !== runFolderVersion)
      throw new UsageFault('run.other_release', `the run in ${folder} was written by another release; resolve again`)
    return { file, ruleset: { file: marked.ruleset.file, sha256: marked.ruleset.sha256 } }
  } catch (error) {
    if (error instanceof UsageFault) throw error
    throw new UsageFault('run.damaged', `the files of the run in ${folder} are damaged; resolve again`)
  }
}

function rulesetOfRun(folder: string, file: RunFile): Ruleset {
  if (file.ruleset === null) return defaultRuleset()
  const result = parseRuleset(file.ruleset)
  if (!result.ok) throw new UsageFault('run.damaged', `the ruleset of the run in ${folder} has faults; resolve again`)
  return result.ruleset
}

function sightingOf(row: Row): StoredSighting {
  return {
    trace: Number(row['trace']),
    type: textOf(row['type']),
    value: textOf(row['value']),
    verified: row['verified'] === true,
    state: textOf(row['state']) as SightingState,
    firstAt: Number(row['first_at']),
    lastAt: Number(row['last_at']),
    observedAt: row['first_observed'] === null ? null : Number(row['first_observed']),
  }
}

function linkOf(row: Row): Omit<ExplainedLink, 'decision'> {
  const end = (side: 'left' | 'right'): ExplainedEnd => ({
    trace: Number(row[side === 'left' ? 'l' : 'r']),
    source: textOf(row[`${side}_source`]),
    key: textOf(row[`${side}_key`]),
  })
  return {
    left: end('left'),
    right: end('right'),
    rule: textOf(row['rule']),
    stage: Number(row['s']),
    type: textOf(row['type']),
    value: textOf(row['value']),
  }
}

function heldLinkOf(row: Row): ExplainedHeldLink {
  return { ...linkOf(row), guard: textOf(row['guard']), reasons: textOf(row['reasons']) }
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? '' : String(value)
}
