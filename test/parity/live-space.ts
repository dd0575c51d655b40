import { randomBytes } from 'node:crypto'
import {
  applyPlan,
  compileRules,
  createEngine,
  prepare,
  readAlike,
  RulesCache,
  stillHolds,
  type AppliedPlan,
  type Engine,
} from '@selfsame/server'
import { lockSpace, migrate, openDatabase, type Database } from '@selfsame/store'
import { arrivalAt, round, type Canonical } from './live-world.ts'

export interface LiveBench {
  readonly url: string
  readonly now: () => number
  readonly database: Database
  readonly engine: Engine
  /** A space of its own for one world. */
  openSpace(body: string): Promise<string>
  /** Plans a ruleset over what a space holds now; the answer publishes what was planned. null: the plan does not hold. */
  prepare(spaceId: string, body: string): Promise<() => Promise<AppliedPlan | null>>
  /** Whether a ruleset reads records as the published one does. */
  readAlike(spaceId: string, body: string): Promise<boolean>
  close(): Promise<void>
}

let clock = arrivalAt

/** `now` is a clock that several of them may share. */
export async function openLiveBench(url: string, now = () => clock++): Promise<LiveBench> {
  const base = openDatabase(url)
  await migrate(base, 0)
  const engine = createEngine({ database: base, now })
  return {
    url,
    now,
    database: base,
    engine,
    openSpace: async (body) => {
      const id = `s_${randomBytes(8).toString('hex')}`
      await base.transaction(async (sql) => {
        await sql.run(
          'INSERT INTO spaces (space_id, workspace_id, name, secret, clock, record_seq, change_seq, ruleset_version, created_at) VALUES (?, ?, ?, ?, 0, 0, 0, 1, 0)',
          [id, 'w', id, randomBytes(16).toString('hex')],
        )
        await sql.run(
          'INSERT INTO rulesets (space_id, version, body, note, actor, created_at) VALUES (?, 1, ?, NULL, ?, 0)',
          [id, body, 'tester'],
        )
      })
      return id
    },
    prepare: async (spaceId, body) => {
      const prepared = await base.snapshot((sql) => prepare(sql, spaceId, body, async () => undefined))
      return () =>
        base.transaction(async (sql) => {
          const space = await lockSpace(sql, spaceId)
          if (!space || !(await stillHolds(sql, space, prepared))) return null
          const before = await new RulesCache().load(sql, spaceId, space.rulesetVersion)
          return applyPlan(
            sql,
            space,
            { plan: prepared.plan, unchanged: prepared.unchanged, before, body, actor: 'tester', note: null },
            now(),
          )
        })
    },
    readAlike: async (spaceId, body) => {
      const rules = await new RulesCache().load(base, spaceId, 1)
      return readAlike(rules, compileRules(body, 2, []))
    },
    close: async () => {
      await engine.close()
      await base.close()
    },
  }
}

/** What a space holds, with every profile named by its senior record. */
export async function canonicalOfSpace(database: Database, spaceId: string): Promise<Canonical> {
  const all = <Row extends object>(text: string) => database.all<Row>(text, [spaceId])
  const traces = await all<{
    trace_id: string
    source: string
    senior_key: string
    senior_at: number
    profile_id: string | null
    unresolved_reason: string | null
    conflict_reasons: string | null
  }>('SELECT * FROM traces WHERE space_id = ?')
  const records = await all<{ source: string; record_key: string; trace_id: string | null }>(
    'SELECT source, record_key, trace_id FROM records WHERE space_id = ?',
  )
  const senior = new Map<string, { at: number; source: string; key: string }>()
  for (const { profile_id, senior_at: at, source, senior_key: key } of traces) {
    if (profile_id === null) continue
    const known = senior.get(profile_id)
    const before =
      !known ||
      at < known.at ||
      (at === known.at && (source < known.source || (source === known.source && key < known.key)))
    if (before) senior.set(profile_id, { at, source, key })
  }
  const nameOf = (profile: string) => {
    const found = senior.get(profile)
    return found ? `${found.source}:${found.key}` : `unknown ${profile}`
  }
  const profileOfTrace = new Map(traces.map((trace) => [trace.trace_id, trace.profile_id]))
  const members = new Map<string, string[]>()
  const unresolved: string[] = []
  const traceOf = new Map(traces.map((trace) => [trace.trace_id, trace]))
  for (const { source, record_key, trace_id } of records) {
    const profile = trace_id === null ? null : profileOfTrace.get(trace_id)
    if (profile != null) members.set(profile, [...(members.get(profile) ?? []), `${source}:${record_key}`])
    const trace = trace_id === null ? undefined : traceOf.get(trace_id)
    if (trace?.unresolved_reason != null)
      unresolved.push(JSON.stringify([`${source}:${record_key}`, trace.unresolved_reason, trace.conflict_reasons]))
  }
  const held = await all<Record<string, string>>('SELECT * FROM held_links WHERE space_id = ?')
  const candidates = await all<Record<string, string | number>>('SELECT * FROM candidates WHERE space_id = ?')
  const profiles = await all<{ profile_id: string; golden: string; record_count: number; last_seen: number | null }>(
    `SELECT profile_id, golden, record_count, last_seen FROM profiles WHERE space_id = ? AND status = 'active'`,
  )
  return {
    partition: [...members.values()].map((list) => list.sort()).sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1)),
    held: held
      .map((row) =>
        JSON.stringify([
          nameOf(row['cluster_profile'] ?? ''),
          nameOf(row['refused_by_profile'] ?? ''),
          row['type'],
          row['value'],
          row['guard'],
          JSON.parse(row['reasons'] ?? '[]'),
        ]),
      )
      .sort(),
    candidates: candidates
      .map((row) =>
        JSON.stringify([
          nameOf(String(row['survivor_profile'])),
          nameOf(String(row['session_profile'])),
          row['reason'],
          row['type'],
          row['value'],
          row['trust'],
          round(Number(row['rarity'])),
          round(Number(row['agreement'])),
          round(Number(row['limits'])),
          row['seen_count'],
          row['last_seen'],
        ]),
      )
      .sort(),
    unresolved: unresolved.sort(),
    golden: profiles
      .map((row) =>
        JSON.stringify([
          nameOf(row.profile_id),
          (JSON.parse(row.golden) as { fields: object }).fields,
          row.record_count,
          row.last_seen,
        ]),
      )
      .sort(),
  }
}
