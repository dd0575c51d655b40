import {
  choicesByProfile,
  type GoldenMember,
  goldenRecord,
  isObject,
  type JsonValue,
  type ProfileChoices,
  type Sighting,
} from '@selfsame/core'
import type { Database } from '../database.ts'
import { partOffsets } from '../encode/encode-records.ts'
import type { ResolvedRun } from './resolved-run.ts'

/** Profiles whose golden record is made at once. */
const batchProfiles = 5_000

/**
 * Golden records that SQL cannot make: profiles that a decision speaks about (its survivor side is primary, its chosen values
 * are pinned), and profiles of several records of which one holds a nested value, which merges leaf by leaf. The core makes
 * them; they are in the table `golden_core(c, g0, g1, …)`, one column per field. Gives how many there are.
 */
export async function storeGoldenExceptions(
  db: Database,
  run: ResolvedRun,
  fields: readonly string[],
): Promise<number> {
  const choices = choicesOf(run)
  const exceptional = [...new Set([...choices.keys(), ...(await profilesWithNestedValues(db, run))])].sort(
    (a, b) => a - b,
  )
  if (exceptional.length === 0) return 0
  await db.run(`CREATE TABLE golden_core (c INTEGER${fields.map((_, place) => `, g${place} VARCHAR`).join('')})`)
  for (let start = 0; start < exceptional.length; start += batchProfiles) {
    const profiles = exceptional.slice(start, start + batchProfiles)
    const members = await membersOf(db, run, fields, profiles)
    const isActive = await activeValues(run, profiles)
    const golden = profiles.map((profile) =>
      goldenRecord(members.get(profile) ?? [], run.ruleset, {
        ...choices.get(profile),
        isActive: (type, value) => isActive(profile, type, value),
      }),
    )
    await db.append('golden_core', [
      { type: 'integer', values: Int32Array.from(profiles) },
      ...fields.map((field) => ({
        type: 'text' as const,
        values: golden.map((record) => textOf(record.fields.get(field)?.value)),
      })),
    ])
  }
  return exceptional.length
}

function choicesOf({ decisions, population, resolution }: ResolvedRun): ReadonlyMap<number, ProfileChoices> {
  return choicesByProfile(decisions, ({ source, key }) => {
    const trace = population.traceOf(source, key)
    return trace === undefined
      ? undefined
      : { profile: resolution.clusterOf[trace] as number, effectiveAt: population.firstAt[trace] as number }
  })
}

/** A text of a field that is an object, as it was read from JSON. */
const nestedText = (column: string) => `${column} LIKE '{%' AND json_valid(${column})`

async function profilesWithNestedValues(db: Database, { parts }: ResolvedRun): Promise<readonly number[]> {
  const selects = parts.flatMap((part, index) => {
    if (part.content.kind !== 'evidence') return []
    return [...part.fields.values()].flatMap(([column]) =>
      column === undefined
        ? []
        : [`SELECT DISTINCT c FROM ${part.table} POSITIONAL JOIN lab_${index} WHERE c >= 0 AND ${nestedText(column)}`],
    )
  })
  if (selects.length === 0) return []
  const rows = await db.rows(
    `SELECT c FROM gold SEMI JOIN (${selects.join(' UNION ')}) USING (c) WHERE record_count > 1 ORDER BY c`,
  )
  return rows.map(([profile]) => Number(profile))
}

/** Records of some profiles, as the core reads them. */
async function membersOf(
  db: Database,
  run: ResolvedRun,
  fields: readonly string[],
  profiles: readonly number[],
): Promise<ReadonlyMap<number, readonly GoldenMember[]>> {
  const { parts } = run
  const offsets = partOffsets(parts)
  const sightingsOf = await sightingsOfTraces(run, new Set(profiles))
  const found = new Map<number, GoldenMember[]>()
  for (const [index, part] of parts.entries()) {
    const names = fields.filter((field) => part.fields.has(field))
    const columns = names.map((name) => `coalesce(${[...(part.fields.get(name) ?? []), 'NULL'].join(', ')})`)
    const select = ['lab.c', part.keySql, `${part.table}.rowid`, ...columns].join(', ')
    const rows = await db.rows(
      `SELECT ${select} FROM ${part.table} POSITIONAL JOIN lab_${index} lab WHERE lab.c IN (${profiles.join(', ')})`,
    )
    for (const [profile, key, row, ...values] of rows) {
      const record = (offsets[index] ?? 0) + Number(row)
      const observed = run.observedAt[record] as number
      const isJson = part.content.kind === 'evidence'
      const member: GoldenMember = {
        source: part.source,
        key: String(key),
        effectiveAt: run.effectiveAt[record] as number,
        observedAt: Number.isNaN(observed) ? null : observed,
        fields: new Map(
          names.flatMap((name, at) =>
            values[at] === null ? [] : [[name, valueOf(String(values[at]), isJson)] as const],
          ),
        ),
        sightings: sightingsOf.get(run.numbering.traceOfRecord[record] as number) ?? [],
      }
      const known = found.get(Number(profile))
      if (known) known.push(member)
      else found.set(Number(profile), [member])
    }
  }
  return found
}

async function sightingsOfTraces(
  { population, resolution, ruleset }: ResolvedRun,
  profiles: ReadonlySet<number>,
): Promise<ReadonlyMap<number, readonly Sighting[]>> {
  const traces: number[] = []
  const codes: number[] = []
  resolution.clusterOf.forEach((cluster, trace) => {
    if (!profiles.has(cluster)) return
    traces.push(trace)
    for (let at = population.offsets[trace] as number; at < (population.offsets[trace + 1] as number); at++)
      codes.push(population.codes[at] as number)
  })
  const wanted = [...new Set(codes)]
  const texts = await population.loadTexts(Int32Array.from(wanted))
  const textOfCode = new Map(wanted.map((code, at) => [code, texts[at] ?? '']))
  return new Map(
    traces.map((trace) => {
      const sightings: Sighting[] = []
      for (let at = population.offsets[trace] as number; at < (population.offsets[trace + 1] as number); at++) {
        const code = population.codes[at] as number
        const type = ruleset.identifiers[population.typeOf[code] as number]?.name ?? ''
        sightings.push({ type, value: textOfCode.get(code) ?? '', verified: population.verified[at] === 1 })
      }
      return [trace, sightings]
    }),
  )
}

async function activeValues(
  { resolution }: ResolvedRun,
  profiles: readonly number[],
): Promise<(profile: number, type: string, value: string) => boolean> {
  const wanted = new Set(profiles)
  const shared = new Set(resolution.shared.map(({ type, value }) => JSON.stringify([type, value])))
  const demoted = new Set(
    resolution.demoted
      .filter(({ cluster }) => wanted.has(cluster))
      .map(({ cluster, type, value }) => JSON.stringify([cluster, type, value])),
  )
  return (profile, type, value) =>
    !shared.has(JSON.stringify([type, value])) && !demoted.has(JSON.stringify([profile, type, value]))
}

/** A field's text as the value it was: an object where it came from JSON and is one. */
function valueOf(text: string, isJson: boolean): JsonValue {
  if (!isJson || !text.startsWith('{')) return text
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value as JsonValue) ? (value as JsonValue) : text
  } catch {
    return text
  }
}

function textOf(value: JsonValue | undefined): string | null {
  if (value === undefined || value === null || value === '') return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** SQL of a golden field where some profiles are exceptions. */
export function goldenFieldSql(sql: string, place: number, hasExceptions: boolean): string {
  return hasExceptions ? `CASE WHEN x.c IS NOT NULL THEN x.g${place} ELSE ${sql} END` : sql
}

export const exceptionsJoin = `LEFT JOIN golden_core x ON x.c = gold.c`
