import { parseRuleset } from '@selfsame/core'
import { learnTables, type Database } from '@selfsame/store'
import { decide } from './decide/index.ts'
import { erase, liftErasure } from './erase/erase.ts'
import { LaneClosed, type Engine } from './engine.ts'
import { ingestGroup, UnknownSpace } from './ingest-group.ts'
import { defaultLaneLimits, Lane, type LaneLimits } from './lane.ts'
import { planningTurn } from './planning-turn.ts'
import { startPublication } from './publication.ts'
import { startSimulation } from './simulation.ts'
import { RulesCache } from './space-rules.ts'

/** Records after which a process first lets its database look at the tables. */
const firstLook = 200

export interface EngineOptions {
  readonly database: Database
  /** The machine's clock, milliseconds. */
  readonly now: () => number
  readonly limits?: LaneLimits
}

/** The published ruleset has faults; `issues` names them all. */
export class RulesetFaults extends Error {
  readonly code = 'ruleset.invalid'
  readonly issues: readonly { readonly code: string; readonly path: string; readonly message: string }[]
  constructor(issues: RulesetFaults['issues']) {
    super('the ruleset has faults')
    this.issues = issues
  }
}

export function createEngine({ database, now, limits = defaultLaneLimits }: EngineOptions): Engine {
  const cache = new RulesCache()
  const lanes = new Map<string, Lane>()
  let taken = 0
  let looksAgainAt = firstLook
  let looking: Promise<void> = Promise.resolve()
  /** Tables that have grown threefold are looked at, beside the lanes: whoever plans questions to them must know. */
  const noteGrowth = (records: number) => {
    taken += records
    if (taken < looksAgainAt) return
    while (looksAgainAt <= taken) looksAgainAt *= 3
    looking = looking.then(() => learnTables(database)).catch(() => undefined)
  }
  const laneOf = (spaceId: string): Lane => {
    const known = lanes.get(spaceId)
    if (known) return known
    const lane = new Lane(async (records) => {
      const outcomes = await database.transaction((sql) => ingestGroup(sql, spaceId, records, now(), cache))
      noteGrowth(records.length)
      return outcomes
    }, limits)
    lanes.set(spaceId, lane)
    return lane
  }
  const runs = new Set<Promise<unknown>>()
  const stopping = new AbortController()
  const { signal } = stopping
  const inTurn = planningTurn(signal)
  const stopRuns = () => stopping.abort(new LaneClosed('the server is stopping'))
  const followed = <Begun extends { readonly done: Promise<unknown> }>(begun: Begun): Begun => {
    const ended = begun.done.then(
      () => void runs.delete(ended),
      () => void runs.delete(ended),
    )
    runs.add(ended)
    return begun
  }
  const withoutFaults = (body: string) => {
    const parsed = parseRuleset(body)
    if (!parsed.ok) throw new RulesetFaults(parsed.issues)
  }
  const begin: Engine['startPublication'] = async (spaceId, body, actor, note, basis) => {
    withoutFaults(body)
    const begun = await startPublication({ database, now, cache, signal, inTurn }, spaceId, body, actor, note, basis)
    const done = begun.done.finally(() => cache.forget(spaceId))
    return followed({ ...begun, done })
  }
  return {
    ruleset: async (spaceId) => {
      const recent = cache.recent(spaceId)
      if (recent) return { version: recent.version, ruleset: recent.ruleset }
      const [row] = await database.all<{ ruleset_version: number }>(
        'SELECT ruleset_version FROM spaces WHERE space_id = ?',
        [spaceId],
      )
      if (!row) throw new UnknownSpace('there is no such space')
      const { version, ruleset } = await cache.load(database, spaceId, row.ruleset_version)
      return { version, ruleset }
    },
    ingest: (spaceId, records) => laneOf(spaceId).take(records),
    publish: async (spaceId, body, actor, note) => {
      const basis = { expectedVersion: null, draftRevision: null }
      return (await begin(spaceId, body, actor, note, basis)).done
    },
    startPublication: begin,
    startSimulation: async (spaceId, body, actor, subject, sample) => {
      withoutFaults(body)
      return followed(await startSimulation({ database, now, signal, inTurn }, spaceId, body, actor, subject, sample))
    },
    decide: (spaceId, requests, { actor, preview = false }) =>
      decide(database, spaceId, requests, { actor, preview, nowMs: now() }, cache),
    erase: (spaceId, profileIds, { actor, preview = false }) =>
      erase(database, spaceId, { profileIds, actor, preview, nowMs: now() }, cache),
    liftErasure: (spaceId, erasureId, actor) => liftErasure(database, spaceId, erasureId, actor, now()),
    stopRuns,
    close: async () => {
      stopRuns()
      await Promise.all([...[...lanes.values()].map((lane) => lane.close()), ...runs])
      await looking
    },
  }
}
